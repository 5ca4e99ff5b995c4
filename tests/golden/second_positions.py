"""The embedded scenario's prevention, capital charges and recovery computed a second time.

In plain Python, from its files and the second computation of its places. The capital plan is the
solver's; what it does to revenue is worked out again from it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from second_places import Row, Second, number, rows, year_of


def prevention(second: Second) -> dict[str, Any]:
    settings = second.scenario["prevention"]
    programmes: dict[str, dict[str, float]] = {}
    for row in rows(second.scenario["data"]["prevention_programmes"]):
        programmes.setdefault(row["programme"], {})[row["parameter"]] = float(row["value"])
    base = [
        sum(second.envelope[name][t] for name in settings["share_of"])
        for t in range(len(second.years))
    ]
    start, end = year_of(settings["start_year"]), year_of(settings["end_year"])
    s0, s1 = settings["share_start_pct"] / 100, settings["share_end_pct"] / 100
    extra = []
    for t, year in enumerate(second.years):
        progress = min(1.0, max(0.0, (year_of(year) - start) / (end - start)))
        extra.append((s1 - s0) * progress * base[t])
    out: dict[str, Any] = {"extra_spend": extra, "programmes": {}}
    for name in ("cash", "capacity", "society", "double_running", "net_cash"):
        out[name] = [0.0] * len(second.years)
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
    for t, year in enumerate(second.years):
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


def consequences(second: Second, plan: list[dict[str, Any]], spend: list[dict[str, Any]]) -> Any:
    """Return savings less depreciation and dividend by organisation and year."""
    rate = second.scenario["recovery"]["pdc_pct"] / 100
    kinds = {row["asset_type"]: row for row in rows(second.scenario["data"]["asset_types"])}
    projects = {row["project_id"]: row for row in rows(second.scenario["data"]["projects"])}
    found = {name: [0.0] * len(second.years) for name in organisations(second)}
    for chosen in plan:
        if chosen["status"] == "not funded":
            continue
        project = projects[chosen["project_id"]]
        profile = [number(project.get(f"spend_{i}", ""), 0.0) for i in range(1, 100)]
        build = max((i + 1 for i, x in enumerate(profile) if x), default=1)
        done = second.years.index(chosen["start_year"]) + build
        level = found[project["organisation"]]
        for t in range(done, len(second.years)):
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
        for t, year in enumerate(second.years):
            charge = min(cost / life, cost - written) if t >= done else 0.0
            written += charge
            opening, net = net, net + paid.get(year, 0.0) - charge
            level[t] -= charge + rate * (opening + net) / 2
    return found


def organisations(second: Second) -> dict[str, Row]:
    return {row["organisation"]: row for row in rows(second.scenario["data"]["organisations"])}


def recovery(second: Second, capital: dict[str, list[float]]) -> dict[str, list[dict[str, float]]]:
    """Return the bridge of each organisation, a dictionary a year."""
    rates, ledgers = second.scenario["recovery"], prevention(second)
    bodies = organisations(second)
    turnover = {name: float(row["turnover_gbp_m"]) for name, row in bodies.items()}
    whole = sum(turnover.values())
    trusts = [name for name, row in bodies.items() if row["kind"] == "trust"]
    of_trusts = sum(turnover[name] for name in trusts)
    positions = {
        (row["measure"], row["year"]): float(row["value_gbp_m"])
        for row in rows(second.scenario["data"]["positions"])
    }
    uplift = {
        row["year"]: float(row["cost_uplift_pct"])
        for row in rows(second.scenario["data"]["uplift_factors"])
    }
    asks = rows(second.scenario["data"]["efficiency_schemes"])
    growth = _income_growth(second)
    demand = (
        rates["planned_share_pct"] * rates["demand_planned_pct"]
        + (100 - rates["planned_share_pct"]) * rates["demand_urgent_pct"]
    ) / 100 * rates["marginal_cost_pct"] / 1e4  # fmt: skip
    income = dict(turnover)
    start = positions["opening_underlying", second.years[0]]
    underlying = {name: start * turnover[name] / whole for name in bodies}
    bridge: dict[str, list[dict[str, float]]] = {name: [] for name in bodies}
    for t, year in enumerate(second.years):
        cost = {name: income[name] - underlying[name] for name in bodies}
        steps = {}
        for name in bodies:
            share = turnover[name] / whole
            paid = ledgers["net_cash"][t] - ledgers["cash"][t]
            was = ledgers["net_cash"][t - 1] - ledgers["cash"][t - 1] if t else 0.0
            cash, had = ledgers["cash"][t], ledgers["cash"][t - 1] if t else 0.0
            in_trusts = turnover[name] / of_trusts if name in trusts else 0.0
            lasting, once, late = _asked(second, name, asks, year, share, in_trusts)
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
                "cost inflation": -cost[name] * uplift.get(year, rates["cost_uplift_pct"]) / 100,
                "demand growth": -cost[name] * demand,
                "recurrent efficiency": lasting,
                "full-year effect of last year's schemes": late,
                "prevention net cash": (cash - had) * in_trusts if name in trusts else paid - was,
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


def _income_growth(second: Second) -> list[float]:
    """Return growth of the core allocation on its baseline, else on last year."""
    core = {
        row["year"]: number(row["baseline_gbp_m"])
        for row in rows(second.scenario["data"]["allocations"])
        if row["stream"] == "core"
    }
    found = []
    for t, year in enumerate(second.years):
        base = core.get(year, math.nan)
        base = second.envelope["core"][t - 1] if math.isnan(base) else base
        found.append(second.envelope["core"][t] / base - 1)
    return found


def _asked(
    second: Second, name: str, asks: Iterable[Row], year: str, share: float, in_trusts: float
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
        if year_of(row["year"]) + 1 == year_of(year) and row["year"] in second.years:
            late += value * recurs * (1 - months)
    return lasting, once, late
