"""The pack of one organisation: its position by year, the bridge, savings, income and capital."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import xarray as xr

from nelfin.data.inputs import OTHERS
from nelfin.models.months import MONTHS
from nelfin.models.recovery import balance_year
from nelfin.report.packs.basis import basis_section
from nelfin.report.packs.bridges import bridge_rows, bridge_section
from nelfin.report.packs.parts import (
    Cell,
    Drawing,
    Figure,
    Pack,
    Section,
    Table,
    by_year,
    gbp_m,
    in_text,
    odds,
    per_cent,
    rests_on,
)
from nelfin.report.packs.risks import NO_DRAWS
from nelfin.report.packs.schemes import schemes_section
from nelfin.report.text.backlog import backlog_line
from nelfin.report.text.names import short
from nelfin.report.text.numbers import (
    millions,
    money,
    parts_that_add,
    percent,
    share_of_draws,
)
from nelfin.report.text.origin import run_words
from nelfin.scenario.names import plain_name
from nelfin.store.findings import Findings
from nelfin.system.headline import headline_of
from nelfin.system.rests_on import CAPITAL, POSITIONS, RECOVERY

RESTS_ON = tuple(dict.fromkeys((*POSITIONS, *CAPITAL)))
"""What the pack names figures of. Those of prevention are the system's, not the organisation's."""


def body_pack(result: Findings, body: str) -> Pack:
    """Return the pack of an organisation.

    Parameters
    ----------
    result
        A run.
    body
        An organisation of it.
    """
    headline = headline_of(result)
    bridge = result.data["recovery_bridge"].sel(organisation=body)
    others = [str(name) for name in headline.bodies.index if name != body]
    sections = [
        _short(result, body, bridge),
        _positions(result, body, bridge),
        bridge_section(bridge, short(body), rests_on(result, RECOVERY)),
        _savings(result, body, bridge),
        _income(result, body),
        *_months(result, body),
        _capital(result, body),
        basis_section(result, RESTS_ON, f"What is told of {short(body)}", others, printed=30),
    ]
    about = (
        f"Position and plan of the organisation, {headline.years[0]} to {headline.years[-1]}. £m "
        "unless said; brackets are negative: a deficit."
    )
    return Pack(body, about, run_words(result), sections)


def _short(result: Findings, body: str, bridge: xr.DataArray) -> Section:
    headline = headline_of(result)
    years, last = headline.years, headline.years[-1]
    reported = bridge.sel(step="reported", drop=True)
    underlying = bridge.sel(step="closing underlying", drop=True)
    balance, under = balance_year(reported), balance_year(underlying)
    end = float(reported.sel(year=last))
    known = [year for year in years if year in headline.known]
    sentences = [
        (
            f"{short(body)} reports a lasting balance from {balance}."
            if balance
            else f"{short(body)} reports no lasting balance by {last}: {money(end)} then."
        )
        + (
            f" Without one-off items it is in balance from {under}."
            if under
            else " Without one-off items it has no balance either."
            if not balance
            else " One-off items carry it: without them there is no balance."
        )
    ]
    if body in headline.boards and end < 0:
        sentences.append(
            f"{short(body)} may not plan a deficit: what it lacks falls on services or on the "
            "trusts."
        )
    shared = _shared_years(headline.shared, body)
    if shared:
        sentences.append(
            f"In {', '.join(shared)} only a figure of several organisations together is known: "
            f"what stands for {short(body)} is its share by income, which is illustrative."
        )
    facts: list[tuple[str, Cell]] = []
    if known:
        facts.append(
            (f"Reported {known[-1]} ({headline.known[known[-1]]})",
             in_text(float(reported.sel(year=known[-1]))))
        )  # fmt: skip
    forecast = _year_end(result, body)
    if forecast is not None:
        facts.append((f"{forecast['year']} heads for", in_text(forecast["forecast"])))
    facts += [
        (f"Reported {last}", in_text(end)),
        (f"Underlying {last}", in_text(float(underlying.sel(year=last)))),
    ]
    chance = _odds(result, body)
    if chance is None:
        sentences.append(NO_DRAWS)
    elif last in chance.index:
        facts.append((f"Odds of balance {last}", odds(float(chance.loc[last]))))
    return Section("short", "In short", sentences, facts, statuses=rests_on(result, RECOVERY))


def _shared_years(shared: str, body: str) -> list[str]:
    """Return the years in which the position is a share of what several have together."""
    parts = (part.partition(" ") for part in shared.split("; ") if part)
    return [year for year, _, names in parts if f", {body}," in f", {names},"]


def _odds(result: Findings, body: str) -> pd.Series | None:
    """Return the odds of balance by year that is open; None without draws."""
    if "odds_by_organisation" not in result.tables:
        return None
    table = result.table("odds_by_organisation")
    mine = table[(table["organisation"] == body) & (table["measure"] == "odds_of_balance")]
    return mine.set_index("year")["value"]


def _positions(result: Findings, body: str, bridge: xr.DataArray) -> Section:
    """Return what is reported and what would remain, by year, with the odds."""
    headline = headline_of(result)
    years = headline.years
    reported, underlying = (
        bridge.sel(step=step).to_series() for step in ("reported", "closing underlying")
    )
    shared = _shared_years(headline.shared, body)
    known = [headline.known.get(year, "") or "open" for year in years]
    rows: list[list[Cell]] = [
        [year, gbp_m(reported[year]), gbp_m(underlying[year]), what]
        for year, what in zip(years, known, strict=True)
    ]
    heads = ["Year", "Reported", "Underlying", "Rests on"]
    if shared:
        heads.append("Share")
        for row in rows:
            row.append("illustrative" if row[0] in shared else "")
    chance = _odds(result, body)
    if chance is not None:
        heads.insert(3, "Odds of balance")
        for row in rows:
            row.insert(3, odds(float(chance.get(str(row[0]), float("nan")))))
    drawing = Drawing(
        "lines",
        "Position by year",
        f"Reported goes from {millions(reported[years[0]])} in {years[0]} to "
        f"{millions(reported[years[-1]])} in {years[-1]}, underlying from "
        f"{millions(underlying[years[0]])} to {millions(underlying[years[-1]])}.",
        years,
        {"Reported": reported.tolist(), "Underlying": underlying.tolist()},
        "£m, surplus positive",
    )
    draws = result.provenance["draws"]
    sentences = [
        "Underlying is what would remain without items of one year only. A year that is known "
        "rests on an outturn, a forecast or a plan; an open year is the model's."
        + (
            f" Odds are shares of {draws:,} draws of the assumptions within their ranges."
            if chance is not None
            else ""
        )
    ]
    table = Table("Position by year, £m", heads, rows, wide=False)
    return Section("positions", "Position by year", sentences, (), [drawing], [table])


def _savings(result: Findings, body: str, bridge: xr.DataArray) -> Section:
    """Return what is saved by year, and the asks and schemes behind it."""
    years = headline_of(result).years
    parts = {
        "recurrent efficiency": "Savings that last",
        "non-recurrent efficiency": "Savings of one year only",
        "full-year effect of last year's schemes": "Full-year effect of the year before",
        "agency and bank": "Fewer agency and bank staff",
    }
    # as the bridge prints them, so that a figure is the same wherever it stands
    lines_of = {step: cells for step, cells in bridge_rows(bridge).items() if step in parts}
    tables: list[Table] = []
    if lines_of:
        rows = [(parts[step], cells) for step, cells in lines_of.items()]
        rows.append(
            ("All savings", [_sum(column) for column in zip(*lines_of.values(), strict=True)])
        )
        tables += by_year("Savings by year, £m", "£m", rows, years, strong=[-1])
    savings = result.table("savings")
    groups = {body, "system"} | ({"trusts"} if body not in headline_of(result).boards else set())
    mine = savings[savings["organisation"].isin(groups)]
    lines: list[list[Cell]] = [
        [
            line["scheme"], line["year"],
            "" if line["organisation"] == body else f"shared, of the {line['organisation']}",
            line["stage"] or "–",
            gbp_m(line["asked_gbp_m"]), gbp_m(line["expected_gbp_m"]),
            gbp_m(line["recurrent_gbp_m"]),
        ]
        for line in mine.to_dict("records")
    ]  # fmt: skip
    if lines:
        heads = ["Scheme or ask", "Year", "Whose", "Stage", "Asked, £m", "Expected, £m",
                 "Of it lasting, £m"]  # fmt: skip
        note = "Expected is what is taken to be delivered of what is asked."
        tables.append(Table("Schemes and asks that are known", heads, lines, note=note))
    sentences = [] if tables else ["The plan names no savings of the organisation."]
    return Section("savings", "Savings", sentences, tables=tables)


def _sum(cells: Sequence[Cell]) -> Cell:
    """Return the sum of figures of £m, as they are printed."""
    figures = [cell for cell in cells if isinstance(cell, Figure)]
    return gbp_m(sum(each.value for each in figures), sum(each.shown for each in figures))


def _income(result: Findings, body: str) -> Section:
    """Return where the income comes from, by stream of money and by place."""
    income = _of_body(result, "organisation_income", body)
    if income.empty:
        return Section("income", "Income", ["The run names no income of the organisation."])
    whole = float(income["value"].sum())
    shown = parts_that_add(income["value"].tolist())
    lines: list[list[Cell]] = [
        [_stream(line["part"]), gbp_m(line["value"], money), per_cent(line["value"] / whole),
         line["status"]]
        for line, money in zip(income.to_dict("records"), shown, strict=True)
    ]  # fmt: skip
    lines.append(["All income", gbp_m(whole), per_cent(1.0), ""])
    heads = ["From", "£m", "Share", "Status"]
    tables = [Table("Income by where it comes from", heads, lines,
                    frozenset({len(lines) - 1}), wide=False)]  # fmt: skip
    places = _of_body(result, "organisation_places", body)
    if places.empty:
        sentences = [
            f"Which places {short(body)} serves is not put in, so its income by place is not "
            "known, and place budgets do not move it. The table organisation_places takes the "
            "shares."
        ]
    else:
        amounts = (whole * places["value"] / 100).tolist()
        printed = parts_that_add(amounts)
        by_place: list[list[Cell]] = [
            [line["part"], gbp_m(amount, money), per_cent(line["value"] / 100), line["status"]]
            for line, amount, money in zip(places.to_dict("records"), amounts, printed, strict=True)
        ]
        rest = whole - sum(amounts)
        if abs(rest) > 0.05:
            by_place.append(["No place of the system", gbp_m(rest), per_cent(rest / whole), ""])
        tables.append(Table("Income by place", ["Place", "£m", "Share", "Status"], by_place,
                            wide=False))  # fmt: skip
        sentences = ["Income by place is the share that is put in, of all income."]
    sentences.insert(0, "Income is of the year it is known for; it grows from there.")
    return Section("income", "Income", sentences, tables=tables)


def _of_body(result: Findings, table: str, body: str) -> pd.DataFrame:
    """Return the rows of a table of inputs that are an organisation's: `part, value, status`."""
    sources = result.table("sources")
    rows = sources[sources["where"] == table]
    rows = rows[rows["figure"].str.startswith(f"{body}, ")]
    part = rows["figure"].str.removeprefix(f"{body}, ")
    return rows.assign(part=part, value=rows["value"].astype(float))


def _stream(name: str) -> str:
    return name.capitalize() if name in OTHERS else plain_name(name).capitalize()


def _year_end(result: Findings, body: str) -> dict[str, float] | None:
    """Return where the last year with months is heading; None without."""
    table = result.table("months")
    ends = table[(table["organisation"] == body) & (table["month"] == MONTHS)]
    ends = ends[ends["year"] == ends["year"].max()] if len(ends) else ends
    values = dict(zip(ends["measure"], ends["value"], strict=True))
    if "forecast" not in values:
        return None
    return {**values, "year": str(ends["year"].iloc[0])}


def _months(result: Findings, body: str) -> list[Section]:
    """Return plan and actual by month, and where the year is heading; none without months."""
    table = result.table("months")
    mine = table[(table["organisation"] == body) & table["measure"].isin(["plan", "actual"])]
    if mine.empty:
        return []
    wide = mine.pivot(index=["year", "month", "note"], columns="measure", values="value")
    wide = wide.reindex(columns=["plan", "actual"])
    rows: list[list[Cell]] = []
    for (year, month, note), line in wide.iterrows():
        plan, actual = float(line["plan"]), float(line["actual"])
        (apart,) = parts_that_add([actual - plan], actual, start=plan)
        rows.append([str(year), str(month), gbp_m(plan), gbp_m(actual),
                     gbp_m(actual - plan, apart), note or "–"])  # fmt: skip
    sentences = []
    end = _year_end(result, body)
    if end is not None:
        late = end.get("undelivered", 0.0)
        sentences.append(
            f"{end['year']} heads for {millions(end['forecast'])}, against a plan of "
            f"{millions(end['year plan'])}: the actual so far and the rest of the plan, less "
            f"{millions(late)} of savings that are not expected."
        )
        if "odds_of_plan" in end:
            sentences.append(
                f"The plan is met in {share_of_draws(end['odds_of_plan'])} of the draws, between "
                f"{millions(end['forecast_p10'])} and {millions(end['forecast_p90'])} in eight of "
                "ten."
            )
    heads = ["Year", "To month", "Plan, £m", "Actual, £m", "Difference, £m", "Paper"]
    body_of = Table("To the end of each month that is known", heads, rows, wide=False)
    return [Section("months", "The year in months", sentences, tables=[body_of])]


def _capital(result: Findings, body: str) -> Section:
    """Return its capital schemes, its limits, and in a line its backlog of maintenance."""
    section = schemes_section(result, "organisation", body, *_use(result, body))
    backlog = backlog_line(result, body)
    return replace(section, sentences=[*section.sentences, backlog]) if backlog else section


def _use(result: Findings, body: str) -> tuple[list[Drawing], list[Table]]:
    """Return the use of the capital limits by year, beside a limit of the organisation's own."""
    years = headline_of(result).years
    used = result.data["capital_used"].sel(organisation=body).to_series()
    limits = result.table("limits")
    own = limits[limits["organisation"] == body].set_index("year")["limit_gbp_m"].reindex(years)
    series = {"Used": used.tolist()}
    still = headline_of(result).capital_years
    whole = float(used[still].sum())
    everyone = float(result.data["capital_used"].sel(year=still).sum())
    since = f" from {still[0]} on" if still[0] != years[0] else ""
    if own[still].notna().any():
        series["Limit"] = own.tolist()
        most = millions(float(own[still].sum()))
        words = f"It uses {millions(whole)} of its own limits of {most}{since}."
    else:
        share = f", {percent(whole / everyone)} of what all use" if everyone > 0 else ""
        words = (
            f"It has no limit of its own. It uses {millions(whole)} of the system's{share}{since}."
        )
    drawing = Drawing(
        "columns",
        "Use of the capital limit by year",
        words,
        years,
        series,
        "£m, cash",
        marks="Limit" if len(series) > 1 else "",
    )
    rows: list[list[Cell]] = [
        [year, *(gbp_m(values[at]) for values in series.values())] for at, year in enumerate(years)
    ]
    heads = ["Year", *(f"{name}, £m" for name in series)]
    table = Table("Use of the capital limit", heads, rows, wide=False)
    return [drawing], [table]
