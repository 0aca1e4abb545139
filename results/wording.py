"""The verdict in words: what people read first, wherever they read it."""

from collections.abc import Sequence

from results.gates.gate import Finding
from results.judgement import Judgement
from results.masking import without_secrets
from results.verdict import Verdict


def several(count: int, noun: str, plural: str = "") -> str:
    """`count` of a noun, as in "1 register" and "2,000 registers"."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def spoken(name: str) -> str:
    """An id as people say it: lost_update is a lost update."""
    return name.replace("_", " ")


def headline(verdict: Verdict, judgement: Judgement, gates: Sequence[Finding]) -> str:
    """The verdict in one paragraph: correctness first, then the gates (those besides correctness)."""
    return f"{verdict.upper()}. {_correctness(judgement)} {_gates(gates)}".strip()


def _correctness(judgement: Judgement) -> str:
    if judgement.verdict is Verdict.VIOLATED:
        found = sorted(((name, count) for name, count in judgement.anomalies.items() if count), key=lambda it: -it[1])
        what = ", ".join(f"{spoken(name)} ({count:,})" for name, count in found) or "an anomaly"
        return f"Found among {several(judgement.judged, 'register')} judged: {what}."
    if judgement.verdict is Verdict.UNKNOWN:
        return f"Whether every upsert was right is not known{_because(judgement)}"
    return f"{_held(judgement)} {covered(judgement)}".strip()


def covered(judgement: Judgement) -> str:
    """Which classes of anomaly a run could have shown, and which it could not."""
    looked_for = [spoken(name) for name in judgement.anomalies if name not in judgement.not_exercised]
    parts = [f"Looked for and not found: {', '.join(looked_for)}."] if looked_for else []
    if judgement.not_exercised:
        parts.append(f"Not exercised: {', '.join(map(spoken, judgement.not_exercised))}.")
    return " ".join(parts)


def _held(judgement: Judgement) -> str:
    if judgement.judged == judgement.total:
        whom = "The 1 register holds" if judgement.total == 1 else f"All {judgement.total:,} registers hold"
        return f"{whom} what the phones were told they hold."
    judged = several(judgement.judged, "register judged holds", "registers judged hold")
    rest = judgement.total - judgement.judged
    unjudged = f"{rest:,} of {judgement.total:,} {'was' if rest == 1 else 'were'} not judged"
    return f"The {judged} what the phones were told they hold; {unjudged}."


def pushes(delivered: int, stale: int, oldest_ms: float) -> str:
    """How fresh the tokens were that pushes carried."""
    carried = several(delivered, "token was reached by a push", "tokens were reached by pushes")
    if not stale:
        return f"{carried}, and none of them was stale."
    return f"{carried}, {stale:,} of them stale: the oldest had been replaced for {oldest_ms / 1000:,.3g} s."


def effect(rotations: int, seen: int, median_ms: float | None) -> str:
    """How soon pushes went to new tokens."""
    replaced = several(rotations, "token was replaced", "tokens were replaced")
    if median_ms is None:
        return f"{replaced}, and no push went to the new one afterwards."
    soon = f"half of them within {median_ms / 1000:,.3g} s of the acknowledgement"
    return f"{replaced}; pushes reached {seen:,} of the new ones, {soon}."


def _because(judgement: Judgement) -> str:
    return f": {judgement.reasons[0]}" if judgement.reasons else "."


def _gates(gates: Sequence[Finding]) -> str:
    """Which gates are not kept, then which are undecided; one sentence at most for each."""
    if not gates:
        return ""
    parts = [
        f"{len(mine)} of {several(len(gates), 'gate')} {'is' if len(mine) == 1 else 'are'} {said}: {_named(mine)}."
        for verdict, said in ((Verdict.VIOLATED, "not met"), (Verdict.UNKNOWN, "undecided"))
        if (mine := [gate for gate in gates if gate.verdict is verdict])
    ]
    if parts:
        return " ".join(parts)
    return f"The gate {gates[0].gate} is met." if len(gates) == 1 else f"All {len(gates)} gates are met."


def _named(gates: Sequence[Finding], most: int = 3) -> str:
    named = ", ".join(gate.gate for gate in gates[:most])
    return f"{named} and {len(gates) - most} more" if len(gates) > most else named


def unverified(target: str) -> str:
    """What has to be known of a run whose TLS trusted anybody; `target` is shown without secrets."""
    place = without_secrets(target)
    return f"TLS is not verified (--insecure): whoever sits between here and {place} can read keys and answer for it."


def fewer(arrived: int, asked: int) -> str:
    """What has to be known of a run that was offered much less load than it was asked for."""
    return (
        f"{arrived:,} people arrived, where some {asked:,} were asked for: workers or users began late. "
        "Give the load more time, or take fewer processes."
    )


def unreached(left: int, devices: int) -> str:
    """What has to be known of a release that did not reach the whole fleet."""
    return (
        f"{left:,} of {several(devices, 'device')} had not updated when the load ended, and did not register anew: "
        "give the load more time, --max-in-flight more, or take more processes."
    )
