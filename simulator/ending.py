"""When a server process of ours is to end."""

import asyncio
import os
import signal
import threading


def told_to_end() -> "asyncio.Task[bool]":
    """Done after SIGTERM, SIGINT, or the end of stdin, which comes when whoever holds it dies, however it dies.

    To be called in the main thread, in a running loop. Stdin is read in a thread, because what it is (a pipe, a
    terminal, a file) decides whether a loop can wait for it.
    """
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)

    def wait() -> None:
        while os.read(0, 4096):
            pass
        loop.call_soon_threadsafe(told.set)

    threading.Thread(target=wait, name="stdin", daemon=True).start()
    return asyncio.create_task(told.wait())
