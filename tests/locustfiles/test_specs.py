"""Passwords of stores reach the judge, and nothing that is kept."""

import pytest

from locustfiles._specs import ENVIRONMENT, STORE, handed_down, shown, whole
from simulator.errors import UsageError

SPEC = "postgresql://me:s3cret@127.0.0.1:5/im"
SHOWN = "postgresql://me@127.0.0.1:5/im"


@pytest.fixture(autouse=True)
def untold(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (ENVIRONMENT, STORE):
        monkeypatch.delenv(name, raising=False)


def test_a_spec_is_shown_without_its_password() -> None:
    assert (shown(SPEC), shown("sqlite:im.sqlite")) == (SHOWN, "sqlite:im.sqlite")
    with pytest.raises(UsageError):
        shown("oracle:x")


def test_whoever_is_told_by_the_environment_knows_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    told = handed_down([SPEC, "sqlite:im.sqlite"])
    assert list(told) == [ENVIRONMENT]
    assert whole(SHOWN) == SHOWN
    monkeypatch.setenv(ENVIRONMENT, told[ENVIRONMENT])
    assert (whole(SHOWN), whole("sqlite:im.sqlite")) == (SPEC, "sqlite:im.sqlite")


def test_without_a_password_nothing_is_handed_down() -> None:
    assert handed_down(["sqlite:im.sqlite"]) == {}


@pytest.mark.parametrize(
    ("store", "known"), [(SPEC, SPEC), ("postgresql://me:x@db/other", SHOWN), ("im.sqlite", SHOWN)]
)
def test_a_run_is_judged_again_with_the_store_that_is_set(
    store: str, known: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STORE, store)
    assert whole(SHOWN) == known
