import pytest

from simulator.backend.authentication import Headers
from simulator.backend.reply import SUBSCRIBED, Reply
from simulator.backend.router import Router


async def nothing(_headers: Headers, _body: bytes, *_places: str) -> Reply:
    return SUBSCRIBED


PATHS = ("/rooms", "/rooms/createAndJoin", "/rooms/{room}/members", "/rooms/{room}/delete/members", "/me/mute/{room}")
ROUTER = Router({path: {path: nothing} for path in PATHS})


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/rooms", ("/rooms", ())),
        ("/rooms/", ("/rooms", ())),
        ("/rooms/createAndJoin", ("/rooms/createAndJoin", ())),
        ("/rooms/r/members", ("/rooms/{room}/members", ("r",))),
        ("/rooms/r/members/", ("/rooms/{room}/members", ("r",))),
        ("/rooms/r/delete/members", ("/rooms/{room}/delete/members", ("r",))),
        ("/rooms/a/b c\n/ü/members", ("/rooms/{room}/members", ("a/b c\n/ü",))),
        ("/rooms/{room}/members", ("/rooms/{room}/members", ("{room}",))),
        ("/me/mute/a.b", ("/me/mute/{room}", ("a.b",))),
        ("/me/mute/" + "r" * 255, ("/me/mute/{room}", ("r" * 255,))),
        ("/me/mute/" + "r" * 256, None),
        ("/me/mute/a\0b", None),
        ("/me/mute/", None),
        ("/me/mute", None),
        ("/rooms//members", None),
        ("/rooms/r", None),
        ("/rooms//", None),
        ("rooms", None),
        ("", None),
        ("/", None),
    ],
)
def test_a_path_leads_to_its_methods_and_what_it_has_in_its_places(
    path: str, found: tuple[str, tuple[str, ...]] | None
) -> None:
    methods, places = ROUTER.find(path)
    assert (list(methods), places) == (([found[0]], found[1]) if found else ([], ()))
