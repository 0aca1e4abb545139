"""`python -m tests.chaos URL SEED NAME=SHARE …`: the proxy in a process of its own.

It prints its port when it listens. When its stdin ends it stops, and prints how often each toxic was done, as JSON.
"""

import asyncio
import json
import sys
from urllib.parse import urlsplit

from tests.chaos.proxy import Proxy
from tests.chaos.toxics import parsed


async def _main(url: str, seed: int, words: list[str]) -> None:
    where = urlsplit(url)
    proxy = Proxy(str(where.hostname), int(where.port or 80), parsed(words), seed)
    server = await proxy.listen()
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - this is what the process is asked for
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()
    print(json.dumps(proxy.counts), flush=True)  # noqa: T201 - as above


asyncio.run(_main(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))
