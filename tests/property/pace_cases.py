"""Cases of places to share an envelope among, drawn by hypothesis."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from nelfin.allocations.rules import packaged_rules

Array = npt.NDArray[np.float64]

Case = tuple[Array, Array, float]
"""Openings, shares of need and the envelope."""

FORMS = {"capped", "capped_to_target", "clipped", "none", "full"}
"""Forms that a distance from target alone decides."""

NAMES = sorted(name for name, rule in packaged_rules().items() if rule.form in FORMS)

RULES = st.sampled_from(NAMES).map(lambda name: packaged_rules()[name])

SHARES = st.one_of(st.just(1.0), st.floats(0.0, 1.0))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw places whose distance from target runs from pennies to far off."""
    count = draw(st.integers(1, 8))
    reach = draw(st.sampled_from([0.001, 0.01, 0.05, 0.6]))
    people = np.array(draw(st.lists(st.floats(0.5, 50.0), min_size=count, max_size=count)))
    distance = draw(st.lists(st.floats(-reach, reach), min_size=count, max_size=count))
    need = people / people.sum()
    opening = need * (1 + np.array(distance)) * draw(st.floats(1.0, 9000.0))
    growth = draw(st.floats(-0.3, 0.6))
    return opening, need, float(opening.sum() * (1 + growth))


def far(opening: Array, need: Array) -> float:
    """Return the largest distance from target, either way."""
    return float(np.abs(opening / opening.sum() / need - 1).max())
