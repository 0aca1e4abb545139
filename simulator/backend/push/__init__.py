"""The push pipeline: from a client's subscriptions to the providers, over the best-kept clients of each."""

from simulator.backend.push.pipeline import Pipeline
from simulator.backend.push.providers import Providers

__all__ = ["Pipeline", "Providers"]
