"""The table of what survives what, held against the documentation's own table, with two columns for browsers."""

import pytest

from simulator.fleet.persistence import Event, Fate, Keeper, Service, fate, keeps_id, keeps_token

TABLE = """
| app update | same | same | same | same | same | re-registers, value usually the same |
| weekly | same | same | same | same | same | refresh after 7 days |
| reinstall, same phone | same | new if it was the vendor's last app | same | new, or restored by backup | new | new |
| clear data (Android) | - | - | same | new | - | new |
| restore on a new phone | same only if not ThisDeviceOnly and the backup is encrypted | new | new \
| copied: two phones, one id | new | new |
| major OS update | same | same | same | same | may change | same |
| factory reset | new | new | new | new or restored | new | new |
| 270 days off (Android) | same | same | same | same | - | UNREGISTERED |
| clear site data (browser) | - | - | - | - | - | - |
"""
BROWSERS = """
| app update | same | same |
| weekly | same | same |
| reinstall, same phone | - | - |
| clear data (Android) | - | - |
| restore on a new phone | - | - |
| major OS update | same | same |
| factory reset | new | new |
| 270 days off (Android) | - | - |
| clear site data (browser) | new | new |
"""
COLUMNS: list[Keeper | Service] = [
    Keeper.KEYCHAIN,
    Keeper.VENDOR,
    Keeper.ANDROID_ID,
    Keeper.PREFERENCES,
    Service.APNS,
    Service.FCM,
]
BROWSERS_COLUMNS: list[Keeper | Service] = [Keeper.LOCAL_STORAGE, Service.WEB_PUSH]


def cells(table: str, columns: list[Keeper | Service]) -> list[tuple[Event, Keeper | Service, str]]:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()]
    return [(Event(row[0]), of, cell) for row in rows for of, cell in zip(columns, row[1:], strict=True)]


CELLS = cells(TABLE, COLUMNS) + cells(BROWSERS, BROWSERS_COLUMNS)


@pytest.mark.parametrize(("event", "of", "said"), CELLS)
def test_the_table_says_what_the_documentation_says(event: Event, of: Keeper | Service, said: str) -> None:
    said = "new, or restored by backup" if said == "new or restored" else said
    assert fate(of, event) == said


def test_every_event_and_every_fate_is_in_the_table() -> None:
    assert len(CELLS) == len(Event) * (len(Keeper) + len(Service))
    assert {event for event, _, _ in CELLS} == set(Event)
    assert {fate(of, event) for event, of, _ in CELLS} == set(Fate)


@pytest.mark.parametrize(("event", "keeper", "said"), [cell for cell in CELLS if isinstance(cell[1], Keeper)])
def test_an_id_lives_on_where_the_table_says_so(event: Event, keeper: Keeper, said: str) -> None:
    if said == "-":
        with pytest.raises(ValueError, match="choose an event of its platform"):
            keeps_id(keeper, event, restored=True)
        return
    outcomes = (keeps_id(keeper, event, restored=False), keeps_id(keeper, event, restored=True))
    if said in ("same", "copied: two phones, one id"):
        assert outcomes == (True, True)
    else:
        assert outcomes == ((False, False) if said == "new" else (False, True))


@pytest.mark.parametrize(("event", "service", "said"), [cell for cell in CELLS if isinstance(cell[1], Service)])
def test_a_token_lives_on_where_the_table_says_so(event: Event, service: Service, said: str) -> None:
    if said == "-":
        with pytest.raises(ValueError, match="choose an event of its platform"):
            keeps_token(service, event, lucky=True)
        return
    outcomes = (keeps_token(service, event, lucky=False), keeps_token(service, event, lucky=True))
    if said in ("same", "re-registers, value usually the same"):
        assert outcomes == (True, True)
    else:
        assert outcomes == ((False, False) if said in ("new", "UNREGISTERED") else (False, True))
