"""Which call a request asks for."""

import re
from typing import Final

from simulator.backend.client_tokens import MOST_CHARACTERS
from simulator.backend.parts import Route, Routes

Methods = dict[str, Route]

_PLACE: Final = re.compile(r"\{[^}]+\}")


class Router:
    """Finds routes by paths, which are percent-decoded and without the query.

    What fills a place may have a slash in it, as it may have where it is encoded. One slash too many at the end of a
    path is overlooked: IMKIT's documents write some paths so.
    """

    def __init__(self, routes: Routes) -> None:
        self._whole: dict[str, Methods] = {}
        self._with_places: list[tuple[re.Pattern[str], Methods]] = []
        # The longest first: /rooms/{room}/delete/members looks like /rooms/{room}/members with an odd room.
        for path in sorted(routes, key=len, reverse=True):
            methods = dict(routes[path])
            if _PLACE.search(path):
                pattern = "(.+)".join(re.escape(part) for part in _PLACE.split(path))
                self._with_places.append((re.compile(pattern, re.DOTALL), methods))
            else:
                self._whole[path] = methods

    def find(self, path: str) -> tuple[Methods, tuple[str, ...]]:
        """The methods of a path, none if there is no such path, and what it has in its places."""
        methods = self._whole.get(path)
        return (methods, ()) if methods is not None else self._search(path)

    def _search(self, path: str) -> tuple[Methods, tuple[str, ...]]:
        path = path.removesuffix("/")
        if path in self._whole:
            return self._whole[path], ()
        for pattern, methods in self._with_places:
            if (found := pattern.fullmatch(path)) is not None:
                places = found.groups()
                # No id is like that, and PostgreSQL would not even look for it.
                known = all(len(each) <= MOST_CHARACTERS and "\0" not in each for each in places)
                return (methods, places) if known else ({}, ())
        return {}, ()
