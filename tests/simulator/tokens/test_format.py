import pytest

from simulator.errors import UsageError
from simulator.tokens import PushType
from simulator.tokens.format import all_formats, format_of, register


def test_formats_register_themselves() -> None:
    assert {kind for form in all_formats() for kind in form.types} == {PushType.IOS, PushType.IOS_VOIP, PushType.FCM}


@pytest.mark.parametrize("kind", [PushType.ANDROID, PushType.WEB])
def test_a_type_without_a_format_is_refused_with_the_types_there_are(kind: PushType) -> None:
    with pytest.raises(UsageError, match=f"type {kind.wire} cannot be minted; those of fcm, ios, ios-voip can"):
        format_of(kind)


def test_a_type_never_has_two_formats() -> None:
    with pytest.raises(ValueError, match="type ios already has the format Apns"):
        register(format_of(PushType.IOS))


def test_no_length_belongs_to_two_formats() -> None:
    lengths = [length for form in all_formats() for length in form.lengths]
    assert len(lengths) == len(set(lengths))
