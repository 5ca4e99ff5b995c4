"""One run: place budgets, then prevention, then capital, then recovery, joined in one result."""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from nelfin.allocations import sensitivity
from nelfin.data import load_inputs
from nelfin.data.inputs import opening_files
from nelfin.data.register import register
from nelfin.draws import draw_positions, tornado
from nelfin.joint import Joint, capital_case, capital_data, check_schemes, join
from nelfin.models.capital import CapitalPlan
from nelfin.models.capital.case import Case
from nelfin.models.capital.doubt import budget_curve, reached, upper_frontier
from nelfin.models.capital.doubt.frontier import Second
from nelfin.models.recovery import balance_year
from nelfin.odds import odds_table
from nelfin.result import Result, tidy_tables
from nelfin.scenario import Scenario, resolved_toml
from nelfin.scenario.paths import split_sheet
from nelfin.scenario.schema import Data

AIMS: tuple[Second, ...] = ("deprived", "backlog")
"""Second aims of capital, at which a run looks beside benefit."""

BUDGET_SHARES = tuple(np.linspace(0.5, 1.5, 21))
"""Capital limits, as shares of the plan's, at which the worth of capital is worked out."""

PACKAGES = ("nelfin", "numpy", "pandas", "xarray", "PuLP", "highspy", "pydantic")


def run(scenario: Scenario, draws: int = 0, seed: int = 0) -> Result:
    """Run a scenario: budgets, prevention, capital and recovery.

    Parameters
    ----------
    scenario
        From `load_scenario`.
    draws
        Draws of the settings that have a range: the result then has variables with the dim
        `draw`, and a table `odds`. 0 for none.
    seed
        Of the draws.

    Returns
    -------
    Result
        Labelled data, tables, charts and where every figure comes from.

    Raises
    ------
    InputError
        If the scenario's tables are wrong, with every problem.
    NoAnswerError
        If no capital plan meets the limits and rules.
    """
    seconds: dict[str, float] = {}
    started = datetime.now(UTC)
    with _timed("read", seconds):
        inputs = load_inputs(scenario)
        check_schemes(scenario, inputs)
    with _timed("models", seconds):
        found = join(scenario, inputs, check_prices=True)
    with _timed("sensitivity", seconds):
        moves = sensitivity(scenario, inputs)
    plan = found.plan
    with _timed("budget curve", seconds):
        case = capital_case(scenario, inputs, found.limits)
        curve = _curve(case)
    with _timed("frontier", seconds):
        frontier = _frontier(case, plan)
    capital = capital_data(plan, inputs, scenario)
    data = _joined(found.budgets, found.prevention, capital, found.recovery)
    data["capital_consequences"] = found.charges
    tables: dict[str, pd.DataFrame] = {}
    if draws:
        with _timed("draws", seconds):
            positions = draw_positions(scenario, inputs, found, draws, seed)
        renamed = {name: f"drawn_{name}" for name in positions.data_vars if name != "drawn"}
        data = data.merge(positions.rename(renamed).rename(drawn="drawn_settings"))
        tables["odds"] = odds_table(positions)
        tables["tornado"] = tornado(scenario, inputs, found)
    pinned = inputs.positions[inputs.positions["measure"] == "reported"]["year"]
    data.attrs |= {
        "name": scenario.name,
        "capital_status": plan.solve["status"],
        "pinned_years": ", ".join(year for year in scenario.years.labels() if year in set(pinned)),
    }
    tables |= tidy_tables(data) | {
        "plan": plan.plan,
        "spend": plan.spend,
        "limits": plan.limits,
        "prices": plan.prices,
        "projects": plan.projects,
        "budget_curve": curve,
        "capital_frontier": frontier,
        "sensitivity": moves,
        "sources": register(scenario, inputs),
    }
    provenance = {
        "started": started.isoformat(timespec="seconds"),
        "versions": {name: version(name) for name in PACKAGES}
        | {"python": platform.python_version()},
        "inputs": input_hashes(scenario),
        "draws": draws,
        "seed": seed,
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "headline": _headline(data, plan, tables),
        "capital": plan.solve,
        "capital_passes": found.passes,
        "warnings": _warnings(scenario, found),
    }
    return Result(scenario.name, data, tables, resolved_toml(scenario), provenance)


def _curve(case: Case) -> pd.DataFrame:
    """Return what more and less capital would be worth: tidy, one value a row."""
    units = {"limit": "£m", "benefit": "points", "price": "points per £m"}
    names = {"limit_gbp_m": "limit", "price_per_gbp_m": "price"}
    wide = budget_curve(case, BUDGET_SHARES).rename(columns=names)
    table = wide.melt("share_of_limit", list(units), var_name="measure").dropna(subset="value")
    return table.assign(unit=table["measure"].map(units)).reset_index(drop=True)


def _frontier(case: Case, plan: CapitalPlan) -> pd.DataFrame:
    """Return what benefit is left as more is asked of a second aim: tidy; point 0 is the plan.

    A plan with schemes in part has no point of its own: it is the first of the line.
    """
    units = {"benefit": "points", "reached": "£m"}
    parts = []
    for aim in AIMS:
        line = upper_frontier(case, aim).rename(columns={"second_gbp_m": "reached"})
        if len(line) and not case.settings.relax:
            own = [0, plan.solve["objective"], reached(case, plan.plan, aim)]
            line = pd.concat([pd.DataFrame([own], columns=line.columns), line])
        parts.append(line.assign(aim=aim).melt(["aim", "point"], list(units), "measure"))
    table = pd.concat(parts, ignore_index=True)
    return table.assign(unit=table["measure"].map(units))


def _headline(
    data: xr.Dataset, plan: CapitalPlan, tables: dict[str, pd.DataFrame]
) -> dict[str, Any]:
    """Return the figures by which a run is known in a list of runs."""
    last, year = str(data["year"].values[-1]), data.attrs["last_published_year"]
    budgets = data[["budget", "target"]].sum("stream").sel(year=year)
    distance = (budgets["budget"] / budgets["target"] - 1).to_series()
    odds = None
    if "odds" in tables:
        by_name = tables["odds"].set_index(["measure", "year"])["value"]
        odds = float(by_name["odds_of_balance", last])
    return {
        "balance_from": balance_year(data["system_reported"]),
        "last_year": last,
        "reported_gbp_m": float(data["system_reported"][-1]),
        "underlying_gbp_m": float(data["system_underlying"][-1]),
        "schemes_funded": int((plan.plan["status"] != "not funded").sum()),
        "capital_used_gbp_m": float(plan.plan["cdel_gbp_m"].sum()),
        "furthest_under_target": str(distance.idxmin()),
        "dft": float(distance.min()),
        "odds_of_balance": odds,
    }


@contextmanager
def _timed(name: str, seconds: dict[str, float]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - start


def _joined(budgets: xr.Dataset, prevention: xr.Dataset, *others: xr.Dataset) -> xr.Dataset:
    parts = [_plain_labels(part) for part in (budgets, prevention, *others)]
    data = xr.merge(parts, join="exact", combine_attrs="drop_conflicts", compat="no_conflicts")
    data.attrs = budgets.attrs | {f"prevention_{k}": v for k, v in prevention.attrs.items()}
    return data


def _plain_labels(data: xr.Dataset) -> xr.Dataset:
    """Give every dimension labels of plain text, which every file format can hold."""
    labels = {dim: np.array([str(x) for x in data[dim].values]) for dim in data.dims}
    return data.assign_coords({str(dim): (dim, values) for dim, values in labels.items()})


def input_hashes(scenario: Scenario) -> dict[str, str]:
    """Return the SHA-256 of every file a run has read, by its name in the scenario."""
    files = {f"scenario {n}": path for n, path in enumerate(scenario.files, start=1)}
    named = {name: getattr(scenario.data, name) for name in Data.model_fields}
    files |= {name: path for name, path in named.items() if path is not None}
    files |= {f"opening {path}": Path(path) for path in opening_files(scenario)}
    return {
        name: hashlib.sha256(split_sheet(path)[0].read_bytes()).hexdigest()
        for name, path in files.items()
    }


def _warnings(scenario: Scenario, joint: Joint) -> list[str]:
    found, plan = [], joint.plan
    gap, asked = plan.solve["gap"], scenario.capital.gap_pct
    if not joint.settled:
        found.append(
            f"The capital plan and the position that moves its limits have not settled after "
            f"{joint.passes} passes: the last pass stands."
        )
    if gap is not None and 100 * gap > asked + 1e-9:
        why = (
            "the solver's time ran out. Raise capital.time_limit_s for a closer proof."
            if plan.solve["status"] == "stopped"
            else f"{plan.solve['solver']} does not tell how close it came."
        )
        found.append(
            f"The capital plan is proven within {100 * gap:.2f} % of the best, not the {asked:g} % "
            f"asked: {why}"
        )
    return found
