"""Where the fleet of a deployment is kept when no directory was named."""

from hashlib import blake2b
from pathlib import Path

from simulator.client import Origin
from simulator.sdks import NONE


def fleet_directory(fleets: Path, host: str, devices: int, seed: int, sdk: str = NONE) -> Path:
    """A directory among `fleets` that outlives runs, the same for the same deployment, size, seed and SDK.

    A deployment remembers the tokens of earlier runs; a fleet without that memory would mint them again.
    """
    where = Origin.parse(host).authority.translate(str.maketrans(":", "-", "[]"))
    return fleets / f"{where}-{devices}-{seed}{_of_apps(sdk)}"


def fleet_of_store(fleets: Path, store: str, devices: int, seed: int, sdk: str = NONE) -> Path:
    """The same for a store of the embedded backend, which remembers as a deployment does; `store` has no password."""
    name = blake2b(store.encode(), digest_size=6).hexdigest()
    return fleets / f"store-{name}-{devices}-{seed}{_of_apps(sdk)}"


def _of_apps(sdk: str) -> str:
    return "" if sdk == NONE else f"-{sdk}"
