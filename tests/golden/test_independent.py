"""The embedded scenario computed a second time, in plain Python, from its files alone.

Nothing here calls the library's models: lists, dictionaries and the formulas of the methods. The
capital plan is the solver's; what it does to revenue is worked out again from it.
"""

from __future__ import annotations

import csv
import math
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

import nelfin
from nelfin.result import Result

pytestmark = pytest.mark.golden

Row = dict[str, str]
ByPlace = dict[str, float]

FOLDER = Path(nelfin.__file__).parent / "data" / "nel"
WHOLE = "whole system"


def plain(value: Any) -> Any:
    """Strip unit, status and source from the values of a scenario."""
    if not isinstance(value, dict):
        return value
    if "value" in value:
        return value["value"]
    return {key: plain(item) for key, item in value.items()}


def rows(name: str) -> list[Row]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def year_of(label: str) -> int:
    return int(label[:4])


def number(text: str, blank: float = math.nan) -> float:
    return float(text) if text else blank


def same(found: float, expected: float, what: object) -> None:
    """Compare to nine figures; below £1 of a billion, to a thousandth of a penny."""
    assert math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9), (what, found, expected)


class Second:
    """The scenario's figures and a second computation of its results."""

    def __init__(self) -> None:
        self.scenario = plain(tomllib.loads((FOLDER / "scenario.toml").read_text("utf-8")))
        first, last = (year_of(self.scenario["years"][key]) for key in ("first", "last"))
        self.years = [f"{y}/{(y + 1) % 100:02d}" for y in range(first, last + 1)]
        populations = rows(self.scenario["data"]["weighted_populations"])
        self.places = list(dict.fromkeys(r["place"] for r in populations if r["place"] != WHOLE))
        self.components = list(dict.fromkeys(r["component"] for r in populations))
        self.weighted = self._weighted(populations)
        self.envelope = self._envelope()
        self.streams = {
            name: self._stream(name, settings)
            for name, settings in self.scenario["allocation"]["streams"].items()
            if settings["need"]
        }

    # Need.

    def _weighted(self, table: list[Row]) -> dict[str, dict[str, ByPlace]]:
        """Return weighted populations by year, component and place."""
        published: dict[str, dict[str, ByPlace]] = {}
        for row in table:
            cell = published.setdefault(row["year"], {}).setdefault(row["component"], {})
            cell[row["place"]] = float(row["weighted_population"])
        for by_component in published.values():
            for cell in by_component.values():
                everywhere = cell.pop(WHOLE)
                total = sum(cell.values())
                for place in cell:
                    cell[place] *= 1 + everywhere / total
        found = {}
        for year in self.years:
            base = max(known for known in published if known <= year)
            growth = self._growth(published[base]["registered_population"], base, year)
            found[year] = {
                component: {place: cell[place] * growth[place] for place in self.places}
                for component, cell in published[base].items()
            }
        return found

    def _growth(self, people: ByPlace, base: str, year: str) -> ByPlace:
        """Return people of a year over those of the published year it grows from."""
        shares = {
            row["place"]: float(row["share_pct"]) / 100
            for row in rows(self.scenario["data"]["population_shares"])
        }
        rest = sum(people[place] for place in self.places if place not in shares)
        left = 1 - sum(shares.values())
        added = 0.0
        for row in rows(self.scenario["data"]["population_growth"]):
            start, end = year_of(row["from_year"]), year_of(row["to_year"])
            overlap = min(end, year_of(year)) - max(start, year_of(base))
            added += max(overlap, 0) * float(row["people_added"]) / (end - start)
        return {
            place: 1 + added * shares.get(place, left * people[place] / rest) / people[place]
            for place in self.places
        }

    # Envelope, opening, pace and budgets.

    def _envelope(self) -> dict[str, list[float]]:
        published = {
            (row["stream"], row["year"]): float(row["allocation_gbp_m"])
            for row in rows(self.scenario["data"]["allocations"])
        }
        settings = self.scenario["envelope"]
        found: dict[str, list[float]] = {}
        for name in self.scenario["allocation"]["streams"]:
            line: list[float] = []
            for year in self.years:
                before = line[-1] if line else 0.0
                grown = before * (1 + settings["growth_pct"][name] / 100)
                line.append(published.get((name, year), grown))
            found[name] = line
        balance = settings["plan_total_gbp_m"] - sum(line[0] for line in found.values())
        found["other"] = [balance] + [0.0] * (len(self.years) - 1)
        return found

    def _opening(self, name: str, settings: dict[str, Any], year: str, need: ByPlace) -> ByPlace:
        baseline = next(
            number(row["baseline_gbp_m"])
            for row in rows(self.scenario["data"]["allocations"])
            if (row["stream"], row["year"]) == (name, year)
        )
        amount = self.envelope[name][self.years.index(year)]
        total = amount if math.isnan(baseline) else baseline
        if settings["opening"] == "on-target":
            return {place: need[place] * total for place in self.places}
        value = {
            row["place"]: (row["measure"], float(row["value"]))
            for row in rows(self.scenario["data"]["openings"])
            if row["opening"] == settings["opening"]
        }
        cash = {
            place: figure if measure == "cash_gbp_m" else need[place] * (1 + figure / 100)
            for place, (measure, figure) in value.items()
        }
        whole = sum(cash.values())
        return {place: cash[place] / whole * total for place in self.places}

    def _stream(self, name: str, settings: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Return opening, target, budget and parts of the change by year."""
        found: dict[str, dict[str, Any]] = {}
        budget: ByPlace | None = None
        need_before: ByPlace | None = None
        for year, amount in zip(self.years, self.envelope[name], strict=True):
            if amount == 0:
                continue
            people = self.weighted[year][settings["need"]]
            total = sum(people.values())
            need = {place: people[place] / total for place in self.places}
            opening = budget or self._opening(name, settings, year, need)
            rule = self._rule(name, settings["rule"], year)
            moves = settings.get("restricted_share", 1.0)
            unmoved = self._share(opening, need_before or need, amount, rule, moves)
            budget = self._share(opening, need, amount, rule, moves)
            even = amount / sum(opening.values())
            found[year] = {
                "opening": opening,
                "target": {place: need[place] * amount for place in self.places},
                "budget": budget,
                "envelope": {p: opening[p] * even - opening[p] for p in self.places},
                "need": {p: budget[p] - unmoved[p] for p in self.places},
                "pace": {p: unmoved[p] - opening[p] * even for p in self.places},
            }
            need_before = need
        return found

    def _rule(self, stream: str, rule: str, year: str) -> Row:
        table = rows(self.scenario["data"]["pace_rules"])
        if rule != "national":
            return next(row for row in table if row["rule"] == rule)
        own = sorted((r for r in table if r["stream"] == stream), key=lambda r: r["year"])
        used = [row for row in own if row["year"] <= year]
        return used[-1] if used else own[0]

    def _share(
        self, opening: ByPlace, need: ByPlace, amount: float, rule: Row, moves: float
    ) -> ByPlace:
        if rule["form"] == "full":
            whole = sum(opening.values())
            return {
                p: moves * need[p] * amount + (1 - moves) * opening[p] * amount / whole
                for p in self.places
            }
        over = number(rule["over_cap_pct"], 0.0) / 100
        slope = number(rule["under_slope"], 0.0)
        under = number(rule["under_cap_pct"], 0.0) / 100
        if rule["form"] != "clipped":
            adjust: dict[str, Callable[[float], float]] = {
                "none": lambda _: 0.0,
                "capped": lambda d: -min(over, d) if d > 0 else min(under, -slope * d),
                "capped_to_target": lambda d: (
                    -min(over, 1 - 1 / (1 + d)) if d > 0 else min(under, -slope * d)
                ),
            }
            whole = sum(opening.values())
            moved = {
                p: opening[p]
                * (1 + moves * adjust[rule["form"]](opening[p] / (need[p] * whole) - 1))
                for p in self.places
            }
            scale = amount / sum(moved.values())
            return {p: moved[p] * scale for p in self.places}

        def at(growth: float) -> ByPlace:
            after = {}
            for p in self.places:
                grown = opening[p] * (1 + growth)
                distance = grown / (need[p] * amount) - 1
                after[p] = grown * (1 + moves * min(max(-slope * distance, -over), under))
            return after

        low, high = -0.9, 5.0
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if sum(at(middle).values()) < amount else (low, middle)
        return at(low)

    # Prevention.

    def prevention(self) -> dict[str, Any]:
        settings = self.scenario["prevention"]
        programmes: dict[str, dict[str, float]] = {}
        for row in rows(self.scenario["data"]["prevention_programmes"]):
            programmes.setdefault(row["programme"], {})[row["parameter"]] = float(row["value"])
        base = [
            sum(self.envelope[name][t] for name in settings["share_of"])
            for t in range(len(self.years))
        ]
        start, end = year_of(settings["start_year"]), year_of(settings["end_year"])
        s0, s1 = settings["share_start_pct"] / 100, settings["share_end_pct"] / 100
        extra = []
        for t, year in enumerate(self.years):
            progress = min(1.0, max(0.0, (year_of(year) - start) / (end - start)))
            extra.append((s1 - s0) * progress * base[t])
        out: dict[str, Any] = {"extra_spend": extra, "programmes": {}}
        for name in ("cash", "capacity", "society", "double_running", "net_cash"):
            out[name] = [0.0] * len(self.years)
        for name, programme in programmes.items():
            rate = 2 / programme["mean_lag_years"]
            arrived = [1 - math.exp(-rate * u) * (1 + rate * u) for u in range(len(extra) + 1)]
            spend = [programme["share_of_shift_pct"] / 100 * x for x in extra]
            avoided = [
                programme["return_gbp_per_gbp"]
                * sum(spend[s] * (arrived[t - s + 1] - arrived[t - s]) for s in range(t + 1))
                for t in range(len(extra))
            ]
            out["programmes"][name] = (spend, avoided)
            for t, value in enumerate(avoided):
                nhs = value * programme["nhs_share_pct"] / 100
                cash = nhs * programme["cashable_share_pct"] / 100
                out["cash"][t] += cash
                out["capacity"][t] += nhs - cash
                out["society"][t] += value - nhs
        assert settings["release_step_gbp_m"] == 0.0  # in steps, cash would have to be cut
        npv = total = 0.0
        break_even = payback = ""
        for t, year in enumerate(self.years):
            rise = max(0.0, extra[t] - (extra[t - 1] if t else 0.0))
            double = rise * settings["double_running_months"] / 12
            net = out["cash"][t] - extra[t] * settings["new_money_pct"] / 100 - double
            out["double_running"][t], out["net_cash"][t] = double, net
            npv += net / (1 + settings["discount_money_pct"] / 100) ** t
            total += net
            begun = any(extra[: t + 1])
            break_even = break_even or (year if begun and net >= 0 else "")
            payback = payback or (year if begun and total >= 0 else "")
        moved = (1 - settings["new_money_pct"] / 100) * settings["donor_is_treatment_pct"] / 100
        out["qalys_gained"] = [x * 1e6 / settings["gbp_per_qaly_gained"] for x in extra]
        out["qalys_forgone"] = [x * moved * 1e6 / settings["gbp_per_qaly_forgone"] for x in extra]
        return out | {"npv": npv, "break_even": break_even, "payback": payback}

    # What the capital plan does to revenue.

    def consequences(self, plan: list[dict[str, Any]], spend: list[dict[str, Any]]) -> Any:
        """Return savings less depreciation and dividend by organisation and year."""
        rate = self.scenario["recovery"]["pdc_pct"] / 100
        kinds = {row["asset_type"]: row for row in rows(self.scenario["data"]["asset_types"])}
        projects = {row["project_id"]: row for row in rows(self.scenario["data"]["projects"])}
        found = {name: [0.0] * len(self.years) for name in self.organisations()}
        for chosen in plan:
            if chosen["status"] == "not funded":
                continue
            project = projects[chosen["project_id"]]
            profile = [number(project.get(f"spend_{i}", ""), 0.0) for i in range(1, 100)]
            build = max((i + 1 for i, x in enumerate(profile) if x), default=1)
            done = self.years.index(chosen["start_year"]) + build
            level = found[project["organisation"]]
            for t in range(done, len(self.years)):
                level[t] += number(project["revenue_gbp_m"], 0.0) * chosen["funded_share"]
            if not project["asset_type"]:
                continue
            kind = kinds[project["asset_type"]]
            adds, life = float(kind["adds_to_assets_pct"]) / 100, float(kind["life_years"])
            paid = {
                row["year"]: row["spend_gbp_m"] * adds
                for row in spend
                if row["project_id"] == chosen["project_id"]
            }
            cost, written, net = sum(paid.values()), 0.0, 0.0
            for t, year in enumerate(self.years):
                charge = min(cost / life, cost - written) if t >= done else 0.0
                written += charge
                opening, net = net, net + paid.get(year, 0.0) - charge
                level[t] -= charge + rate * (opening + net) / 2
        return found

    # Recovery.

    def organisations(self) -> dict[str, Row]:
        return {row["organisation"]: row for row in rows(self.scenario["data"]["organisations"])}

    def recovery(self, capital: dict[str, list[float]]) -> dict[str, list[dict[str, float]]]:
        """Return the bridge of each organisation, a dictionary a year."""
        rates, prevention = self.scenario["recovery"], self.prevention()
        bodies = self.organisations()
        turnover = {name: float(row["turnover_gbp_m"]) for name, row in bodies.items()}
        whole = sum(turnover.values())
        trusts = [name for name, row in bodies.items() if row["kind"] == "trust"]
        of_trusts = sum(turnover[name] for name in trusts)
        positions = {
            (row["measure"], row["year"]): float(row["value_gbp_m"])
            for row in rows(self.scenario["data"]["positions"])
        }
        uplift = {
            row["year"]: float(row["cost_uplift_pct"])
            for row in rows(self.scenario["data"]["uplift_factors"])
        }
        asks = rows(self.scenario["data"]["efficiency_schemes"])
        growth = self._income_growth()
        demand = (
            rates["planned_share_pct"] * rates["demand_planned_pct"]
            + (100 - rates["planned_share_pct"]) * rates["demand_urgent_pct"]
        ) / 100 * rates["marginal_cost_pct"] / 1e4  # fmt: skip
        income = dict(turnover)
        start = positions["opening_underlying", self.years[0]]
        underlying = {name: start * turnover[name] / whole for name in bodies}
        bridge: dict[str, list[dict[str, float]]] = {name: [] for name in bodies}
        for t, year in enumerate(self.years):
            cost = {name: income[name] - underlying[name] for name in bodies}
            steps = {}
            for name in bodies:
                share = turnover[name] / whole
                paid = prevention["net_cash"][t] - prevention["cash"][t]
                was = prevention["net_cash"][t - 1] - prevention["cash"][t - 1] if t else 0.0
                cash, had = prevention["cash"][t], prevention["cash"][t - 1] if t else 0.0
                in_trusts = turnover[name] / of_trusts if name in trusts else 0.0
                lasting, once, late = self._asked(name, asks, year, share, in_trusts)
                if not any(row["year"] == year and row["whole_ask"] == "yes" for row in asks):
                    delivered = (
                        cost[name] * rates["efficiency_pct"] / 100
                        * rates["efficiency_delivery_pct"] / 100
                    )  # fmt: skip
                    lasting = delivered * rates["efficiency_recurrent_pct"] / 100
                    once = delivered - lasting
                steps[name] = {
                    "opening underlying": underlying[name],
                    "income growth": income[name] * growth[t],
                    "cost inflation": -cost[name]
                    * uplift.get(year, rates["cost_uplift_pct"])
                    / 100,
                    "demand growth": -cost[name] * demand,
                    "recurrent efficiency": lasting,
                    "full-year effect of last year's schemes": late,
                    "prevention net cash": (cash - had) * in_trusts
                    if name in trusts
                    else paid - was,
                    "capital consequences": capital[name][t] - (capital[name][t - 1] if t else 0.0),
                    "non-recurrent efficiency": once,
                    "deficit support": rates["support_gbp_m"] * share,
                    "repayment": -rates["repayment_gbp_m"] * share,
                }
            explained = sum(sum(step.values()) for step in steps.values())
            all_cost = sum(cost.values())
            for name, step in steps.items():
                extra = "pressures above the national uplift"
                if ("reported", year) in positions:
                    left = positions["reported", year] - explained
                    step[extra] = left * cost[name] / all_cost
                else:
                    step[extra] = -cost[name] * rates["pressures_pct"] / 100
                one_off = ("non-recurrent efficiency", "deficit support", "repayment")
                step["reported"] = sum(step.values())
                step["closing underlying"] = step["reported"] - sum(step[x] for x in one_off)
                underlying[name] = step["closing underlying"]
                income[name] *= 1 + growth[t]
                bridge[name].append(step)
        return bridge

    def _income_growth(self) -> list[float]:
        """Return growth of the core allocation on its baseline, else on last year."""
        core = {
            row["year"]: number(row["baseline_gbp_m"])
            for row in rows(self.scenario["data"]["allocations"])
            if row["stream"] == "core"
        }
        found = []
        for t, year in enumerate(self.years):
            base = core.get(year, math.nan)
            base = self.envelope["core"][t - 1] if math.isnan(base) else base
            found.append(self.envelope["core"][t] / base - 1)
        return found

    def _asked(
        self, name: str, asks: Iterable[Row], year: str, share: float, in_trusts: float
    ) -> tuple[float, float, float]:
        """Return recurrent and one-off delivery of a year, and last year's full-year effect."""
        lasting = once = late = 0.0
        for row in asks:
            part = {"system": share, "trusts": in_trusts}.get(
                row["organisation"], float(row["organisation"] == name)
            )
            value = part * float(row["full_year_gbp_m"]) * float(row["delivery_pct"]) / 100
            recurs, months = float(row["recurrent_pct"]) / 100, number(row["months"], 12.0) / 12
            if row["year"] == year:
                lasting += value * recurs * months
                once += value * (1 - recurs) * months
            if year_of(row["year"]) + 1 == year_of(year) and row["year"] in self.years:
                late += value * recurs * (1 - months)
        return lasting, once, late


@pytest.fixture(scope="module")
def second() -> Second:
    return Second()


@pytest.fixture(scope="module")
def capital(second: Second, result: Result) -> dict[str, list[float]]:
    plan, spend = (result.table(name).to_dict("records") for name in ("plan", "spend"))
    return second.consequences(plan, spend)


def test_years_places_and_streams_are_those_of_the_files(second: Second, result: Result) -> None:
    assert [str(x) for x in result.data["year"].values] == second.years
    assert len(second.years) == 10
    assert sorted(map(str, result.data["place"].values)) == sorted(second.places)
    assert sorted(map(str, result.data["stream"].values)) == sorted(second.envelope)


def test_weighted_populations_and_need_indices(second: Second, result: Result) -> None:
    weighted, index = result.data["weighted_population"], result.data["need_index"]
    for year in second.years:
        people = second.weighted[year]["registered_population"]
        for component in second.components:
            cell = second.weighted[year][component]
            mean = sum(cell.values()) / sum(people.values())
            for place in second.places:
                at = {"year": year, "component": component, "place": place}
                same(weighted.sel(at).item(), cell[place], at)
                same(index.sel(at).item(), cell[place] / people[place] / mean, at)


def test_envelopes(second: Second, result: Result) -> None:
    for name, line in second.envelope.items():
        for year, value in zip(second.years, line, strict=True):
            at = {"stream": name, "year": year}
            same(result.data["envelope"].sel(at).item(), value, at)
            held = 0.0 if name in second.streams else value
            same(result.data["system_held"].sel(at).item(), held, at)


def test_place_budgets_targets_and_distances_of_ten_years(second: Second, result: Result) -> None:
    data, compared = result.data, 0
    for name, by_year in second.streams.items():
        for year in second.years:
            cell = data.sel(stream=name, year=year)
            if year not in by_year:
                assert (cell["budget"] == 0.0).all()
                continue
            mine = by_year[year]
            amount, before = sum(mine["target"].values()), sum(mine["opening"].values())
            for place in second.places:
                at, where = cell.sel(place=place), (name, year, place)
                for field in ("opening", "target", "budget"):
                    same(at[field].item(), mine[field][place], (field, where))
                target = mine["target"][place]
                same(at["dft"].item(), mine["budget"][place] / target - 1, ("dft", where))
                opening = mine["opening"][place] / before / (target / amount) - 1
                same(at["dft_opening"].item(), opening, ("dft_opening", where))
                compared += 1
    # core, primary medical and other primary care for ten years, specialised for eight
    assert compared == 7 * (10 + 10 + 10 + 8)


def test_what_moved_each_budget(second: Second, result: Result) -> None:
    for name, by_year in second.streams.items():
        for year, mine in by_year.items():
            for change in ("envelope", "need", "pace"):
                for place in second.places:
                    at = {"stream": name, "year": year, "change": change, "place": place}
                    same(result.data["budget_change"].sel(at).item(), mine[change][place], at)


def test_prevention_ledgers(second: Second, result: Result) -> None:
    mine = second.prevention()
    for name in (
        "extra_spend",
        "cash",
        "capacity",
        "society",
        "double_running",
        "net_cash",
        "qalys_gained",
        "qalys_forgone",
    ):
        for year, value in zip(second.years, mine[name], strict=True):
            same(result.data[f"prevention_{name}"].sel(year=year).item(), value, (name, year))
    assert max(mine["cash"]) > 50


def test_prevention_by_programme(second: Second, result: Result) -> None:
    programmes = second.prevention()["programmes"]
    assert list(map(str, result.data["programme"].values)) == list(programmes)
    for name, (spend, avoided) in programmes.items():
        for t, year in enumerate(second.years):
            cell = result.data.sel(programme=name, year=year)
            same(cell["prevention_programme_spend"].item(), spend[t], (name, year))
            same(cell["prevention_programme_avoided"].item(), avoided[t], (name, year))


def test_prevention_years_and_present_value(second: Second, result: Result) -> None:
    mine = second.prevention()
    assert result.data.attrs["prevention_break_even_year"] == mine["break_even"]
    assert result.data.attrs["prevention_payback_year"] == mine["payback"]
    same(result.data.attrs["prevention_npv_gbp_m"], mine["npv"], "npv")


def test_revenue_consequences_of_the_capital_plan(
    second: Second, capital: dict[str, list[float]], result: Result
) -> None:
    found = result.data["capital_consequences"]
    for name, level in capital.items():
        for year, value in zip(second.years, level, strict=True):
            same(found.sel(organisation=name, year=year).item(), value, (name, year))
    assert any(value < 0 for level in capital.values() for value in level)


def test_the_recovery_bridge_of_every_organisation(
    second: Second, capital: dict[str, list[float]], result: Result
) -> None:
    bridge, compared = result.data["recovery_bridge"], 0
    for name, by_year in second.recovery(capital).items():
        for year, steps in zip(second.years, by_year, strict=True):
            for step, value in steps.items():
                at = {"organisation": name, "year": year, "step": step}
                same(bridge.sel(at).item(), value, at)
                compared += 1
            # steps that the embedded scenario does not use
            for step in ("convergence", "place budgets", "agency"):
                assert bridge.sel(organisation=name, year=year, step=step).item() == 0.0
                compared += 1
    assert compared == bridge.size


def test_the_position_of_the_system(
    second: Second, capital: dict[str, list[float]], result: Result
) -> None:
    bridge = second.recovery(capital)
    for t, year in enumerate(second.years):
        for name, step in (
            ("system_underlying", "closing underlying"),
            ("system_reported", "reported"),
        ):
            total = sum(by_year[t][step] for by_year in bridge.values())
            same(result.data[name].sel(year=year).item(), total, (name, year))
