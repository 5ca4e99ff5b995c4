"""The pack of a board: headline, balance, bridge, organisations, places, capital and risks."""

from __future__ import annotations

import pandas as pd

from nelfin.data.projects import spend_profile
from nelfin.models.recovery import IN_BALANCE
from nelfin.report.packs.basis import basis_section
from nelfin.report.packs.bridges import HOW, bridge_section, steps_in_words, yearly_bridge
from nelfin.report.packs.parts import (
    ON_TARGET,
    Cell,
    Drawing,
    Pack,
    Section,
    Table,
    a_head,
    by_year,
    count,
    gbp_m,
    in_text,
    odds,
    per_cent,
    rests_on,
)
from nelfin.report.packs.risks import odds_by_year, risks_section
from nelfin.report.text.names import short as cut
from nelfin.report.text.numbers import millions, money, parts_that_add, plural, rows_that_add
from nelfin.report.text.odds import odds_in
from nelfin.report.text.origin import run_words
from nelfin.report.text.summary import capital_words, joined_words, prevention_words
from nelfin.store.findings import Findings
from nelfin.system.headline import Headline, headline_of
from nelfin.system.rests_on import CAPITAL, PLACES, PORTFOLIO, RECOVERY

MOST = 4
"""Organisations in deficit, and schemes left out, that are named."""

KNOWN = (
    "A year that is known rests on an outturn, a forecast or a plan; an open year is the model's."
)

EVERYTHING = tuple(
    dict.fromkeys((*RECOVERY, *PLACES, *PORTFOLIO, "public_health_grants", "spend_by_setting",
                   "uncertainty.", "years."))
)  # fmt: skip
"""All that a run rests on."""


def board_pack(result: Findings) -> Pack:
    """Return the pack of a board.

    Parameters
    ----------
    result
        A run.
    """
    headline = headline_of(result)
    short, balance, bridge, *others = board_sections(result)
    steps = result.data["recovery_bridge"].sum("organisation")
    # on paper the two charts stand side by side, and one table follows the other
    both = Section(
        "balance",
        "When we balance, and the bridge",
        [HOW, KNOWN],
        drawings=[*balance.drawings, *bridge.drawings],
        tables=[*balance.tables, *yearly_bridge(steps, steps_in_words(steps))],
        statuses=balance.statuses,
    )
    about = (
        f"The plan in brief, {headline.years[0]} to {headline.years[-1]}. £m unless said; brackets "
        "are negative: a deficit."
    )
    return Pack(result.name, about, run_words(result), [short, both, *others])


def board_sections(result: Findings) -> list[Section]:
    """Return the sections of a board's pack, each as a slide shows it.

    Parameters
    ----------
    result
        A run.
    """
    headline = headline_of(result)
    bridge = result.data["recovery_bridge"].sum("organisation")
    return [
        _short(result, headline),
        _balance(result, headline),
        bridge_section(bridge, "All organisations together", rests_on(result, RECOVERY)),
        _bodies(result, headline),
        _places(result, headline),
        _capital(result, headline),
        risks_section(result),
        basis_section(result, EVERYTHING, "The plan", printed=18, named=6),
    ]


def _short(result: Findings, headline: Headline) -> Section:
    """Return the headline: when the system balances, who is under target, what capital buys."""
    last, lasting = headline.years[-1], headline.lasting_balance_year
    furthest, under = headline.places.iloc[0], cut(headline.places.index[0], 40)
    facts: list[tuple[str, Cell]] = [
        ("Lasting balance", f"from {lasting}" if lasting else f"not by {last}"),
        (f"Reported {last}", in_text(float(headline.reported[last]))),
        (f"Underlying {last}", in_text(float(headline.underlying[last]))),
    ]
    chance = odds_in(result, last)
    if chance is not None:
        facts.append((f"Odds of balance {last}", odds(chance)))
    facts += [
        (f"Furthest below target: {under}", per_cent(float(furthest["dft"]))),
        (f"Schemes in the plan, of {headline.schemes:,}",
         count(headline.funded + headline.part_funded)),
        ("Left out", in_text(float(headline.categories["left out"].sum()))),
    ]  # fmt: skip
    sentences = [*_balance_words(headline), prevention_words(result)[0]]
    return Section("short", "In short", sentences, facts, statuses=rests_on(result, EVERYTHING))


def _balance_words(headline: Headline) -> list[str]:
    """Say what is known, where the year that runs is heading, and who carries a deficit."""
    told = []
    if headline.known:
        known = ", ".join(
            f"{year} {what} {money(headline.reported[year])}"
            for year, what in headline.known.items()
        )
        told.append(f"Known: {known}.")
    end = headline.heads_for
    if end is not None:
        told.append(f"{end.year} heads for {money(end.forecast)}; its plan is {money(end.plan)}.")
    year = headline.balance_year or headline.years[-1]
    of_year = headline.bodies[year]
    short = of_year[of_year < IN_BALANCE].sort_values()
    named = ", ".join(f"{cut(name, 40)} {money(value)}" for name, value in short.head(MOST).items())
    more = f" and {plural(len(short) - MOST, 'other')}" if len(short) > MOST else ""
    told.append(
        f"In deficit in {year}: {named}{more}."
        if len(short)
        else f"Every organisation breaks even in {year}."
    )
    if headline.balance_year and headline.underlying[year] < 0:
        saved = millions(headline.one_off[year])
        told.append(f"One-off savings of {saved} carry {year}: not yet a lasting balance.")
    return [" ".join(told)]


def _balance(result: Findings, headline: Headline) -> Section:
    """Return the position by year, and how sure it is."""
    years, reported, underlying = headline.years, headline.reported, headline.underlying
    series = {"Reported": reported.tolist(), "Underlying": underlying.tolist()}
    rows: list[tuple[str, list[Cell]]] = [
        (name, [gbp_m(value) for value in values]) for name, values in series.items()
    ]
    plan = result.data["system_plan"].to_series()
    if plan.notna().any():
        rows.append(("As planned", [gbp_m(value) for value in plan.tolist()]))
    rows.append(("Rests on", [headline.known.get(year, "") or "open" for year in years]))
    wide = odds_by_year(result)
    sentences = [f"Underlying is what would remain without items of one year only. {KNOWN}"]
    if wide is not None:
        for label, measure in (("One draw in ten is below", "reported_p10"),
                               ("One draw in ten is above", "reported_p90")):  # fmt: skip
            values = [float(wide.loc[measure, year]) for year in years]
            rows.append((label, [gbp_m(value) for value in values]))
            series[label] = values
    if headline.balance_year:
        words = f"Reported balance holds from {headline.balance_year}."
    else:
        words = f"The reported position holds no balance by {years[-1]}."
    drawing = Drawing(
        "lines",
        "When the system balances",
        f"{words} Reported: {money(reported.iloc[0])} in {years[0]}, {money(reported.iloc[-1])} in "
        f"{years[-1]}.",
        years,
        series,
        "£m, surplus positive",
    )
    tables = by_year("Position of the system, £m", "£m", rows, years)
    return Section("balance", "When we balance", sentences, (), [drawing], tables,
                   rests_on(result, RECOVERY))  # fmt: skip


def _bodies(result: Findings, headline: Headline) -> Section:
    """Return what each organisation reports, which adds up to the system as printed."""
    years, bodies = headline.years, headline.bodies[headline.years]
    whole = bodies.sum()
    shown = rows_that_add(bodies.to_numpy().tolist(), whole.tolist())
    rows: list[tuple[str, list[Cell]]] = [
        (str(name), [gbp_m(v, s) for v, s in zip(line.tolist(), printed, strict=True)])
        for (name, line), printed in zip(bodies.iterrows(), shown, strict=True)
    ]
    rows.append(("System", [gbp_m(value) for value in whole.tolist()]))
    year = headline.balance_year or years[-1]
    order = bodies[year].sort_values()
    short = order[order < IN_BALANCE]
    words = (
        f"In {year}, {plural(len(short), 'organisation carries', 'organisations carry')} a deficit."
        if len(short)
        else f"Every organisation breaks even in {year}."
    )
    drawing = Drawing(
        "bars", f"Reported by organisation, {year}", words,
        [str(name) for name in order.index], {"Reported": order.tolist()}, "£m", on_page=False,
    )  # fmt: skip
    sentences = ["Each organisation has its own duty to break even."]
    if headline.shared:
        sentences.append(
            "Where a known deficit is only known for several organisations together, each has an "
            f"illustrative share of it by income: {headline.shared}."
        )
    tables = by_year("Reported by organisation, £m", "Organisation", rows, years, strong=[-1])
    return Section("bodies", "Organisations", sentences, (), [drawing], tables,
                   rests_on(result, RECOVERY))  # fmt: skip


def _places(result: Findings, headline: Headline) -> Section:
    """Return the budgets against target, which add up as printed."""
    frame, year = headline.places, headline.budget_year
    rows: list[list[Cell]] = []
    columns = {name: parts_that_add(frame[name].tolist()) for name in ("budget", "target")}
    for at, (place, line) in enumerate(frame.iterrows()):
        amounts = [gbp_m(line[name], shown[at]) for name, shown in columns.items()]
        rows.append([str(place), *amounts, per_cent(line["dft"]), a_head(line["per_head"])])
    sums = frame[["budget", "target"]].sum()
    rows.append(["All places", gbp_m(sums["budget"]), gbp_m(sums["target"]),
                 per_cent(sums["budget"] / sums["target"] - 1), "–"])  # fmt: skip
    ends = [cut(frame.index[at], 40) for at in (0, -1)]
    words = f"{ends[0]} is furthest below its share by need, {ends[1]} furthest above."
    if not (frame["dft"].abs() >= ON_TARGET).any():
        words = "Every place stands at its share by need."
    drawing = Drawing(
        "bars",
        f"From target by place, {year}",
        words,
        [str(place) for place in frame.index],
        {"From target": (100 * frame["dft"].round(9)).tolist()},
        "% from target",
    )
    mark = "places" in headline.marks
    sentences = [
        "The target of a place is the share that its people's need for care would give it."
        + (" Where the places start from is illustrative." if mark else ""),
        *joined_words(headline),
    ]
    heads = ["Place", "Budget, £m", "Target, £m", "From target", "A head"]
    table = Table(f"Place budgets {year}", heads, rows, frozenset({len(rows) - 1}), wide=False)
    return Section("places", "Places", sentences, (), [drawing], [table], rests_on(result, PLACES))


def _capital(result: Findings, headline: Headline) -> Section:
    """Return the use of the limits, what it buys, and the largest that it leaves out."""
    years = headline.years
    used = result.data["capital_used"].sum("organisation").to_series().tolist()
    limits = _limits(result).reindex(years).tolist()
    drawing = Drawing(
        "columns",
        "Use of the capital limits by year",
        f"{millions(headline.used)} is used from {headline.capital_years[0]} to {years[-1]}.",
        years,
        {"Used": used, "Limit": limits},
        "£m, cash",
        marks="Limit",
    )
    frame = headline.categories
    sums = frame.sum()
    shown = rows_that_add(frame.to_numpy().tolist(), sums.tolist())
    rows: list[list[Cell]] = [
        [str(name), *(gbp_m(v, s) for v, s in zip(line.tolist(), printed, strict=True))]
        for (name, line), printed in zip(frame.iterrows(), shown, strict=True)
    ]
    rows.append(["All schemes", *(gbp_m(value) for value in sums.tolist())])
    heads = ["Category", *(f"{name.capitalize()}, £m" for name in frame.columns)]
    tables = [
        Table("What is asked, base-year prices", heads, rows, frozenset({len(rows) - 1}),
              wide=False),
        *_left_out(result),
    ]  # fmt: skip
    sentences = [" ".join(capital_words(headline))]
    statuses = rests_on(result, CAPITAL)
    if headline.illustrative_schemes:
        sentences.append(
            f"{headline.illustrative_schemes:,} of {headline.schemes:,} schemes are illustrative, "
            "and so are the benefits that rest on them."
        )
    return Section("capital", "Capital", sentences, (), [drawing], tables, statuses)


def _limits(result: Findings) -> pd.Series:
    """Return the limit of each year, £m: the system's, or those of its organisations together."""
    limits = result.table("limits").rename(columns={"limit_gbp_m": "limit"})
    own = limits[limits["organisation"] == ""].set_index("year")["limit"].dropna()
    every = limits[limits["organisation"] != ""].groupby("year")["limit"].sum()
    return own.combine_first(every)


def _left_out(result: Findings) -> list[Table]:
    """Return the largest schemes that the plan leaves out, and why."""
    plan, projects = result.table("plan"), result.table("projects")
    asked = pd.Series(spend_profile(projects).sum(axis=1), index=projects["project_id"])
    evidence = projects.set_index("project_id")["status"]
    out = plan[plan["status"] == "not funded"]
    out = out.assign(
        asked=asked.reindex(out["project_id"]).to_numpy(),
        evidence=evidence.reindex(out["project_id"]).to_numpy(),
    ).nlargest(MOST, "asked")
    rows: list[list[Cell]] = [
        [line["name"], line["evidence"], line["organisation"], gbp_m(line["asked"]), line["reason"]]
        for line in out.to_dict("records")
    ]
    if not rows:
        return []
    heads = ["Scheme", "Figures", "Organisation", "Asked, £m", "Why"]
    return [Table("The largest schemes that wait", heads, rows)]
