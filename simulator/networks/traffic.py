from dataclasses import dataclass, field

from simulator.networks.life import End, Fate


@dataclass(slots=True)
class Use:
    """What one network did; calls are of phones that were on it when they made them.

    A call that its phone gives up before its network has done anything to it is a call, and nothing else.
    """

    calls: int = 0
    lost: int = 0
    cut: int = 0
    unanswered: int = 0
    hand_overs: int = 0  # that led to it
    carried: int = 0  # calls that ended, but for those that were lost
    waited_ns: int = 0  # what it added to these


@dataclass(slots=True)
class Traffic:
    """What each network did, by its name."""

    uses: dict[str, Use] = field(default_factory=dict)

    def begin(self, fate: Fate) -> Use:
        """Count a call that begins; what is returned is told of its end."""
        name = fate.network.name
        use = self.uses.get(name)
        if use is None:
            use = self.uses[name] = Use()
        use.calls += 1
        use.hand_overs += fate.handed_over
        return use

    def end(self, use: Use, fate: Fate) -> None:
        """Count what has become of a call."""
        end = fate.end
        use.lost += end == End.LOST
        use.cut += end == End.CUT
        use.unanswered += end == End.UNANSWERED
        if end != End.LOST:
            use.carried += 1
            use.waited_ns += round((fate.up + fate.down) * 1e9)
