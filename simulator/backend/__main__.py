"""A process of the embedded backend: `python -m simulator.backend`.

The store, keys and secret come from the environment. One that stands by, which the environment says too, writes an
empty line when it has loaded everything, and begins when something comes on stdin. One line of JSON on stdout says that
it is ready. It ends at the end of its stdin, which no death of its parent can withhold; on SIGTERM; and on SIGINT.
"""

import argparse
import json
import logging
import os
import sys
from typing import Final

from simulator.backend.server import serve
from simulator.backend.settings import Settings
from simulator.errors import PushfleetError

STORE: Final = "PUSHFLEET_BACKEND_STORE"
STANDS_BY: Final = "PUSHFLEET_BACKEND_STANDS_BY"
KEYS: Final = {
    "client_key": "PUSHFLEET_BACKEND_CLIENT_KEY",
    "api_key": "PUSHFLEET_BACKEND_API_KEY",
    "jwt_secret": "PUSHFLEET_BACKEND_JWT_SECRET",
}


def main() -> int:
    """Serve; the exit code is 64 for options that cannot be used, with the reasons on stderr."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    try:
        settings = _settings()
        if not os.environ.get(STANDS_BY) or _told_to_begin():
            serve(settings, _say_ready)
    except PushfleetError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _settings() -> Settings:
    parser = argparse.ArgumentParser(prog="python -m simulator.backend", description=__doc__)
    parser.add_argument("--host", help="the address to listen on")
    parser.add_argument("--port", help="the port; 0 takes any free one")
    parser.add_argument("--joins", action="store_true", help="share the port with other processes of this backend")
    parser.add_argument("--bug", help="plant this fault")
    parser.add_argument("--durability", help="what an acknowledged write survives")
    parser.add_argument("--policy", action="append", help="NAME=VALUE: an answer to an open question (repeatable)")
    parser.add_argument("--api-limit", help="calls a minute with the API key; 0: any number")
    parser.add_argument("--providers", help="the gateways.json of the providers to push to")
    given = {name: os.environ.get(variable) for name, variable in KEYS.items()}
    return Settings.parse({**vars(parser.parse_args()), "store": os.environ.get(STORE)}, given)


def _told_to_begin() -> bool:
    """Say that all is loaded, and wait to be told; False if it is not wanted any more."""
    sys.stdout.write("\n")
    sys.stdout.flush()
    return bool(os.read(0, 1))


def _say_ready(url: str) -> None:
    sys.stdout.write(json.dumps({"url": url, "pid": os.getpid()}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # past the interpreter's own end, which granian's threads may not survive: see `serve`
