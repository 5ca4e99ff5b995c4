"""Positions: a sheet for the system, one for who reports what, and one a body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from nelfin.models.recovery import MEASURES, STEPS
from nelfin.report.workbook.bridge import AFTER, CHECKS, YEARLY, write_bridges
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
from nelfin.report.workbook.sheet_names import quoted
from nelfin.store.findings import Findings
from nelfin.system.headline import headline_of
from nelfin.system.rests_on import RECOVERY

Array = npt.NDArray[np.float64]

CARRIED = (
    "What recurs is carried into the years after; one-offs are not. What rests on a position in "
    "other ways, such as inflation of the cost base, only a run works out."
)

DOING_NOTHING = AFTER + 3
"""Row of the system's underlying position without its measures."""


def write_position_sheets(
    result: Findings,
    system: tuple[Any, str],
    together: tuple[Any, str],
    bodies: Mapping[str, tuple[Any, str]],
    formats: Styles,
) -> tuple[People, People, dict[str, People]]:
    """Write the sheets of positions: the system adds up its bodies by formulas.

    Parameters
    ----------
    result
        The run.
    system, together, bodies
        The sheets, each with its name: of the system, of who reports what, and of each body.
    formats
        Of the workbook.

    Returns
    -------
    tuple
        The sheets as written.
    """
    data = result.data["recovery_bridge"].transpose("organisation", "year", "step")
    bridge = data.sel(step=list(STEPS)).to_numpy()
    mark = illustrative_of(result, RECOVERY)
    written = {
        name: _body(result, name, each, bridge[at], mark, formats)
        for at, (name, each) in enumerate(bodies.items())
    }
    whole = _system(result, system, bridge.sum(axis=0), list(written.values()), mark, formats)
    return whole, _together(result, together, bridge, written, whole, mark), written


def _body(
    result: Findings, name: str, each: tuple[Any, str], bridge: Array, mark: str, formats: Styles
) -> People:
    words = (f"{_known(result, name)} {mark}".strip(), f"{CHANGE} {CARRIED}")
    of = begin(each, f"Position of {name}", words, _years(result), formats)
    write_bridges(of, bridge, (), "body")
    of.check(CHECKS)
    set_paper(of.sheet, result, None, portrait=len(of.years) <= 12)
    return of


def _system(
    result: Findings,
    each: tuple[Any, str],
    bridge: Array,
    bodies: list[People],
    mark: str,
    formats: Styles,
) -> People:
    words = (
        f"The sum of its bodies, step by step. {_known(result)} {mark}".strip(),
        "Every figure is a formula over the sheets of the bodies: change a step there. " + CARRIED,
    )
    of = begin(each, "Position of the system", words, _years(result), formats)

    write_bridges(of, bridge, bodies, "system")
    own = _nothing_done(of, result, bridge)
    of.check((*CHECKS, own))
    set_paper(of.sheet, result, None, portrait=len(of.years) <= 12)
    return of


def _nothing_done(of: People, result: Findings, bridge: Array) -> int:
    """Write the underlying position without the measures, and what was planned."""
    formats, start, row = of.formats, of.letter(0), AFTER
    of.head(row, "If the system took no measures, £m")
    closing = bridge[:, STEPS.index("closing underlying")]
    taken = np.cumsum(sum(bridge[:, STEPS.index(step)] for step in MEASURES))
    money, does = formats.money, YEARLY.does + 1
    of.formulas(
        row + 1, "Closing underlying position", f"={{c}}{YEARLY.closing + 1}", closing, money
    )
    less = f"=-SUM(${start}{does}:{{c}}{does})"
    of.formulas(row + 2, "Less what its measures have brought", less, -taken, money, formats.part)
    of.total(
        DOING_NOTHING, "Underlying, doing nothing", rows_sum(row + 1, row + 2), closing - taken
    )
    done = result.data["system_do_nothing"].to_numpy()
    own = of.against(row + 4, "Doing nothing", DOING_NOTHING, done)
    plan = result.data["system_plan"].to_numpy()
    if np.isfinite(plan).any():
        of.figures(own + 2, "Reported position that was planned", plan, formats.money)
    return own


def _together(
    result: Findings,
    each: tuple[Any, str],
    bridge: Array,
    bodies: Mapping[str, People],
    system: People,
    mark: str,
) -> People:
    words = (
        "Each body has a duty of its own to balance; the total of the system hides who carries a "
        f"deficit. {mark}".strip(),
        "Every figure is a formula over the sheets of the bodies.",
    )
    of = begin(each, "Who reports what", words, _years(result), system.formats)
    row, checks = TOP, []
    for title, source, step in (
        ("Reported position, £m", YEARLY.reported, "reported"),
        ("Closing underlying position, £m", YEARLY.closing, "closing underlying"),
        ("One-offs: not carried into next year, £m", YEARLY.once, ""),
    ):
        values = (
            bridge[:, :, STEPS.index(step)]
            if step
            else bridge[:, :, STEPS.index("reported")]
            - bridge[:, :, STEPS.index("closing underlying")]
        )
        row = _by_body(of, row, title, source, values, bodies, system)
        checks.append(row - 2)
    of.check(checks)
    set_paper(of.sheet, result, None, portrait=len(of.years) <= 12)
    return of


def _by_body(
    of: People,
    head: int,
    title: str,
    source: int,
    values: Array,
    bodies: Mapping[str, People],
    system: People,
) -> int:
    """Write a row a body, their sum, and the check against the system; return the next row."""
    of.head(head, title)
    row = head
    for (name, body), line in zip(bodies.items(), values, strict=True):
        row += 1
        of.formulas(row, "", "=" + body.row(source), line, of.formats.money)
        of.sheet.write_url(row, 0, f"internal:{quoted(body.name)}!A1", of.formats.link, name[:60])
    row += 1
    of.total(row, "System", rows_sum(head + 1, row - 1), values.sum(axis=0))
    of.formulas(
        row + 1,
        "Difference from the sheet of the system",
        f"=ROUND({{c}}{row + 1}-{system.row(source)},8)",
        [0.0] * len(of.years),
        of.formats.check,
        of.formats.check_words,
    )
    return row + 3


def _years(result: Findings) -> list[str]:
    return [str(year) for year in result.data["year"].values]


def _known(result: Findings, body: str = "") -> str:
    """Say which years are known, and which of a body's are a share of what several have."""
    headline = headline_of(result)
    known = [f"{year} by its {what}" for year, what in headline.known.items()]
    words = f"Known years: {', '.join(known)}; later years are projected." if known else ""
    parts = [part.split(" ", 1) for part in headline.shared.split("; ") if " " in part]
    shared = [year for year, names in parts if f", {body}, " in f", {names}, "]
    if body and shared:
        words += (
            f" Of {', '.join(shared)} it has a share, by turnover, of what several bodies have "
            "together: illustrative."
        )
    return words
