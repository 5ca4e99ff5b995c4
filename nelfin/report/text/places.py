"""Place budgets as text: all places side by side, and one page for a place lead."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import xarray as xr

from nelfin.allocations.comparisons import compare_places, place_totals, what_moved
from nelfin.report.text.numbers import (
    millions,
    money,
    parts_that_add,
    percent,
    pounds,
    whole_pounds,
)
from nelfin.report.text.terminal import cut, table_text, title_text, wrapped_sentences
from nelfin.scenario.names import plain_name

CHANGES = {
    "streams that begin": "Streams that begin, at their opening",
    "streams that end": "Streams that end",
    "restated": "Baseline restated: transfers and pay awards",
    "envelope": "Envelope: an even share of its growth",
    "ring-fence": "Ring-fences: off the top, on their own need",
    "need": "Need: the weighted population moved",
    "pace": "Pace of change towards target",
}
"""Parts of the change of a budget, as `what_moved` names them, in words."""


POUND = 6
"""Decimals of £m that are printed as whole pounds."""


def places_table(data: xr.Dataset, name: str, year: str, opening: str) -> str:
    """Return all places side by side, at most 80 columns wide.

    Parameters
    ----------
    data
        From `allocate`.
    name
        Of the scenario.
    year
        A year of the data.
    opening
        The opening position, in words, with its status.
    """
    frame = compare_places(data, year)
    held = float(data["system_held"].sel(year=year).sum())
    whole = float(data["envelope"].sel(year=year).sum())
    # what is held is printed as well: with all places it is the envelope
    every, held = parts_that_add([float(frame["budget_gbp_m"].iloc[-1]), held], whole)
    budgets = [*parts_that_add(list(frame["budget_gbp_m"].iloc[:-1]), every), every]
    targets = [*parts_that_add(list(frame["target_gbp_m"].iloc[:-1]), every), every]
    shares = [*parts_that_add(list(100 * frame["share"].iloc[:-1]), 100.0), 100.0]
    heads = ["place", "budget, £m", "share, %", "target, £m", "from target, %", "a head, £",
             "weighted, £"]  # fmt: skip
    rows = [
        [
            str(place),
            *map(money, amounts),
            money(100 * line["dft"]),
            money(line["gbp_per_head"], 0),
            money(line["gbp_per_weighted_head"], 0),
        ]
        for (place, line), amounts in zip(
            frame.iterrows(), zip(budgets, shares, targets, strict=True), strict=True
        )
    ]
    main = plain_name(str(data.attrs["main_stream"]))
    notes = [
        f"Held at system level {millions(held)}; envelope {millions(whole)}.",
        "From target: budget over target, less one; brackets are below target.",
        f"Weighted: pounds of {main} a weighted head.",
    ]
    return "\n\n".join([
        title_text(name, f", place budgets {year}", opening_sentence(opening)),
        table_text(heads, rows, ruled=[-1]),
        wrapped_sentences(*notes),
    ])  # fmt: skip


def place_page(data: xr.Dataset, place: str, year: str, opening: str) -> str:
    """Return one page for a place lead: the budget, why it moved to the pound, and the others.

    Parameters
    ----------
    data
        From `allocate`.
    place, year
        A place and a year of the data.
    opening
        The opening position, in words, with its status.
    """
    frame = compare_places(data, year)
    own, every = frame.loc[place], frame.loc["All places"]
    sentences = [
        f"Budget £{whole_pounds(own['budget_gbp_m'])}, {percent(own['share'])} of all places.",
        f"Target £{whole_pounds(own['target_gbp_m'])}: the budget is {_distance(own['dft'])}.",
    ]
    if own["ring_fence_gbp_m"] >= 5e-7:
        sentences.append(f"Ring-fenced within the budget £{whole_pounds(own['ring_fence_gbp_m'])}.")
    parts = [
        title_text(place, f", {year}", opening_sentence(opening)),
        wrapped_sentences(*sentences),
        _moves(data, place, year),
        _streams(data, place, year, own),
        _measures(data, frame, place, year),
        _distances(data, place),
        _others(frame, place),
    ]
    if "public_health_grant_gbp_m" in own:
        years = data["public_health_grant"].attrs["year"]
        grant, formula = own["public_health_grant_gbp_m"], own["public_health_formula_gbp_m"]
        sentence = (
            f"{millions(grant)} of {millions(every['public_health_grant_gbp_m'])}. Shared by "
            f"avoidable mortality it would be {millions(formula)}."
        )
        parts.append(wrapped_sentences(f"PUBLIC HEALTH GRANT OF THE COUNCIL, {years}", sentence))
    return "\n\n".join(parts)


def moves_of(moved: pd.Series, year: str) -> list[tuple[str, float, float]]:
    """Return the steps from a place's budget of the year before to that of the year.

    Parameters
    ----------
    moved
        From `what_moved`, £m.
    year
        The year.

    Returns
    -------
    list of tuple
        Words, £m, and £m as it is printed: both budgets and what moved the one to the other,
        rounded to the pound so that they add up. What is printed as 0 is left out.
    """
    before, now = float(moved["last year"]), float(moved["this year"])
    parts = [float(moved[part]) for part in CHANGES]
    shown = parts_that_add(parts, now, POUND, before)
    steps = zip(CHANGES.values(), parts, shown, strict=True)
    begins = [("Budget of the year before", before, before)] if before else []
    return [*begins, *(step for step in steps if step[2]), (f"Budget of {year}", now, now)]


def opening_sentence(opening: str) -> str:
    """Say what the opening position is.

    Parameters
    ----------
    opening
        In words, with its status; "" if nothing is to be said.
    """
    return f"Opening position {opening}." if opening else ""


def _moves(data: xr.Dataset, place: str, year: str) -> str:
    """Return what moved the budget, line by line, to the pound."""
    moves = moves_of(what_moved(data, place, year), year)
    rows = [[words, whole_pounds(value, shown)] for words, value, shown in moves]
    return table_text(["", "£"], rows, title="WHY IT MOVED", ruled=[-1])


def _streams(data: xr.Dataset, place: str, year: str, own: pd.Series) -> str:
    """Return the budget, target and distance of each stream, which add up to those of the place."""
    here = data[["budget", "target", "dft"]].sel(place=place, year=year)
    amounts = [
        parts_that_add(here[part].fillna(0.0).to_numpy().tolist(), own[f"{part}_gbp_m"], POUND)
        for part in ("budget", "target")
    ]
    rows: list[list[str]] = []
    for name, budget, target in zip(here["stream"].values, *amounts, strict=True):
        now = here.sel(stream=name)
        if float(now["budget"]) > 0:
            distance = money(100 * float(now["dft"]), 2)
            shown = (whole_pounds(budget), whole_pounds(target), distance)
            rows.append([plain_name(str(name)), *shown])
    heads = ["stream", "budget, £", "target, £", "from target, %"]
    return table_text(heads, rows, title="BY STREAM")


def _measures(data: xr.Dataset, frame: pd.DataFrame, place: str, year: str) -> str:
    """Return pounds a head and need by component: the place, all places, and its rank."""
    main = plain_name(str(data.attrs["main_stream"]))
    series: list[tuple[str, pd.Series, Callable[[float], str]]] = [
        ("Budget a head", frame["gbp_per_head"], pounds),
        (f"{main.capitalize()} a weighted head", frame["gbp_per_weighted_head"], pounds),
    ]
    index = data["need_index"].sel(year=year)
    for component in index["component"].values:
        if component != "registered_population":
            need = index.sel(component=component).to_series()
            need["All places"] = 1.0
            words = f"Need a head: {plain_name(str(component))}"
            series.append((words, need, "{:.3f}".format))
    if "out_of_hospital_share" in frame:
        series.append(("Spend outside hospital", frame["out_of_hospital_share"], percent))
    rows = []
    for words, values, shown in series:
        others = values.drop("All places")
        rank = int((others > others[place]).sum()) + 1
        figures = (shown(values[place]), shown(values["All places"]))
        rows.append([words, *figures, f"{rank} of {len(others)}"])
    heads = ["measure", cut(place, 20), "all places", "rank"]
    return table_text(heads, rows, title="A HEAD")


def _distances(data: xr.Dataset, place: str) -> str:
    by_year = place_totals(data)["dft"].sel(place=place)
    figures = [money(100 * float(value)) for value in by_year]
    heads = ["", *map(str, by_year["year"].values)]
    return table_text(heads, [["all streams", *figures]], title="DISTANCE FROM TARGET, %")


def _others(frame: pd.DataFrame, place: str) -> str:
    order = frame.drop("All places").sort_values("dft", kind="stable")
    rows = [
        [
            f"{'>' if other == place else ' '} {other}",
            money(line["budget_gbp_m"]),
            money(line["gbp_per_head"], 0),
            money(100 * line["dft"]),
        ]
        for other, line in order.iterrows()
    ]
    heads = ["  place", "budget, £m", "a head, £", "from target, %"]
    return table_text(heads, rows, title="BESIDE THE OTHERS, the furthest below target first")


def _distance(dft: float) -> str:
    word = "above" if dft > 0 else "below"
    return f"{percent(abs(dft), 2)} {word} it"
