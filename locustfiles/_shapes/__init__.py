"""What `--shape` can do. A file in this package with a `SHAPE` is one of them, under its own name."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from locustfiles._shapes._curve import AWAY, Curve, Shape, Stage

__all__ = ["AWAY", "SHAPES", "Curve", "Shape", "Stage"]


def _known() -> dict[str, Shape]:
    names = (found.name for found in iter_modules(__path__) if not found.name.startswith("_"))
    shapes: list[Shape] = [import_module(f"{__name__}.{name}").SHAPE for name in names]
    return {shape.name: shape for shape in shapes}


SHAPES: Final[dict[str, Shape]] = _known()
