"""Obtaining client tokens for a whole population before the load begins.

Asking again is explicit here: issuing is an upsert and this is preparation, not load.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import gevent

from simulator.client.api import Client
from simulator.client.issuing import IssuedToken, NotIssued, RateLimited

Person = tuple[int, str, str]  # number, clientId, nickname

MOST_ATTEMPTS: Final = 5  # for one person, while the server is in trouble
MOST_WAITS: Final = 20  # for one person, at the rate limit; others get their turn meanwhile
LONGEST_WAIT_SECONDS: Final = 600.0
_WAIT_UNSAID_SECONDS: Final = 10.0
_FIRST_BACK_OFF_SECONDS: Final = 0.5


def obtain_client_tokens(
    client: Client,
    persons: Iterable[Person],
    keep: Callable[[int, bytes, float], None],
    *,
    parallel: int = 16,
    progress: Callable[[int], None] = lambda _: None,
    sleep: Callable[[float], None] = gevent.sleep,
) -> None:
    """Issue a token for each person, `parallel` at a time, and hand over (person, token, expiry) as each arrives.

    At the rate limit it waits as long as the server asks. `progress` gets the number obtained so far. `persons`,
    `keep` and `progress` must not wait on gevent. Raises what `Client.issue_token` raises, once trying again is
    useless; the tokens handed over by then are good.
    """
    seeding = _Seeding(client, iter(persons), keep, progress, sleep)
    workers = [gevent.spawn(seeding.work) for _ in range(parallel)]
    try:
        for _ in gevent.iwait(workers):
            if seeding.failure is not None:
                raise seeding.failure
    finally:
        gevent.killall(workers)


class _Seeding:
    """What the parallel greenlets share."""

    def __init__(
        self,
        client: Client,
        persons: Iterator[Person],
        keep: Callable[[int, bytes, float], None],
        progress: Callable[[int], None],
        sleep: Callable[[float], None],
    ) -> None:
        self._client = client
        self._persons = persons
        self._keep = keep
        self._progress = progress
        self._sleep = sleep
        self._obtained = 0
        self.failure: Exception | None = None

    def work(self) -> None:
        """Take person after person until none is left. A failure is kept: gevent would only print it."""
        try:
            for person, client_id, nickname in self._persons:
                token, expires = self._issue(client_id, nickname)
                self._keep(person, token, expires)
                self._obtained += 1
                self._progress(self._obtained)
        except Exception as error:  # noqa: BLE001 - it is raised where the greenlets are waited for
            self.failure = self.failure or error

    def _issue(self, client_id: str, nickname: str) -> IssuedToken:
        attempts = waits = 0
        while True:
            try:
                return self._client.issue_token(client_id, nickname)
            except RateLimited as error:
                waits += 1
                self._sleep(_limit_wait(error, waits))
            except NotIssued as error:
                attempts += 1
                if not error.passing or attempts == MOST_ATTEMPTS:
                    raise
                self._sleep(_FIRST_BACK_OFF_SECONDS * 2 ** (attempts - 1))


def _limit_wait(error: RateLimited, waits: int) -> float:
    """How long to wait at the rate limit for the `waits`th time. Raises RateLimited when that would be too long."""
    wait = error.retry_after or _WAIT_UNSAID_SECONDS
    if wait > LONGEST_WAIT_SECONDS or waits > MOST_WAITS:
        raise RateLimited(
            f"The server's rate limit does not let client tokens be issued: it asked for {wait:g} s,"
            f" {waits} times for one person. Raise the limit of the API key, or try again later.",
            passing=False,
            retry_after=error.retry_after,
        ) from error
    return wait
