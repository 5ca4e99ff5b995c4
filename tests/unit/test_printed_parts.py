"""Tables that show parts and their whole add up as a reader with a calculator adds them."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from nelfin.allocations import allocate
from nelfin.data import Inputs
from nelfin.models.recovery import STEPS
from nelfin.report.text.comparison import causes_text
from nelfin.report.text.months import months_text
from nelfin.report.text.numbers import parts_that_add
from nelfin.report.text.places import moves_of, place_page, places_table
from nelfin.report.text.prevention import prevention_text
from nelfin.report.text.recovery import POSITIONS, recovery_text
from nelfin.scenario import Scenario

pytestmark = pytest.mark.unit

YEARS = ["2026/27", "2027/28", "2028/29"]
FIGURE = re.compile(r"\(?-?\d[\d,]*(?:\.\d+)?\)?")


def figures(line: str, label: str) -> list[float]:
    """Return the numbers of a line, after its label."""
    found = FIGURE.findall(line[len(label) :])
    values = [float(text.strip("()").replace(",", "")) for text in found]
    return [-v if t.startswith("(") else v for t, v in zip(found, values, strict=True)]


def rows(text: str, title: str) -> dict[str, list[float]]:
    """Return the rows of a table of a text by label."""
    block = text.partition(title)[2].split("\n\n")[0].split("\n")[2:]
    found = {}
    for line in block:
        label = re.split(r"\s{2,}(?=[\d(])", line.strip())[0]
        if (values := figures(line.strip(), label)) and not set(line) <= set("─ "):
            found[label.lower()] = values
    return found


@pytest.fixture(scope="module")
def data(scenario: Scenario, inputs: Inputs) -> xr.Dataset:
    return allocate(scenario, inputs)


def test_places_add_up_to_all_places_and_those_to_the_envelope(data: xr.Dataset) -> None:
    for year in data["year"].values:
        text = places_table(data, "x", str(year), "")
        table = rows(text, "═\n\n")
        *places, every = [table[name] for name in table if name in {"all places", *_names(data)}]
        for column in (0, 1, 2):
            total = sum(place[column] for place in places)
            assert total == pytest.approx(every[column], abs=1e-9), (year, column)
        held, whole = (float(f.replace(",", "")) for f in re.findall(r"£([\d,.]+)m", text)[-2:])
        assert held + every[0] == pytest.approx(whole)


def _names(data: xr.Dataset) -> set[str]:
    return {str(place).lower() for place in data["place"].values}


def test_streams_of_a_place_add_up_to_its_budget_and_target(data: xr.Dataset) -> None:
    for place in data["place"].values[1:4]:
        for year in ("2023/24", "2025/26"):
            text = place_page(data, str(place), year, "")
            budget, target = (
                int(re.search(rf"{word} £([\d,]+)", text)[1].replace(",", ""))  # type: ignore[index]
                for word in ("Budget", "Target")
            )
            streams = rows(text, "BY STREAM\n").values()
            assert sum(stream[0] for stream in streams) == budget
            assert sum(stream[1] for stream in streams) == target


def test_a_part_under_a_pound_is_not_lost() -> None:
    moved = pd.Series(
        {"last year": 1.0, "restated": 4e-7, "envelope": 4e-7, "need": 4e-7, "pace": 0.0,
         "ring-fence": 0.0, "streams that begin": 0.0, "streams that end": 0.0,
         "this year": 1.0000012}
    )  # fmt: skip
    (_, _, before), *parts, (_, _, now) = moves_of(moved, "2026/27")
    assert before + sum(shown for *_, shown in parts) == pytest.approx(round(now, 6), abs=1e-9)
    assert [line[1:] for line in parts] == [(4e-7, 1e-6)]


def test_the_bridge_and_the_organisations_add_up() -> None:
    steps = [str(step) for step in STEPS]
    at = {name: steps.index(name) for name in POSITIONS}
    values = np.random.default_rng(7).normal(0, 30, (3, len(YEARS), len(steps)))
    opening, closing, end = (
        at[n] for n in ("opening underlying", "closing underlying", "reported")
    )
    values[..., closing] = values[..., opening:closing].sum(axis=-1)
    values[..., end] = values[..., closing:end].sum(axis=-1)
    bridge = xr.DataArray(
        values, {"organisation": list("ABC"), "year": YEARS, "step": steps},
        ("organisation", "year", "step"),
    )  # fmt: skip
    nothing = xr.DataArray(np.zeros(3), {"year": YEARS}, ("year",))
    text = recovery_text(xr.Dataset({"recovery_bridge": bridge, "system_do_nothing": nothing}), "x")
    table = list(rows(text, "BRIDGE OF THE SYSTEM, £m\n").values())
    for year in range(len(YEARS)):
        column = [line[year] for line in table]
        assert sum(column[opening:closing]) == pytest.approx(column[closing])
        assert sum(column[closing:end]) == pytest.approx(column[end])
    *bodies, system = rows(text, "REPORTED BY ORGANISATION, £m\n").values()
    assert np.sum(bodies, axis=0) == pytest.approx(system)


def test_causes_add_up() -> None:
    parts = {"baseline": 10.04, "a": 1.04, "b": 2.04, "interaction": -0.03, "scenario": 13.09}
    frame = pd.DataFrame(
        [["2026/27", cause, "Reported", value, "£m"] for cause, value in parts.items()],
        columns=["year", "cause", "measure", "value", "unit"],
    )
    *values, end = [
        line[0] for line in rows(causes_text(frame), "REPORTED BY CAUSE, £m\n").values()
    ]
    assert sum(values) == pytest.approx(end)


def test_a_difference_is_that_of_the_figures_beside_it() -> None:
    frame = pd.DataFrame(
        [["2026/27", "A", 3, measure, value, "£m", ""]
         for measure, value in (("plan", -15.24), ("actual", -22.36))]
        + [["2026/27", "B", 3, "actual", -4.0, "£m", ""]],
        columns=["year", "organisation", "month", "measure", "value", "unit", "note"],
    )  # fmt: skip
    lines = months_text(frame, "x", ["A", "B"]).splitlines()
    assert next(line for line in lines if line.split()[:1] == ["A"]).split()[2:] == [
        "(15.2)", "(22.4)", "(7.2)",
    ]  # fmt: skip
    assert next(line for line in lines if line.split()[:1] == ["B"]).split()[2:] == ["(4.0)"]


def test_the_cash_ledger_adds_up() -> None:
    pays = {"paid_by_pool": 1.04, "paid_by_growth": 20.04, "paid_by_cash": 3.04, "cut": 4.04}
    cash, double = 7.06, 1.05
    ledger = pays | {
        "extra_spend": sum(pays.values()), "cash": cash, "double_running": double,
        "net_cash": cash - 20.04 - 3.04 - double,
        "capacity": 0.0, "society": 0.0, "qalys_gained": 0.0, "qalys_forgone": 0.0,
    }  # fmt: skip
    shown = xr.Dataset(
        {f"prevention_{name}": ("year", [value], {"long_name": name.replace("_", "-")})
         for name, value in ledger.items()},
        {"year": ["2026/27"], "programme": ["A"]},
        {"break_even_year": "", "payback_year": "", "never_pays_back": 0, "npv_gbp_m": 0.0,
         "return_after_plan_gbp_m": 0.0, "programmes_without_qalys": 0},
    )  # fmt: skip
    text = prevention_text(shown, "x")
    line = {name: values[0] for name, values in rows(text, "CASH, £m\n").items()}
    payers = [line[name.replace("_", "-")] for name in pays]
    assert sum(payers) == pytest.approx(line["extra-spend"])
    own = line["paid-by-growth"] + line["paid-by-cash"] + line["double-running"]
    assert line["cash"] - own == pytest.approx(line["net-cash"])


def test_a_figure_that_is_not_known_counts_as_nothing() -> None:
    shown = parts_that_add([math.nan, 1.23, 2.24], 3.47)
    assert math.isnan(shown[0])
    assert shown[1:] == pytest.approx([1.2, 2.3])
    (alone,) = parts_that_add([1.24], math.nan)
    assert alone == pytest.approx(1.2)
