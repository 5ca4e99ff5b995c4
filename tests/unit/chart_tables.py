"""The table that must stand behind each chart, worked out another way from the tables of a run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from nelfin.result import Result
from nelfin.scenario.load import packaged_folder


def wide(result: Result, table: str, measure: str, rows: str) -> pd.DataFrame:
    """Return a measure of a tidy table, summed to a row a name and a column a year."""
    frame = result.table(table)
    frame = frame[frame["measure"] == measure]
    return frame.groupby([rows, "year"])["value"].sum().unstack("year")


def by_year(result: Result, table: str, measure: str) -> np.ndarray:
    frame = result.table(table)
    return frame[frame["measure"] == measure].set_index("year")["value"].to_numpy()


def budgets(result: Result) -> pd.DataFrame:
    year = result.data.attrs["last_published_year"]
    frame = pd.DataFrame(
        {name: wide(result, "place_budgets", name, "place")[year] for name in ("budget", "target")}
    )
    return frame.assign(dft=100 * (frame["budget"] / frame["target"] - 1)).sort_values("dft")


def distance(result: Result) -> pd.DataFrame:
    budget, target = (wide(result, "place_budgets", n, "place") for n in ("budget", "target"))
    return 100 * (budget / target - 1)


def moves(result: Result) -> pd.DataFrame:
    """Return what moved each place's budget in the last published year, a column a part."""
    year = result.data.attrs["last_published_year"]
    frame = result.table("budget_change")
    frame = frame[frame["year"] == year]
    return frame.groupby(["place", "change"])["value"].sum().unstack("change")


def budget_change(result: Result) -> pd.DataFrame:
    frame = moves(result)[["restated", "envelope", "need", "pace"]].loc[budgets(result).index]
    return frame.assign(total=frame.sum(axis="columns"))


def what_moved(result: Result) -> pd.DataFrame:
    years = result.data["year"].values.tolist()
    at = years.index(result.data.attrs["last_published_year"])
    table = result.table("place_budgets")
    cells = table.set_index(["measure", "stream", "place", "year"])["value"].unstack("year")
    now, before = cells.loc["budget", years[at]], cells.loc["budget", years[at - 1]]
    opening = cells.loc["opening", years[at]].reindex(now.index)
    begun = opening[before == 0].groupby("place").sum()
    ended = -before[opening.isna()].groupby("place").sum()
    frame = moves(result).assign(
        before=before.groupby("place").sum(), begun=begun, ended=ended,
        now=now.groupby("place").sum(),
    ).fillna(0.0)  # fmt: skip
    parts = ["restated", "envelope", "ring-fence", "need", "pace"]
    frame = frame[["before", "begun", "ended", *parts, "now"]]
    frame = frame.loc[budgets(result).index]
    np.testing.assert_allclose(frame.iloc[:, :-1].sum(axis="columns"), frame["now"])
    return pd.concat([frame.sum().to_frame("All places").T, frame])


def sensitivity(result: Result) -> pd.DataFrame:
    table = result.table("sensitivity").dropna(subset="value")
    table = table[table["measure"] == "budget_move"].set_index(["kind", "case", "place"])
    cells = table["value"].unstack("place")[list(budgets(result).index)]
    order = list(dict.fromkeys(table.index.droplevel("place")))
    kinds = ["need weight", "opening", "rule"]
    return cells.loc[sorted(order, key=lambda of: kinds.index(of[0]))]


def prevention(result: Result) -> pd.DataFrame:
    names = ("net_cash", "capacity", "society")
    return pd.DataFrame({n: by_year(result, "prevention", f"prevention_{n}") for n in names})


def break_even(result: Result) -> pd.DataFrame:
    back, net = (by_year(result, "prevention", f"prevention_{n}") for n in ("cash", "net_cash"))
    return pd.DataFrame({"out": net - back, "back": back, "net": net, "sum": np.cumsum(net)})


def recovery(result: Result) -> pd.DataFrame:
    table = result.table("system_position").set_index(["year", "measure"])["value"]
    names = ["system_reported", "system_underlying", "system_plan"]
    return table.unstack("measure")[names]


def bridge(result: Result) -> pd.DataFrame:
    table = result.table("recovery_bridge")
    years = sorted(set(table["year"]))
    cells = table.set_index(["step", "organisation", "year"])["value"]
    parts = {}
    for step in dict.fromkeys(table["step"]):
        mine = cells.loc[step].unstack("year")
        whole = step in {"closing underlying", "reported", "not explained, once",
                         "non-recurrent efficiency",
                         "named one-offs", "double running", "deficit support",
                         "repayment"}  # fmt: skip
        first = step == "opening underlying"
        parts[step] = mine[years[0]] if first else mine[years[-1]] if whole else mine.sum(axis=1)
    frame = pd.DataFrame(parts).loc[list(dict.fromkeys(table["organisation"]))]
    return pd.concat([frame, frame.sum().to_frame("All organisations").T])


def bodies(result: Result) -> pd.DataFrame:
    table = result.table("recovery_bridge")
    cells = table[table["step"] == "reported"].set_index(["organisation", "year"])["value"]
    frame = cells.unstack("year").loc[list(dict.fromkeys(table["organisation"]))]
    return pd.concat([frame, frame.sum().to_frame("All organisations").T])


def bridge_by_year(result: Result) -> pd.DataFrame:
    table = result.table("recovery_bridge")
    cells = table.set_index(["organisation", "year", "step"])["value"].unstack("step")
    names = list(dict.fromkeys(table["organisation"]))
    every = pd.concat({"All organisations": cells.groupby("year").sum()}, names=["organisation"])
    cells = pd.concat([cells.loc[names], every])
    ends = ["opening underlying", "closing underlying", "reported"]
    parts = {
        "income": ["income growth", "convergence", "place budgets"],
        "cost": ["cost inflation", "demand growth", "pressures by driver", "not explained"],
        "savings": ["recurrent efficiency", "full-year effect of last year's schemes",
                    "agency and bank"],
        "others": ["prevention net cash", "planned and urgent activity", "beds closed",
                   "primary care gap", "capital consequences"],
    }  # fmt: skip
    frame = pd.DataFrame({name: cells[steps].sum(axis=1) for name, steps in parts.items()})
    frame.insert(0, "opening", cells[ends[0]])
    frame["once"] = cells[ends[2]] - cells[ends[1]]  # all that is between the two
    np.testing.assert_allclose(frame.drop(columns="once").sum(axis=1), cells[ends[1]])
    return frame.assign(reported=cells[ends[2]])


def fan(result: Result) -> pd.DataFrame:
    names = ("reported_p10", "reported_p50", "reported_p90")
    frame = pd.DataFrame({name: by_year(result, "odds", name) for name in names})
    frame["plan"] = by_year(result, "system_position", "system_reported")
    of_open = by_year(result, "odds", "odds_of_balance")
    return frame.assign(odds=[np.nan] * (len(frame) - len(of_open)) + list(100 * of_open))


def months(result: Result) -> pd.DataFrame:
    table = result.table("months")
    table = table[table["year"] == table["year"].max()]
    names = {"year plan": "plan", "forecast": "heading for"}
    told = table[table["measure"].isin(["plan", "actual", *names])]
    told = told.assign(measure=told["measure"].replace(names), note=told["note"].where(
        ~told["note"].str.startswith("from month"), ""
    ))  # fmt: skip
    wide = told.set_index(["organisation", "month", "note", "measure"])["value"].unstack("measure")
    wide = wide.sort_index()[["plan", "actual", "heading for"]].reset_index()
    wide.insert(0, "at", wide.pop("month"))
    return wide.drop(columns=["organisation", "note"])


def back_test(result: Result) -> pd.DataFrame:
    table = result.table("back_test").set_index(["year", "measure"])["value"].unstack("measure")
    assert (table["error"] - (table["came"] - table["predicted"])).abs().max() < 1e-9
    return table[["plan", "predicted_p10", "predicted", "predicted_p90", "came", "error"]]


def tornado(result: Result) -> pd.DataFrame:
    table = result.table("tornado")
    table = table[table["year"] == table["year"].max()]
    far = table.groupby("setting")["value"].transform(lambda ends: ends.abs().max())
    least = sorted(set(far), reverse=True)[:10][-1]
    return table[far >= least][["at", "value"]]


def timeline(result: Result) -> pd.DataFrame:
    spend = result.table("spend").pivot(index="project_id", columns="year", values="spend_gbp_m")
    order = [name for name in result.table("plan")["project_id"] if name in spend.index]
    return spend.fillna(0.0).loc[order]


def capital(result: Result) -> pd.DataFrame:
    spend = result.table("spend").set_index("project_id")
    category = result.table("plan").set_index("project_id")["category"]
    used = spend.join(category).groupby(["category", "year"])["cdel_gbp_m"].sum()
    return used.unstack("year").fillna(0.0)


def capital_price(result: Result) -> pd.DataFrame:
    return result.table("limits")[["limit_gbp_m", "used_gbp_m", "price_per_gbp_m"]]


def capital_categories(result: Result) -> pd.DataFrame:
    """Only what is asked can be had from tables without the plan's starts: the sum of a row."""
    projects = result.table("projects")
    spend = [name for name in projects if name.startswith("spend_")]
    asked = projects[spend].sum(axis="columns").groupby(projects["category"]).sum()
    return asked.sort_values(ascending=False).to_frame()


def backlog(result: Result) -> pd.DataFrame:
    """Worked out from the table of the run: by organisation, over years and risks."""
    table = result.table("backlog")
    cells = table.pivot_table(
        index=["organisation", "year"], columns="measure", values="value", aggfunc="sum"
    )
    order = list(dict.fromkeys(table["organisation"]))
    ends = cells.groupby("organisation").last().loc[order]
    shown = pd.DataFrame(
        {
            "start": cells["backlog_opening"].groupby("organisation").first(),
            "cleared": cells["backlog_cleared"].groupby("organisation").sum(),
            **{name: ends[f"backlog_{name}"] for name in ("left", "left_real", "left_without")},
        }
    ).loc[[name for name in order if pd.notna(ends.loc[name, "backlog_left"])]]
    shown.loc["All"] = shown.sum()
    return shown


def budget_curve(result: Result) -> pd.DataFrame:
    table = result.table("budget_curve")
    cells = table.set_index(["measure", "share_of_limit"])["value"].unstack("measure")
    cells.insert(0, "share", 100 * cells.index)
    return cells[["share", "limit", "benefit", "price"]]


def capital_frontier(result: Result) -> pd.DataFrame:
    table = result.table("capital_frontier").set_index(["aim", "point", "measure"])["value"]
    cells = table.unstack("measure").loc[["deprived", "backlog"]]
    plan = result.table("plan").set_index("project_id")
    people = pd.read_csv(packaged_folder() / "deprivation.csv").set_index("place")
    share = plan["place"].map(people["most_deprived_share"]).fillna(0.0)
    own = cells.loc["deprived", 0]
    assert own["reached"] == pytest.approx((share * plan["cdel_gbp_m"]).sum())
    assert own["benefit"] == pytest.approx(plan["benefit"].sum())
    return cells[["reached", "benefit"]]


def waiting_list(result: Result) -> pd.DataFrame:
    """Return the list of each year, its flows added up from months."""
    months = result.table("activity_by_month").groupby(["year", "measure"])["value"].sum()
    flows = months.unstack("measure")[
        [f"activity_{name}_by_month" for name in ("additions", "treated", "removals")]
    ]
    table = result.table("activity").set_index(["year", "measure"])["value"].unstack("measure")
    end = table["activity_list"]
    start = end.shift().fillna(table["activity_list_start"])
    moved = start + flows.iloc[:, 0] - flows.iloc[:, 1] - flows.iloc[:, 2]
    np.testing.assert_allclose(moved, end, rtol=1e-9)
    over = np.maximum(end - 18 * table["activity_break_even_week"], 0)
    return pd.concat([start, flows, end, over], axis=1)


def activity_percent(result: Result) -> pd.DataFrame:
    table = result.table("activity_one_percent")
    table = table[table["year"] >= result.data.attrs["activity_from"]]
    wide = table.pivot(index="year", columns="organisation", values="value")
    board = wide.pop("NEL ICB")
    trusts = wide.sum(axis=1)
    return pd.DataFrame({"trusts": trusts, "board": board, "system": trusts + board})


def beds(result: Result) -> pd.DataFrame:
    use = result.table("beds_by_use").groupby(["year", "use"])["value"].sum().unstack("use")
    money = result.table("beds_by_organisation").groupby(["year", "measure"])["value"].sum()
    names = [f"beds_{one}" for one in ("cost", "cash", "cash_counted", "margin", "not_covered")]
    cost = money.unstack("measure")[names]
    np.testing.assert_allclose(cost.iloc[:, 1:].sum(axis=1), cost["beds_cost"], atol=1e-9)
    return use[["closed", "filled", "stranded"]].join(cost)


def shorter_stays(result: Result) -> pd.DataFrame:
    table = result.table("activity_shorter_stays")
    table = table[table["year"] == table["year"].max()]
    money = [f"{one}_gbp_m" for one in ("cost_of_beds", "unpaid", "trusts", "system")]
    return table[["saved_pct", "beds_freed", "beds_used", *money]]


def primary_care(result: Result) -> pd.DataFrame:
    table = result.table("primary_care")
    year = result.data.attrs["activity_from"]
    table = table[(table["place"] != "") & table["year"].isin(["", year])]
    wide = table.pivot(index="place", columns="measure", values="value")
    names = [f"primary_care_{one}" for one in ("appointments", "gap", "gap_cost")]
    return wide.loc[list(dict.fromkeys(table["place"])), names]


def portfolio_pools(result: Result) -> pd.DataFrame:
    """Return the pools with what is taken, summed from the spend of each initiative."""
    spend = result.table("portfolio_spend").groupby("year")[["cost_gbp_m"]].sum()
    pools = result.table("portfolio_pools").set_index("year")
    assert (pools[["carried_in_gbp_m", "cash_back_gbp_m"]] == 0).all(axis=None)
    taken = spend["cost_gbp_m"]
    return pd.DataFrame({
        "pool": pools["pool_gbp_m"], "carried": 0.0, "taken": taken, "back": 0.0,
        "left": pools["pool_gbp_m"] - taken, "price": result.table("portfolio_prices").set_index(
            "year")["price_per_gbp_m"],
    })  # fmt: skip


def portfolio_staff(result: Result) -> pd.DataFrame:
    """Return the staff with what is used, summed from the use of each initiative."""
    use = result.table("portfolio_staff_use").groupby(["skill", "year"])["months"].sum()
    staff = result.table("portfolio_staff").set_index(["skill", "year"])
    used = use.reindex(staff.index, fill_value=0.0)
    return pd.DataFrame({
        "there": staff["months"], "used": used, "left": staff["months"] - used,
        "share": 100 * used / staff["months"], "price": staff["price_per_month"],
    })  # fmt: skip


def portfolio_frontier(result: Result) -> pd.DataFrame:
    table = result.table("portfolio_frontier")
    own = table[table["pool_pct"] == 100].iloc[0]
    plan, pools = result.table("portfolio_plan"), result.table("portfolio_pools")
    assert own["value"] == pytest.approx(plan["value"].sum())
    assert own["cost_gbp_m"] == pytest.approx(plan["cost_gbp_m"].sum())
    share = table["pool_pct"] / 100 * pools["pool_gbp_m"].sum()
    return table.assign(pool_gbp_m=share, gap=100 * table["gap"])


def portfolio_triangles(result: Result) -> pd.DataFrame:
    table = result.table("portfolio_triangles")
    cost, benefit = table["cost_gbp_m"], table["benefit"]
    # what a pound gains elsewhere is what benefit is above value
    elsewhere = 1e6 / result.provenance["portfolio"]["cost_per_qaly_gbp"]
    return pd.DataFrame({
        "cost": cost, "benefit": benefit, "slope": benefit / cost,
        "value": benefit - cost * elsewhere,
    })  # fmt: skip


EXPECTED: dict[str, Callable[[Result], pd.DataFrame]] = {
    function.__name__: function
    for function in (
        budgets, distance, what_moved, budget_change, sensitivity, prevention, break_even,
        recovery, bodies, months, fan, bridge, bridge_by_year, tornado, back_test, timeline,
        capital, capital_price, capital_categories, backlog, budget_curve,
        capital_frontier, waiting_list, activity_percent, beds, shorter_stays, primary_care,
        portfolio_pools, portfolio_staff, portfolio_frontier, portfolio_triangles,
    )
}  # fmt: skip
