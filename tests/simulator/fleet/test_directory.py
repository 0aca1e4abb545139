import fcntl
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import UsageError
from simulator.fleet import Fleet, directory

CREATE = """
from simulator.fleet import Fleet
def progress(done):
    print(done, flush=True)
    sys.stdin.readline()
Fleet.create(Path(sys.argv[1]), 1000, 7, progress=progress)
"""


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_fleet_is_four_files_and_nothing_is_left_beside_it(fleet: Fleet) -> None:
    assert listing(fleet.directory) == ["devices.npy", "fleet.json", "leases", "runs"]
    assert listing(fleet.directory.parent) == ["fleet"]


def test_missing_parents_are_made_and_an_empty_directory_is_used(tmp_path: Path) -> None:
    assert Fleet.create(tmp_path / "a" / "b", 10, 7).devices == 10
    (tmp_path / "empty").mkdir()
    assert Fleet.create(tmp_path / "empty", 10, 7).devices == 10


def test_nothing_is_ever_overwritten(fleet: Fleet, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for taken in (fleet.directory, tmp_path / "full", tmp_path / "file", Path("/")):
        with pytest.raises(UsageError, match="exists, and nothing is ever overwritten"):
            Fleet.create(taken, 10, 7)
    assert (tmp_path / "full" / "mine").read_text() == (tmp_path / "file").read_text() == "mine"
    assert listing(tmp_path) == ["file", "fleet", "full"]
    assert Fleet.open(fleet.directory).devices == 1000


def test_a_directory_filled_while_the_fleet_was_written_is_not_overwritten(tmp_path: Path) -> None:
    def fill(_: int) -> None:
        (tmp_path / "new").mkdir()
        (tmp_path / "new" / "mine").write_text("mine")

    with pytest.raises(UsageError, match="exists, and nothing is ever overwritten"):
        Fleet.create(tmp_path / "new", 10, 7, progress=fill)
    assert listing(tmp_path) == ["new"]
    assert listing(tmp_path / "new") == ["mine"]


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Fleet.create(tmp_path / "new", 10, 7, progress=interrupt)
    assert listing(tmp_path) == []


def test_a_kill_leaves_no_fleet_and_the_next_creation_uses_up_what_it_left(
    tmp_path: Path, start: Callable[..., "subprocess.Popen[str]"]
) -> None:
    process = start(CREATE, tmp_path / "new")
    assert process.stdout is not None
    assert process.stdout.readline() == "1000\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
    assert listing(tmp_path) == [".new.draft"]
    with pytest.raises(UsageError, match="is no fleet"):
        Fleet.open(tmp_path / "new")
    assert Fleet.create(tmp_path / "new", 20, 8).devices == 20
    assert listing(tmp_path) == ["new"]


def test_what_a_killed_process_left_gets_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / ".new.draft").mkdir()
    for name in ("fleet.json", "devices.npy", "runs"):
        (tmp_path / ".new.draft" / name).write_text("half-made")
    assert Fleet.create(tmp_path / "new", 20, 8).begin_run() == 1
    assert listing(tmp_path) == ["new"]


class Rival:
    """A second creation of the same fleet, begun in the middle of the first: it waits for the lock on the draft."""

    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[Fleet] = []
        self.wrote: list[int] = []
        self._place = place
        self._at_the_lock = threading.Event()
        self._thread = threading.Thread(target=self._create)
        monkeypatch.setattr(fcntl, "flock", self._flock)

    def begin(self, _: int) -> None:
        """Return when it has come to the lock."""
        self._thread.start()
        assert self._at_the_lock.wait(30)

    def finish(self) -> None:
        self._thread.join(30)
        assert not self._thread.is_alive()

    def _flock(self, descriptor: int, operation: int, flock: Callable[[int, int], None] = fcntl.flock) -> None:
        if threading.current_thread() is self._thread:
            self._at_the_lock.set()
        flock(descriptor, operation)

    def _create(self) -> None:
        self.made.append(Fleet.open_or_create(self._place, 1000, 7, progress=self.wrote.append))


def test_of_two_that_create_a_fleet_one_does_and_both_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rival = Rival(tmp_path / "new", monkeypatch)
    made = Fleet.create(tmp_path / "new", 1000, 7, progress=rival.begin)
    rival.finish()
    assert rival.wrote == []
    assert [it.number for it in rival.made] == [made.number]


def test_when_the_first_gives_up_the_second_creates_the_fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rival = Rival(tmp_path / "new", monkeypatch)

    def interrupt(done: int) -> None:
        rival.begin(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Fleet.create(tmp_path / "new", 1000, 7, progress=interrupt)
    rival.finish()
    assert rival.wrote == [1000]
    assert listing(tmp_path) == ["new"]


def test_another_process_draft_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def rival_begins(folder: Path) -> None:
        if folder == tmp_path:  # the fleet is in place, its draft's name is free again
            (tmp_path / ".new.draft").mkdir()

    monkeypatch.setattr(directory, "_sync", rival_begins)
    Fleet.create(tmp_path / "new", 10, 7)
    assert listing(tmp_path) == [".new.draft", "new"]


def test_a_full_disk_is_named_with_the_room_that_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(directory, "write_devices", full)
    with pytest.raises(UsageError, match=r"No space left on device. Please make room for 160 MB"):
        Fleet.create(tmp_path / "new", 10_000_000, 7)
    assert listing(tmp_path) == []


def test_a_place_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(UsageError, match=r"cannot be created: .*name a directory that can be written"):
        Fleet.create(Path("/proc/fleet"), 10, 7)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[:-1], "it has 16191 bytes and not 16192"),
        (lambda data: data + b"\0", "it has 16193 bytes and not 16192"),
        (lambda data: data[:40], "its header is not NumPy's"),
        (lambda _: b"", "its header is not NumPy's"),
        (lambda data: b"PUSHFLEET" + data[9:], "its header is not NumPy's"),
        (lambda data: data.replace(b"(1000,)", b"(1001,)"), r"it holds \(1001,\)"),
        (lambda data: data.replace(b"'<u2'", b"'<i2'"), "and not 1000 devices"),
    ],
)
def test_a_damaged_state_is_refused(fleet: Fleet, damage: object, message: str) -> None:
    assert callable(damage)
    path = fleet.directory / "devices.npy"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(UsageError, match=f"devices.npy is damaged: .*{message}"):
        Fleet.open(fleet.directory)


def test_a_missing_state_is_refused(fleet: Fleet) -> None:
    (fleet.directory / "devices.npy").unlink()
    with pytest.raises(UsageError, match=r"devices.npy cannot be used: No such file"):
        Fleet.open(fleet.directory)


def test_a_state_that_may_not_be_written_is_refused(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write anything, so the kernel's answer is played here.
    opened = Path.open

    def refuse(path: Path, mode: str = "r", **options: Any) -> object:  # noqa: ANN401 - as Path.open has it
        if "+" in mode:
            raise PermissionError(13, "Permission denied")
        return opened(path, mode, **options)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(
        UsageError, match=r"cannot be used: Permission denied. Make the directory readable and writable"
    ):
        Fleet.open(fleet.directory)
    assert Fleet.open(fleet.directory, writable=False).devices == 1000
    with pytest.raises(UsageError, match=r"cannot be used: Permission denied. Every run has to be counted there"):
        fleet.begin_run()
