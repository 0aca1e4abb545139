"""Where the fleet of a deployment is kept when no directory was named."""

from pathlib import Path

from simulator.client import Origin


def fleet_directory(fleets: Path, host: str, devices: int, seed: int) -> Path:
    """A directory among `fleets` that outlives runs, the same for the same deployment, size and seed.

    A deployment remembers the tokens of earlier runs; a fleet without that memory would mint them again.
    """
    where = Origin.parse(host).authority.translate(str.maketrans(":", "-", "[]"))
    return fleets / f"{where}-{devices}-{seed}"
