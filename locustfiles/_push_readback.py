"""`--readback push?share=0.05&gateways=URL`: reading what the backend holds by pushing, while the run lasts."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, Self

from simulator.client import Origin
from simulator.errors import UsageError

DEFAULT_SHARE: Final = 0.05
_EXAMPLE: Final = "push?share=0.05&gateways=http://127.0.0.1:5005"


@dataclass(frozen=True, slots=True)
class PushReadback:
    """Whom to push to, and who tells what that reached."""

    share: float = DEFAULT_SHARE  # of the people, 0 to 1: with 0 only scenarios push
    gateways: str | None = None  # URL of the gateways' control listener; None: the run starts gateways of its own

    @classmethod
    def parse(cls, spec: str) -> Self:
        """What the spec asks for; UsageError with a line for each mistake."""
        share, gateways, errors = DEFAULT_SHARE, None, []
        for part in filter(None, spec.partition("?")[2].split("&")):
            name, _, value = part.partition("=")
            try:
                if name == "share":
                    share = _share(value)
                elif name == "gateways":
                    gateways = _control(value)
                else:
                    errors.append(f"--readback push takes share and gateways, not {name!r}, as in {_EXAMPLE}.")
            except UsageError as error:
                errors.append(str(error))
        if errors:
            raise UsageError("\n".join(errors))
        return cls(share, gateways)

    def __str__(self) -> str:
        """The spec."""
        return f"push?share={self.share:g}" + (f"&gateways={self.gateways}" if self.gateways else "")


def is_push(spec: str) -> bool:
    """Whether a read-back spec is one of these."""
    return spec.partition("?")[0] == "push"


def mistakes(push: PushReadback, host: str | None) -> Iterator[str]:
    """What is wrong with pushing to this host; None is the embedded backend."""
    if host is None and push.gateways is not None:
        yield (
            "--readback push?gateways=… names the gateways of a deployment, and no --host was given: leave it out, "
            "since the run starts gateways of its own."
        )
    if host is not None and push.gateways is None:
        yield (
            "--readback push needs to know who sees the pushes of --host: start `pushfleet gateways`, point the "
            f"deployment at them, and give the URL that they print as deliveries, as in {_EXAMPLE}."
        )


def _share(text: str) -> float:
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UsageError(f"--readback push?share={text} is no share of the people: give 0 to 1, as in {_EXAMPLE}.")
    return share


def _control(text: str) -> str:
    try:
        origin = Origin.parse(text)
    except UsageError as error:
        raise UsageError(f"--readback push?gateways={text} is no URL of gateways. {error}") from None
    if not is_loopback(origin.host):
        raise UsageError(
            f"--readback push?gateways={origin} is not on this machine, and no other machine's clock can date a "
            "delivery: run the gateways here."
        )
    return str(origin)


def is_loopback(hostname: str) -> bool:
    """Whether a host is this machine, as far as its name tells."""
    if hostname == "localhost":
        return True
    try:
        return ip_address(hostname).is_loopback
    except ValueError:
        return False
