"""Several processes over one store, on SQLite as on PostgreSQL."""

from tests.simulator.backend.writers import Written, write

DEVICES = 20 + 4 * 20  # those that all processes write, and those of each that it has not unsubscribed


def test_four_processes_leave_one_row_a_slot_and_lose_nothing_acknowledged(store: str) -> None:
    written = write(store)
    assert (written.doubled(), written.lost(), len(written.rows)) == ([], [], DEVICES)


def test_the_check_sees_what_a_backend_without_upserts_leaves(store: str) -> None:
    written = write(store, "insert-race")
    assert [device for device in written.doubled() if device.startswith("shared-")]


def test_the_check_sees_what_a_backend_that_skips_writes_loses(store: str) -> None:
    assert write(store, "debounce").lost()


def test_the_check_knows_a_loss_from_a_race() -> None:
    rows = {"raced": ["a-2"], "lost": ["a-1"], "undead": ["a-1"], "foreign": ["x"]}
    first = {"raced": "a-2", "lost": "a-2", "gone": "", "undead": "", "missing": "a-2"}
    assert Written([first, {"raced": "b-2"}], rows).lost() == ["foreign", "lost", "missing", "undead"]
