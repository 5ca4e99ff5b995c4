"""Place budgets, prevention, recovery and capital for an NHS system, joined in one plan.

>>> import nelfin
>>> result = nelfin.run(nelfin.load_scenario())        # doctest: +SKIP
>>> result.table("place_budgets")                      # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from nelfin.version import __version__ as __version__

if TYPE_CHECKING:
    from nelfin import allocations as allocations
    from nelfin import models as models
    from nelfin.errors import InputError as InputError
    from nelfin.errors import NelfinError as NelfinError
    from nelfin.errors import NoAnswerError as NoAnswerError
    from nelfin.result import Result as Result
    from nelfin.result import open_result as open_result
    from nelfin.result import run as run
    from nelfin.scenario import Scenario as Scenario
    from nelfin.scenario import load_scenario as load_scenario
    from nelfin.store.sweeps import Sweep as Sweep
    from nelfin.store.sweeps import open_sweep as open_sweep
    from nelfin.system.compare import Comparison as Comparison
    from nelfin.system.compare import compare as compare
    from nelfin.system.sweep import sweep as sweep
    from nelfin.system.sweep import sweep_to as sweep_to

_HOME = {
    "Comparison": "nelfin.system.compare",
    "InputError": "nelfin.errors",
    "NelfinError": "nelfin.errors",
    "NoAnswerError": "nelfin.errors",
    "Result": "nelfin.result",
    "Scenario": "nelfin.scenario",
    "Sweep": "nelfin.store.sweeps",
    "compare": "nelfin.system.compare",
    "load_scenario": "nelfin.scenario",
    "open_result": "nelfin.result",
    "open_sweep": "nelfin.store.sweeps",
    "run": "nelfin.result",
    "sweep": "nelfin.system.sweep",
    "sweep_to": "nelfin.system.sweep",
}
_ROOMS = ("allocations", "models")

__all__ = [*_HOME, *_ROOMS, "__version__"]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for: `import nelfin` itself loads nothing."""
    if name in _ROOMS:
        return import_module(f"nelfin.{name}")
    if name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'nelfin' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
