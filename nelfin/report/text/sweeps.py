"""Sweeps as text, at most 80 columns wide."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nelfin.models.appraisal import lasting_from
from nelfin.models.recovery import IN_BALANCE
from nelfin.report.text.numbers import money
from nelfin.report.text.terminal import are_figures, table_text
from nelfin.scenario.names import setting_heading
from nelfin.store.sweeps import Sweep

SHOWN = 40
"""Cases printed; the file has them all."""


def case_table(sweep: Sweep, cases: Sequence[int] | None = None) -> pd.DataFrame:
    """Return a row a case: its settings, the year from which it balances, and its last position.

    Parameters
    ----------
    sweep
        The sweep.
    cases
        Numbers of the cases wanted; all by default.

    Returns
    -------
    pandas.DataFrame
        `case`, the settings that vary, `balance_from` ("" if not in the plan), and
        `reported_gbp_m, underlying_gbp_m` of the last year; NaN for a case without an answer.
    """
    wide = {
        name: sweep.table(measure=f"system_{name}", cases=cases).pivot(
            index="case", columns="year", values="value"
        )
        for name in ("reported", "underlying")
    }
    table = sweep.cases.set_index("case")
    table = table if cases is None else table.loc[list(cases)]
    reported = wide["reported"]
    years = [str(year) for year in reported.columns]
    balance = [lasting_from(years, row >= IN_BALANCE) for row in reported.to_numpy(dtype=float)]
    table["balance_from"] = pd.Series(balance, index=reported.index, dtype=object)
    for name, frame in wide.items():
        table[f"{name}_gbp_m"] = frame.iloc[:, -1] if len(frame.columns) else float("nan")
    return table.reset_index()


def sweep_text(sweep: Sweep) -> str:
    """Return what each case came to, the first cases of many.

    Parameters
    ----------
    sweep
        A sweep that is done.
    """
    table = case_table(sweep, range(min(len(sweep), SHOWN)))
    settings = [name for name in sweep.cases.columns if name != "case"]
    heads = ["case", *(setting_heading(name) for name in settings), "balance from"]
    heads += ["reported, £m", "underlying, £m"]
    rows = []
    for row in table.to_dict("records"):
        answered = pd.notna(row["reported_gbp_m"])
        balance = row["balance_from"] or "not in the plan"
        rows.append(
            [
                str(row["case"]),
                *(_shown(row[name]) for name in settings),
                balance if answered else "no answer",
                money(float(row["reported_gbp_m"])),
                money(float(row["underlying_gbp_m"])),
            ]
        )
    kinds = "".join("r" if are_figures(row[at] for row in rows) else "l"
                    for at in range(1, len(settings) + 1))  # fmt: skip
    text = table_text(heads, rows, f"l{kinds}l")
    left = len(sweep) - len(rows)
    more = f"\nand {left:,} more cases: read sweep.parquet." if left else ""
    return f"{text}{more}\n\nPositions are those of the last year."


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
