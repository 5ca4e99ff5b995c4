"""One run: place budgets, then prevention, then capital, then recovery, joined in one result."""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from nelfin.allocations import allocate, sensitivity
from nelfin.data import Inputs, load_inputs
from nelfin.data.inputs import opening_files
from nelfin.data.register import register
from nelfin.models.capital import CapitalPlan, Settings
from nelfin.models.capital.case import Case, case_of
from nelfin.models.capital.schemes import check_capital
from nelfin.models.capital.solving import solve_case
from nelfin.models.charges import consequences
from nelfin.models.prevention import shift
from nelfin.models.recovery import recover
from nelfin.result import Result, tidy_tables
from nelfin.scenario import Scenario, resolved_toml
from nelfin.scenario.schema import Data

PACKAGES = ("nelfin", "numpy", "pandas", "xarray", "PuLP", "highspy", "pydantic")


def run(scenario: Scenario) -> Result:
    """Run a scenario: budgets, prevention, capital and recovery.

    Parameters
    ----------
    scenario
        From `load_scenario`.

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
    with _timed("allocate", seconds):
        budgets = allocate(scenario, inputs)
    with _timed("sensitivity", seconds):
        moves = sensitivity(scenario, inputs)
    with _timed("prevention", seconds):
        base = budgets["envelope"].sel(stream=list(scenario.prevention.share_of)).sum("stream")
        prevention = shift(base, scenario.prevention, inputs.prevention_programmes)
    with _timed("capital", seconds):
        plan = solve_capital(scenario, inputs)
    with _timed("recovery", seconds):
        organisations = [str(name) for name in inputs.organisations["organisation"]]
        charges = consequences(
            plan,
            inputs.asset_types,
            scenario.recovery.pdc_pct,
            organisations,
            scenario.years.labels(),
        )
        recovery = recover(
            inputs,
            scenario.recovery,
            budgets["like_for_like_growth"].sel(stream=budgets.attrs["main_stream"], drop=True),
            _prevention_by_organisation(prevention, inputs),
            charges,
        )
    data = _joined(budgets, prevention, capital_data(plan, inputs, scenario), recovery)
    data["capital_consequences"] = charges
    pinned = inputs.positions[inputs.positions["measure"] == "reported"]["year"]
    data.attrs |= {
        "name": scenario.name,
        "capital_status": plan.solve["status"],
        "pinned_years": ", ".join(year for year in scenario.years.labels() if year in set(pinned)),
    }
    tables = tidy_tables(data) | {
        "plan": plan.plan,
        "spend": plan.spend,
        "limits": plan.limits,
        "prices": plan.prices,
        "projects": plan.projects,
        "sensitivity": moves,
        "sources": register(scenario, inputs),
    }
    provenance = {
        "started": started.isoformat(timespec="seconds"),
        "versions": {name: version(name) for name in PACKAGES}
        | {"python": platform.python_version()},
        "inputs": _hashes(scenario),
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "capital": plan.solve,
        "warnings": _warnings(scenario, plan),
    }
    return Result(scenario.name, data, tables, resolved_toml(scenario), provenance)


@contextmanager
def _timed(name: str, seconds: dict[str, float]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - start


def check_schemes(scenario: Scenario, inputs: Inputs) -> None:
    """Refuse schemes that are wrong over all the years that have limits.

    A plan may be shorter than those years; what it cannot hold is then left out, not wrong.
    """
    settings = capital_settings(scenario, inputs)
    loose = replace(settings, rules=None, leave_out=False)
    check_capital(inputs.projects, inputs.capital_limits, loose)


def capital_settings(scenario: Scenario, inputs: Inputs) -> Settings:
    """Return the settings of a scenario's capital plan."""
    section = scenario.capital
    assets = inputs.asset_types.set_index("asset_type")
    deprivation = inputs.deprivation.set_index("place")["most_deprived_share"]
    return Settings(
        discount_rate_pct=section.discount_rate_pct,
        discount_later_pct=section.discount_later_pct,
        discount_from=section.discount_from,
        price_growth_pct=section.price_growth_pct,
        over_programming_pct=section.over_programming_pct,
        carry_over_pct=section.carry_over_pct,
        optimism_bias_pct=_by_name(assets["optimism_bias_pct"]),
        benefit=section.benefit,
        criteria_weights=section.criteria_weights,
        life_years=_by_name(assets["life_years"]),
        place_weights=section.place_weights,
        deprived_share=_by_name(deprivation),
        rules=inputs.capital_rules,
        leave_out=True,
        gap_pct=section.gap_pct,
        time_limit_s=section.time_limit_s,
        solver=section.solver,
        place=(str(scenario.data.projects), str(scenario.data.capital_limits)),
    )


def _by_name(series: pd.Series) -> dict[str, float]:
    return {str(name): float(value) for name, value in series.items()}


def solve_capital(scenario: Scenario, inputs: Inputs) -> CapitalPlan:
    """Solve the capital plan of a scenario."""
    check_schemes(scenario, inputs)
    return solve_case(capital_case(scenario, inputs))


def capital_case(scenario: Scenario, inputs: Inputs) -> Case:
    """Return the capital case of a scenario, over the plan's years."""
    limits = inputs.capital_limits
    mine = limits[limits["year"].isin(scenario.years.labels())]
    return case_of(inputs.projects, mine, capital_settings(scenario, inputs))


def capital_data(plan: CapitalPlan, inputs: Inputs, scenario: Scenario) -> xr.Dataset:
    """Return a capital plan as labelled data; the system's limit is NaN where it has none."""
    years = scenario.years.labels()
    ids = [str(name) for name in plan.plan["project_id"]]
    organisations = [str(name) for name in inputs.organisations["organisation"]]
    cube = plan.spend.set_index(["project_id", "year"])
    owner = plan.plan.set_index("project_id")["organisation"]
    by_project = {}
    for name in ("spend_gbp_m", "cdel_gbp_m"):
        wide = cube[name].unstack(fill_value=0.0).reindex(ids, fill_value=0.0)
        by_project[name] = wide.reindex(columns=years, fill_value=0.0).to_numpy(dtype=float)
    used = pd.DataFrame(by_project["cdel_gbp_m"], index=owner.loc[ids]).groupby(level=0).sum()
    system = plan.limits[plan.limits["organisation"] == ""].set_index("year").reindex(years)

    def about(words: str, units: str) -> dict[str, str]:
        return {"long_name": words, "units": units}

    both = ("project", "year")
    return xr.Dataset(
        {
            "capital_share": (
                "project",
                plan.plan["funded_share"].to_numpy(dtype=float),
                about("Funded share", "share"),
            ),
            "capital_spend": (both, by_project["spend_gbp_m"], about("Capital spend", "£m")),
            "capital_cdel": (both, by_project["cdel_gbp_m"], about("Use of the limit", "£m")),
            "capital_used": (
                ("organisation", "year"),
                used.reindex(organisations, fill_value=0.0).to_numpy(dtype=float),
                about("Use of the limit by organisation", "£m"),
            ),
            "capital_limit": (
                "year",
                system["limit_gbp_m"].to_numpy(dtype=float),
                about("Capital limit of the system", "£m"),
            ),
            "capital_price": (
                "year",
                system["price_per_gbp_m"].to_numpy(dtype=float),
                about("Price of capital: benefit of £1m more", "points per £m"),
            ),
        },
        coords={"project": ids, "year": years, "organisation": organisations},
    )


def _prevention_by_organisation(prevention: xr.Dataset, inputs: Inputs) -> xr.DataArray:
    """Return net cash by organisation: the ICB pays, the trusts release cash by turnover."""
    frame = inputs.organisations
    trust = (frame["kind"] == "trust").to_numpy(dtype=float)
    weight = trust * frame["turnover_gbp_m"].to_numpy()
    weight = weight / weight.sum()
    cash = prevention["prevention_cash"].to_numpy()
    paid = prevention["prevention_net_cash"].to_numpy() - cash
    return xr.DataArray(
        np.outer(weight, cash) + np.outer(1 - trust, paid),
        {"organisation": list(frame["organisation"]), "year": prevention["year"].values},
        ("organisation", "year"),
    )


def _joined(budgets: xr.Dataset, prevention: xr.Dataset, *others: xr.Dataset) -> xr.Dataset:
    parts = [_plain_labels(part) for part in (budgets, prevention, *others)]
    data = xr.merge(parts, join="exact", combine_attrs="drop_conflicts", compat="no_conflicts")
    data.attrs = budgets.attrs | {f"prevention_{k}": v for k, v in prevention.attrs.items()}
    return data


def _plain_labels(data: xr.Dataset) -> xr.Dataset:
    """Give every dimension labels of plain text, which every file format can hold."""
    labels = {dim: np.array([str(x) for x in data[dim].values]) for dim in data.dims}
    return data.assign_coords({str(dim): (dim, values) for dim, values in labels.items()})


def _hashes(scenario: Scenario) -> dict[str, str]:
    """Return the SHA-256 of every file a run has read, by its name in the scenario."""
    files = {f"scenario {n}": path for n, path in enumerate(scenario.files, start=1)}
    named = {name: getattr(scenario.data, name) for name in Data.model_fields}
    files |= {name: path for name, path in named.items() if path is not None}
    files |= {f"opening {path}": Path(path) for path in opening_files(scenario)}
    return {
        name: hashlib.sha256(Path(path).read_bytes()).hexdigest() for name, path in files.items()
    }


def _warnings(scenario: Scenario, plan: CapitalPlan) -> list[str]:
    found = []
    gap, asked = plan.solve["gap"], scenario.capital.gap_pct
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
