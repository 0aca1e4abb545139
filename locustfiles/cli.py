"""`pushfleet`: one command; every package brings its own subcommands, which are imported when they are called."""

import sys
import traceback
from importlib import import_module
from typing import Final

import click

from results.errors import ResultsError
from simulator.errors import PushfleetError

USAGE: Final = 64
INTERNAL: Final = 70
_INTERRUPTED: Final = 130

# name → module:attribute, in the order of the help
COMMANDS: Final = {
    "run": "locustfiles.commands.run:run",
    "capacity": "locustfiles.commands.capacity:capacity",
    "serve": "simulator.commands.serve:serve",
    "gateways": "simulator.commands.gateways:gateways",
    "check": "locustfiles.commands.check:check",
    "check-history": "results.commands.check_history:check_history",
    "bugs": "locustfiles.commands.bugs:bugs",
    "report": "locustfiles.commands.report:report",
    "mixes": "scenarios.commands.mixes:mixes",
    "fleet": "simulator.commands.fleet:fleet",
    "token": "simulator.commands.token:token",
}


class Commands(click.Group):
    """Commands that are imported when they are needed, so that none waits for another's libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All of them, in our order and not the alphabet's."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """One of them, imported now."""
        where = COMMANDS.get(cmd_name)
        if where is None:
            return None
        module, _, attribute = where.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pushfleet")
def pushfleet() -> None:
    """A fleet of simulated phones that load-tests push-token registration and proves that every upsert was right.

    Exit codes: 0 pass, 1 violated, 2 unknown, 64 wrong usage, 70 internal error.

    \b
    Example:
      pushfleet run --devices 2000 --rate 200 --run-time 30s
    """


def main() -> None:
    """Run the command line; what a user did wrong ends in a sentence, never in a traceback."""
    sys.exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    try:
        code = pushfleet.main(arguments, prog_name="pushfleet", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return USAGE
    except (PushfleetError, ResultsError) as error:
        click.echo(f"{error}", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return _INTERRUPTED
    except Exception:  # noqa: BLE001 - the last line of defence: it is our fault, and the user can tell us what happened
        traceback.print_exc()
        click.echo("This is a fault of pushfleet's own. What stands above says where.", err=True)
        return INTERNAL
    return code if isinstance(code, int) else 0
