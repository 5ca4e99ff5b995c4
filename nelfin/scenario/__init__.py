"""Scenarios: what to run, read from TOML, checked, with the source of every figure."""

from nelfin.scenario.load import load_scenario
from nelfin.scenario.resolved import resolved_toml
from nelfin.scenario.schema import Scenario, main_stream

__all__ = ["Scenario", "load_scenario", "main_stream", "resolved_toml"]
