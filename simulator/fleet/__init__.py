"""Fleets: seeded people and phones, and the little that must be remembered of them."""

from simulator.fleet.client_tokens import ClientTokens
from simulator.fleet.description import MAX_DEVICES, MAX_SEED
from simulator.fleet.fleet import Fleet
from simulator.fleet.foreseen import VALUE_BITS
from simulator.fleet.persistence import Event, Keeper, keeps_id
from simulator.fleet.population import Make, Platform, makes
from simulator.fleet.profiles import Person, Profile
from simulator.fleet.shards import SHARDS, Lease, household, shard_of, shards_of
from simulator.fleet.state import DEVICE, Flag, State

__all__ = [
    "DEVICE",
    "MAX_DEVICES",
    "MAX_SEED",
    "SHARDS",
    "VALUE_BITS",
    "ClientTokens",
    "Event",
    "Flag",
    "Fleet",
    "Keeper",
    "Lease",
    "Make",
    "Person",
    "Platform",
    "Profile",
    "State",
    "household",
    "keeps_id",
    "makes",
    "shard_of",
    "shards_of",
]
