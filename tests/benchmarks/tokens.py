"""How fast tokens are minted and decoded: `python tests/benchmarks/tokens.py`. One core; the best of three rounds.

Each type's tokens are of all its forms, in their shares. Each web token costs a multiplication on the curve, which
nothing in bulk makes cheaper: it has no goal, and decoding it is timed with keys that nobody remembers.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from simulator.tokens import Provenance, PushType, decode, decode_many, mint, mint_many

MANY = 400_000
FEW = 20_000  # of web there are no more than these
GOAL = 1_000_000  # a second, in bulk


def main() -> None:
    """Print a line for each format and way; exit with 1 if a bulk figure misses its goal."""
    rates = {kind: _measure(kind, FEW if kind is PushType.WEB else MANY) for kind in PushType}
    for kind, columns in rates.items():
        sys.stdout.write(f"{kind.wire:9}" + "".join(f"{name} {rate:12,.0f}/s   " for name, rate in columns.items()))
        sys.stdout.write("\n")
    bulk = [rates[kind][name] for kind in rates if kind is not PushType.WEB for name in ("mint bulk", "decode bulk")]
    sys.exit(min(bulk) < GOAL)


def _measure(kind: PushType, many: int) -> dict[str, float]:
    devices = np.arange(many)
    tokens = mint_many(1, 1, devices, 0, kind, 1)
    some = tokens[:FEW].astype(str).tolist()
    return {
        "mint bulk": _rate(many, lambda: mint_many(1, 1, devices, 0, kind, 1)),
        "decode bulk": _rate(many, lambda: decode_many(tokens)),
        "mint one": _rate(FEW, lambda: [mint(Provenance(1, 1, device, 0, kind, 1)) for device in range(FEW)]),
        "decode one": _rate(FEW, lambda: [decode(token) for token in some]),
    }


def _rate(count: int, work: Callable[[], object]) -> float:
    return count / min(_seconds(work) for _ in range(3))


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


if __name__ == "__main__":
    main()
