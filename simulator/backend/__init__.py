"""The embedded IMKIT backend: what the API page says, in a process of its own, with faults on request."""

from simulator.backend.bug import Bug
from simulator.backend.bugs import BUGS
from simulator.backend.process import Embedded
from simulator.backend.sqlite import Durability

__all__ = ["BUGS", "Bug", "Durability", "Embedded"]
