"""Scenarios: what to run, read from TOML, checked, with the source of every figure."""

from nelfin.scenario.load import load_scenario, resolved_toml
from nelfin.scenario.schema import Scenario

__all__ = ["Scenario", "load_scenario", "resolved_toml"]
