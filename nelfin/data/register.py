"""The register of figures: every value a run rests on, with unit, status and source."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from nelfin.data.inputs import Inputs
from nelfin.data.notes import unit_of
from nelfin.data.projects import numbered, spend_columns
from nelfin.data.specs import TABLES
from nelfin.data.tables import records_of
from nelfin.errors import Problems
from nelfin.scenario import Scenario
from nelfin.scenario.paths import names_file, opening_label
from nelfin.scenario.schema import ABOUT

COLUMNS = ["where", "figure", "value", "unit", "status", "source"]

_ENDS = ("min_growth_pct", "max_growth_pct")


def register(scenario: Scenario, inputs: Inputs) -> pd.DataFrame:
    """Return every figure of a scenario and its tables.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.

    Returns
    -------
    pandas.DataFrame
        Columns `where` (scenario or table), `figure`, `value`, `unit`, `status`, `source`. A row
        of a table gives its first figure; a capital scheme gives its total spend.
    """
    rows: list[list[object]] = [
        ["scenario", key, setting_shown(scenario, key), figure.unit, figure.status, figure.source]
        for key, figure in scenario.evidence.items()
        if not key.startswith("data.") and key not in ABOUT
    ]
    for name, frame in shown_tables(scenario, inputs).items():
        keys = list(TABLES[name].key)
        status = status_column(frame.columns)
        value, unit = main_figure(name, frame)
        shown = map(as_shown, value.tolist())
        units = [unit] * len(frame) if isinstance(unit, str) else map(str, unit)
        for line, amount, of in zip(records_of(frame), shown, units, strict=True):
            rows.append(
                [
                    name,
                    ", ".join(str(line[key]) for key in keys if line[key]) or "all",
                    amount,
                    of,
                    line[status],
                    line["source"],
                ]
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def setting_shown(scenario: Scenario, key: str) -> str:
    """Return the value of a setting as text; a file of openings by its name.

    Parameters
    ----------
    scenario
        The scenario.
    key
        Dotted key.
    """
    text = as_shown(scenario.evidence[key].value)
    return opening_label(scenario, text) if names_file(text, key) else text


def shown_tables(scenario: Scenario, inputs: Inputs) -> dict[str, pd.DataFrame]:
    """Return the tables of a scenario as results show them: files of openings by their names.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.

    Returns
    -------
    dict
        Table by its key in `[data]`.
    """
    tables = inputs.tables()
    openings = tables["openings"]
    labels = {text: opening_label(scenario, text) for text in openings["opening"].unique()}
    return tables | {"openings": openings.assign(opening=openings["opening"].map(labels))}


def status_column(columns: Collection[str]) -> str:
    """Return the column of a table that holds the status of its figures.

    Parameters
    ----------
    columns
        Of the table.

    Returns
    -------
    str
        `figure_status` where the table has it, since its `status` is then something else: whether
        a capital limit is firm.
    """
    return "figure_status" if "figure_status" in columns else "status"


UNSOURCED = ("assumption", "illustrative")
"""Statuses of figures without a source, which a team should replace by its own."""


def require_sourced(figures: pd.DataFrame) -> None:
    """Refuse figures that are assumed or illustrative.

    Parameters
    ----------
    figures
        From `register`.

    Raises
    ------
    InputError
        Naming each of them.
    """
    problems = Problems()
    left = figures[figures["status"].isin(UNSOURCED)]
    for line in left.itertuples():
        value = f"{line.value} {line.unit}".strip()
        problems.add(
            f"{line.where}, {line.figure}",
            f"rests on {_article(str(line.status))}: {value}.",
            "Put in your own figure with its status and source.",
        )
    problems.raise_if_any()


def _article(status: str) -> str:
    return f"an {status}" if status == "assumption" else f"an {status} figure"


def main_figure(name: str, frame: pd.DataFrame) -> tuple[pd.Series, str | pd.Series]:
    """Return the figure each row of a table stands for, and its unit.

    Parameters
    ----------
    name
        Of the table.
    frame
        The table; it has rows.

    Returns
    -------
    figure : pandas.Series
        A value a row; a capital scheme has its total spend.
    unit : str or pandas.Series
        Of all rows, or a row.
    """
    special = {
        "projects": _spend,
        "growth_bounds": _bounds,
        "openings": _opening,
        "capital_groups": _group,
        "initiatives": _cost,
        "equity_floors": _floor,
    }
    if name in special:
        return special[name](frame)
    if name == "organisations":
        return frame["kind"], "kind"
    if name == "prevention_programmes":
        return frame["value"], frame["unit"]
    if name == "capital_resources":
        return frame["limit"], frame["unit"]
    key = TABLES[name].key  # a month tells when, not how much
    column = next(
        c.name
        for c in TABLES[name].columns
        if c.kind in {"number", "integer"} and c.name not in key
    )
    return frame[column], unit_of(column)


def _spend(frame: pd.DataFrame) -> tuple[pd.Series, str]:
    return frame[spend_columns(frame)].sum(axis=1).round(6), "£m"


def _cost(frame: pd.DataFrame) -> tuple[pd.Series, str]:
    return frame[numbered(frame.columns, "cost_")].sum(axis=1).round(6), "£m"


def _floor(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    share = frame["amount_gbp_m"].isna()
    units = pd.Series(np.where(share, "%", "£m"), index=frame.index)
    return frame["amount_gbp_m"].fillna(frame["share_pct"]), units


def _bounds(frame: pd.DataFrame) -> tuple[pd.Series, str]:
    # an empty column of numbers stays one of numbers
    least, most = (frame[name].map(as_shown).astype(object).replace("", "any") for name in _ENDS)
    return "at least " + least + ", at most " + most, "%"


def _group(frame: pd.DataFrame) -> tuple[pd.Series, str]:
    least, most = (
        frame[name].map(as_shown).astype(object).replace("", "any")
        for name in ("at_least", "at_most")
    )
    return "at least " + least + ", at most " + most, "schemes"


def _opening(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    return frame["value"], frame["measure"].map({"cash_gbp_m": "£m", "dft_pct": "%"})


def as_shown(value: object) -> str:
    """Return a figure as text.

    Parameters
    ----------
    value
        A number, a text, yes or no, or a list of them; nothing is "".
    """
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:.10g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value)
    return str(value)
