"""The journal of deliveries: what is in it, whoever was killed when."""

import os
import resource
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from simulator.errors import CannotKnow, UsageError
from simulator.gateways import journal as module
from simulator.gateways.delivery import Delivery, Provider, Topic
from simulator.gateways.journal import Journal, read_deliveries


def delivery(owner: int) -> Delivery:
    return Delivery(Provider.APNS, Topic.VOIP, 200, 3, 1, 7, owner, 5, 2**63 + 1, -2, 9, 0, 0)


def owners(path: Path) -> list[int]:
    return [int(owner) for owner in read_deliveries(path)["owner"]]


def test_a_delivery_is_read_as_it_was_written(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "d")) as journal:
        journal.append(delivery(4), 11, 12)
        assert len(journal) == 1
    assert read_deliveries(tmp_path / "d").tolist() == [(1, 2, 200, 3, 1, b"\0\0", 7, 4, 5, 2**63 + 1, -2, 9, 11, 12)]


def test_records_are_told_from_a_number_on_and_never_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_RECORDS", 2)
    with closing(Journal(tmp_path / "d")) as journal:
        for owner in range(3):
            journal.append(delivery(owner), 0, 0)
        parts = [journal.from_number(number) for number in (0, 2, 3, 4, 2**70)]
    whole = (tmp_path / "d").read_bytes()
    assert parts == [whole[:128], whole[128:], b"", b"", b""]


def test_a_record_cut_short_is_none_and_gives_way_to_the_next(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "d")) as journal:
        for owner in range(2):
            journal.append(delivery(owner), 0, 0)
    os.truncate(tmp_path / "d", 100)
    assert owners(tmp_path / "d") == [0]
    with closing(Journal(tmp_path / "d")) as journal:
        journal.append(delivery(7), 0, 0)
    assert owners(tmp_path / "d") == [0, 7]


def test_two_gateways_never_share_a_folder(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "d")), pytest.raises(UsageError) as caught:
        Journal(tmp_path / "d")
    assert str(caught.value) == f"{tmp_path} is in use by other gateways: end them, or name another --folder."
    Journal(tmp_path / "d").close()


def test_a_folder_that_cannot_be_written_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        Journal(tmp_path / "nowhere" / "d")
    assert str(caught.value) == (
        f"{tmp_path}/nowhere/d cannot be written (No such file or directory): name another --folder."
    )


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """As if the disk was full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_told_and_loses_nothing_that_there_is_room_for_later(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "d")) as journal:
        journal.append(delivery(1), 0, 0)
        journal.flush()
        journal.append(delivery(2), 0, 0)
        with no_file_longer_than(80), pytest.raises(CannotKnow) as caught:
            journal.flush()
        assert str(caught.value) == (
            f"{tmp_path}/d cannot be written (File too large), so nobody would know what was delivered: "
            "make room, and start the gateways again."
        )
        assert owners(tmp_path / "d") == [1]
    assert owners(tmp_path / "d") == [1, 2]
