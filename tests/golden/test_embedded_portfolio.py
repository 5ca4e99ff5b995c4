"""The embedded portfolio: the programmes of the plan, what is made up, and more than there is."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

import pytest

import nelfin
from nelfin.data import Inputs
from nelfin.models.portfolio import Portfolio
from nelfin.scenario import Scenario
from nelfin.system.portfolio import portfolio_of

pytestmark = pytest.mark.golden

Row = dict[str, str]

FOLDER = Path(nelfin.__file__).parent / "data" / "nel"
SECTIONS = set(range(27, 52))
"""Pages of the Joint Forward Plan that describe a programme each: 25 of them."""


def table(name: str) -> list[Row]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    return {row["initiative_id"]: row for row in table("initiatives.csv")}


def listed(cell: str) -> list[str]:
    """Return the entries of a cell that names several things."""
    return [part.strip() for part in cell.split(";") if part.strip()]


def in_year(row: Row, family: str, year: int) -> float:
    """Return a figure of the first, second or third year since the start."""
    return float(row[f"{family}_{year}"])


def stops(rows: dict[str, Row]) -> dict[str, Row]:
    return {name: row for name, row in rows.items() if in_year(row, "cost", 3) < 0}


def skills(rows: dict[str, Row]) -> list[str]:
    any_row = next(iter(rows.values()))
    return [match[1] for name in any_row if (match := re.fullmatch(r"staff_(.+)_1", name))]


def asked(rows: dict[str, Row]) -> dict[str, Row]:
    """Return what would all be done if there were enough: of options of one, the first."""
    stopping, taken = stops(rows), set[str]()
    found = {}
    for name, row in rows.items():
        if name in stopping or (row["option_of"] and row["option_of"] in taken):
            continue
        taken.add(row["option_of"])
        found[name] = row
    return found


def test_every_programme_of_the_plan_has_its_initiatives(rows: dict[str, Row]) -> None:
    pages = {
        int(match[1])
        for row in rows.values()
        if (match := re.search(r"Joint Forward Plan, page (\d+)", row["source"]))
    }
    assert pages == SECTIONS


def test_each_has_a_name_an_aim_and_partners_of_its_own(rows: dict[str, Row]) -> None:
    assert len({row["name"] for row in rows.values()}) == len(rows)
    for name, row in rows.items():
        assert row["aim"].strip(), name
        assert row["partners"].strip(), name
        assert len(row["name"]) <= 66, name


def test_every_row_says_what_of_it_is_made_up(rows: dict[str, Row]) -> None:
    published = {"PC1": "derived", "WOR4": "published"}
    for name, row in rows.items():
        assert row["status"] == published.get(name, "illustrative"), name
        made = row["source"].partition("Illustrative, set by hand: ")[2]
        assert made, name
        if name not in published and name not in stops(rows):
            assert made.startswith("cost, "), name


def test_published_money_is_what_the_board_was_told(
    rows: dict[str, Row], shared_data: Path
) -> None:
    with (shared_data / "national" / "nel_2026_27_plan_figures.csv").open(encoding="utf-8") as file:
        figures = {(row["item"], row["year"]): row["value"] for row in csv.DictReader(file)}
    fund = float(figures["transformation fund", "2026/27"])
    teams = float(figures["neighbourhood fund per year for 3 years", "2026/27-2028/29"])
    pools = {row["year"]: row for row in table("portfolio_pools.csv")}
    assert [float(row["pool_gbp_m"]) for row in pools.values()] == [
        *[pytest.approx(fund + teams)] * 3, fund, fund,
    ]  # fmt: skip
    assert [row["status"] for row in pools.values()] == ["derived", *["assumption"] * 4]
    assert [in_year(rows["PC1"], "cost", year) for year in (1, 2, 3)] == [teams] * 3
    london = "contribution to Once for London programmes"
    assert [rows["WOR4"][f"cost_{year}"] for year in (1, 2)] == [
        figures[london, "2026/27"], figures[london, "2027/28"],
    ]  # fmt: skip


def test_it_asks_for_more_money_than_there_is(rows: dict[str, Row]) -> None:
    pools = [float(row["pool_gbp_m"]) for row in table("portfolio_pools.csv")]
    for year, pool in zip((1, 2, 3), pools, strict=False):
        assert sum(in_year(row, "cost", year) for row in asked(rows).values()) > 1.5 * pool


def test_it_asks_for_more_of_every_skill_than_there_is(rows: dict[str, Row]) -> None:
    months = defaultdict(list)
    for row in table("portfolio_staff.csv"):
        months[row["skill"]].append(float(row["months"]))
        assert row["status"] == "illustrative"
    assert sorted(months) == sorted(skills(rows))
    assert {len(each) for each in months.values()} == {len(table("portfolio_pools.csv"))}
    for skill, there in months.items():
        ask = sum(in_year(row, f"staff_{skill}", 1) for row in asked(rows).values())
        assert ask > 1.25 * there[0], skill


def test_what_runs_fits_the_pool_and_can_each_be_stopped(rows: dict[str, Row]) -> None:
    running = {name: row for name, row in rows.items() if row["running"] == "yes"}
    ended = {listed(row["requires"])[0]: row for row in stops(rows).values()}
    assert set(ended) == set(running)
    pools = [float(row["pool_gbp_m"]) for row in table("portfolio_pools.csv")]
    assert sum(in_year(row, "cost", 3) for row in running.values()) < min(pools)
    families = ["cost", "cash", "qalys", *(f"staff_{skill}" for skill in skills(rows))]
    for name, stop in ended.items():
        for family in families:
            # half a year's notice, and then all of it
            value = in_year(running[name], family, 2)
            assert in_year(stop, family, 1) == pytest.approx(-value / 2), (name, family)
            assert in_year(stop, family, 2) == in_year(stop, family, 3) == -value, (name, family)
        assert running[name]["success_pct"] == stop["success_pct"] == "100"
        assert stop["places"] == running[name]["places"]


def test_links_and_places_name_what_there_is(rows: dict[str, Row]) -> None:
    places = {row["place"] for row in table("deprivation.csv")}
    known = set(rows) | {row["option_of"] for row in rows.values()}
    for name, row in rows.items():
        assert set(listed(row["places"])) <= places, name
        for link in listed(row["requires"]) + listed(row["excludes"]):
            assert link.partition("+")[0] in known, name
    options = defaultdict(list)
    for row in rows.values():
        options[row["option_of"]].append(row)
    assert all(len(group) > 1 for name, group in options.items() if name)
    floors = {row["place"] for row in table("equity_floors.csv")}
    assert floors <= places | {"most deprived"}


def test_some_cash_comes_late_and_some_programmes_bring_none(rows: dict[str, Row]) -> None:
    late = [n for n, row in rows.items() if in_year(row, "cash", 1) == 0 < in_year(row, "cash", 3)]
    none = [n for n, row in rows.items() if in_year(row, "cash", 3) == 0]
    assert len(late) > 20
    assert len(none) >= 2


@pytest.fixture(scope="module")
def found(scenario: Scenario, inputs: Inputs) -> Portfolio:
    portfolio = portfolio_of(scenario, inputs, frontier=False)
    assert portfolio is not None
    return portfolio


def test_managers_are_short_before_money_is(found: Portfolio) -> None:
    managers = found.staff[found.staff["skill"] == "managers"].set_index("year")
    assert managers["price_per_month"].iloc[0] > 0
    assert found.pools["price_per_gbp_m"].iloc[0] == 0
    assert found.pools["price_per_gbp_m"].max() > 0


def test_some_of_what_runs_goes_on_and_some_stops_for_more(found: Portfolio) -> None:
    statuses = found.plan["status"].value_counts()
    assert statuses["chosen"] >= 15
    assert min(statuses["runs on"], statuses["stopped"], statuses["not chosen"]) >= 2
    assert (found.plan["reason"] != "").all()


def test_each_floor_is_kept_with_room_to_choose(found: Portfolio) -> None:
    assert len(found.floors) == 2
    assert (found.floors["spend_gbp_m"] > found.floors["floor_gbp_m"]).all()
