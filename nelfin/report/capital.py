"""The capital plan as text: by category and year, and what the tests of it found."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap

import pandas as pd

from nelfin.models.capital import CapitalPlan
from nelfin.report.words import money, percent, plural

WIDTH = 79


def capital_text(plan: CapitalPlan, tables: Mapping[str, pd.DataFrame], name: str) -> str:
    """Return the plan and the tables of its tests, at most 80 columns wide."""
    years = sorted(set(plan.limits["year"]))
    title = f"{name[:40]}, capital plan {years[0]} to {years[-1]}"
    lines = [f"{title}{'£m unless said'.rjust(WIDTH - len(title))}", "=" * WIDTH]
    status = plan.plan["status"].value_counts()
    part = status.get("part-funded", 0)
    gap = plan.solve["gap"]
    proof = "not known" if gap is None else f"{100 * gap:.2f}\u00a0%"
    lines += wrap(
        f"{plural(int(status.get('funded', 0)), 'scheme')}{f' and {part} in part' if part else ''}"
        f" of {len(plan.plan):,} funded. Benefit {plan.solve['objective']:,.1f}, proven within "
        f"{proof} of the best.",
        WIDTH,
    )
    lines += ["", *_by_category(plan), "", *_by_limit(plan)]
    for key, table in tables.items():
        if key in SECTIONS:
            lines += ["", *SECTIONS[key](table)]
    return "\n".join(lines)


def _by_category(plan: CapitalPlan) -> list[str]:
    frame = plan.plan.assign(funded=plan.plan["status"] != "not funded")
    grouped = frame.groupby("category", sort=False).agg(
        count=("funded", "size"), funded=("funded", "sum"), spend=("spend_gbp_m", "sum"),
        used=("cdel_gbp_m", "sum"), benefit=("benefit", "sum"),
    )  # fmt: skip
    lines = [f"{'CATEGORY':<35}{'funded':>14}{'spend':>10}{'of limit':>10}{'benefit':>10}"]
    for name, row in grouped.iterrows():
        count = f"{row['funded']:.0f} of {row['count']:.0f}"
        lines.append(
            f"  {str(name)[:32]:<33}{count:>14}{money(row['spend']):>10}{money(row['used']):>10}"
            f"{money(row['benefit']):>10}"
        )
    return lines


def _by_limit(plan: CapitalPlan) -> list[str]:
    lines = [
        f"{'LIMIT':<35}{'limit':>10}{'used':>10}{'£1m more':>12}{'£1m less':>12}",
    ]
    pairs = zip(plan.limits.itertuples(), plan.prices.itertuples(), strict=True)
    for limit, price in pairs:
        who = f"{limit.year} {limit.organisation}".strip()[:32]
        gain, loss = (
            "–" if pd.isna(value) else f"{sign}{value:,.2f}"
            for sign, value in (("+", price.gain_of_1m_more), ("-", price.loss_of_1m_less))
        )
        lines.append(
            f"  {who:<33}{money(limit.limit_gbp_m):>10}{money(limit.used_gbp_m):>10}"
            f"{gain:>12}{loss:>12}"
        )
    return [*lines, "£1m more or less: points of benefit in the relaxation, solved again."]


def _frontier(table: pd.DataFrame) -> list[str]:
    lines = [f"{'FRONTIER':<12}{'benefit':>12}{'given up':>12}{'second, £m':>14}{'schemes':>10}"]
    for row in table.itertuples():
        lines.append(
            f"  point {row.point:<4}{row.benefit:>12,.1f}{row.benefit_given_up:>12,.1f}"
            f"{row.second_gbp_m:>14,.1f}{row.schemes:>10}"
        )
    return lines


def _priorities(table: pd.DataFrame) -> list[str]:
    lines = [f"PRIORITY LIST, first 20 of {len(table)}{'a £m':>26}{'funded from':>20}"]
    for row in table.head(20).itertuples():
        worth = "–" if pd.isna(row.benefit_per_gbp_m) else f"{row.benefit_per_gbp_m:,.1f}"
        label = f"{row.project_id} {row.name}"[:42]
        lines.append(f"  {row.rank:>3} {label:<43}{worth:>10}{str(row.tier)[:19]:>20}")
    return lines


def _regret(table: pd.DataFrame) -> list[str]:
    lines = [f"{'REGRET OF THE LIST':<32}{'limits':>9}{'list':>11}{'best':>11}{'regret':>10}"]
    for row in table.itertuples():
        lines.append(
            f"  {str(row.budget)[:28]:<30}{percent(row.share_of_limit, 0):>9}{row.benefit:>11,.1f}"
            f"{row.best:>11,.1f}{percent(row.regret_pct / 100, 2):>10}"
        )
    return lines


def _verdicts(table: pd.DataFrame) -> list[str]:
    """Return how many schemes are in every plan, in some, in none."""
    count = table["verdict"].value_counts()
    words = ", ".join(
        f"{count.get(name, 0)} {label}"
        for name, label in (
            ("core", "in every plan"), ("borderline", "in some"), ("exterior", "in none"),
        )
    )  # fmt: skip
    return [f"  {line}" for line in wrap(f"Of {len(table)} schemes {words}.", 76)]


def _core(table: pd.DataFrame) -> list[str]:
    return ["CORE INDEX", *_verdicts(table)]


def _stays(table: pd.DataFrame) -> list[str]:
    lines = [
        f"{'IN THE PLAN WHEN COSTS ARE DRAWN':<58}{'£m':>10}{'of draws':>11}",
        *_verdicts(table),
    ]
    lines.append("  The dearest:")
    for row in table.nlargest(10, "spend_gbp_m").itertuples():
        label = f"{row.project_id} {row.name}"[:52]
        share = percent(row.in_plan, 0)
        lines.append(f"  {label:<56}{money(row.spend_gbp_m):>10}{share:>11}")
    return lines


def _inflation(table: pd.DataFrame) -> list[str]:
    lines = [f"{'COSTS RISE':<40}{'benefit':>10}{'lost':>8}{'schemes':>8}{'dropped':>8}{'gap':>5}"]
    for row in table.itertuples():
        lines.append(
            f"  {str(row.case)[:38]:<38}{row.benefit:>10,.1f}"
            f"{percent(row.benefit_lost_pct / 100):>8}{row.schemes:>8}{row.dropped:>8}"
            f"{percent(row.gap):>6}"
        )
    return lines


def _overrun(table: pd.DataFrame) -> list[str]:
    lines = [f"{'WHAT AN OVERRUN MOVES':<46}{'before':>9}{'after':>9}{'':>12}"]
    for row in table.itertuples():
        label = f"{row.project_id} {row.name}"[:42]
        lines.append(f"  {label:<44}{row.before or '–':>9}{row.after or '–':>9}  {row.change}")
    return lines if len(lines) > 1 else [*lines, "  Nothing: there is room for it."]


SECTIONS = {
    "frontier": _frontier,
    "priority_list": _priorities,
    "regret": _regret,
    "core_index": _core,
    "stays": _stays,
    "inflation": _inflation,
    "overrun": _overrun,
}
"""Tables of the tests, as text."""
