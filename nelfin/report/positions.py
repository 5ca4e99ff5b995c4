"""Prevention, recovery and goal seek as text, at most 80 columns wide."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

import pandas as pd
import xarray as xr

from nelfin.report.words import millions, money

if TYPE_CHECKING:
    from nelfin.comparison import Comparison
    from nelfin.models.best_mix import BestMix
    from nelfin.seek import Found

WIDTH = 79
ACROSS = 5


def recovery_text(data: xr.Dataset, name: str) -> str:
    """Return the bridge of the system, year by year, and the reported position by organisation."""
    bridge = data["recovery_bridge"]
    system = bridge.sum("organisation").to_pandas()
    years = [str(year) for year in data["year"].values]
    lines = [_title(f"{name[:44]}, recovery {years[0]} to {years[-1]}")]
    ends = {"opening underlying", "closing underlying", "reported"}
    for some in _parts(years):
        lines += ["", _heads("BRIDGE OF THE SYSTEM", some)]
        for step in system.columns:
            label = str(step).capitalize() if step in ends else f"  {step}"
            lines.append(_row(label, system.loc[some, step]))
        lines.append(_row("Underlying, doing nothing", data["system_do_nothing"].to_series()[some]))
    reported = bridge.sel(step="reported").to_pandas().T
    for some in _parts(years):
        lines += ["", _heads("REPORTED BY ORGANISATION", some)]
        lines += [_row(f"  {column}", reported.loc[some, column]) for column in reported.columns]
    return "\n".join(lines)


def prevention_text(data: xr.Dataset, name: str) -> str:
    """Return the three ledgers of the shift, never added."""
    years = [str(year) for year in data["year"].values]
    lines = [_title(f"{name[:44]}, prevention {years[0]} to {years[-1]}")]
    ledgers = {
        "CASH": ("extra_spend", "cash", "double_running", "net_cash"),
        "CAPACITY, NOT CASH": ("capacity",),
        "HEALTH AND SOCIETY": ("society", "qalys_gained", "qalys_forgone"),
    }
    for some in _parts(years):
        for title, measures in ledgers.items():
            lines += ["", _heads(title, some)]
            for measure in measures:
                array = data[f"prevention_{measure}"]
                lines.append(_row(f"  {array.attrs['long_name']}", array.to_series().loc[some]))
    even, back = data.attrs["break_even_year"], data.attrs["payback_year"]
    last = years[-1]
    lines += ["", *wrap(
        f"Net cash breaks even in {even}." if even else f"Net cash does not break even by {last}.",
        WIDTH,
    )]  # fmt: skip
    paid = f"is paid back in {back}" if back else f"is not paid back by {last}"
    lines += wrap(
        f"The spend {paid}. Net present value of the cash {millions(data.attrs['npv_gbp_m'])}. The "
        "ledgers are never added.",
        WIDTH,
    )
    return "\n".join(lines)


def mix_text(found: BestMix, objective: str) -> str:
    """Return the best mix of programmes, over all places, and what it does by year."""
    shares = found.mix.groupby("programme", sort=False)["share_pct"].sum()
    what = "QALYs" if objective == "qalys" else "£m of net cash"
    lines = [f"{f'BEST MIX FOR {objective.upper()}':<60}{'% of the shift':>19}"]
    lines += [
        f"  {str(name)[:55]:<58}{share:>19.1f}" for name, share in shares.items() if share > 0.05
    ]
    left = 100 - float(shares.sum())
    if left > 0.05:
        lines.append(f"  {'not spent':<58}{left:>19.1f}")
    by_year = found.by_year.set_index("year")
    for some in _parts(list(by_year.index)):
        lines += ["", _heads("THE MIX BY YEAR", some)]
        for column in ("extra_spend_gbp_m", "cash_gbp_m", "net_cash_gbp_m"):
            label = column.removesuffix("_gbp_m").replace("_", " ")
            lines.append(_row(f"  {label}", by_year.loc[some, column]))
    lines += ["", *wrap(
        f"Over the plan {found.objective:,.1f} {what}, discounted. £1m more of shift would add "
        f"{found.price_per_gbp_m:,.2f}.",
        WIDTH,
    )]  # fmt: skip
    return "\n".join(lines)


def causes_text(table: pd.DataFrame) -> str:
    """Return the difference of two scenarios by cause."""
    wide = table.pivot(index="cause", columns="year", values="value")
    wide = wide.loc[list(dict.fromkeys(table["cause"]))]
    lines = []
    for some in _parts([str(year) for year in wide.columns]):
        lines += ["", _heads("REPORTED POSITION BY CAUSE", some)]
        lines += [_row(f"  {cause}", wide.loc[cause, some]) for cause in wide.index]
    return "\n".join(lines[1:])


def comparison_text(found: Comparison, most: int = 20) -> str:
    """Return settings that differ, then the largest changes of results, then flags."""
    names = found.names
    lines = [_title(f"{names[0][:30]} and {names[-1][:30]}").replace("£m unless said", "")]
    lines = [line.rstrip() for line in "\n".join(lines).splitlines()]
    if len(names) > 2:
        lines.append(f"Of {len(names)} runs the first and the last are shown; -o writes all.")
    lines += ["", f"{'SETTING':<43}{'first':>17}{'last':>19}"]
    for row in found.settings.itertuples(index=False):
        lines.append(f"  {str(row[0])[:40]:<41}{str(row[1])[:16]:>17}{str(row[-1])[:18]:>19}")
    if found.settings.empty:
        lines.append("  No setting differs.")
    lines += ["", f"{'RESULT, £m':<44}{'first':>11}{'last':>12}{'change':>12}"]
    for _, row in found.results.head(most).iterrows():
        of = "" if row["of"] == "system" else f", {row['of']}"
        label = f"{row['measure']} {row['year']}{of}"[:41]
        first, last = (money(float(row[name])) for name in (names[0], names[-1]))
        change = money(float(row["change"]))
        lines.append(f"  {label:<42}{first:>11}{last:>12}{change:>12}")
    if found.results.empty:
        lines.append("  No result differs.")
    elif len(found.results) > most:
        lines.append(f"  and {len(found.results) - most:,} smaller changes.")
    return "\n".join([*lines, *([""] if found.flags else []), *(
        line for flag in found.flags for line in wrap(flag, WIDTH)
    )])  # fmt: skip


def odds_text(table: pd.DataFrame, draws: int) -> str:
    """Return the odds of balance and the spread of the reported position."""
    wide = table.pivot(index="measure", columns="year", values="value")
    lines = []
    labels = {
        "reported_p10": "one in ten is worse than",
        "reported_p50": "the middle one",
        "reported_p90": "one in ten is better than",
    }
    for some in _parts([str(year) for year in wide.columns]):
        lines += ["", _heads(f"REPORTED, OF {draws:,} DRAWS", some)]
        lines += [_row(f"  {label}", wide.loc[key, some]) for key, label in labels.items()]
        lines.append(_row("  odds of balance, %", 100 * wide.loc["odds_of_balance", some]))
    return "\n".join(lines[1:])


def found_text(found: Found, unit: str) -> str:
    """Return what goal seek found."""
    words = f" {unit}".rstrip()
    if found.value == found.now:
        said = f"{found.goal} holds already, with {found.key} at {found.now:g}{words}."
    else:
        said = (
            f"{found.goal} needs {found.key} at {found.value:,.4f}{words}; it is {found.now:g} now."
        )
    lines = wrap(said, WIDTH)
    years = list(found.measure_now)
    for some in _parts(years):
        lines += ["", _heads(found.goal.measure.upper(), some)]
        for label, path in (("now", found.measure_now), ("then", found.measure_then)):
            lines.append(_row(f"  {label}", pd.Series(path).loc[some]))
    return "\n".join(lines)


def _title(text: str) -> str:
    return f"{text}{'£m unless said'.rjust(WIDTH - len(text))}\n{'=' * WIDTH}"


def _parts(years: list[str]) -> list[list[str]]:
    return [years[at : at + ACROSS] for at in range(0, len(years), ACROSS)]


def _heads(title: str, years: list[str]) -> str:
    return f"{title[:33]:<34}" + "".join(f"{year:>9}" for year in years)


def _row(label: str, values: pd.Series) -> str:
    return f"{label[:33]:<34}" + "".join(f"{money(float(value)):>9}" for value in values)
