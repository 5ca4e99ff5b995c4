"""Questions about figures that the rest of the tables and the scenario say are in another unit.

The range of life of single figures stands with the columns; see `nelfin.data.usual`.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

import numpy as np
import pandas as pd

from nelfin.data.checks.fit import Fit
from nelfin.data.specs import WHOLE_SYSTEM
from nelfin.data.specs.settings import OF_THE_PLAN, SETTINGS
from nelfin.data.tables import lines_of
from nelfin.data.usual import IF_RIGHT, MARK, gbp_m, in_words, is_marked, is_usual, plain, scaled
from nelfin.errors import Problems
from nelfin.evidence import Figure
from nelfin.scenario.change import SOURCE as CHANGED
from nelfin.scenario.load import SET
from nelfin.store.sheets.spots import spot

SLIP = 20.0
"""A unit slips by a thousand or a million; between figures alike there is less than this."""

WIDE = 200.0
"""The same where the figures may be of a single practice beside those of whole cities."""

A_HEAD = (100.0, 20_000.0)
"""£ a head of all streams together: England has about 2,500."""

REGISTERED = "registered_population"


def ask(problems: Problems, where: str, source: object, what: str, meant: str) -> None:
    """Ask about a figure of a table, unless its source says that it is right.

    Parameters
    ----------
    problems
        Takes the question.
    where
        File, row and column.
    source
        Of the row.
    what
        What it is.
    meant
        What would be right if the unit has slipped.
    """
    if not is_marked(source):
        problems.add(where, what, f"{meant} {IF_RIGHT}")


def settings(fit: Fit) -> None:
    """Ask about settings outside the range of life.

    What a sweep, a goal seek or `changed` puts in to try it out is not asked about.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every question.
    """
    total = fit.scenario.envelope.plan_total_gbp_m
    for key, figure in fit.scenario.evidence.items():
        value = figure.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        column = SETTINGS.get(key) or SETTINGS.get(key.rpartition(".")[0])
        if column is not None and not is_usual(value, column):
            _ask_setting(fit, key, figure, *in_words(value, column))
        if abs(value) > OF_THE_PLAN.get(key, np.inf) * total > 0:
            what = f"is {gbp_m(value)}, and the plan's total is {gbp_m(total)}."
            _ask_setting(fit, key, figure, what, scaled(value))


def _ask_setting(fit: Fit, key: str, figure: Figure, what: str, meant: str) -> None:
    if is_marked(figure.source) or figure.source.startswith(CHANGED):
        return
    where = f"{SET} {key}" if figure.source.startswith(SET) else f"scenario, {key}"
    written = f'{{ value = {plain(figure.value)}, source = "{MARK} …" }}'
    fit.problems.add(where, what, f"{meant} If it is right as it is, write {written}.")


def allocations(fit: Fit) -> None:
    """Ask about allocations far from their baseline, or from those of the other years.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every question.
    """
    frame = fit.inputs.allocations
    lines = lines_of(frame, "stream", "year", "allocation_gbp_m", "baseline_gbp_m", "source")
    streams: dict[str, dict[str, float]] = {}
    for stream, year, amount, _, _ in lines:
        if amount > 0:
            streams.setdefault(stream, {})[year] = amount
    for row, (stream, year, amount, baseline, source) in zip(frame.index, lines, strict=True):
        where = fit.at("allocations", row, "allocation_gbp_m")
        if year in _far(streams.get(stream, {})):
            middle = gbp_m(median(streams[stream].values()))
            what = f"is {gbp_m(amount)}, and the middle of all years of {stream} is {middle}."
            ask(fit.problems, where, source, what, scaled(amount))
        elif baseline > 0 < amount and abs(amount / baseline - 1) > 0.2:
            growth = f"{100 * (amount / baseline - 1):,.0f} %"
            what = f"is {gbp_m(amount)}, growth of {growth} on the baseline of {gbp_m(baseline)}."
            meant = "Give both in £m, and the baseline with what came into it in the year."
            ask(fit.problems, where, source, what, meant)


def people(fit: Fit) -> None:
    """Ask about people in thousands: by place, by component, against money, and people added.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every question.
    """
    frame = fit.inputs.weighted_populations
    lines = lines_of(frame, "year", "component", "place", "weighted_population")
    groups: dict[tuple[str, str], dict[str, tuple[object, float]]] = {}
    for row, (year, component, place, value) in zip(frame.index, lines, strict=True):
        if place != WHOLE_SYSTEM and value > 0:
            groups.setdefault((year, component), {})[place] = (row, value)
    by_place: dict[tuple[str, str], dict[str, tuple[object, float]]] = {}
    for (year, component), found in groups.items():
        registered = groups.get((year, REGISTERED), {})
        for place, line in found.items():
            by_place.setdefault((place, component), {})[year] = line
        if component != REGISTERED:
            # places differ in size as a practice does from a city, but not so in need a head
            heads = {p: v / registered[p][1] for p, (_, v) in found.items() if p in registered}
            for place in _far(heads, WIDE):
                _ask_people(fit, *found[place], f"the {component} of {place} in {year}", "places")
    for (place, component), found in by_place.items():
        for year in _far({year: value for year, (_, value) in found.items()}, WIDE):
            _ask_people(fit, *found[year], f"the {component} of {place} in {year}", "years")
    _money_a_head(fit)
    _people_added(fit)


def _ask_people(fit: Fit, row: object, value: float, of: str, others: str) -> None:
    what = f"is {plain(value)}, {of}: far from that of the other {others}."
    where = fit.at("weighted_populations", row, "weighted_population")
    source = fit.inputs.weighted_populations.at[row, "source"]
    if not any(problem.where == where for problem in fit.problems.found):
        ask(fit.problems, where, source, what, "Write people, not thousands.")


def _far(values: Mapping[str, float], slip: float = SLIP) -> list[str]:
    """Return the names of figures that lie further from the middle of all than a slip."""
    if len(values) < 3:  # of two figures that differ either may be right
        return []
    middle = median(values.values())
    return [name for name, value in values.items() if not middle / slip < value < slip * middle]


def _money_a_head(fit: Fit) -> None:
    """Ask about money and people that do not go together; the first such year stands for all."""
    money, frame = fit.inputs.allocations, fit.inputs.weighted_populations
    registered = frame[frame["component"] == REGISTERED].groupby("year")["weighted_population"]
    for year, there in registered.sum().items():
        rows = money[(money["year"] == year) & (money["allocation_gbp_m"] > 0)]
        total = float(rows["allocation_gbp_m"].sum())
        if total <= 0 or there <= 0 or A_HEAD[0] <= total * 1e6 / there <= A_HEAD[1]:
            continue
        row = rows["allocation_gbp_m"].idxmax()
        where = fit.at("allocations", row, "allocation_gbp_m")
        what = (
            f"makes {gbp_m(round(total, 3))} in {year} for the {there:,.0f} registered people of "
            f"weighted_populations: £{total * 1e6 / there:,.0f} a head."
        )
        meant = "Write £m, not £k or pounds, and people, not thousands."
        ask(fit.problems, where, money.at[row, "source"], what, meant)
        return


def _people_added(fit: Fit) -> None:
    frame = fit.inputs.weighted_populations
    registered = frame[frame["component"] == REGISTERED].groupby("year")["weighted_population"]
    there = float(registered.sum().min()) if len(registered) else 0.0
    for row, line in fit.inputs.population_growth.iterrows():
        added = float(line["people_added"])
        if 0 < added < there / 2_000:  # a few people may well leave
            ask(
                fit.problems,
                fit.at("population_growth", row, "people_added"),
                line["source"],
                f"is {plain(added)}, of {there:,.0f} people.",
                f"If it is in thousands, write {plain(1e3 * added)}.",
            )


def openings(fit: Fit) -> None:
    """Ask about openings in another unit than £m or %, whole or in one place.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every question.
    """
    first = fit.inputs.allocations[fit.inputs.allocations["year"] == fit.years[0]]
    money = first.set_index("stream")["baseline_gbp_m"]
    for name, rows in fit.inputs.openings.groupby("opening"):
        file = fit.inputs.called.get(str(name), fit.at("openings"))
        used = [s for s, of in fit.scenario.allocation.streams.items() if of.opening == name]
        baselines = [float(money[s]) for s in used if s in money.index and money[s] > 0]
        if (rows["measure"] == "cash_gbp_m").all():
            _cash(fit, rows, file, max(baselines, default=0.0))
        elif (rows["measure"] == "dft_pct").all():
            largest = rows["value"].abs().reset_index(drop=True).idxmax()
            line, row = rows.iloc[largest], rows.index[largest]
            if 0 < abs(line["value"]) <= 0.2:
                what = f"is {plain(line['value'])} %, and no place is further from target."
                percent = plain(100 * line["value"])
                meant = f"If {percent} % is meant, write {percent}."
                ask(fit.problems, spot(file, row, "value"), line["source"], what, meant)


def _cash(fit: Fit, rows: pd.DataFrame, file: str, baseline: float) -> None:
    """Ask about the cash of an opening: of each place beside its people, and of all together."""
    frame = fit.inputs.weighted_populations
    frame = frame[(frame["component"] == REGISTERED) & (frame["weighted_population"] > 0)]
    registered = dict(reversed(lines_of(frame, "place", "weighted_population")))
    found = {
        place: (row, value, source)
        for row, (place, value, source) in zip(
            rows.index, lines_of(rows, "place", "value", "source"), strict=True
        )
        if value > 0 and place in registered
    }
    heads = {place: 1e6 * value / registered[place] for place, (_, value, _) in found.items()}
    far = _far(heads, WIDE)
    for place in far:
        row, value, source = found[place]
        middle = median(heads.values())
        what = (
            f"is {gbp_m(value)}, £{heads[place]:,.0f} a head of {place}; the middle of all places "
            f"is £{middle:,.0f}."
        )
        meant = scaled(value) if heads[place] > middle else "Write £m."
        ask(fit.problems, spot(file, row, "value"), source, what, meant)
    total = sum(value for _, value, _ in found.values())
    if not far and total > SLIP * baseline > 0:
        row, _, source = max(found.values(), key=lambda line: line[1])
        what = f"makes {gbp_m(total)} of all places, and the baseline is {gbp_m(baseline)}."
        ask(fit.problems, spot(file, row, "value"), source, what, "Write £m, not £k or pounds.")


def plan_total(fit: Fit) -> None:
    """Ask about a plan's total that is far above all its streams.

    Parameters
    ----------
    fit
        The tables and the scenario; takes every question.
    """
    total = fit.scenario.envelope.plan_total_gbp_m
    year = fit.scenario.envelope.plan_year or fit.years[0]
    frame = fit.inputs.allocations
    streams = float(frame.loc[frame["year"] == year, "allocation_gbp_m"].sum())
    figure = fit.scenario.evidence.get("envelope.plan_total_gbp_m")
    if figure is not None and total > SLIP * streams > 0:
        what = f"is {gbp_m(total)}, and the streams of {year} are {gbp_m(streams)}."
        _ask_setting(fit, "envelope.plan_total_gbp_m", figure, what, scaled(total))


def converge_rows(table: pd.DataFrame, called: str) -> None:
    """Raise an `InputError` about rows to converge whose money is in two units.

    Parameters
    ----------
    table
        From `read_table`, by the specification `CONVERGE`.
    called
        Its file.
    """
    problems = Problems()
    sources = table["source"] if "source" in table else pd.Series("", index=table.index)
    for row, line in table.iterrows():
        baseline, target = float(line["baseline"]), float(line["target"])
        if baseline > 0 < target and not 1 / SLIP < baseline / target < SLIP:
            where = spot(called, row, "target")
            what = f"is {plain(target)}, and the baseline is {plain(baseline)}."
            ask(problems, where, sources[row], what, "Give both in one unit.")
    problems.raise_if_any()
