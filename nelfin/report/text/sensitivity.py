"""What place budgets rest on as text, at most 80 columns wide: how far each change moves them."""

from __future__ import annotations

import pandas as pd

from nelfin.report.text.numbers import money
from nelfin.report.text.places import opening_sentence
from nelfin.report.text.terminal import table_text, title_text, wrapped_sentences
from nelfin.scenario.names import plain_name, rule_name


def sensitivity_table(table: pd.DataFrame, name: str, opening: str) -> str:
    """Return how far each place's budget moves with each change, £m.

    Parameters
    ----------
    table
        From `sensitivity`: `kind, case, place, year, measure, value, note`, £m.
    name
        Of the scenario.
    opening
        The opening position, in words, with its status.
    """
    year = str(table["year"].iloc[0])
    table = table[table["measure"] == "budget_move"]
    places = list(dict.fromkeys(table["place"]))
    rows: list[list[str]] = []
    begins: list[int] = []
    heading = ""
    for (kind, case), lines in table.groupby(["kind", "case"], sort=False):
        group, label = case_words(str(kind), str(case))
        if group != heading:
            begins.append(len(rows))
            rows.append([group.upper(), *[""] * len(places)])
            heading = group
        moves = lines.set_index("place")["value"]
        rows.append([label, *(money(float(moves[place]), 2) for place in places)])
    parts = [
        title_text(name, f": how far budgets of {year} move", opening_sentence(opening)),
        table_text(["£m", *map(str, places)], rows, ruled=begins),
    ]
    notes = [text for text in dict.fromkeys(table["note"]) if text]
    parts += [wrapped_sentences(*notes)] if notes else []
    parts.append("A weight rises by one point in every year; the others scale so the sum stays.")
    return "\n\n".join(parts)


def case_words(kind: str, case: str) -> tuple[str, str]:
    """Return the heading and the label of a case of the sensitivity table.

    Parameters
    ----------
    kind, case
        As the table has them.

    Returns
    -------
    tuple of str
        What changes, and how.

    Examples
    --------
    >>> case_words("need weight", "final_core: acute +1 point")
    ('need weight, core', 'acute')
    >>> case_words("rule", "nhse-core-2024-25")
    ('rule', 'NHS England, core, 2024/25')
    """
    final, colon, component = case.partition(": ")
    if not colon:
        return kind, rule_name(case) if kind == "rule" else plain_name(case)
    words = plain_name(final.removeprefix("final_"))
    return f"{kind}, {words}", plain_name(component.removesuffix(" +1 point"))
