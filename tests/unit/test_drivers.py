"""From settings to drivers: what may be drawn is what the drivers take."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from nelfin.models.drivers import DRAWN, drivers_of

from nelfin.data import Inputs
from nelfin.scenario import Scenario

pytestmark = pytest.mark.unit


class Watched(dict[str, np.ndarray]):
    """Draws that remember which settings were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def __bool__(self) -> bool:
        return True

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return default


def test_settings_that_may_be_drawn_are_those_that_the_drivers_take(
    scenario: Scenario, inputs: Inputs
) -> None:
    watched, years = Watched(), scenario.years.labels()
    nothing = np.zeros((len(inputs.organisations), len(years)))
    drivers_of(
        inputs, scenario.recovery, years, np.zeros(len(years)), nothing, nothing, drawn=watched
    )
    assert watched.asked == set(DRAWN)
