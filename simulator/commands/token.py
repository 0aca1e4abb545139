"""`pushfleet token`: mint tokens, and tell which write a token comes from."""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from simulator.errors import UsageError

if TYPE_CHECKING:  # the commands import it when they run: listing commands must not load NumPy and OpenSSL
    from simulator.tokens import Provenance, TokenError

_BATCH = 65_536  # tokens minted before they are printed: 10 MB


@click.group()
def token() -> None:
    """Mint tokens, and tell which write a token comes from.

    \b
    Example:
      pushfleet token mint --type fcm --device 7 | pushfleet token decode -
    """


@token.command()
@click.option("--type", "wire", required=True, metavar="TYPE", help="The type of token, such as ios or fcm.")
@click.option("--fleet-number", default=1, show_default=True, help="The fleet's number, 0 to 4294967295.")
@click.option("--run", default=1, show_default=True, help="The run's number within the fleet, 1 to 4095.")
@click.option("--device", default=0, show_default=True, help="The device's number within the fleet, from 0.")
@click.option("--install", default=0, show_default=True, help="Which installation of the device, 0 to 65535.")
@click.option("--generation", default=1, show_default=True, help="Which token of this run, 1 to 1048575.")
@click.option("--count", default=1, show_default=True, help="How many tokens, of successive generations.")
@click.option("--form", help="A form of the type, as fid or fcm-142 of fcm; without it, the installation's own.")
def mint(
    *, wire: str, fleet_number: int, run: int, device: int, install: int, generation: int, count: int, form: str | None
) -> None:
    """Print tokens, one a line: exactly those that a run of the fleet uploads.

    \b
    Example:
      pushfleet token mint --type ios --fleet-number 3 --device 41 --run 2 --count 10
    """
    from simulator.tokens import Provenance, PushType

    if count < 1:
        raise UsageError(f"--count {count} tokens cannot be minted; give 1 or more")
    first = Provenance(fleet_number, run, device, install, PushType.from_wire(wire), generation)
    Provenance(fleet_number, run, device, install, first.type, generation + count - 1)  # refuse before printing any
    for lines in _successive(first, count) if form is None else _in_form(first, count, form):
        click.echo(lines)


@token.command()
@click.argument("tokens", nargs=-1, required=True, metavar="TOKEN...")
@click.option("--text", is_flag=True, help="Print a sentence about each token instead of a JSON object.")
def decode(*, tokens: tuple[str, ...], text: bool) -> None:
    """Print which write each TOKEN comes from, as one JSON object a line. `-` reads tokens from stdin, one a line.

    Exits with 1 if any of them was not minted exactly so. For those, "why" is "truncated" (cut short), "folded" (in
    another case) or "ghost" (nobody's), and what is still known of their origin is given.

    \b
    Example:
      sqlite3 backend.sqlite 'SELECT token FROM subscriptions' | pushfleet token decode -
    """
    from simulator.tokens import TokenError
    from simulator.tokens import decode as trace

    refused = False
    for each in _each(tokens):
        try:
            found = trace(each)
        except TokenError as error:
            refused = True
            click.echo(str(error) if text else json.dumps(_refusal(error)))
        else:
            click.echo(f"minted for {found}" if text else json.dumps({"minted": True, **_origin(found)}))
    click.get_current_context().exit(1 if refused else 0)


def _successive(first: "Provenance", count: int) -> Iterator[bytes]:
    """The tokens of successive generations, some lines at a time."""
    import numpy as np

    from simulator.tokens import mint_many

    for start in range(first.generation, first.generation + count, _BATCH):
        generations = np.arange(start, min(start + _BATCH, first.generation + count))
        batch = mint_many(first.fleet, first.run, first.device, first.install, first.type, generations)
        yield b"\n".join(batch.tolist())


def _in_form(first: "Provenance", count: int, form: str) -> Iterator[str]:
    """The tokens of successive generations in a form asked for, one at a time."""
    from dataclasses import replace

    from simulator.tokens import mint

    for generation in range(first.generation, first.generation + count):
        yield mint(replace(first, generation=generation), form=form)


def _each(tokens: Iterable[str]) -> Iterator[str | bytes]:
    for each in tokens:
        if each == "-":
            yield from (line.rstrip(b"\r\n") for line in sys.stdin.buffer)
        else:
            yield each


def _origin(found: "Provenance") -> dict[str, int | str]:
    return {
        "fleet": found.fleet,
        "run": found.run,
        "device": found.device,
        "install": found.install,
        "type": found.type.wire,
        "generation": found.generation,
        "register": found.register,
        "value": found.value,
    }


def _refusal(error: "TokenError") -> dict[str, bool | int | str]:
    known: dict[str, int | str] = {}
    if error.provenance:
        known = _origin(error.provenance)
    elif error.register:
        known = {"fleet": error.fleet, **_slot(error.register)}
    return {"minted": False, "why": error.status.name.lower(), "text": str(error), **known}


def _slot(register: int) -> dict[str, int | str]:
    """The fields of a register, where no write is known."""
    from simulator.tokens import PushType

    kind = PushType(register & 0xFF)
    return {"device": register >> 24, "install": register >> 8 & 0xFFFF, "type": kind.wire, "register": register}
