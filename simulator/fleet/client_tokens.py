"""Client tokens that were had from a target, kept for the next run: issuing one a person takes minutes for millions.

An SQLite file in the fleet's directory, readable by its owner alone. Tokens are secrets: nothing here prints one.
"""

import os
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from simulator.errors import UsageError

FILE: Final = "client-tokens.sqlite"
MARGIN: Final = 3600.0  # seconds: a token had for a run should outlive the usual run
_BATCH: Final = 256  # tokens a commit: a kill costs at the most so many requests, and a commit costs one sync
_PATIENCE: Final = 30.0  # seconds to wait for other workers' commits
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS client_tokens (
    target TEXT NOT NULL, person INTEGER NOT NULL, token BLOB NOT NULL, expires REAL NOT NULL,
    PRIMARY KEY (target, person)
) WITHOUT ROWID
"""


class ClientTokens:
    """The client tokens of one target: a URL, or "embedded". Workers can share the file; a context manager."""

    def __init__(self, directory: Path, target: str) -> None:
        """Open the store in a fleet's directory; UsageError if it is damaged or cannot be written."""
        self._path = directory / FILE
        self._target = target.rstrip("/")
        self._pending: list[tuple[str, int, bytes, float]] = []
        try:
            # Made by us before SQLite can make it: SQLite would let everyone read it. Its journal follows its mode.
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
            self._path.chmod(0o600)
            self._database = sqlite3.connect(self._path, timeout=_PATIENCE, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from None
        try:
            self._write(_TABLE)
        except BaseException:
            self._database.close()
            raise

    def load(self, now: float, margin: float = MARGIN) -> dict[int, bytes]:
        """Return person → token of those still valid `margin` seconds after `now` (Unix time, seconds)."""
        self.commit()
        query = "SELECT person, token FROM client_tokens WHERE target = ? AND expires >= ?"
        try:
            return dict(self._database.execute(query, (self._target, now + margin)).fetchall())
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    def missing(self, people: Iterable[int], now: float, margin: float = MARGIN) -> list[int]:
        """Return those of `people`, in their order, for whom `load` has no token."""
        had = self.load(now, margin)
        return [person for person in map(int, people) if person not in had]

    def add(self, person: int, token: bytes, expires: float) -> None:
        """Keep a token that is valid until `expires` (Unix time, seconds), in place of the one before."""
        self._pending.append((self._target, int(person), token, expires))
        if len(self._pending) >= _BATCH:
            self.commit()

    def forget(self) -> None:
        """Drop every token of this target: it no longer takes them."""
        self._pending = []
        self._write("DELETE FROM client_tokens WHERE target = ?", [(self._target,)])

    def commit(self) -> None:
        """Put on disk what was added."""
        if self._pending:
            self._write("INSERT OR REPLACE INTO client_tokens VALUES (?, ?, ?, ?)", self._pending)
            self._pending = []

    def close(self) -> None:
        """Commit and close."""
        try:
            self.commit()
        finally:
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Also on Ctrl-C: what was had is kept.
        self.close()

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]] | None = None) -> None:
        # One short transaction: nobody else can write while it is open.
        try:
            with self._database:
                if rows is None:
                    self._database.execute(statement)
                else:
                    self._database.executemany(statement, rows)
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    def _unusable(self, error: OSError | sqlite3.Error) -> UsageError:
        why = error.strerror if isinstance(error, OSError) else str(error)
        return UsageError(
            f"{self._path} cannot be used: {why}. It only saves time: make it writable, or remove it "
            "and the tokens are asked for again."
        )
