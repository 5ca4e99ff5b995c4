"""The embedded scenario's prevention, capital charges and recovery computed a second time.

In plain Python, from its files and the second computation of its places. The capital plan is the
solver's; what it does to revenue is worked out again from it.
"""

from __future__ import annotations

import math
from typing import Any

from second_places import Row, Second, number, rows, year_of


def prevention(second: Second) -> dict[str, Any]:
    settings, rates = second.scenario["prevention"], second.scenario["recovery"]
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
    prices = _prices(second)
    out: dict[str, Any] = {"extra_spend": extra, "programmes": {}}
    for name in ("cash", "capacity", "society", "qalys_gained"):
        out[name] = [0.0] * len(second.years)
    # half of cost moves within the year, and all that will after three years
    moves = [
        rates["marginal_cost_pct"]
        + (rates["marginal_cost_later_pct"] - rates["marginal_cost_pct"])
        * min(1.0, u / rates["marginal_cost_years"])
        for u in range(len(extra))
    ]
    for name, programme in programmes.items():
        spend = [programme["share_of_shift_pct"] / 100 * x for x in extra]
        nhs, cashable = programme["nhs_share_pct"] / 100, programme["cashable_share_pct"] / 100
        back = programme.get("return_gbp_per_gbp")
        if back is None:
            in_the_end = min(cashable, rates["marginal_cost_later_pct"] / 100)
            back = programme["cash_return_gbp_per_gbp"] / nhs / in_the_end
        volume = _arrived(spend, prices, back, programme["mean_lag_years"])
        avoided = [v * p for v, p in zip(volume, prices, strict=True)]
        out["programmes"][name] = (spend, avoided)
        for t, price in enumerate(prices):
            cash = nhs * price * sum(
                (volume[s] - (volume[s - 1] if s else 0.0)) * min(cashable, moves[t - s] / 100)
                for s in range(t + 1)
            )  # fmt: skip
            out["cash"][t] += cash
            out["capacity"][t] += avoided[t] * nhs - cash
            out["society"][t] += avoided[t] * (1 - nhs)
            out["qalys_gained"][t] += spend[t] * _qalys(second, programme, t)
    # nothing saturates, and no ceiling or step is near
    assert settings["release_step_gbp_m"] == settings["emergency_cost_gbp_m"] == 0.0
    assert settings["secondary_care_gbp_m"] > 10 * max(out["capacity"])
    # all of it from growth money
    assert (settings["new_money_pct"], settings["pool_pct"]) == (100.0, 0.0)
    return out | _worth(second, out)


def _prices(second: Second) -> list[float]:
    """Return the price level of each year: published cost uplift factors, then the assumption."""
    uplift = {
        row["year"]: float(row["cost_uplift_pct"])
        for row in rows(second.scenario["data"]["uplift_factors"])
    }
    level = [1.0]
    for year in second.years[1:]:
        growth = uplift.get(year, second.scenario["recovery"]["cost_uplift_pct"])
        level.append(level[-1] * (1 + growth / 100))
    return level


def _arrived(spend: list[float], prices: list[float], back: float, lag: float) -> list[float]:
    """Return the cost avoided in each year, in prices of the first."""
    rate = 2 / lag
    come = [1 - math.exp(-rate * u) * (1 + rate * u) for u in range(len(spend) + 1)]
    return [
        back * sum(spend[s] / prices[s] * (come[t - s + 1] - come[t - s]) for s in range(t + 1))
        for t in range(len(spend))
    ]


def _qalys(second: Second, programme: dict[str, float], t: int) -> float:
    """Return the QALYs that £1m brings in a year."""
    settings = second.scenario["prevention"]
    inflation = 1 + settings["gdp_deflator_pct"] / 100
    if "gbp_per_qaly" in programme:
        return 1e6 / (programme["gbp_per_qaly"] * inflation**t)
    since = year_of(second.years[t]) - year_of(settings["qaly_price_year"])
    public = programme.get("public_health_pct", 0.0) / 100
    return public * 1e6 / (settings["gbp_per_qaly_gained"] * inflation**since)


def _worth(second: Second, out: dict[str, Any]) -> dict[str, Any]:
    """Return net cash, QALYs forgone, and when and how far the shift pays."""
    settings, extra = second.scenario["prevention"], out["extra_spend"]
    inflation = 1 + settings["gdp_deflator_pct"] / 100
    found: dict[str, Any] = {"double_running": [], "net_cash": [], "qalys_forgone": []}
    npv = total = 0.0
    break_even = payback = ""
    for t, year in enumerate(second.years):
        rise = max(0.0, extra[t] - (extra[t - 1] if t else 0.0))
        double = rise * settings["double_running_months"] / 12
        net = out["cash"][t] - extra[t] - double
        since = year_of(year) - year_of(settings["qaly_price_year"])
        price = settings["gbp_per_qaly_forgone"] * inflation**since
        found["double_running"].append(double)
        found["net_cash"].append(net)
        found["qalys_forgone"].append(extra[t] * 1e6 / price)
        npv += net / ((1 + settings["discount_money_pct"] / 100) * inflation) ** t
        total += net
        begun = any(extra[: t + 1])
        break_even = break_even or (year if begun and net >= 0 else "")
        payback = payback or (year if begun and total >= 0 else "")
    return found | {"npv": npv, "break_even": break_even, "payback": payback}


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


def variable_payment(
    second: Second, ledgers: dict[str, Any], income: dict[str, float], acute: list[str], board: str
) -> dict[str, list[float]]:
    """Return what the variable payment for urgent care moves between bodies by year.

    Of care that prevention avoids the board pays its variable part no more. What trusts pass on of
    their cash counts towards it; as far as that is less, the rest moves. All of the shift is paid
    from growth money.
    """
    settings = second.scenario["activity"]
    variable = settings["urgent_variable_pct"] / 100
    passed_on = second.scenario["prevention"]["passed_on_pct"] / 100
    whole = sum(income[name] for name in acute)
    found = {name: [0.0] * len(second.years) for name in income}
    for t, year in enumerate(second.years):
        if year_of(year) < year_of(settings["urgent_variable_from"]):
            continue
        avoided, cash = ledgers["cash"][t] + ledgers["capacity"][t], ledgers["cash"][t]
        missing = max(variable * avoided - passed_on * cash, 0.0)
        for name in acute:
            moved = -missing * income[name] / whole
            found[name][t] += moved
            found[board][t] -= moved
    return found


def organisations(second: Second) -> dict[str, Row]:
    return {row["organisation"]: row for row in rows(second.scenario["data"]["organisations"])}
