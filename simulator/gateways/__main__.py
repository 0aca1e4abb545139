"""A process of the push gateways: `python -m simulator.gateways`.

One line of JSON on stdout says that they are ready. They end at the end of their stdin, which no death of the parent
can withhold; on SIGTERM; and on SIGINT.
"""

import argparse
import logging
import os
import sys
from typing import Any

import orjson

from simulator.errors import PushfleetError
from simulator.gateways.addresses import LISTENERS, option_of
from simulator.gateways.server import serve
from simulator.gateways.settings import Settings


def main() -> int:
    """Serve; the exit code is 64 for options that cannot be used, with the reasons on stderr."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    try:
        serve(Settings.parse(vars(_parser().parse_args())), _say_ready)
    except PushfleetError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulator.gateways", description=__doc__)
    parser.add_argument("--folder", help="a directory for credentials and journal")
    parser.add_argument("--fleet", help="the fleet whose tokens are current or superseded")
    parser.add_argument("--front", help="fast, or faulty")
    parser.add_argument("--fault", action="append", help="NAME=SHARE[:SECONDS]; several times for several")
    parser.add_argument("--stale-seconds", help="how long a dead token is still taken for alive")
    parser.add_argument("--most-per-minute", help="pushes that each provider takes for one device; 0: any number")
    parser.add_argument("--environment", help="production or sandbox: whose tokens the fleet has")
    parser.add_argument("--seed", help="of what is drawn")
    parser.add_argument("--host", help="the IP address to listen on")
    for name in LISTENERS:
        parser.add_argument(option_of(name), help="the port; 0 takes any free one")
    return parser


def _say_ready(line: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # past the interpreter's own end, which granian's threads may not survive: see `serve`
