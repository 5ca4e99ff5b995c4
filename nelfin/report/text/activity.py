"""Activity as text, at most 80 columns wide: the waiting list, beds, primary care, and answers."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from nelfin.models.activity.beds import LEVERS
from nelfin.report.basis import illustrative_note
from nelfin.report.text.numbers import millions, money, rows_that_add
from nelfin.report.text.terminal import by_year_text, table_text, title_text, wrapped_sentences
from nelfin.system.activity import STEPS
from nelfin.system.activity_tables import primary_care_table, week_of

if TYPE_CHECKING:
    from nelfin.system.activity_tables import Answers, ClearBy

SHOWN = 0.05
"""£m, beds or people below which a figure prints as nothing."""

SYSTEM = "System"


def activity_text(data: xr.Dataset, name: str, answers: Answers, illustrative: str = "") -> str:
    """Return activity of a system as text, with what is asked of it first.

    Parameters
    ----------
    data
        From `nelfin.system.activity.activity_of`.
    name
        Of the scenario.
    answers
        From `nelfin.system.activity_tables.answers_of`.
    illustrative
        The illustrative figures that activity rests on, in words; "" for none.
    """
    years = [str(year) for year in data["year"].values]
    title = f", activity {years[0]} to {years[-1]}"
    parts = [
        title_text(name, title, illustrative_note(illustrative)),
        *_list_text(data, answers),
        *_one_percent_text(data, answers),
        *_moved_text(data),
        *_beds_text(data, answers),
        *_primary_text(data),
        wrapped_sentences(data.attrs["activity_left_out"])
        if data.attrs["activity_left_out"]
        else "",
    ]
    return "\n\n".join(part for part in parts if part)


def activity_words(data: xr.Dataset) -> list[str]:
    """Say what holds the waiting list still, who waits, and what activity adds to the position.

    Parameters
    ----------
    data
        Of a run: what `nelfin.system.activity.activity_of` finds, and more.
    """
    first, last = str(data.attrs["activity_from"]), str(data["year"].values[-1])
    of_last = data.sel(year=last)
    sentences = []
    still = data["activity_break_even_week"].to_series()
    if np.isnan(data["activity_list"].to_numpy()).all():
        sentences.append(
            "The waiting list is left out: its figures are not given (nelfin activity says which)."
        )
    else:
        begin = first or last
        sentences.append(
            f"To hold the waiting list still takes {still[begin]:,.0f} people a week in {begin}, "
            f"and {still[last]:,.0f} in {last}. At its end {float(of_last['activity_list']):,.0f} "
            f"wait, of whom {float(of_last['activity_over_18_weeks']):,.0f} over 18 weeks at the "
            "least."
        )
    moved = [
        f"{step} {millions(amount)}"
        for step, (name, sign) in STEPS.items()
        if abs(amount := sign * float(of_last[name].sum())) > SHOWN
    ]
    sentences.append(
        f"Added to the position of {last}: {', '.join(moved)}."
        if moved
        else "Nothing is planned beside what is funded."
    )
    if urgent := _urgent_words(data):
        sentences.append(urgent)
    uses = of_last["beds_use"].sum("organisation")
    if float(uses.sum()) > SHOWN:
        every = uses.sum("lever").to_series()
        told = ", ".join(f"{value:,.0f} {use}" for use, value in every.items())
        avoided = float(uses.sel(lever=LEVERS[-1]).sum())
        by = (
            f"; {avoided:,.0f} of them by admissions that prevention avoids, whose cash is counted "
            "there"
            if avoided > SHOWN
            else ""
        )
        sentences.append(f"Beds that are freed by {last}: {told}{by}.")
    return sentences


def _whole(title: str, rows: Sequence[tuple[str, pd.Series]]) -> str:
    """Return a table of people by year, in whole people."""
    years = [str(year) for year in rows[0][1].index]
    cells = [[label, *(money(float(value), 0) for value in values)] for label, values in rows]
    return table_text(["", *years], cells, title=title)


def _list_text(data: xr.Dataset, answers: Answers) -> list[str]:
    """Return the waiting list by year, what holds it still, and what clears it."""
    still = data["activity_break_even_week"].to_series()
    if still.isna().all():
        return []
    done = week_of(data["activity_done"].sum("organisation").to_series())
    rows = [("Holds the list still", still), ("Planned care", done)]
    parts = [_whole("PLANNED CARE, people a week", rows)]
    if np.isnan(data["activity_list"].to_numpy()).all():
        return parts
    names = {
        "list_start": "Waiting at the start", "additions": "Join", "treated": "Treated",
        "removals": "Leave untreated", "list": "Waiting at the end",
        "over_18_weeks": "  of whom over 18 weeks",
    }  # fmt: skip
    rows = [(words, data[f"activity_{key}"].to_series()) for key, words in names.items()]
    parts.append(_whole("WAITING LIST, people", rows))
    sentences = [
        "Over 18 weeks is counted as if the first to come were the first treated; in truth more "
        "wait so long.",
        *_clearing(answers),
    ]
    unmet = data["activity_unmet"].to_series()
    if (unmet > SHOWN).any():
        first = str(unmet.index[unmet > SHOWN][0])
        sentences.append(
            f"From {first} nobody is left to treat: activity is less than is asked for."
        )
    parts.append(wrapped_sentences(*sentences))
    if answers.clear_by is not None:
        parts += _clear_by_text(answers.clear_by)
    return parts


def _clearing(answers: Answers) -> list[str]:
    """Say when the rate that the system's own plan tells of clears the list over 18 weeks."""
    if answers.cleared_week is None:
        return []
    ways = []
    for each in answers.clearing:
        when = f"after {each.weeks:,.0f} weeks" if np.isfinite(each.weeks) else "never"
        on = "" if each.on is None else f", by {_day(each.on)}"
        ways.append(f"{when}{on}, {each.way}")
    return [
        f"With {answers.cleared_week:,.0f} people a week more than hold the list still, the rate "
        f"that the system's own plan tells of, nobody waits over 18 weeks {'; '.join(ways)}."
    ]


def _day(day: date) -> str:
    return f"{day.day} {month_name[day.month]} {day.year}"


def _clear_by_text(answer: ClearBy) -> list[str]:
    """Return what it takes to clear the list by a year, and what that earns or loses."""
    found, years = answer.found, [str(year) for year in answer.found["year"].values]
    first, extra = str(found.attrs["activity_from"]), answer.extra_pct
    acts = [year for year in years if year >= first]
    above = "more" if extra >= 0 else "less"
    words = (
        f"Nobody waits over 18 weeks at the end of {answer.year} with {abs(extra):,.1f}\u00a0% "
        f"{above} planned care than is funded, in every year from {first}."
    )
    left = float(found["activity_over_18_weeks"].sel(year=answer.year))
    if left > 1:
        words += (
            f" Plans of single trusts stand as they are: with them {left:,.0f} people still wait "
            "so long."
        )
    week = week_of(found["activity_extra"].sum("organisation").to_series())[acts]
    rows = [("Above the funded level", week)]
    title = f"NOBODY OVER 18 WEEKS BY THE END OF {answer.year}, people a week"
    parts = [wrapped_sentences(words), _whole(title, rows)]
    if (answer.moved["total"].abs() > SHOWN).any():
        parts.append(_by_whose("WHAT THAT ADDS TO POSITIONS, £m", answer.moved, acts))
    unpaid = found["activity_unpaid"].sum("organisation").to_series()[acts]
    if (unpaid > SHOWN).any():
        at = unpaid.idxmax()
        parts.append(wrapped_sentences(
            f"Up to {millions(float(unpaid.max()))} a year ({at}) passes the payment limit, and "
            "is not paid for."
        ))  # fmt: skip
    return parts


def _by_whose(title: str, moved: pd.DataFrame, years: Sequence[str]) -> str:
    """Return what moves by year of trusts together, of each board, and of the system, £m."""
    whose = moved["organisation"].where(moved["kind"] != "trust", "Trusts")
    wide = moved.groupby([whose, "year"], sort=False)["total"].sum().unstack("year")[list(years)]
    whole = wide.sum()
    shown = rows_that_add(wide.to_numpy().tolist(), whole.tolist())
    rows = [
        (str(name), pd.Series(values, index=list(years)))
        for name, values in zip(wide.index, shown, strict=True)
    ]
    return by_year_text(title, "", [*rows, (SYSTEM, whole)], [-1])


def _one_percent_text(data: xr.Dataset, answers: Answers) -> list[str]:
    """Return what 1 % more of planned care earns or loses."""
    if answers.one_percent.empty:
        return []
    first = str(data.attrs["activity_from"])
    years = [str(year) for year in data["year"].values if str(year) >= first]
    title = "WHAT 1 % MORE PLANNED CARE THAN IS FUNDED ADDS TO POSITIONS, £m"
    return [_by_whose(title, answers.one_percent, years)]


def _moved_text(data: xr.Dataset) -> list[str]:
    """Return what activity moves by step, and by organisation; nothing where it moves nothing."""
    levels = {step: 0.0 + sign * data[name] for step, (name, sign) in STEPS.items()}
    moving = {
        step: level for step, level in levels.items() if float(np.abs(level).max()) > SHOWN / 10
    }
    if not moving:
        return []
    bodies = xr.concat(list(moving.values()), "step", coords="minimal").sum("step")
    frame = bodies.transpose("organisation", "year").to_pandas()
    frame = frame[(frame.abs() > SHOWN / 10).any(axis="columns")]
    whole = frame.sum()
    shown = rows_that_add(frame.to_numpy().tolist(), whole.tolist())
    rows = [
        (str(name), pd.Series(values, index=frame.columns))
        for name, values in zip(frame.index, shown, strict=True)
    ]
    parts = [by_year_text("WHAT ACTIVITY ADDS TO POSITIONS, £m", "", [*rows, (SYSTEM, whole)],
                          [-1])]  # fmt: skip
    steps = [
        (step.capitalize(), level.sum("organisation").to_series()) for step, level in moving.items()
    ]
    if len(steps) > 1:
        parts.append(by_year_text("OF THE SYSTEM BY STEP, £m", "", steps))
    if sentence := _urgent_words(data):
        parts.append(wrapped_sentences(sentence))
    return parts


def _urgent_words(data: xr.Dataset) -> str:
    """Say what is paid for urgent care beside what is funded; "" for nothing."""
    last = str(data["year"].values[-1])
    paid = data["activity_urgent_paid"].sel(year=last)
    moved = float(paid.clip(min=0).sum())
    if moved <= SHOWN:
        return ""
    boards = ", ".join(str(name) for name in paid["organisation"].values[paid.to_numpy() > SHOWN])
    return (
        f"The variable payment for urgent care moves {millions(moved)} to {boards} in {last}: "
        "nothing in all."
    )


def _beds_text(data: xr.Dataset, answers: Answers) -> list[str]:
    """Return beds of the trusts, what becomes of freed ones, and what shorter stays are worth."""
    last = str(data["year"].values[-1])
    names = ("available", "occupied", "fit_to_leave")
    beds = pd.DataFrame({name: data[f"beds_{name}"].to_series() for name in names})
    beds = beds[beds["available"].notna()]
    if beds.empty:
        return []
    heads = ["", "there", "with a person in", "of whom fit to leave"]
    rows = [[str(name), *(money(value, 0) for value in line)] for name, line in
            zip(beds.index, beds.to_numpy().tolist(), strict=True)]  # fmt: skip
    parts = [table_text(heads, rows, title="GENERAL AND ACUTE BEDS")]
    uses = data["beds_use"].sel(year=last).sum("organisation").to_pandas()
    uses = uses[(uses.abs() > SHOWN).any(axis="columns")]
    if len(uses):
        whole = uses.sum()
        shown = [*zip(uses.index, uses.to_numpy().tolist(), strict=True), ("All", whole.tolist())]
        rows = [[str(lever).capitalize(), *map(money, values), money(sum(values))]
                for lever, values in shown]  # fmt: skip
        heads = ["freed by", *map(str, uses.columns), "all"]
        ruled = [-1] if len(uses) > 1 else []
        rows = rows if len(uses) > 1 else rows[:-1]
        parts += [table_text(heads, rows, title=f"FREED BEDS in {last}", ruled=ruled),
                  _cost_of_beds(data, last)]  # fmt: skip
    return [*parts, *_stays_text(answers, last)]


def _cost_of_beds(data: xr.Dataset, year: str) -> str:
    names = ("cash", "cash_counted", "margin", "not_covered")
    parts = [float(data[f"beds_{name}"].sel(year=year).sum()) for name in names]
    cost = float(data["beds_cost"].sel(year=year).sum())
    cash, counted, margin, rest = (
        values[0] for values in rows_that_add([[part] for part in parts], [cost])
    )
    return wrapped_sentences(
        f"They cost {millions(cost)}: cash of closing {millions(cash)}, cash counted with "
        f"prevention {millions(counted)}, margin of filling {millions(margin)}, not covered "
        f"{millions(rest)}."
    )


def _stays_text(answers: Answers, year: str) -> list[str]:
    if answers.stays.empty:
        return []
    frame = answers.stays[answers.stays["year"] == year]
    heads = ["stays as in", "beds", "freed", "so used", "cost £m", "unpaid £m", "trusts £m",
             "system £m"]  # fmt: skip
    rows = [
        [
            f"{line['area']} ({line['saved_pct']:g} % fewer days)",
            str(line["use"]),
            *(
                money(float(line[name]))
                for name in (
                    "beds_freed", "beds_used", "cost_of_beds_gbp_m", "unpaid_gbp_m",
                    "trusts_gbp_m", "system_gbp_m",
                )
            ),
        ]
        for line in frame.to_dict("records")
    ]  # fmt: skip
    return [
        table_text(heads, rows, "ll", title=f"SHORTER PLANNED STAYS, in {year}"),
        wrapped_sentences(
            "Each by itself, with all the beds that it frees closed, or filled with more planned "
            "care. Cost is that of the freed beds; unpaid is the worth of care past the payment "
            "limit; trusts and system gain what stands below them."
        ),
    ]


def _primary_text(data: xr.Dataset) -> list[str]:
    """Return appointments in primary care by place, the gap, and what closing it costs."""
    table = primary_care_table(data)
    table = table[table["place"] != ""]
    if table.empty:
        return []
    first = str(data.attrs["activity_from"]) or str(data["year"].values[-1])
    wanted = table[table["year"].isin(["", first])]
    wide = wanted.pivot(index="place", columns="measure", values="value")
    wide = wide.loc[list(dict.fromkeys(wanted["place"]))]
    names = [f"primary_care_{name}" for name in ("appointments", "gap", "gap_cost")]
    rows = [[str(place), *(money(float(line.get(name, np.nan))) for name in names)]
            for place, line in wide.iterrows()]  # fmt: skip
    aim = float(data.attrs["primary_care_aim"])
    title = f"PRIMARY CARE, appointments a week for 1,000 weighted people; aim {money(aim)}"
    heads = ["place", "appointments", "short of the aim", f"cost of closing it in {first}, £m"]
    return [table_text(heads, rows, title=title)]
