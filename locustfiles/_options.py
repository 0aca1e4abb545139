"""pushfleet's options in Locust's own parser, and so in its web UI, in `locust.conf` and in `[tool.locust]`."""

import sys
from argparse import Namespace
from typing import TYPE_CHECKING, Any, Final

from locustfiles._shape_option import USUAL_SECONDS
from locustfiles._shapes import SHAPES
from locustfiles._specs import STORE
from locustfiles._way import OPTIONS as WAY
from scenarios import SCENARIOS
from scenarios.mixes import MIXES
from scenarios.own import load_own
from simulator.backend import BUGS
from simulator.backend.faults import FAULTS
from simulator.errors import UsageError
from simulator.networks import NETWORKS, NONE
from simulator.sdks import NO_SDK, SDKS

if TYPE_CHECKING:
    from locust.argument_parser import LocustArgumentParser

NAMES: Final = (
    "confirm_target",
    "client_key",
    "api_key",
    "devices",
    "seed",
    "fleet",
    "mix",
    "network",
    "sdk",
    "scenario",
    "scenarios",
    "gate",
    "require",
    "readback",
    "bug",
    "store",
    "backend_processes",
    "backend_fault",
    "gateway_fault",
    "results",
    "run_id",
    "closed",
    "shape",
    "arrivals",
    "rate_per_user",
    "think_time",
    "max_in_flight",
    *WAY,
)

_LISTS: Final = {"scenario", "scenarios", "gate", "require", "readback", "backend_fault", "gateway_fault"}
_LOCUSTS: Final = ("host", "num_users", "run_time", "processes", "headless")
EMBEDDED: Final = "embedded"  # what the web UI shows for a host when there is none


def add_options(parser: "LocustArgumentParser", shape: str = "") -> None:
    """Add the options of a run. Locust's own --host, --users, --run-time and --processes keep their meaning.

    `shape` is the one that the load has unless another is asked for.

    They are not put into an argument group: only the parser itself knows of secrets and of the web UI.
    """
    _target(parser)
    _way(parser)
    _own_system(parser)
    _fleet(parser)
    _load(parser, shape)
    _results(parser)


def load_asked() -> None:
    """Load the scenarios of --scenarios now, before Locust parses its options: it wants to know the classes first.

    Ends the process, with a sentence for each, if one cannot be loaded.
    """
    from locust.argument_parser import get_empty_argument_parser  # noqa: PLC0415 - Locust's plug-ins import this module

    parser = get_empty_argument_parser(add_help=False)
    parser.add_argument("--scenario", action="append")  # which otherwise is taken for the other, abbreviated
    _own_scenarios(parser)
    asked, _ = parser.parse_known_args()
    try:
        load_own(_many(asked.scenarios))
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)


def _own_scenarios(parser: "LocustArgumentParser") -> None:
    parser.add_argument(
        "--scenarios",
        metavar="DIR",
        action="append",
        env_var="PUSHFLEET_SCENARIOS",
        default=None,
        include_in_web_ui=False,
        help="folder with scenarios of your own, one a file; every worker needs it (repeatable)",
    )


def options_of(parsed: Namespace) -> dict[str, Any]:
    """What was set, as `Settings.parse` takes it; the web UI hands back text and empty text."""
    said = {name: getattr(parsed, name, None) for name in (*NAMES, *_LOCUSTS)}
    said["host"] = "" if said["host"] == EMBEDDED else said["host"]
    return {name: _many(value) if name in _LISTS else value for name, value in said.items()}


def _many(value: Any) -> list[str]:  # noqa: ANN401 - a list from the command line, text from the web UI
    parts = value if isinstance(value, list) else str(value or "").split(";")
    return [text.strip() for text in parts if text and text.strip()]


def _target(parser: "LocustArgumentParser") -> None:
    parser.add_argument(
        "--confirm-target", metavar="HOST", default="", help="name the host again if it is not this machine"
    )
    parser.add_argument(
        "--client-key",
        env_var="PUSHFLEET_CLIENT_KEY",
        default="",
        is_secret=True,
        help="IM-CLIENT-KEY of the deployment",
    )
    parser.add_argument(
        "--api-key",
        env_var="PUSHFLEET_API_KEY",
        default="",
        is_secret=True,
        help="IM-API-KEY, to log simulated people in",
    )


def _way(parser: "LocustArgumentParser") -> None:
    parser.add_argument(
        "--proxy",
        metavar="URL",
        env_var="PUSHFLEET_PROXY",
        default="",
        is_secret=True,
        help="HTTP proxy on the way to the deployment: http://[user:password@]host:port",
    )
    parser.add_argument(
        "--ca-file", metavar="FILE", default="", help="PEM file of the authorities to trust (default: the system's)"
    )
    parser.add_argument(
        "--insecure", action="store_true", default=False, help="do not verify the deployment's certificate"
    )
    for name, usual, what in (
        ("connect", "10, or --timeout if less", "a connection to be open"),
        ("handshake", "10, or --timeout if less", "TLS to be agreed on"),
        ("first-byte", "--timeout", "the first byte of an answer to come"),
    ):
        parser.add_argument(
            f"--{name}-timeout", metavar="SECONDS", default="", help=f"time for {what} (default: {usual})"
        )
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        default="",
        help="time for an answer to be complete (default: 10, or with --sdk the SDK's own; given, it bounds that too, "
        "and how long the end of a run is waited for)",
    )


def _own_system(parser: "LocustArgumentParser") -> None:
    parser.add_argument("--bug", default="", choices=["", *sorted(BUGS)], help="plant a fault in the embedded backend")
    parser.add_argument(
        "--store",
        metavar="SPEC",
        env_var=STORE,
        default="",
        is_secret=True,
        help="store of the embedded backend: sqlite:PATH or postgresql://… (default: a file in the run's folder)",
    )
    parser.add_argument("--backend-processes", metavar="N", default="1", help="processes of the embedded backend")
    parser.add_argument(
        "--backend-fault",
        metavar="NAME=SECONDS",
        action="append",
        default=None,
        help=f"end the embedded backend in mid-run, and start it again, whenever it has served so long: "
        f"{', '.join(FAULTS)} (repeatable; in the web UI separated by ';')",
    )
    parser.add_argument(
        "--gateway-fault",
        metavar="NAME=SHARE",
        action="append",
        default=None,
        help="what the gateways of --readback push do to a share of requests (repeatable; in the web UI with ';')",
    )


def _fleet(parser: "LocustArgumentParser") -> None:
    parser.add_argument(
        "--devices", metavar="N", default="", help="phones in the fleet (default: 1000, or all of --fleet)"
    )
    parser.add_argument(
        "--seed", metavar="S", default="", help="seed of the fleet and of every choice (default: drawn)"
    )
    parser.add_argument("--fleet", metavar="DIR", default="", help="directory of a fleet that outlives the run")


def _load(parser: "LocustArgumentParser", shape: str) -> None:
    parser.add_argument(
        "--mix",
        metavar="NAME|FILE",
        default="",
        help=f"what people do: {', '.join(MIXES)}, or a TOML file of your own (default: everyday)",
    )
    parser.add_argument(
        "--scenario",
        metavar="NAME[=WEIGHT]",
        action="append",
        default=None,
        help="live only this scenario, or with --mix give it this weight there (repeatable; in the web UI separated by "
        f"';'): {', '.join(sorted(SCENARIOS))}",
    )
    _own_scenarios(parser)
    parser.add_argument(
        "--shape",
        metavar="NAME[:KEY=VALUE,…]",
        default=shape,
        help=f"how arrivals rise and fall, --users being the peak and --run-time the whole time "
        f"({USUAL_SECONDS} s unless given): {', '.join(SHAPES)}",
    )
    parser.add_argument(
        "--network",
        default=NONE,
        choices=[NONE, *NETWORKS],
        help="simulated network of the phones, or a mixture such as mobile",
    )
    parser.add_argument(
        "--sdk",
        default=NO_SDK.name,
        choices=[NO_SDK.name, *SDKS],
        help="SDK of IMKIT's that the apps call by, or a mixture such as field; a fleet keeps the one it was made with",
    )
    parser.add_argument(
        "--closed", action="store_true", default=False, help="closed model: a user waits for its answers"
    )
    parser.add_argument(
        "--arrivals",
        choices=["poisson", "constant"],
        default="poisson",
        help="open model: people come at random, or equally far apart",
    )
    parser.add_argument("--rate-per-user", metavar="N", default="1", help="arrivals a second of one Locust user")
    parser.add_argument("--think-time", metavar="SECONDS", default="1", help="mean pause of a user in the closed model")
    parser.add_argument(
        "--max-in-flight", metavar="N", default="1000", help="people under way at once in one process; open model"
    )


def _results(parser: "LocustArgumentParser") -> None:
    parser.add_argument(
        "--gate",
        metavar="EXPR",
        action="append",
        default=None,
        help="a limit the run must keep, like 'p99(subscribe) < 250ms' (repeatable; in the web UI separated by ';')",
    )
    parser.add_argument(
        "--require",
        metavar="ANOMALY",
        action="append",
        default=None,
        help="an anomaly that the run must have given a chance to show, or it is unknown: a name, or all (repeatable; "
        "in the web UI separated by ';')",
    )
    parser.add_argument(
        "--readback",
        metavar="SPEC",
        action="append",
        default=None,
        help="how to read what the backend holds: 'sqlite:PATH?query=…', 'postgresql://…', or 'push?share=0.05' to "
        "push while the run lasts (repeatable; in the web UI separated by ';')",
    )
    parser.add_argument("--results", metavar="DIR", default="results/runs", help="where run folders go")
    parser.add_argument("--run-id", metavar="ID", default="", include_in_web_ui=False, help="name of the run's folder")
