"""One run of the models, what is asked of them beside, and the portfolio of programmes."""

from __future__ import annotations

import getpass
import json
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np
import pandas as pd
import xarray as xr

from nelfin.allocations import far_openings, level_breaks, sensitivity
from nelfin.data import Inputs
from nelfin.data.checks.whose import national_growth
from nelfin.data.load import load_and_keep, places_of, read_tables
from nelfin.data.register import register
from nelfin.models.capital import CapitalPlan
from nelfin.models.capital.case import case_of
from nelfin.models.capital.checked import Checked
from nelfin.models.capital.compared import PlanTables, plans_compared
from nelfin.models.capital.limits import of_ordinary
from nelfin.models.efficiency import schemes_table
from nelfin.scenario import Scenario, resolved_toml
from nelfin.scenario.load import origins_by_file
from nelfin.store.findings import Findings
from nelfin.store.kept import BASE, record_of
from nelfin.store.tidy import tidy_tables
from nelfin.system.activity_tables import answers_of, primary_care_table
from nelfin.system.back_test import back_test
from nelfin.system.backlog import backlog_of
from nelfin.system.capital import (
    capital_data,
    capital_settings,
    second_aims,
    worth_of_capital,
)
from nelfin.system.changes import base_of, changes_of, first_changes
from nelfin.system.checking import check_plans
from nelfin.system.draws import draw_positions, tornado
from nelfin.system.headline import listed_figures
from nelfin.system.joint import Joint, join
from nelfin.system.months import months_table
from nelfin.system.odds import odds_by_organisation, odds_table
from nelfin.system.portfolio import portfolio_in_run
from nelfin.system.slips import slips_by_scheme
from nelfin.version import __version__

PACKAGES = ("numpy", "pandas", "xarray", "PuLP", "highspy", "pydantic")
"""Packages whose versions a run tells beside that of nelfin."""

Seconds = dict[str, float]


def run_models(
    scenario: Scenario, draws: int = 0, seed: int = 0, name: str = "", note: str = ""
) -> Findings:
    """Run the models of a scenario; `nelfin.run` gives the same as a `Result`.

    Parameters
    ----------
    scenario
        From `load_scenario`.
    draws
        Draws of the settings that have a range; 0 for none.
    seed
        Of the draws.
    name, note
        What the run is called, and what is said of it.

    Raises
    ------
    InputError
        If the scenario's tables are wrong, with every problem.
    NoAnswerError
        If no capital plan meets the limits and rules.
    """
    started = datetime.now(UTC)
    seconds: Seconds = {}
    with _timed("read", seconds):
        inputs, kept = load_and_keep(scenario)
        checked, programmes = check_plans(scenario, inputs)
    with _timed("changes", seconds), base_of(scenario) as base:
        changes = changes_of(scenario, inputs, base)
        kept_of_base = [] if base is None else read_tables(base)
        base_toml = "" if base is None else resolved_toml(base, places_of(base, kept_of_base))
    with _timed("models", seconds):
        joint = join(scenario, inputs, check_prices=True, checked=checked)
    data = _labelled(scenario, inputs, joint)
    more = _questions(scenario, inputs, joint, checked, seconds)
    with _timed("portfolio", seconds):
        portfolio, account, far = portfolio_in_run(scenario, inputs, programmes)
    with _timed("months and back-test", seconds):
        more["months"] = months_table(scenario, inputs, joint, draws, seed)
        more["savings"] = schemes_table(inputs, scenario.recovery, scenario.years.labels())
        more["back_test"] = back_test(scenario, inputs, joint, more["months"])
    if draws:
        with _timed("draws", seconds):
            data, drawn = _with_draws(scenario, inputs, joint, data, draws, seed)
        more |= drawn
    more["primary_care"] = primary_care_table(joint.activity)
    tables = tidy_tables(data) | _plan_tables(joint) | more
    if portfolio is not None:
        tables |= {f"portfolio_{key}": table for key, table in portfolio.tables().items()}
    if len(inputs.plan_in_force):
        tables["plan_changes"] = plans_compared(PlanTables(inputs.plan_in_force), joint.plan)
    tables["sources"] = register(scenario, inputs)
    tables["changes"] = changes
    provenance = {
        "started": started.isoformat(timespec="seconds"),
        "versions": {"nelfin": __version__}
        | {name: version(name) for name in PACKAGES}
        | {"python": platform.python_version()},
        "run": {"name": name, "note": note, "by": _who()},
        **record_of(kept),
        "base": {"name": "" if base is None else base.name, **record_of(kept_of_base)}
        | {"changed": len(changes), "changes": first_changes(changes)},
        "origins": origins_by_file(scenario),
        "draws": draws,
        "seed": seed,
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "capital": asdict(joint.plan.solve),
        "capital_passes": joint.passes,
        "portfolio": account,
        "warnings": [
            *inputs.readings,
            *far_openings(scenario, inputs, joint.budgets),
            *level_breaks(scenario, inputs),
            *national_growth(scenario, inputs),
            *_warnings(scenario, joint),
            *far,
        ],
    }
    resolved = resolved_toml(scenario, places_of(scenario, kept), BASE if base_toml else "")
    found = Findings(scenario.name, data, tables, resolved, provenance)
    found.keep({each.file: each.content for each in (*kept, *kept_of_base)}, base_toml)
    provenance["headline"] = listed_figures(found)
    return found


def _who() -> str:
    """Return who runs this, as the machine knows them; "" where it does not."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _labelled(scenario: Scenario, inputs: Inputs, joint: Joint) -> xr.Dataset:
    """Return what the models found as one labelled dataset."""
    capital = capital_data(joint.plan, inputs, scenario)
    backlog = backlog_of(joint.plan, capital_settings(scenario, inputs), scenario, inputs)
    data = _joined(
        joint.budgets, joint.prevention, joint.activity, capital, joint.recovery, backlog
    )
    data["capital_consequences"] = joint.charges
    bodies = inputs.organisations
    data.attrs |= (
        joint.recovery.attrs
        | joint.activity.attrs
        | capital.attrs
        | backlog.attrs
        | {
            "boards": json.dumps(bodies.loc[bodies["kind"] == "icb", "organisation"].tolist()),
            "name": scenario.name,
            "capital_status": joint.plan.solve.status,
        }
    )
    return data


def _questions(
    scenario: Scenario, inputs: Inputs, joint: Joint, checked: Checked, seconds: Seconds
) -> dict[str, pd.DataFrame]:
    """Return tables of what is asked beside: what budgets rest on, worth of capital, of care."""
    with _timed("sensitivity", seconds):
        moves = sensitivity(scenario, inputs)
    with _timed("budget curve", seconds):
        case = case_of(checked, joint.limits)
        curve = worth_of_capital(case)
    with _timed("frontier", seconds):
        frontier = second_aims(case, joint.plan)
    found = {"sensitivity": moves, "budget_curve": curve, "capital_frontier": frontier}
    with _timed("activity", seconds):
        answers = answers_of(scenario, inputs, joint.budgets, joint.prevention, joint.activity)
    return found | {f"activity_{name}": table for name, table in answers.tables().items()}


def _with_draws(
    scenario: Scenario, inputs: Inputs, joint: Joint, data: xr.Dataset, draws: int, seed: int
) -> tuple[xr.Dataset, dict[str, pd.DataFrame]]:
    """Return the data with the draws of the positions, and the tables of what they say."""
    positions = draw_positions(scenario, inputs, joint, draws, seed)
    renamed = {name: f"drawn_{name}" for name in positions.data_vars if name != "drawn"}
    merged = data.merge(positions.rename(renamed).rename(drawn="drawn_settings"))
    return merged, {
        "odds": odds_table(positions),
        "odds_by_organisation": odds_by_organisation(positions),
        "tornado": tornado(scenario, inputs, joint),
        "slips": slips_by_scheme(positions, joint.plan.plan),
    }


def _plan_tables(joint: Joint) -> dict[str, pd.DataFrame]:
    plan = joint.plan
    return {
        "plan": plan.plan,
        "spend": plan.spend,
        "limits": of_ordinary(plan.limits),
        "prices": of_ordinary(plan.prices),
        "projects": plan.projects,
    } | _more_tables(plan)


def _more_tables(plan: CapitalPlan) -> dict[str, pd.DataFrame]:
    """Return the limits of other money and of other resources, as far as there are any."""
    tables = {"resources": plan.resources}
    if "money" in plan.limits:
        tables["limits_of_money"] = plan.limits[plan.limits["money"] != ""]
    return {name: table for name, table in tables.items() if len(table)}


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


def _warnings(scenario: Scenario, joint: Joint) -> list[str]:
    found, plan = [], joint.plan
    gap, asked = plan.solve.gap, scenario.capital.gap_pct
    if not joint.settled:
        found.append(
            f"The capital plan and the position that moves its limits have not settled after "
            f"{joint.passes} passes: the last pass stands."
        )
    if gap is not None and 100 * gap > asked + 1e-9:
        why = (
            "the solver's time ran out. Raise capital.time_limit_s for a closer proof."
            if plan.solve.status == "stopped"
            else f"{plan.solve.solver} does not tell how close it came."
        )
        found.append(
            f"The capital plan is proven within {100 * gap:.2f} % of the best, not the {asked:g} % "
            f"asked: {why}"
        )
    return found
