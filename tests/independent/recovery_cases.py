"""What the tests of the recovery compare: the library's bridge and the plain one of a scenario."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import xarray as xr
from plain_income import Row
from plain_positions import Case
from plain_prevention import by_body
from plain_recovery import money_of, pressures_pct, roll

import nelfin
from nelfin.models.capital import CapitalPlan
from nelfin.scenario import Scenario
from nelfin.system.joint import Joint, join

TABLES = (
    "allocations",
    "organisations",
    "organisation_income",
    "organisation_places",
    "positions",
    "pressures",
    "efficiency_schemes",
    "uplift_factors",
)


@cache
def embedded_plan() -> CapitalPlan:
    return join(nelfin.load_scenario()).plan


def written(folder: Path, tables: dict[str, str]) -> dict[str, str]:
    """Write tables of a test's own, with the columns every table has; no figure is asked about."""
    overrides = {}
    for name, lines in tables.items():
        head, *others = lines.splitlines()
        text = [f"{head},status,source", *(f"{line},assumption,unusual: Test" for line in others)]
        path = folder / f"{name}.csv"
        path.write_text("\n".join(text) + "\n", encoding="utf-8")
        overrides[f"data.{name}"] = str(path)
    return overrides


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def case_of(scenario: Scenario, joint: Joint) -> Case:
    """Return what the plain calculation takes: the files, and what other models hand on."""
    budget, ledgers, care = joint.budgets["budget"], joint.prevention, joint.activity

    def by_year(array: xr.DataArray, dim: str) -> dict[str, list[float]]:
        return {str(name): array.sel({dim: name}).values.tolist() for name in array[dim].values}

    case = Case(
        first=scenario.years.first,
        last=scenario.years.last,
        planned_to=scenario.years.planned_to,
        streams=list(scenario.allocation.streams),
        envelope=scenario.envelope.model_dump(),
        settings=scenario.recovery.model_dump(),
        tables={name: rows(Path(getattr(scenario.data, name))) for name in TABLES},
        budgets={str(s): by_year(budget.sel(stream=s), "place") for s in budget["stream"].values},
        prevention={},
        double={},
        capital=by_year(joint.charges, "organisation"),
        activity={
            "planned and urgent activity": by_year(care["activity_margin"], "organisation"),
            "beds closed": by_year(care["beds_cash"], "organisation"),
            "primary care gap": by_year(-care["primary_care_cost"], "organisation"),
        },
    )
    shared = by_body(
        ledgers["prevention_net_cash"].values.tolist(),
        ledgers["prevention_paid_by_growth"].values.tolist(),
        ledgers["prevention_double_running"].values.tolist(),
        money_of(case).total[case.first],
        {"Barts Health", "BHRUT", "Homerton"},
        "NEL ICB",
        scenario.prevention.passed_on_pct / 100,
    )
    return replace(case, prevention=shared["net_cash_recurrent"], double=shared["double_running"])


def close(found: object, value: float, at: object) -> None:
    np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-7, err_msg=str(at))


def compare(scenario: Scenario) -> None:
    """Compare every step of every bridge, and what is told of the system, with the plain one."""
    joint = join(scenario, plan=None if scenario.capital.relax else embedded_plan())
    case, found = case_of(scenario, joint), joint.recovery
    bridge, compared = found["recovery_bridge"], 0
    for year, lines in zip(case.years(), roll(case), strict=True):
        for body, line in lines.items():
            for step, value in line.items():
                at = {"organisation": body, "year": year, "step": step}
                close(bridge.sel(at).item(), value, at)
                compared += 1
        for name, step in (("underlying", "closing underlying"), ("reported", "reported")):
            total = sum(line[step] for line in lines.values())
            close(found[f"system_{name}"].sel(year=year).item(), total, (step, year))
        expected = pressures_pct(case, lines, year)
        close(found["pressures_pct"].sel(year=year).item(), expected, ("pressures", year))
    assert compared == bridge.size
