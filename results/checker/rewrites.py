"""Values written more than once: turned into values written once, which is what the exact check needs.

A phone registers its current token again, and again after a time-out. Two histories with single writes are made of
such a history H, one that is at least as hard to explain and one that is at most as hard:

- `strict`: if it is linearizable, so is H;
- `lenient`: if H is linearizable, so is it.

So a history is legal if its strict form is, and illegal if its lenient form is; between the two nobody can know.
Mostly both are the same, and the answer is exact.

**Groups.** Take the writes of v by their start. Writes whose common span (the earliest inv to the latest ret among
them) no other write or delete touches, follow each other without anything between in every order. So all of a group
is one stretch of v, opened by one write; the acknowledged others are reads of v, exactly; an indeterminate one that
is not the opener may as well never have acted. The opener is the first acknowledged write, unless a read ended before
that began: then an indeterminate one opened the stretch. Where several could, `strict` takes the earliest, and
`lenient` grants it the latest end of them all, which explains whatever any of them explains.

**Reads.** A read r of v saw some write of v: not one of a group that began after r ended, nor one of a group that ended
before another operation began which itself ended before r began, and which shows that the group was over: an
acknowledged write or delete, or a read of something else. If one group remains, it is r's. If several remain, `lenient`
leaves r out (which keeps a linearizable history linearizable), and `strict` gives it to the latest. If none remains, no
order explains r: it goes to the latest group begun before its end, where the superseding operation between them is
found. With every read in a group, the groups take names of their own.

So an indeterminate write of v, begun again while other writes follow, is a group by itself: it may act late, and a
read of v afterwards is never called a violation for it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Final

from results.checker.operation import DELETE, READ, WRITE, Operation

_FIRST_NAME: Final = -(2**60)  # names of groups count down from here, far from values and from ABSENT
_AFTER_ALL: Final = 2**63


@dataclass(slots=True)
class _Group:
    """Writes of one value with nothing between them, by their start, and the reads that saw them."""

    writes: list[Operation]
    reads: list[Operation] = field(default_factory=list)
    unsure: list[Operation] = field(default_factory=list)  # reads that may have seen an earlier group instead

    @property
    def end(self) -> int:
        return max(write.ret for write in self.writes)


def once_each(operations: Sequence[Operation]) -> tuple[Sequence[Operation], Sequence[Operation]]:
    """(strict, lenient): the same history with every value written once; see above. One object if they are equal."""
    written = [op.value for op in operations if op.kind == WRITE]
    if len(set(written)) == len(written):
        return operations, operations
    groups = _groups(operations)
    strict = [op for op in operations if op.kind == DELETE or op.value not in groups]
    lenient = strict.copy()
    reads: dict[int, list[Operation]] = defaultdict(list)
    for op in operations:
        if op.kind == READ:
            reads[op.value].append(op)
    name = _FIRST_NAME
    for value, of_value in groups.items():
        _share_out(reads[value], value, of_value, operations)
        for group in of_value:
            name -= 1
            strict.extend(op._replace(value=name) for op in _strict(group))
            lenient.extend(op._replace(value=name) for op in _lenient(group))
    return (strict, strict) if strict == lenient else (strict, lenient)


def _groups(operations: Sequence[Operation]) -> dict[int, list[_Group]]:
    """The groups of every value that is written more than once, by their start.

    Whatever begins between two writes of a group touches their span, so a group is a run of the writes and deletes
    sorted by start; an earlier one touches it if it ends late, and of the later ones the first begins first.
    """
    changes = sorted((op for op in operations if op.kind != READ), key=lambda op: op.inv)
    runs = [list(run) for _, run in groupby(changes, key=lambda op: (op.kind, op.value))]
    groups: dict[int, list[_Group]] = defaultdict(list)
    last_end = -_AFTER_ALL
    for run, following in pairwise([*runs, []]):
        if run[0].kind == WRITE:
            next_begin = following[0].inv if following else _AFTER_ALL
            groups[run[0].value].extend(_split(run, alone=last_end >= run[0].inv, before=next_begin))
        last_end = max(last_end, *(op.ret for op in run))
    return {value: found for value, found in groups.items() if sum(len(group.writes) for group in found) > 1}


def _split(run: list[Operation], *, alone: bool, before: int) -> Iterator[_Group]:
    """A run's groups: writes join while their span ends before the next change; `alone`: an earlier one reaches in."""
    group = _Group([run[0]])
    for write in run[1:]:
        if not alone and max(group.end, write.ret) < before:
            group.writes.append(write)
        else:
            yield group
            group = _Group([write])
    yield group


def _share_out(reads: list[Operation], value: int, groups: list[_Group], operations: Sequence[Operation]) -> None:
    if len(groups) == 1:
        groups[0].reads = reads
        return
    others = [op for op in operations if op.ok and (op.kind != READ or op.value != value)]
    superseded = [-_AFTER_ALL]  # per group: when an operation that surely followed all earlier groups had ended
    end = -_AFTER_ALL
    for group in groups[:-1]:
        end = max(end, group.end)
        superseded.append(min((op.ret for op in others if op.inv > end), default=_AFTER_ALL))
    for read in reads:
        latest = max((at for at, group in enumerate(groups) if group.writes[0].inv <= read.ret), default=0)
        earliest = max(at for at, ended in enumerate(superseded) if ended < read.inv)
        (groups[latest].unsure if earliest < latest else groups[latest].reads).append(read)


def _strict(group: _Group) -> list[Operation]:
    reads = group.reads + group.unsure
    openers = _openers(group.writes, reads)
    return [openers[0], *_acknowledged(group.writes, openers[0]), *reads]


def _lenient(group: _Group) -> list[Operation]:
    openers = _openers(group.writes, group.reads)
    opener = openers[0]._replace(ret=max(opener.ret for opener in openers))
    return [opener, *_acknowledged(group.writes, openers[0]), *group.reads]


def _acknowledged(writes: list[Operation], opener: Operation) -> list[Operation]:
    return [write._replace(kind=READ) for write in writes if write.ok and write is not opener]


def _openers(writes: list[Operation], reads: list[Operation]) -> list[Operation]:
    """The writes, by start, that may have opened the stretch: one acknowledged, or any of the indeterminate ones."""
    first_read = min((read.ret for read in reads), default=_AFTER_ALL)
    acknowledged = [write for write in writes if write.ok]
    if acknowledged and acknowledged[0].inv <= first_read:
        return acknowledged[:1]
    return [write for write in writes if not write.ok and write.inv <= first_read] or writes[:1]
