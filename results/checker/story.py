"""How a violation is told: times, tokens and registers in plain words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from results.checker.evidence import Evidence
from results.checker.fact import Fact
from results.journal.record import ABSENT, FOLDED, GHOST, NOBODY, STRANGER, TRUNCATED, Call

_STRANGE = {
    GHOST: "a token that nobody minted",
    TRUNCATED: "a token that is only the beginning of a minted one (truncated)",
    FOLDED: "a token that differs from a minted one in case (folded)",
}


@dataclass(frozen=True, slots=True)
class Names:
    """What a run's numbers stand for."""

    fault: Callable[[int], str] = "fault {}".format  # a record's fault as a sentence, with its full stop or without
    client: Callable[[int], str] = "person-{}".format  # a person's clientId
    device_id: Callable[[int], str] = "device-{}".format  # a register's deviceId, exactly as it was sent
    fleet: int = 0  # the fleet's number, which is in every token


_UNNAMED: Final = Names()


@dataclass(frozen=True, slots=True)
class Story:
    """The words for one run."""

    run: int
    began: int  # monotonic ns
    label: Callable[[int], str]  # a register as people write it
    names: Names = _UNNAMED

    def tell(self, title: str, register: int, *sentences: str) -> str:
        """A title, the register if there is one, and what happened."""
        where = f" {self.label(register)}" if register else ""
        return " ".join([f"{title}{where}.", *filter(None, sentences)])

    def at(self, time: int) -> str:
        """A time since the run began: 03.100 s."""
        return f"{(time - self.began) / 1e9:06.3f} s"

    def seconds(self, time: int) -> float:
        """A time since the run began, in seconds to the microsecond."""
        return round((time - self.began) / 1e9, 6)

    def token(self, value: int) -> str:
        """A token by its generation: g7, of this run unless it says otherwise."""
        if value in _STRANGE:
            return _STRANGE[value]
        run, generation = value >> 20, value & 0xFFFFF
        return f"g{generation}" if run == self.run else f"g{generation} of run {run}"

    def person(self, owner: int) -> str:
        """A person by number."""
        return {NOBODY: "nobody", STRANGER: "somebody who is not of the fleet"}.get(owner, f"person {owner}")

    def proof(self, fact: Fact | None, value: int) -> str:
        """What shows that a token, or an absence, was there."""
        if fact is None:
            return f"Token {self.token(value)} stood before the run began."
        if fact.call == Call.UNSUBSCRIBE:
            what = "found nothing to remove" if fact.found_nothing else "was acknowledged"
            return f"The unsubscribe {what} at {self.at(fact.done)}."
        if fact.is_read:
            return f"{self.found(fact)}."
        if not fact.ok:
            return f"The subscribe of {self.token(fact.value)} began at {self.at(fact.sent)} and was never answered."
        return f"Token {self.token(fact.value)} was acknowledged at {self.at(fact.done)}."

    def found(self, fact: Fact) -> str:
        """What a read found, without a full stop."""
        what = "nothing" if fact.value == ABSENT else self.token(fact.value)
        if fact.call == Call.DELIVERY:
            begun = "A push of somebody else's" if fact.owner == NOBODY else f"A push begun at {self.at(fact.sent)}"
            did = "did not reach it" if fact.value == ABSENT else f"delivered {what}"
            whose = "" if fact.register else f" for {self.person(fact.owner)}"
            return f"{begun}{whose} {did}"
        if fact.call == Call.UNSUBSCRIBE:
            what = "a subscription" if fact.rows > 0 else "nothing"
            return f"The unsubscribe begun at {self.at(fact.sent)} removed {what}"
        return f"The read-back at {self.at(fact.sent)} found {what}"

    def stale(self, evidence: Evidence) -> str:
        """The sentence of a value that was superseded, and shown."""
        shown = f"{self.found(evidence.at)}"
        if evidence.since is None:
            return f"{shown}."
        if evidence.since.done >= evidence.at.sent:
            return f"{shown} too, at the same time, and there was one at most."
        age = f"{(evidence.at.sent - evidence.since.done) / 1e9:.2f} s after {self._of(evidence.since)}"
        return f"{shown}: {age}{self._skipped(evidence.skipped)}."

    def _of(self, since: Fact) -> str:
        if since.call == Call.UNSUBSCRIBE:
            return "the unsubscribe's acknowledgement"
        if since.value == ABSENT:
            return "nothing was found"
        token = self.token(since.value)
        return f"{token} was seen" if since.is_read else f"{token}'s acknowledgement"

    def _skipped(self, count: int) -> str:
        if not count:
            return ""
        number = "one" if count == 1 else str(count)
        return f", {number} acknowledged write{'s' if count > 1 else ''} skipped"

    def no_excuse(self, evidence: Evidence) -> str:
        """Why a timed-out write is no explanation."""
        if evidence.own_time_out:
            return "Its own write timed out, but it cannot have acted so late: the token was there before."
        return "No timed-out write can explain it."
