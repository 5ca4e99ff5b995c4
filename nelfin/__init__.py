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
    from nelfin.data import load_inputs as load_inputs
    from nelfin.data.start.folder import new_scenario as new_scenario
    from nelfin.errors import InputError as InputError
    from nelfin.errors import NelfinError as NelfinError
    from nelfin.errors import NoAnswerError as NoAnswerError
    from nelfin.report.text.places import place_page as place_page
    from nelfin.result import Result as Result
    from nelfin.result import open_result as open_result
    from nelfin.result import run as run
    from nelfin.scenario import Scenario as Scenario
    from nelfin.scenario import load_scenario as load_scenario
    from nelfin.scenario.change import changed as changed
    from nelfin.scenario.change import differences as differences
    from nelfin.store.sweeps import Sweep as Sweep
    from nelfin.store.sweeps import open_sweep as open_sweep
    from nelfin.system.capital import capital_case as capital_case
    from nelfin.system.compare import Comparison as Comparison
    from nelfin.system.compare import compare as compare
    from nelfin.system.draws import draw_positions as draws
    from nelfin.system.explain import explain as explain
    from nelfin.system.joint import Joint as Joint
    from nelfin.system.joint import join as joint
    from nelfin.system.need_indices import Need as Need
    from nelfin.system.need_indices import need as need
    from nelfin.system.odds import fan as fan
    from nelfin.system.odds import odds_of_balance as odds_of_balance
    from nelfin.system.odds import odds_of_payback as odds_of_payback
    from nelfin.system.prevention import best_mix_of as best_mix
    from nelfin.system.recompute import Outcome as Outcome
    from nelfin.system.recompute import outcome_of as outcome
    from nelfin.system.recompute import recompute as recompute
    from nelfin.system.seek import seek as seek
    from nelfin.system.sweep import sweep as sweep
    from nelfin.system.sweep import sweep_to as sweep_to

_PUBLIC = {
    "Comparison": ("nelfin.system.compare", "Comparison"),
    "InputError": ("nelfin.errors", "InputError"),
    "Joint": ("nelfin.system.joint", "Joint"),
    "Need": ("nelfin.system.need_indices", "Need"),
    "NelfinError": ("nelfin.errors", "NelfinError"),
    "NoAnswerError": ("nelfin.errors", "NoAnswerError"),
    "Outcome": ("nelfin.system.recompute", "Outcome"),
    "Result": ("nelfin.result", "Result"),
    "Scenario": ("nelfin.scenario", "Scenario"),
    "Sweep": ("nelfin.store.sweeps", "Sweep"),
    "best_mix": ("nelfin.system.prevention", "best_mix_of"),
    "capital_case": ("nelfin.system.capital", "capital_case"),
    "changed": ("nelfin.scenario.change", "changed"),
    "compare": ("nelfin.system.compare", "compare"),
    "differences": ("nelfin.scenario.change", "differences"),
    "draws": ("nelfin.system.draws", "draw_positions"),
    "explain": ("nelfin.system.explain", "explain"),
    "fan": ("nelfin.system.odds", "fan"),
    "joint": ("nelfin.system.joint", "join"),
    "load_inputs": ("nelfin.data", "load_inputs"),
    "load_scenario": ("nelfin.scenario", "load_scenario"),
    "new_scenario": ("nelfin.data.start.folder", "new_scenario"),
    "odds_of_balance": ("nelfin.system.odds", "odds_of_balance"),
    "odds_of_payback": ("nelfin.system.odds", "odds_of_payback"),
    "need": ("nelfin.system.need_indices", "need"),
    "open_result": ("nelfin.result", "open_result"),
    "open_sweep": ("nelfin.store.sweeps", "open_sweep"),
    "outcome": ("nelfin.system.recompute", "outcome_of"),
    "place_page": ("nelfin.report.text.places", "place_page"),
    "recompute": ("nelfin.system.recompute", "recompute"),
    "run": ("nelfin.result", "run"),
    "seek": ("nelfin.system.seek", "seek"),
    "sweep": ("nelfin.system.sweep", "sweep"),
    "sweep_to": ("nelfin.system.sweep", "sweep_to"),
}
"""Public names, and where each stands: its module and its name there."""

_PACKAGES = ("allocations", "models")

__all__ = [*_PUBLIC, *_PACKAGES, "__version__"]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for: `import nelfin` itself loads nothing."""
    if name in _PACKAGES:
        return import_module(f"nelfin.{name}")
    if name in _PUBLIC:
        module, attribute = _PUBLIC[name]
        value = getattr(import_module(module), attribute)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'nelfin' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
