"""Where the pipeline may send, and with what it proves who it is.

It fails closed: every address is an IP literal, so that no name is ever looked up, and what is not listed here is
refused without a packet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, NamedTuple, Self
from urllib.parse import urlsplit

import orjson

from simulator.errors import UsageError


class Address(NamedTuple):
    """Where to connect, with TLS."""

    host: str  # an IP address
    port: int


@dataclass(frozen=True, slots=True)
class Providers:
    """The providers as a `gateways.json` describes them."""

    authority: Path  # the certificate authority's certificate, PEM
    apns: Address
    apns_topic: str
    apns_voip_topic: str
    apns_team: str
    apns_key_id: str
    apns_key: Path  # PKCS #8, PEM
    fcm_url: str
    fcm_project: str
    fcm_account: Path  # Google's file of a service account
    web: Mapping[str, Address]  # the endpoints' hosts → where they are to be reached
    vapid_key: Path
    vapid_subject: str = field(default="mailto:pushfleet@example.com")

    @classmethod
    def read(cls, path: Path) -> Self:
        """The providers of a `gateways.json`; UsageError with every mistake, a line each."""
        try:
            said = orjson.loads(path.read_bytes())
            providers = cls._of(said)
        except OSError as error:
            raise UsageError(f"--providers {path} cannot be read: {error.strerror}. Name a gateways.json.") from None
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise UsageError(f"--providers {path} describes no gateways ({error}): name a gateways.json.") from None
        if missing := [str(file) for file in providers.files() if not file.is_file()]:
            raise UsageError("\n".join(f"--providers {path} names {file}, which is no file." for file in missing))
        _check_account(providers.fcm_account)
        return providers

    @classmethod
    def _of(cls, said: Mapping[str, Any]) -> Self:
        apns, fcm, web = said["apns"], said["fcm"], said["web_push"]
        address_of(fcm["url"])
        return cls(
            authority=Path(said["certificate_authority"]),
            apns=address_of(apns[apns["environment"]]),
            apns_topic=apns["topic"],
            apns_voip_topic=apns["voip_topic"],
            apns_team=apns["team_id"],
            apns_key_id=apns["key_id"],
            apns_key=Path(apns["key"]),
            fcm_url=fcm["url"],
            fcm_project=fcm["project_id"],
            fcm_account=Path(fcm["service_account"]),
            web=dict.fromkeys(web["hosts"], address_of(web["url"])),
            vapid_key=Path(web["vapid_private_key"]),
            vapid_subject=web["subject"],
        )

    def files(self) -> tuple[Path, ...]:
        """The files it takes."""
        return self.authority, self.apns_key, self.fcm_account, self.vapid_key


def _check_account(path: Path) -> None:
    """That a service account gets its access tokens at an address too. Raises UsageError."""
    try:
        address_of(orjson.loads(path.read_bytes())["token_uri"])
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            f"{path} is no service account of gateways ({error}): name a gateways.json whose account's token_uri is "
            "an IP address with https and a port."
        ) from None


_SCHEME: Final = "https"


def address_of(url: str) -> Address:
    """The address in a URL; ValueError unless it is https and an IP literal."""
    parts = urlsplit(url)
    if parts.scheme != _SCHEME or parts.hostname is None or parts.port is None:
        raise ValueError(f"{url} is no https URL with a port")
    return Address(str(ip_address(parts.hostname)), parts.port)
