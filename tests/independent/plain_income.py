"""Income of the bodies from the text of the methods alone: dictionaries, loops and floats.

Nothing of the library is called. Where the methods leave a choice, "reading:" names the docstring
that makes it.
"""

from __future__ import annotations

from typing import Any

Row = dict[str, str]
"""A row of a table as the file has it; blank where nothing is given."""

Rate = tuple[float, float]
"""Growth of a part of income in a year without convergence, and what convergence adds to it."""

OUTSIDE = ("other commissioners", "other")


def label(start: int) -> str:
    return f"{start}/{(start + 1) % 100:02d}"


def span(first: str, last: str) -> list[str]:
    return [label(year) for year in range(int(first[:4]), int(last[:4]) + 1)]


def year_before(year: str) -> str:
    return label(int(year[:4]) - 1)


def number(text: str, blank: float = 0.0) -> float:
    return float(text) if text.strip() else blank


def closing(envelope: dict[str, Any], stream: str, open_years: list[str]) -> dict[str, float]:
    """Return what convergence multiplies an allocation by in each open year, less 1.

    Reading (`convergence_path`): each year of an even path closes the same ratio.
    """
    rule = envelope.get("convergence_rule", "none")
    distance = envelope.get("distance_from_target_pct", {}).get(stream, 0.0) / 100
    path: dict[str, float] = {}
    if rule == "given":
        rate = envelope.get("convergence_pct", {}).get(stream, 0.0) / 100
        path = dict.fromkeys(open_years, rate)
    open_years = [year for year in open_years if year > envelope.get("distance_year", "")]
    if rule == "fair-share" and distance and open_years:
        fair = envelope.get("fair_share_year", "2028/29")
        until = [year for year in open_years if year <= fair] or open_years[:1]
        for year in until:
            path[year] = 1 / (1 + distance) ** (1 / len(until)) - 1
    if rule == "clipped" and distance:
        for year in open_years:
            path[year] = max(-0.005, min(0.005, -distance / 5))
            distance = (1 + distance) * (1 + path[year]) - 1
    return path


def stream_growth(
    allocations: list[Row], envelope: dict[str, Any], stream: str, years: list[str]
) -> dict[str, Rate]:
    """Return like-for-like growth by year; years in which it is not known are left out.

    A published allocation grows on its published baseline, else on last year's allocation.
    """
    published = {row["year"]: row for row in allocations if row["stream"] == stream}
    rate = envelope["growth_pct"][stream] / 100
    path = closing(envelope, stream, [year for year in years if year > max(published)])
    found: dict[str, Rate] = {}
    before = 0.0
    for year in years:
        if year in published:
            row = published[year]
            amount = float(row["allocation_gbp_m"])
            base = number(row["baseline_gbp_m"], before)
            if base:
                found[year] = (amount / base - 1, 0.0)
        else:
            converged = path.get(year, 0.0)
            amount = before * (1 + rate) * (1 + converged)
            if before:
                found[year] = (rate, (1 + rate) * converged)
        before = amount
    return found


def rates(
    tables: dict[str, list[Row]],
    envelope: dict[str, Any],
    streams: list[str],
    other_growth: float,
    years: list[str],
) -> dict[str, dict[str, Rate]]:
    """Return growth by part of income and year.

    Reading (`income_of`): a stream whose growth is not known yet grows as other income does.
    """
    published = [row["year"] for row in tables["allocations"]]
    every = span(min([years[0], *published]), years[-1])
    found: dict[str, dict[str, Rate]] = {}
    for stream in streams:
        known = stream_growth(tables["allocations"], envelope, stream, every)
        found[stream] = {year: known.get(year, (other_growth, 0.0)) for year in years}
    for part in OUTSIDE:
        found[part] = dict.fromkeys(years, (other_growth, 0.0))
    return found


def levels(
    table: list[Row], by_part: dict[str, dict[str, Rate]], first: str, last: str
) -> dict[str, dict[str, dict[str, float]]]:
    """Return income by body, part and year, from the year before the first on.

    The first growth applied is that of the year after the one the income is known for; a later
    figure is taken back the same way.
    """
    found: dict[str, dict[str, dict[str, float]]] = {}
    for row in table:
        growth, known = by_part[row["stream"]], row["year"]
        line = {known: float(row["income_gbp_m"])}
        for year in span(known, last)[1:]:
            line[year] = line[year_before(year)] * (1 + sum(growth[year]))
        for year in reversed(span(first, known)):
            line[year_before(year)] = line[year] / (1 + sum(growth[year]))
        found.setdefault(row["organisation"], {})[row["stream"]] = line
    return found
