"""How far place budgets move with what they rest on: need weights, opening position, rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from nelfin.allocations.budgets import need_of_places, share
from nelfin.allocations.weights import area_costs_of, step_weight
from nelfin.data import Inputs
from nelfin.errors import InputError, NoAnswerError, nearest
from nelfin.scenario import Scenario, main_stream

KINDS = ("need weight", "opening", "rule")
"""What is changed, one thing at a time."""

COLUMNS = ["year", "kind", "case", "note", "place", "measure", "value", "unit"]


def sensitivity(scenario: Scenario, inputs: Inputs, year: str = "") -> pd.DataFrame:
    """Return how each place's budget moves when one thing changes and all else stays.

    A need weight rises by one percentage point in every year, and the other weights of its final
    scale so that the sum stays. Openings and rules are those of the main stream.

    Parameters
    ----------
    scenario, inputs
        As for `allocate`.
    year
        Year of the budgets; the last published by default.

    Returns
    -------
    pandas.DataFrame
        Tidy: `year, kind, case, note, place, measure, value, unit`. Measures, in £m: `budget` and
        `target` under the case, `budget_move` and `target_move` against the scenario; the moves
        of a case add up to nothing over the places. Of a case without an answer the values are
        NaN and `note` says why.

    Raises
    ------
    InputError
        If the year is not one of the plan's.
    """
    inputs = replace(inputs, area_costs=area_costs_of(inputs))  # derived once for every case
    weighted = need_of_places(scenario, inputs)
    data = share(scenario, inputs, weighted)
    year = year or str(data.attrs["last_published_year"])
    years = scenario.years.labels()
    if year not in years:
        raise InputError.one("year", f'"{year}" is not a year of the plan.', nearest(year, years))
    base = _of_year(data, year)
    # no later year moves the budgets of this one
    to_year = scenario.years.model_copy(update={"last": year})
    shorter = scenario.model_copy(update={"years": to_year})
    weighted = weighted.sel(year=to_year.labels())
    named, values = [], []
    for kind, case, shared in _cases(shorter, inputs, weighted):
        note = ""
        try:
            found = _of_year(shared(), year)
        except NoAnswerError as error:
            found, note = np.full_like(base, np.nan), str(error)
        named.append((year, kind, case, note))
        values.append(np.concatenate([found, found - base]))
    places = inputs.places()
    cells = pd.DataFrame([(*words, place, name) for words in named for name in MEASURES
                          for place in places], columns=COLUMNS[:-2])  # fmt: skip
    return cells.assign(value=np.ravel(values), unit="£m")


MEASURES = ("target", "budget", "target_move", "budget_move")


def _of_year(data: xr.Dataset, year: str) -> npt.NDArray[np.float64]:
    """Return targets and budgets of a year, £m; shape (2, place)."""
    at = list(data["year"].values).index(year)
    both = [data[name].transpose("stream", "place", "year") for name in MEASURES[:2]]
    # a stream that the system holds has no targets
    return np.array([np.nansum(array.to_numpy()[..., at], axis=0) for array in both])


def _cases(
    scenario: Scenario, inputs: Inputs, weighted: xr.DataArray
) -> Iterator[tuple[str, str, Callable[[], xr.Dataset]]]:
    """Yield each change: its kind, its name, and what shares the money under it."""

    def with_weight(final: str, component: str) -> xr.Dataset:
        section = scenario.allocation
        need = step_weight(weighted, inputs, section, final, component, 0.01)
        return share(scenario, inputs, need)

    def with_setting(field: str, value: str) -> xr.Dataset:
        return share(_with_stream(scenario, main, field, value), inputs, weighted)

    needs = {stream.need for stream in scenario.allocation.streams.values()}
    weights = inputs.need_weights[inputs.need_weights["final"].isin(needs)]
    for final, component in weights[["final", "component"]].drop_duplicates().to_numpy():
        case = f"{final}: {component} +1 point"
        yield "need weight", case, partial(with_weight, final, component)
    main = main_stream(scenario)
    current = scenario.allocation.streams[main]
    openings = [*dict.fromkeys(inputs.openings["opening"]), "on-target"]
    rules = ["national", *inputs.pace_rules["rule"]]
    for kind, names in (("opening", openings), ("rule", rules)):
        for name in names:
            if name != getattr(current, kind):
                yield kind, str(name), partial(with_setting, kind, str(name))


def _with_stream(scenario: Scenario, name: str, field: str, value: str) -> Scenario:
    stream = scenario.allocation.streams[name].model_copy(update={field: value})
    streams = scenario.allocation.streams | {name: stream}
    allocation = scenario.allocation.model_copy(update={"streams": streams})
    return scenario.model_copy(update={"allocation": allocation})
