"""A witness as a shell script: the same writes in the same order, with curl.

No secret and no whole token is in it. Keys come from the environment; a person's client token does too, or is issued by
the API key; and `pushfleet token mint` makes the very tokens again, for they are a function of what they testify.
"""

import json
import shlex
from collections.abc import Iterator, Sequence
from typing import Final

from results.checker.evidence import Evidence
from results.checker.fact import Fact
from results.checker.rule import MISSING, Rule
from results.checker.shown import Found
from results.checker.story import Story
from results.checker.witness import Witness
from results.journal.record import ABSENT, NOBODY, STRANGER, Call

_WRITES: Final = (Call.SUBSCRIBE, Call.UNSUBSCRIBE)
_TOKEN: Final = "@TOKEN@"  # noqa: S105 - where the token goes, when the body has been quoted
_HEAD: Final = """\
# Against a backend of your own: pushfleet serve --port 8080 prints both keys.
: "${IM_URL:=http://127.0.0.1:8080}" "${IM_CLIENT_KEY:?}" "${IM_API_KEY:?}"
post() { curl -sS "$IM_URL$1" -H 'Content-Type: application/json; charset=utf-8' -H "$2" -H "$3" -d "$4"; echo; }
im() { post "$1" "IM-CLIENT-KEY: $IM_CLIENT_KEY" "IM-Authorization: $3" "$2"; }
platform() { post "$1" "IM-API-KEY: $IM_API_KEY" 'Accept: */*' "$2"; }
issue() { platform /admin/clients "$1" | sed -n 's/.*"token":"\\([^"]*\\)".*/\\1/p'; }"""
_MINT: Final = """\
token() { pushfleet token mint --fleet-number %d "$@" | sed 's/["\\\\]/\\\\&/g'; }"""


def script(witness: Witness, found: Found, story: Story) -> str:
    """A shell script that does what the witness tells, and shows what it can; empty if nothing was written."""
    evidence = found.evidence
    facts = [*_before(witness, found), *witness.facts]
    writes = [fact for fact in facts if fact.call in _WRITES and fact.register]
    if not writes:
        return ""
    people = sorted({fact.owner for fact in writes})
    lines = [_HEAD]
    if any(fact.call == Call.SUBSCRIBE for fact in writes):
        lines.append(_MINT % story.names.fleet)
    lines += [_log_in(person, story) for person in people]
    lines += _steps(facts, story)
    lines += _census(evidence, writes, story)
    return "\n".join(lines)


def _before(witness: Witness, found: Found) -> list[Fact]:
    """What an unsubscribe that proves all by itself had been preceded by: its person's last two subscribes."""
    if any(fact.call != Call.UNSUBSCRIBE for fact in witness.facts):
        return []
    at = witness.facts[0]
    mine = (fact for fact in found.facts if fact.call == Call.SUBSCRIBE and fact.owner == at.owner)
    return [fact for fact in mine if fact.sent < at.sent and (fact.ok or fact.timed_out)][-2:]


def _log_in(person: int, story: Story) -> str:
    body = shlex.quote(json.dumps({"_id": story.names.client(person), "issueAccessToken": True}))
    return f': "${{IM_TOKEN_{person}:=$(issue {body})}}"'


def _steps(facts: Sequence[Fact], story: Story) -> Iterator[str]:
    """A line or two for each operation; writes that overlapped are sent at once."""
    under_way: list[Fact] = []
    for fact, following in zip(facts, [*facts[1:], None], strict=True):
        if fact.call not in _WRITES:
            yield from _look(fact, story)
            continue
        under_way.append(fact)
        ended = max(one.done for one in under_way)
        together = following is not None and following.call in _WRITES and following.sent <= ended
        at_once = together or len(under_way) > 1
        removed = f", and removed {fact.rows}" if fact.call == Call.UNSUBSCRIBE and fact.rows >= 0 else ""
        yield f"{_write(fact, story)}{' &' if at_once else ''}  # at {story.at(fact.sent)}{removed}"
        if not together:
            yield from ["wait"] * (len(under_way) > 1)
            under_way = []


def _write(fact: Fact, story: Story) -> str:
    kind = story.label(fact.register).split("/", 1)[0]
    body = {"type": kind, "deviceId": story.names.device_id(fact.register)}  # a label may show it quoted, or cut
    if fact.call == Call.UNSUBSCRIBE:
        return f'im /me/unsubscribe {shlex.quote(json.dumps(body))} "$IM_TOKEN_{fact.owner}"'
    quoted = shlex.quote(json.dumps({**body, "token": _TOKEN})).replace(_TOKEN, f"'\"$({_mint(fact, kind)})\"'")
    return f'im /me/subscribe {quoted} "$IM_TOKEN_{fact.owner}"'


def _mint(fact: Fact, kind: str) -> str:
    device, install = fact.register >> 24, fact.register >> 8 & 0xFFFF
    run, generation = fact.value >> 20, fact.value & 0xFFFFF
    slot = f"--type {shlex.quote(kind)} --device {device} --install {install}"
    return f"token {slot} --run {run} --generation {generation}"


def _look(fact: Fact, story: Story) -> Iterator[str]:
    if fact.call == Call.DELIVERY and fact.owner not in (NOBODY, STRANGER):
        body = {"clients": [story.names.client(fact.owner)], "payload": {"alert": "replay"}}
        yield f"platform /push/push2clients {shlex.quote(json.dumps(body))}"
    said = "nothing" if fact.value == ABSENT else story.token(fact.value)
    where = "the gateways" if fact.call == Call.DELIVERY else "the store"
    yield f"# at {story.at(fact.sent)} {where} showed {said}: look there, and give a token to pushfleet token decode"


def _census(evidence: Evidence, writes: Sequence[Fact], story: Story) -> Iterator[str]:
    """What the API itself can show: an unsubscribe tells how many rows it removed."""
    due = 0 if evidence.unsubscribed or evidence.rule is Rule.AGAIN else 1
    if (evidence.rule not in (*MISSING, Rule.ROWS) and due == 1) or evidence.at.call == Call.UNSUBSCRIBE:
        return
    if evidence.rule is Rule.ROWS and len({fact.owner for fact in writes if fact.register == evidence.register}) > 1:
        return  # nobody can remove a former owner's row along with their own
    last = next((fact for fact in reversed(writes) if fact.register == evidence.register), writes[-1])
    unsubscribe = last._replace(call=Call.UNSUBSCRIBE)
    yield f"{_write(unsubscribe, story)}  # n is how many rows stood there, and {due} is right"
