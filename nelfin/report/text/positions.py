"""Prevention, recovery and goal seek as text, at most 80 columns wide."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import pandas as pd
import xarray as xr

from nelfin.report.basis import rests_on
from nelfin.report.text.terminal import WIDTH, cut, figures, table_text, title_text, wrapped
from nelfin.report.text.words import millions, money

if TYPE_CHECKING:
    from nelfin.models.best_mix import BestMix
    from nelfin.system.compare import Comparison
    from nelfin.system.seek import Found

ENDS = {"opening underlying", "closing underlying", "reported"}
"""Lines of the bridge that are positions, not steps."""


def recovery_text(data: xr.Dataset, name: str, made_up: str = "") -> str:
    """Return the bridge of the system, year by year, and the reported position by organisation."""
    bridge = data["recovery_bridge"]
    system = bridge.sum("organisation").to_pandas()
    years = [str(year) for year in data["year"].values]
    rows = [
        (str(step).capitalize() if step in ENDS else f"  {step}", system[step])
        for step in system.columns
    ]
    ends = [at for at, (label, _) in enumerate(rows) if not label.startswith(" ")]
    rows.append(("Underlying, doing nothing", data["system_do_nothing"].to_series()))
    reported = bridge.sel(step="reported").to_pandas().T
    owners = [(str(owner), reported[owner]) for owner in reported.columns]
    owners.append(("System", reported.sum(axis="columns")))
    return "\n\n".join([
        title_text(name, f", recovery {years[0]} to {years[-1]}", rests_on(made_up)),
        _by_year("BRIDGE OF THE SYSTEM, £m", "step", rows, [*ends, -1]),
        _by_year("REPORTED BY ORGANISATION, £m", "organisation", owners, [-1]),
    ])  # fmt: skip


PAYERS = ("paid_by_pool", "paid_by_growth", "paid_by_cash", "cut")
"""Who pays for the shift; together they are its spend."""


def prevention_text(data: xr.Dataset, name: str, made_up: str = "") -> str:
    """Return the three ledgers of the shift, never added."""
    years = [str(year) for year in data["year"].values]
    paid = [payer for payer in PAYERS if bool((data[f"prevention_{payer}"] != 0).any())]
    ledgers = {
        "CASH, £m": ("extra_spend", *paid, "cash", "double_running", "net_cash"),
        "CAPACITY, NOT CASH, £m": ("capacity",),
        "HEALTH AND SOCIETY, £m and QALYs": ("society", "qalys_gained", "qalys_forgone"),
    }
    parts = [title_text(name, f", prevention {years[0]} to {years[-1]}", rests_on(made_up))]
    for title, measures in ledgers.items():
        rows = []
        for measure in measures:
            array = data[f"prevention_{measure}"]
            said = str(array.attrs["long_name"])
            rows.append((f"  {said}" if measure in PAYERS else said, array.to_series()))
        parts.append(_by_year(title, "", rows, [-1] if "net_cash" in measures else []))
    about, last = data.attrs, years[-1]
    even, back = about["break_even_year"], about["payback_year"]
    breaks = f"breaks even in {even}" if even else f"does not break even by {last}"
    paid_back = f"is paid back in {back}" if back else f"is not paid back by {last}"
    if about["never_pays_back"]:
        paid_back = f"never pays back in cash: {comes_back(about['mature_cash_return'])}"
    parts.append("\n".join(wrapped(" ".join([
        f"Net cash {breaks}. The spend {paid_back}. Net present value of the cash "
        f"{millions(about['npv_gbp_m'])}, in prices of {years[0]}; "
        f"{millions(about['return_after_plan_gbp_m'])} more comes back after {last}.",
        *health_words(about["programmes_without_qalys"], data.sizes["programme"]),
        "The ledgers are never added.",
    ]))))  # fmt: skip
    return "\n\n".join(parts)


def comes_back(mature: float) -> str:
    """Say what comes back of a pound in the end."""
    return f"£{mature:.2f} comes back for each £1 in the end"


def health_words(without: int, count: int) -> list[str]:
    """Say for how many programmes the health gained is counted, if not for all."""
    if not without:
        return []
    return [
        f"Health gained is counted for {count - without} of {count} programmes: no source tells "
        "it of the others."
    ]


def mix_text(found: BestMix, objective: str) -> str:
    """Return the best mix of programmes, over all places, and what it does by year."""
    shares = found.mix.groupby("programme", sort=False)["share_pct"].sum()
    what = "QALYs, gained less forgone" if objective == "qalys" else "£m of net cash"
    rows = [[str(name), f"{share:.1f}"] for name, share in shares.items() if share > 0.05]
    left = 100 - float(shares.sum())
    if left > 0.05:
        rows.append(["not spent", f"{left:.1f}"])
    by_year = found.by_year.set_index("year")
    cut = ["cut_gbp_m"] if (by_year["cut_gbp_m"] > 0).any() else []
    if cut and objective == "cash":
        what += " less what is cut"
    money_rows = [
        (column.removesuffix("_gbp_m").replace("_", " "), by_year[column])
        for column in ("extra_spend_gbp_m", *cut, "cash_gbp_m", "net_cash_gbp_m")
    ]
    said = (
        f"Over the plan {found.objective:,.1f} {what}; discounted. £1m more of shift would add "
        f"{found.price_per_gbp_m:,.2f}."
    )
    title = f"BEST MIX FOR {objective.upper()}"
    return "\n\n".join([
        table_text(["programme", "% of the shift"], rows, title=title),
        _by_year("THE MIX BY YEAR, £m", "", money_rows, [-1]),
        "\n".join(wrapped(said)),
    ])  # fmt: skip


def causes_text(table: pd.DataFrame) -> str:
    """Return the difference of two scenarios by cause."""
    wide = table.pivot(index="cause", columns="year", values="value")
    causes = list(dict.fromkeys(table["cause"]))
    rows = [(str(cause), wide.loc[cause]) for cause in causes]
    return _by_year("REPORTED POSITION BY CAUSE, £m", "cause", rows, [-1])


def comparison_text(found: Comparison, most: int = 20) -> str:
    """Return settings that differ, then the largest changes of results, then flags."""
    names = found.names
    half = (WIDTH - len(" and ")) // 2
    parts = [title_text(cut(names[0], half), f" and {cut(names[-1], half)}")]
    if len(names) > 2:
        parts.append(f"Of {len(names)} runs the first and the last are shown; -o writes all.")
    settings = [[str(row[0]), str(row[1]), str(row[-1])] for row in found.settings.values]
    align = "l" + "".join("r" if figures(row[at] for row in settings) else "l" for at in (1, 2))
    parts.append(
        table_text(["setting", "first", "last"], settings, align, "SETTINGS THAT DIFFER")
        if settings
        else "SETTINGS THAT DIFFER\n  No setting differs."
    )
    results = []
    for _, row in found.results.head(most).iterrows():
        amounts = (money(float(row[name])) for name in (names[0], names[-1], "change"))
        results.append([str(row["measure"]), str(row["of"]), str(row["year"]), *amounts])
    heads = ["measure", "of", "year", "first", "last", "change"]
    text = (
        table_text(heads, results, "llrrrr", "RESULT, £m")
        if results
        else "RESULT, £m\n  No result differs."
    )
    more = len(found.results) - most
    parts.append(f"{text}\nand {more:,} smaller changes." if more > 0 else text)
    if found.flags:
        parts.append("\n".join(line for flag in found.flags for line in wrapped(flag)))
    return "\n\n".join(parts)


def odds_text(table: pd.DataFrame, draws: int) -> str:
    """Return the odds of balance and the spread of the reported position."""
    wide = table.pivot(index="measure", columns="year", values="value")
    labels = {
        "reported_p10": "one in ten is worse than",
        "reported_p50": "the middle one",
        "reported_p90": "one in ten is better than",
    }
    rows = [(label, wide.loc[key]) for key, label in labels.items()]
    rows.append(("odds of balance, %", 100 * wide.loc["odds_of_balance"]))
    return _by_year(f"REPORTED, OF {draws:,} DRAWS, £m", "", rows, [-1])


def found_text(found: Found, unit: str) -> str:
    """Return what goal seek found."""
    words = f" {unit}".rstrip()
    if found.value == found.now:
        said = f"{found.goal} holds already, with {found.key} at {found.now:g}{words}."
    else:
        said = (
            f"{found.goal} needs {found.key} at {found.value:,.4f}{words}; it is {found.now:g} now."
        )
    rows = [
        (f"{label}, at {value}", pd.Series(path))
        for label, value, path in (
            ("now", f"{found.now:g}", found.measure_now),
            ("then", f"{found.value:,.4f}", found.measure_then),
        )
    ]
    title = found.goal.measure.replace("_", " ").upper()
    return "\n".join([*wrapped(said), "", _by_year(title, found.key, rows)])


def _by_year(
    title: str,
    head: str,
    rows: Sequence[tuple[str, pd.Series]],
    ruled: Collection[int] = (),
) -> str:
    """Return figures by year: a row for each label."""
    years = [str(year) for year in rows[0][1].index]
    cells = [[label, *(money(float(value)) for value in values)] for label, values in rows]
    return table_text([head, *years], cells, title=title, ruled=ruled)
