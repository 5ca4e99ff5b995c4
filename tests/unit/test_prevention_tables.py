"""What the tables of programmes and organisations must hold for the shift into prevention."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import nelfin
from nelfin.data import load_inputs
from nelfin.errors import InputError
from nelfin.models.programmes import programmes_of
from nelfin.scenario import Scenario

pytestmark = pytest.mark.unit

CARE = "Community care and admission avoidance"
FALLS = "Falls prevention"

Key = tuple[str, str]


def problems(tmp_path: Path, table: str, changes: dict[Key, dict[str, str]], *more: str) -> str:
    """Return what is wrong with a packaged table of which some rows are changed.

    Rows are known by their name and, in the table of programmes, their parameter.
    """
    packaged = getattr(nelfin.load_scenario().data, table)
    with packaged.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    first = next(iter(rows[0]))
    for row in rows:
        row.update(changes.get((row[first], row.get("parameter", "")), {}))
    file = tmp_path / f"{table}.csv"
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(InputError) as caught:
        load_inputs(nelfin.load_scenario(None, [f"data.{table}={file}", *more]))
    return str(caught.value)


@pytest.mark.parametrize(
    ("changes", "more", "said"),
    [
        (
            {(FALLS, "return_gbp_per_gbp"): {"parameter": "unit_cost_gbp"}},
            [],
            "Falls prevention has no return. Give one of return_gbp_per_gbp and cash_return",
        ),
        (
            {(FALLS, "mean_lag_years"): {"parameter": "cash_return_gbp_per_gbp"}},
            [],
            "Falls prevention has return_gbp_per_gbp and cash_return_gbp_per_gbp.",
        ),
        (
            {(CARE, "cash_return_gbp_per_gbp"): {"parameter": "return_gbp_per_gbp"}},
            [],
            f"{CARE} has return_gbp_per_gbp, but is of a kind in uncertainty.outcome_kinds, whose "
            "outcomes are of cash.",
        ),
        (
            {},
            ['uncertainty.outcome_kinds=["community", "rapid"]'],
            "Falls prevention has return_gbp_per_gbp, but is of a kind",
        ),
        (
            {(CARE, "nhs_share_pct"): {"value": "0"}},
            [],
            f"is 0, the nhs_share_pct of {CARE}, whose return is cash.",
        ),
        (
            {(CARE, "cashable_share_pct"): {"value": "0"}},
            [],
            f"is 0, the cashable_share_pct of {CARE}, whose return is cash.",
        ),
        (
            {("Tobacco dependence treatment", "public_health_pct"): {"value": "101"}},
            [],
            "is 101 %. It must be 100 or less.",
        ),
    ],
)
def test_a_programme_that_cannot_be_worked_out_is_refused(
    tmp_path: Path, changes: dict[Key, dict[str, str]], more: list[str], said: str
) -> None:
    assert said in problems(tmp_path, "prevention_programmes", changes, *more)


def test_a_share_of_nothing_may_be_where_the_return_is_not_cash(scenario: Scenario) -> None:
    inputs = load_inputs(scenario)
    table = inputs.prevention_programmes
    hit = (table["programme"] == FALLS) & (table["parameter"] == "cashable_share_pct")
    known = programmes_of(table.assign(value=table["value"].where(~hit, 0.0)), scenario.prevention)
    assert known.cashable[1] == 0.0
    assert known.returns_cash.tolist() == [True] + [False] * 7


ACUTE = ("Barts Health", "BHRUT", "Homerton")


def test_somebodys_activity_must_fall(tmp_path: Path) -> None:
    none = {(name, ""): {"sector": ""} for name in ACUTE}
    assert (
        "organisations.csv, column sector: names no acute trust. Mark the acute trusts"
    ) in problems(tmp_path, "organisations", none)
    # cash is shared by income, so a trust that saves must have some
    empty = {(name, ""): {"income_gbp_m": "0"} for name in ACUTE}
    told = problems(tmp_path, "organisation_income", empty)
    for row, name in enumerate(ACUTE, start=2):
        assert f"row {row}, column organisation: is {name}, which has no income. Give it" in told
    assert told.count("which has no income") == len(ACUTE)
    icb = {("NEL ICB", ""): {"sector": "acute"}}
    assert "row 7, column sector: is acute, of the ICB." in problems(
        tmp_path, "organisations", icb
    )  # fmt: skip


def test_the_embedded_programmes_without_a_source_of_health_have_none(scenario: Scenario) -> None:
    known = programmes_of(load_inputs(scenario).prevention_programmes, scenario.prevention)
    assert known.without_qalys == [
        CARE, FALLS, "Alcohol care teams", "Housing and wider determinants",
    ]  # fmt: skip
