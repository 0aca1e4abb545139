"""Phones in people's hands: what a scenario acts through, and the crowd it picks them from."""

from simulator.phones.chances import chances
from simulator.phones.crowd import Crowd, Wants
from simulator.phones.phone import Fields, Phone
from simulator.phones.sdk_phone import Memory, SdkPhone, SdkUse
from simulator.phones.world import Chat, Kind, Operation, Platform, Pushes, Seen, World

__all__ = [
    "Chat",
    "Crowd",
    "Fields",
    "Kind",
    "Memory",
    "Operation",
    "Phone",
    "Platform",
    "Pushes",
    "SdkPhone",
    "SdkUse",
    "Seen",
    "Wants",
    "World",
    "chances",
]
