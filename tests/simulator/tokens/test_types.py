import pytest

from simulator.errors import UsageError
from simulator.tokens import PushType


def test_the_wire_names_are_those_of_the_api() -> None:
    assert [kind.wire for kind in PushType] == ["ios", "ios-voip", "android", "fcm", "web"]


@pytest.mark.parametrize("kind", PushType)
def test_every_type_is_found_by_its_wire_name(kind: PushType) -> None:
    assert PushType.from_wire(kind.wire) is kind


@pytest.mark.parametrize("name", ["IOS", "ios_voip", "apns", ""])
def test_an_unknown_name_is_refused_with_the_names_there_are(name: str) -> None:
    with pytest.raises(UsageError, match=f"no push type '{name}'; the types are ios, ios-voip, android, fcm, web"):
        PushType.from_wire(name)
