"""The networks that phones are on: what they add to calls, and what they make of some; one network a file here."""

from simulator.networks.calls import Carried, NetworkClient
from simulator.networks.life import End, Fate, Life, lives, longest
from simulator.networks.network import (
    NETWORKS,
    NONE,
    Mixture,
    Network,
    NetworkError,
    mistakes,
    mistakes_of_mixture,
    read_mixture,
)
from simulator.networks.traffic import Traffic, Use

__all__ = [
    "NETWORKS",
    "NONE",
    "Carried",
    "End",
    "Fate",
    "Life",
    "Mixture",
    "Network",
    "NetworkClient",
    "NetworkError",
    "Traffic",
    "Use",
    "lives",
    "longest",
    "mistakes",
    "mistakes_of_mixture",
    "read_mixture",
]
