"""What people do with their phones, one scenario a file: each in this folder but `registry` and `own` registers one."""

from importlib import import_module
from pkgutil import iter_modules

from scenarios.registry import SCENARIOS, Scenario, scenario

for _module in iter_modules(__path__):
    if not _module.ispkg:
        import_module(f"{__name__}.{_module.name}")

__all__ = ["SCENARIOS", "Scenario", "scenario"]
