"""The embedded backend as a process of its own: `python -m simulator.backend --database PATH`.

Keys and secret come from the environment. One line of JSON on stdout says that it is ready. It ends at the end of its
stdin, which no death of its parent can withhold; on SIGTERM; and on SIGINT.
"""

import argparse
import json
import logging
import os
import sys
from pathlib import Path

from simulator.backend.server import serve
from simulator.backend.settings import LOOPBACK, Settings
from simulator.backend.sqlite import Durability
from simulator.errors import PushfleetError

VARIABLES = {
    "client_key": "PUSHFLEET_BACKEND_CLIENT_KEY",
    "api_key": "PUSHFLEET_BACKEND_API_KEY",
    "jwt_secret": "PUSHFLEET_BACKEND_JWT_SECRET",
}


def main() -> int:
    """Serve; the exit code is 64 for options that cannot be used, with the reasons on stderr."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    try:
        settings = _settings()
        serve(settings, lambda url: _say_ready(settings, url))
    except PushfleetError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _settings() -> Settings:
    parser = argparse.ArgumentParser(prog="python -m simulator.backend", description=__doc__)
    parser.add_argument("--database", type=Path, required=True, help="the SQLite file")
    parser.add_argument("--host", default=LOOPBACK, help="the address to listen on")
    parser.add_argument("--port", default="0", help="the port; 0 takes any free one")
    parser.add_argument("--bug", help="plant this fault")
    parser.add_argument("--durability", default=Durability.POWER, help="what an acknowledged write survives")
    given = {name: os.environ.get(variable) for name, variable in VARIABLES.items()}
    return Settings.parse(**vars(parser.parse_args()), given=given)


def _say_ready(settings: Settings, url: str) -> None:
    ready = {"url": url, "pid": os.getpid(), "database": str(settings.database)}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # past the interpreter's own end, which granian's threads may not survive: see `serve`
