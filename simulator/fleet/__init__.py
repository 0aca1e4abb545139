"""Fleets: seeded people and phones, and the little that must be remembered of them."""

from simulator.fleet.client_tokens import ClientTokens
from simulator.fleet.fleet import Fleet
from simulator.fleet.persistence import Event, Keeper
from simulator.fleet.population import Platform
from simulator.fleet.profiles import Person, Profile
from simulator.fleet.shards import SHARDS, Lease, shard_of
from simulator.fleet.state import DEVICE, Flag, State

__all__ = [
    "DEVICE",
    "SHARDS",
    "ClientTokens",
    "Event",
    "Flag",
    "Fleet",
    "Keeper",
    "Lease",
    "Person",
    "Platform",
    "Profile",
    "State",
    "shard_of",
]
