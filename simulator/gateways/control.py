"""The control listener: what reached the gateways, for whoever judges it. Plain HTTP, as it says nothing secret."""

from typing import Any, Final
from urllib.parse import parse_qs

import orjson

from simulator.gateways.journal import Journal
from simulator.gateways.request import Answer

_TEXT: Final = (("content-type", "text/plain; charset=utf-8"),)
_JSON: Final = (("content-type", "application/json"),)
_PRIVATE: Final = frozenset({"key", "service_account", "other_service_account", "vapid_private_key"})


class Control:
    """Answers from the journal, and with what the gateways said when they were `ready`."""

    def __init__(self, journal: Journal, ready: dict[str, Any]) -> None:
        self._journal = journal
        self._about = orjson.dumps(_public(ready))

    def answer(self, method: str, path: str, query: str) -> Answer:
        """Answer one request; raises CannotKnow if the journal cannot be written."""
        if path not in ("/", "/deliveries"):
            return Answer(404, _TEXT, b"There is / and /deliveries?after=N.\n")
        if method != "GET":
            return Answer(405, (*_TEXT, ("allow", "GET")), b"Only GET is answered here.\n")
        return Answer(200, _JSON, self._about) if path == "/" else self._deliveries(query)

    def _deliveries(self, query: str) -> Answer:
        asked = parse_qs(query, keep_blank_values=True)
        after = asked.pop("after", ["0"])
        if asked or len(after) != 1 or not (after[0].isascii() and after[0].isdecimal() and len(after[0]) <= 20):
            text = "after=N, once, is the number of the first delivery to be told, from 0 on; nothing else is asked.\n"
            return Answer(400, _TEXT, text.encode())
        records = self._journal.from_number(int(after[0]))
        headers = (("content-type", "application/octet-stream"), ("x-total", str(len(self._journal))))
        return Answer(200, headers, records)


def _public(ready: dict[str, Any]) -> dict[str, Any]:
    """The same without the paths of what is private."""
    return {
        name: _public(value) if isinstance(value, dict) else value
        for name, value in ready.items()
        if name not in _PRIVATE
    }
