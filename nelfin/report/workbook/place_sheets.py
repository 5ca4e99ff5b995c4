"""Place budgets: what moved each from year to year, and a sheet for each place lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from nelfin.report.text.places import CHANGES
from nelfin.report.workbook.cells import Styles
from nelfin.report.workbook.people_sheet import (
    CHANGE,
    TOP,
    People,
    begin,
    illustrative_of,
    rows_sum,
    set_paper,
)
from nelfin.store.findings import Findings, once
from nelfin.system.headline import headline_of
from nelfin.system.place_figures import place_figures
from nelfin.system.rests_on import PLACES

Array = npt.NDArray[np.float64]

YEAR_BEFORE = "Budget of the year before"
ROWS = {"last year": YEAR_BEFORE, **CHANGES}
"""What adds up to a budget: the parts, and how each row is called."""

BLOCK = len(CHANGES) + 6
"""Rows of a block of what moved, the blank row below it included."""

SHOWN = (
    "budget", "target", "dft", "ring_fence", "need_index", "public_health_grant",
    "public_health_formula",
)  # fmt: skip
"""What the sheet of a place takes of the run, as far as it is there."""

EVERY = TOP
"""Heading of the block of all places; that of each place follows."""

LAST_YEAR, THIS_YEAR = 1, len(CHANGES) + 2
"""Rows of a block, from its heading; the parts stand between."""

A_PAGE = 4
"""Blocks of what moved on a page."""

PEOPLE_ROW = THIS_YEAR + 1
"""Of all places: the row of their people, where a place has the run's own figure."""


def write_place_sheets(
    result: Findings, moved: tuple[Any, str], places: Mapping[str, tuple[Any, str]], formats: Styles
) -> tuple[People, dict[str, People]]:
    """Write what moved the budgets, and a sheet for each place lead.

    Parameters
    ----------
    result
        The run.
    moved, places
        The sheets, each with its name.
    formats
        Of the workbook.

    Returns
    -------
    tuple
        The sheets as written.
    """
    headline = headline_of(result)
    mark = illustrative_of(result, PLACES)
    moves = place_figures(result).moves
    words = (f"From the budget of one year to the next, cause by cause. {mark}".strip(), CHANGE)
    all_of = begin(moved, "What moved the budgets", words, headline.years, formats)
    written = {}
    for at, (place, each) in enumerate(places.items(), start=1):
        head = EVERY + BLOCK * at
        _moved(all_of, head, place, moves.sel(place=place).to_numpy(), list(moves["part"].values))
        written[place] = _place(result, place, each, (all_of, head), mark)
    _every_place(all_of, result, list(written.values()))
    own = [EVERY + BLOCK * at + THIS_YEAR + 2 for at in range(1, len(places) + 1)]
    all_of.check(own)
    set_paper(all_of.sheet, result, None, one_page=False)
    pages = range(A_PAGE, len(places) + 1, A_PAGE)
    all_of.sheet.set_h_pagebreaks([EVERY + BLOCK * at for at in pages])
    return all_of, written


def _moved(of: People, head: int, place: str, values: Array, names: list[str]) -> None:
    """Write a block: last year's budget, the parts as given, this year's as their sum."""
    by_part = dict(zip(map(str, names), values, strict=True))
    of.head(head, f"{place}, £m"[:60])
    this = head + THIS_YEAR
    last = by_part["last year"]
    of.formulas(head + LAST_YEAR, YEAR_BEFORE, f"={{p}}{this + 1}", last, of.formats.money, start=1)
    for row, (part, words) in enumerate(CHANGES.items(), start=head + LAST_YEAR + 1):
        of.given(row, words, by_part[part])
    total = rows_sum(head + LAST_YEAR, this - 1)
    of.total(this, "Budget of the year", total, by_part["this year"])
    of.against(this + 1, "Budget", this, by_part["this year"])


def _every_place(of: People, result: Findings, places: list[People]) -> None:
    """Write the block of all places: each row the sum of the rows of that name below."""
    head, count = EVERY, len(places)
    first, last = EVERY + BLOCK + 1, EVERY + BLOCK * (count + 1)
    moves = place_figures(result).moves.sum("place")
    of.head(head, "All places, £m")
    for row, (part, words) in enumerate(ROWS.items(), start=head + LAST_YEAR):
        column = f"{{c}}${first}:{{c}}${last}"
        of.formulas(
            row,
            words,
            f"=SUMIF($A${first}:$A${last},$A{row + 1},{column})",
            moves.sel(part=part).to_numpy(),
            of.formats.money,
            of.formats.part if part in CHANGES else None,
        )
    this = head + THIS_YEAR
    budget = moves.sel(part="this year").to_numpy()
    of.total(this, "Budget of the year", rows_sum(head + LAST_YEAR, this - 1), budget)
    heads = result.data["population"].sum("place").to_numpy()
    row, people = head + PEOPLE_ROW, rows_of(result)["people"]
    added = "=" + "+".join(place.row(people) for place in places)
    of.formulas(row, "Registered population", added, heads, of.formats.whole)
    a_head = f"={{c}}{this + 1}*1000000/{{c}}{row + 1}"
    of.formulas(row + 1, "Budget a head, £", a_head, budget * 1e6 / heads, of.formats.whole)


@once
def streams_of(result: Findings) -> list[str]:
    """Return the streams that any place has a budget of.

    Parameters
    ----------
    result
        The run.
    """
    total = result.data["budget"].sum(("place", "year")).to_series()
    return [str(stream) for stream in total.index[total > 0]]


@once
def rows_of(result: Findings) -> dict[str, int]:
    """Return the rows of a place's sheet that other sheets name.

    Parameters
    ----------
    result
        The run.
    """
    count = len(streams_of(result))
    budget = TOP + count + 1
    moved = budget + 3
    target = moved + THIS_YEAR + 3
    distance = target + count + 3
    people = distance + count + 5
    return {
        "streams": TOP + 1,
        "by_stream": budget,
        "moved": moved,
        "budget": moved + THIS_YEAR,
        "targets": target,
        "target": target + count + 1,
        "distances": distance,
        "dft": distance + count + 1,
        "a_head": people - 1,
        "people": people,
        "per_head": people + 1,
        "need": people + 6,
    }


def _place(
    result: Findings, place: str, each: tuple[Any, str], moved: tuple[People, int], mark: str
) -> People:
    """Write the sheet of a place lead."""
    shown = [name for name in SHOWN if name in result.data]
    data = result.data[shown].sel(place=place)
    all_of, rows = moved[0], rows_of(result)
    words = (
        mark or "Budget, target and need of the place.",
        f"{CHANGE} What moved the budget is changed on the sheet {all_of.name}.",
    )
    of = begin(each, place, words, all_of.years, all_of.formats)
    streams = streams_of(result)
    table = data[["budget", "target", "dft"]].sel(stream=streams).transpose("stream", "year")
    of.head(TOP, "Budget by stream, £m")
    _streams(of, rows["streams"], streams, table["budget"].to_numpy(), "All streams")
    ring = data["ring_fence"].sum("stream").to_numpy()
    of.figures(
        rows["by_stream"] + 1, "Of which ring-fenced", ring, of.formats.money, of.formats.part
    )
    budget = _links(of, rows["moved"], moved, place_figures(result).moves.sel(place=place))
    of.difference(
        rows["budget"] + 1, "Difference from the streams above", rows["budget"], rows["by_stream"]
    )
    of.head(rows["targets"], "Target by need, £m")
    _streams(of, rows["targets"] + 1, streams, table["target"].to_numpy(), "All streams")
    _distances(of, rows, streams, table["dft"].to_numpy(), budget, table["target"].to_numpy())
    _a_head(of, rows, result, place, moved)
    _need(of, rows["need"], data)
    of.check([rows["budget"] + 1])
    set_paper(of.sheet, result, None, portrait=len(of.years) <= 12)
    return of


def _streams(of: People, row: int, streams: list[str], values: Array, total: str) -> None:
    """Write a row a stream, as given, and their sum."""
    for at, (stream, line) in enumerate(zip(streams, values, strict=True)):
        of.given(row + at, _words(stream), line)
    last = row + len(streams)
    of.total(last, total, rows_sum(row, last - 1), np.nansum(values, axis=0))


def _links(of: People, head: int, moved: tuple[People, int], moves: xr.DataArray) -> Array:
    """Write what moved the budget, as it stands on the sheet of what moved; return the budget."""
    all_of, start = moved
    of.head(head, "What moved it, £m")
    for at, (part, words) in enumerate(ROWS.items(), start=LAST_YEAR):
        values = moves.sel(part=part).to_numpy()
        style = of.formats.part if part in CHANGES else None
        of.formulas(head + at, words, "=" + all_of.row(start + at), values, of.formats.money, style)
    this = head + THIS_YEAR
    budget = moves.sel(part="this year").to_numpy()
    of.total(this, "Budget of the year", rows_sum(head + LAST_YEAR, this - 1), budget)
    return np.asarray(budget)


def _distances(
    of: People,
    rows: Mapping[str, int],
    streams: list[str],
    dft: Array,
    budget: Array,
    targets: Array,
) -> None:
    """Write how far the budget is from its target, stream by stream and in all."""
    head, percent = rows["distances"], of.formats.percent
    target = np.nansum(targets, axis=0)
    of.head(head, "Distance from target: above is more")

    def over(budgets: int, target_row: int) -> str:
        ratio = f"{{c}}{budgets + 1}/{{c}}{target_row + 1}-1"
        return f'=IF(N({{c}}{target_row + 1})=0,"",{ratio})'

    for at, (stream, line) in enumerate(zip(streams, dft, strict=True)):
        formula = over(rows["streams"] + at, rows["targets"] + 1 + at)
        part = of.formats.part
        of.formulas(head + 1 + at, _words(stream), formula, _or_blank(line), percent, part)
    whole = np.divide(budget, target, out=np.full(len(budget), np.nan), where=target != 0) - 1
    of.formulas(
        rows["dft"],
        "All streams",
        over(rows["budget"], rows["target"]),
        _or_blank(whole),
        of.formats.percent_total,
        of.formats.total_words,
    )
    pounds = f"={{c}}{rows['budget'] + 1}-{{c}}{rows['target'] + 1}"
    of.formulas(rows["dft"] + 1, "All streams, £m", pounds, budget - target, of.formats.money)


def _or_blank(values: Sequence[float] | Array) -> list[float | str]:
    return [float(value) if np.isfinite(value) else "" for value in values]


def _a_head(
    of: People,
    rows: Mapping[str, int],
    result: Findings,
    place: str,
    moved: tuple[People, int],
) -> None:
    """Write people, and pounds a head beside those of all places."""
    figures, row = place_figures(result).totals, rows["people"]
    here, whole = figures.sel(place=place), of.formats.whole
    main = str(result.data.attrs["main_stream"])
    at = streams_of(result).index(main)
    of.head(rows["a_head"], "A head")
    of.figures(row, "Registered population", here["people"].to_numpy(), whole)
    a_head = f"={{c}}{rows['budget'] + 1}*1000000/{{c}}{row + 1}"
    of.formulas(row + 1, "Budget a head, £", a_head, here["per_head"].to_numpy(), whole)
    every = figures["budget"].sum("place") * 1e6 / figures["people"].sum("place")
    of_all = "=" + moved[0].row(EVERY + PEOPLE_ROW + 1)
    of.formulas(row + 2, "Budget a head of all places, £", of_all, every.to_numpy(), whole)
    weighted = here["weighted_people"].to_numpy()
    of.figures(row + 3, f"People weighted by need, {_words(main).lower()}", weighted, whole)
    of.formulas(
        row + 4,
        f"{_words(main)} a weighted head, £",
        f"={{c}}{rows['streams'] + at + 1}*1000000/{{c}}{row + 4}",
        here["per_weighted_head"].to_numpy(),
        whole,
    )


def _need(of: People, head: int, data: xr.Dataset) -> None:
    """Write need a head by component, and the public health grant where it is given."""
    of.head(head, "Need a head; the system is 1")
    index = data["need_index"].transpose("component", "year")
    row = head
    for component, line in zip(index["component"].values, index.to_numpy(), strict=True):
        name = str(component)
        if name != "registered_population":
            row += 1
            words = _words(name.removeprefix("final_"))
            words += ", all components" if name.startswith("final_") else ""
            of.figures(row, words, line, of.formats.ratio, of.formats.part)
    if "public_health_grant" in data:
        grant, year = float(data["public_health_grant"]), data["public_health_grant"].attrs["year"]
        of.head(row + 2, "Beside the budget, £m")
        of.sheet.write_string(row + 3, 0, f"Public health grant of the council, {year}")
        of.sheet.write_number(row + 3, 1, grant, of.formats.money)
        formula = data["public_health_formula"].to_numpy()
        of.figures(row + 4, "If it were shared by avoidable mortality", formula, of.formats.money)


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
