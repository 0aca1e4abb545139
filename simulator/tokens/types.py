from enum import IntEnum

from simulator.errors import UsageError


class PushType(IntEnum):
    """The API's `type` of a token; the number stands for it in registers and in every token."""

    IOS = 1
    IOS_VOIP = 2
    ANDROID = 3
    FCM = 4
    WEB = 5

    @property
    def wire(self) -> str:
        """The name that the API uses, such as "ios-voip"."""
        return _WIRE[self]

    @classmethod
    def from_wire(cls, name: str) -> "PushType":
        """The type called `name` in the API; raises UsageError for any other name."""
        found = _TYPES.get(name)
        if found is None:
            raise UsageError(f"there is no push type {name!r}; the types are {', '.join(_TYPES)}")
        return found


_WIRE = {kind: kind.name.lower().replace("_", "-") for kind in PushType}
_TYPES = {name: kind for kind, name in _WIRE.items()}
