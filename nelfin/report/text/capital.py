"""The capital plan as text: by category and year, and what the tests of it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from nelfin.models.capital import CapitalPlan
from nelfin.models.capital.in_force import starts_in_force
from nelfin.report.basis import illustrative_note
from nelfin.report.text.numbers import money, parts_that_add, plural
from nelfin.report.text.terminal import table_text, title_text, wrapped

PRIORITIES, DEAREST = 20, 10
"""Schemes printed; the tables have them all."""


def capital_text(
    plan: CapitalPlan,
    tables: Mapping[str, pd.DataFrame],
    name: str,
    illustrative: str = "",
    more: str = "",
) -> str:
    """Return the plan and the tables of its tests, at most 80 columns wide.

    Parameters
    ----------
    plan
        The capital plan, £m and points of benefit.
    tables
        Tables of its tests by name; those of `SECTIONS` are shown.
    name
        Of the scenario.
    illustrative
        The illustrative figures that the plan rests on, in words; "" for none.
    more
        What else there is to say of the plan, such as of its backlog; "" for nothing.
    """
    years = sorted(set(plan.limits["year"]))
    status = plan.plan["status"].value_counts()
    part = status.get("part-funded", 0)
    gap = plan.solve.gap
    proof = "not known" if gap is None else f"{100 * gap:.2f}\u00a0%"
    sentence = (
        f"{plural(int(status.get('funded', 0)), 'scheme')}{f' and {part} in part' if part else ''}"
        f" of {len(plan.plan):,} funded. Benefit {plan.solve.objective:,.1f}, proven within "
        f"{proof} of the best."
    )
    about = f", capital plan {years[0]} to {years[-1]}"
    parts = [
        title_text(name, about, illustrative_note(illustrative)),
        "\n".join(wrapped(sentence)),
        _by_category(plan),
        *_by_organisation(plan),
        _by_limit(plan),
        *([_by_resource(plan)] if len(plan.resources) else []),
        *([more] if more else []),
    ]
    parts += [SECTIONS[key](table) for key, table in tables.items() if key in SECTIONS]
    return "\n\n".join(parts)


def changed_words(plan: CapitalPlan, in_force: pd.DataFrame) -> str:
    """Say how many starts of a plan in force a plan changes, and how few can be changed.

    Parameters
    ----------
    plan
        The new plan.
    in_force
        The plan in force: `project_id, start_year`.
    """
    before = len(starts_in_force(in_force))
    account = plan.solve
    words = f"Starts changed: {account.changed or 0}; the plan in force has {before}."
    least = account.changed_at_least
    if least is None:
        return words
    if least == account.changed:
        return f"{words} No plan as good as asked changes fewer."
    return f"{words} It is proven that at least {least} must change."


def _by_category(plan: CapitalPlan) -> str:
    frame = plan.plan.assign(funded=plan.plan["status"] != "not funded")
    grouped = frame.groupby("category", sort=False).agg(
        count=("funded", "size"), funded=("funded", "sum"), spend=("spend_gbp_m", "sum"),
        used=("cdel_gbp_m", "sum"), benefit=("benefit", "sum"),
    )  # fmt: skip
    sums = grouped.sum()
    for name in ("spend", "used", "benefit"):
        grouped[name] = parts_that_add(grouped[name].tolist(), sums[name])
    grouped.loc["All schemes"] = sums
    rows = [
        [
            str(name),
            f"{row['funded']:.0f} of {row['count']:.0f}",
            money(row["spend"]),
            money(row["used"]),
            money(row["benefit"]),
        ]
        for name, row in grouped.iterrows()
    ]
    heads = ["category", "funded", "spend, £m", "of limit, £m", "benefit"]
    return table_text(heads, rows, title="BY CATEGORY", ruled=[-1])


def _by_organisation(plan: CapitalPlan) -> list[str]:
    """Return the limits of each organisation over the open years; nothing for one limit alone."""
    limits = plan.limits[plan.limits["status"] != "closed"]
    if limits["organisation"].nunique() < 2:
        return []
    parts = limits.assign(
        firm=limits["limit_gbp_m"].where(limits["status"] == "firm", 0.0),
        indicative=limits["limit_gbp_m"].where(limits["status"] == "indicative", 0.0),
        owner=limits["organisation"].replace("", "The system"),
    ).groupby("owner", sort=False)
    sums = parts[["firm", "indicative", "used_gbp_m", "slack_gbp_m"]].sum()
    first = parts["price_per_gbp_m"].first()
    rows = [
        [str(name), *(money(value) for value in row), money(first[name], 2)]
        for name, row in sums.iterrows()
    ]
    year = min(limits["year"])
    heads = ["organisation", "firm, £m", "indicative, £m", "used, £m", "left, £m", "£1m more"]
    title = f"LIMITS BY ORGANISATION, {year} to {max(limits['year'])}; £1m more in {year}"
    return [table_text(heads, rows, title=title)]


def _by_limit(plan: CapitalPlan) -> str:
    rows = []
    for limit, price in zip(plan.limits.itertuples(), plan.prices.itertuples(), strict=True):
        gain, loss = (
            "–" if pd.isna(value) else money(value, 2)
            for value in (price.gain_of_1m_more, -price.loss_of_1m_less)
        )
        amounts = (money(limit.limit_gbp_m), money(limit.used_gbp_m))
        about = [
            str(limit.year),
            str(limit.organisation),
            str(getattr(limit, "money", "")),
            str(limit.status),
        ]
        rows.append([*about, *amounts, gain, loss])
    heads = ["year", "organisation", "money", "limit is", "limit, £m", "used, £m", "£1m more",
             "£1m less"]  # fmt: skip
    align = "llllrrrr"
    # what is the same of every limit is no column of its own
    for at in (3, 2, 1):
        if len({row[at] for row in rows}) == 1 and (at == 3 or not rows[0][at]):
            heads, align = _without(heads, at), align[1:]
            rows = [_without(row, at) for row in rows]
    text = table_text(heads, rows, align, "BY LIMIT")
    closed = " A year that is closed has none." if (plan.limits["status"] == "closed").any() else ""
    said = f"£1m more or less: points of benefit in the relaxation, solved again.{closed}"
    return "\n\n".join([text, "\n".join(wrapped(said))])


def _by_resource(plan: CapitalPlan) -> str:
    rows = [
        [
            str(limit.resource),
            str(limit.unit),
            str(limit.year),
            str(limit.organisation),
            money(limit.limit),
            money(limit.used),
            money(limit.price, 2),
        ]
        for limit in plan.resources.itertuples()
    ]
    heads = ["resource", "unit", "year", "organisation", "limit", "used", "one more"]
    align = "llllrrr"
    if not any(row[3] for row in rows):
        heads, align, rows = _without(heads, 3), align[1:], [_without(row, 3) for row in rows]
    text = table_text(heads, rows, align, "BY RESOURCE")
    return f"{text}\n\nOne more: points of benefit that one unit more would add."


def _without(cells: Sequence[str], at: int) -> list[str]:
    return [*cells[:at], *cells[at + 1 :]]


def _frontier(table: pd.DataFrame) -> str:
    rows = [
        [str(row.point), f"{row.benefit:,.1f}", f"{row.benefit_given_up:,.1f}",
         f"{row.second_gbp_m:,.1f}", str(row.schemes)]
        for row in table.itertuples()
    ]  # fmt: skip
    heads = ["point", "benefit", "given up", "second, £m", "schemes"]
    return table_text(heads, rows, title="FRONTIER of benefit and a second aim")


def _priorities(table: pd.DataFrame) -> str:
    rows = []
    for row in table.head(PRIORITIES).itertuples():
        worth = "–" if pd.isna(row.benefit_per_gbp_m) else f"{row.benefit_per_gbp_m:,.1f}"
        rows.append([str(row.rank), _scheme(row), worth, str(row.tier)])
    heads = ["rank", "scheme", "a £m", "funded from"]
    return table_text(heads, rows, "llrl", f"PRIORITY LIST, first {len(rows)} of {len(table)}")


def _scheme(row: Any) -> str:
    """Return the id of a scheme with its name."""
    if isinstance(row, pd.Series):  # whose own name is its row's
        return f"{row['project_id']} {row['name']}"
    return f"{row.project_id} {row.name}"


def _regret(table: pd.DataFrame) -> str:
    rows = [
        [str(row.budget), money(100 * row.share_of_limit, 0), f"{row.benefit:,.1f}",
         f"{row.best:,.1f}", money(row.regret_pct, 2)]
        for row in table.itertuples()
    ]  # fmt: skip
    heads = ["budget", "of limits, %", "list", "best", "regret, %"]
    text = table_text(heads, rows, title="REGRET OF THE LIST, benefit")
    gap = table["list_gap"].iloc[0]
    proof = "not known" if pd.isna(gap) else f"{100 * gap:.2f}\u00a0%"
    return f"{text}\n\nExpected benefit of the list: proven within {proof} of the best list's."


def _verdicts(table: pd.DataFrame) -> list[str]:
    """Return how many schemes are in every plan, in some, in none."""
    count = table["verdict"].value_counts()
    words = ", ".join(
        f"{count.get(name, 0)} {label}"
        for name, label in (
            ("core", "in every plan"), ("borderline", "in some"), ("exterior", "in none"),
        )
    )  # fmt: skip
    return wrapped(f"Of {len(table)} schemes {words}.", indent="  ")


def _core(table: pd.DataFrame) -> str:
    return "\n".join(["CORE INDEX", *_verdicts(table)])


def _stays(table: pd.DataFrame) -> str:
    rows = [
        [_scheme(row), money(row.spend_gbp_m), money(100 * row.in_plan, 0)]
        for row in table.nlargest(DEAREST, "spend_gbp_m").itertuples()
    ]
    text = table_text(["the dearest schemes", "spend, £m", "of draws, %"], rows)
    return "\n".join(["IN THE PLAN WHEN COSTS ARE DRAWN", *_verdicts(table), "", text])


def _inflation(table: pd.DataFrame) -> str:
    rows = [
        [str(row.case), f"{row.benefit:,.1f}", money(row.benefit_lost_pct), str(row.schemes),
         str(row.dropped), money(100 * row.gap)]
        for row in table.itertuples()
    ]  # fmt: skip
    heads = ["case", "benefit", "lost, %", "schemes", "dropped", "gap, %"]
    return table_text(heads, rows, title="COSTS RISE")


def _changes(table: pd.DataFrame) -> str:
    lines = ["WHAT MOVED from the plan in force"]
    for row in table.head(DEAREST).itertuples():
        words = f"{_scheme(row)}: {row.before} before, {row.after} now. {row.why}"
        lines += wrapped(words, indent="  ", hang="    ")
    if table.empty:
        lines.append("  Nothing.")
    if len(table) > DEAREST:
        lines.append(f"  and {len(table) - DEAREST} more; -o writes all.")
    return "\n".join(lines)


def _worth(table: pd.DataFrame) -> str:
    rows = [
        [_scheme(row), money(row.npsv_gbp_m), "–" if pd.isna(row.benefit_cost_ratio) else
         money(row.benefit_cost_ratio, 2), "–" if pd.isna(row.npsv_per_gbp_m) else
         money(row.npsv_per_gbp_m, 2)]
        for row in table.nlargest(DEAREST, "npsv_gbp_m").itertuples()
    ]  # fmt: skip
    heads = ["scheme", "NPSV, £m", "benefit to cost", "NPSV a £m of limit"]
    return table_text(heads, rows, title="NET PRESENT SOCIAL VALUE (NPSV), the largest")


def _kinds(table: pd.DataFrame) -> str:
    kinds = [name for name in KINDS if name in table]
    rows = [[_scheme(row), *(row[kind] for kind in kinds)] for _, row in table.iterrows()
            if row["plans_in"] not in {0, len(kinds)}]  # fmt: skip
    title = "BENEFIT BY SEVERAL KINDS: schemes that not every plan funds"
    if not rows:
        return f"{title}\n  None: each plan funds the same schemes."
    text = table_text(["scheme", *(KINDS[kind] for kind in kinds)], rows[:PRIORITIES], title=title)
    more = len(rows) - PRIORITIES
    return text + (f"\nand {more} more; -o writes all." if more > 0 else "")


def _kind_plans(table: pd.DataFrame) -> str:
    kinds = [name for name in KINDS if f"{name}_worth" in table]
    rows = [
        [KINDS[str(row["best_by"])], str(row["schemes"]), money(row["cdel_gbp_m"]),
         *(money(row[f"{kind}_worth"]) for kind in kinds)]
        for _, row in table.iterrows()
    ]  # fmt: skip
    heads = ["best by", "schemes", "of limit, £m", *(f"worth by {KINDS[k]}" for k in kinds)]
    return table_text(heads, rows, title="EACH PLAN BY EVERY KIND")


KINDS = {"score": "score", "criteria": "criteria", "npsv": "NPSV, £m"}
"""Kinds of benefit as people read them."""


def _overrun(table: pd.DataFrame) -> str:
    title = "WHAT AN OVERRUN MOVES"
    rows = [
        [_scheme(row), row.before or "–", row.after or "–", str(row.change)]
        for row in table.itertuples()
    ]
    if not rows:
        return f"{title}\n  Nothing: there is room for it."
    return table_text(["scheme", "before", "after", "change"], rows, "lrrl", title)


def _futures(table: pd.DataFrame) -> str:
    rows = [
        [str(row.future), money(100 * row.weight, 0), f"{row.benefit:,.1f}", f"{row.best:,.1f}",
         money(row.regret_pct, 2)]
        for row in table.itertuples()
    ]  # fmt: skip
    heads = ["future", "weight, %", "benefit", "best alone", "regret, %"]
    return table_text(heads, rows, title="BY FUTURE, benefit")


def _safety(table: pd.DataFrame) -> str:
    rows = [
        [str(row.year), str(row.organisation), money(row.limit_gbp_m), money(row.used_gbp_m),
         money(row.reserve_gbp_m), money(100 * row.share_held_fresh, 0)]
        for row in table.itertuples()
    ]  # fmt: skip
    heads = ["year", "organisation", "limit, £m", "used, £m", "reserve, £m", "holds, %"]
    align = "llrrrr"
    if not any(row[1] for row in rows):
        heads, align, rows = _without(heads, 1), "lrrrr", [_without(row, 1) for row in rows]
    text = table_text(heads, rows, align, "WHAT SAFETY TAKES")
    return f"{text}\n\nHolds: share of 10,000 other draws of costs."


def _slips(table: pd.DataFrame) -> str:
    rows = [
        [_scheme(row), str(row.start_year), money(100 * row.waits, 0), money(row.mean_years),
         money(row.benefit_lost)]
        for row in table.head(DEAREST).itertuples()
    ]  # fmt: skip
    heads = ["scheme", "planned", "waits, %", "years", "lost"]
    return table_text(heads, rows, "llrrr", "SCHEMES THAT WAIT WHEN COSTS ARE DRAWN, benefit lost")


SECTIONS = {
    "frontier": _frontier,
    "priority_list": _priorities,
    "regret": _regret,
    "futures": _futures,
    "safety": _safety,
    "slips": _slips,
    "core_index": _core,
    "stays": _stays,
    "inflation": _inflation,
    "overrun": _overrun,
    "changes": _changes,
    "worth": _worth,
    "benefit_kinds": _kinds,
    "benefit_plans": _kind_plans,
}
"""Tables of the tests, as text."""
