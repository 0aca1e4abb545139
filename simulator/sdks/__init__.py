"""The SDKs that apps call the API by: what each registers, sends, waits for and repeats; one SDK a file here."""

from simulator.sdks.mixture import NONE, SDKS, Mixture, mistakes_of_mixture, read_mixture
from simulator.sdks.sdk import NO_SDK, PLATFORMS, Again, Sdk, SdkError, mistakes

__all__ = [
    "NONE",
    "NO_SDK",
    "PLATFORMS",
    "SDKS",
    "Again",
    "Mixture",
    "Sdk",
    "SdkError",
    "mistakes",
    "mistakes_of_mixture",
    "read_mixture",
]
