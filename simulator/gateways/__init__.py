"""The simulated providers: APNs, FCM and Web Push, whose answers real provider clients accept."""

from simulator.gateways.process import Gateways

__all__ = ["Gateways"]
