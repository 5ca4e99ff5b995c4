"""Prevention as text, at most 80 columns wide: the three ledgers, and the best mix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import xarray as xr

from nelfin.report.basis import illustrative_note
from nelfin.report.text.numbers import millions, rows_that_add
from nelfin.report.text.terminal import by_year_text, table_text, title_text, wrapped

if TYPE_CHECKING:
    from nelfin.models.best_mix import BestMix

PAYERS = ("paid_by_pool", "paid_by_growth", "paid_by_cash", "cut")
"""Who pays for the shift; together they are its spend."""


def prevention_text(data: xr.Dataset, name: str, illustrative: str = "") -> str:
    """Return the three ledgers of the shift, never added.

    Parameters
    ----------
    data
        `prevention_*` with the dim `year`, £m and QALYs; the years of break-even and payback and
        the net present value, £m, as attributes.
    name
        Of the scenario.
    illustrative
        The illustrative figures that prevention rests on, in words; "" for none.
    """
    years = [str(year) for year in data["year"].values]
    paid = [payer for payer in PAYERS if bool((data[f"prevention_{payer}"] != 0).any())]
    cash = _cash_as_printed(data)
    ledgers = {
        "CASH, £m": ("extra_spend", *paid, "cash", "double_running", "net_cash"),
        "CAPACITY, NOT CASH, £m": ("capacity",),
        "HEALTH AND SOCIETY, £m and QALYs": ("society", "qalys_gained", "qalys_forgone"),
    }
    title = f", prevention {years[0]} to {years[-1]}"
    parts = [title_text(name, title, illustrative_note(illustrative))]
    for ledger, measures in ledgers.items():
        rows = []
        for measure in measures:
            array = data[f"prevention_{measure}"]
            label = str(array.attrs["long_name"])
            figures = cash.get(measure, array.to_series())
            rows.append((f"  {label}" if measure in PAYERS else label, figures))
        parts.append(by_year_text(ledger, "", rows, [-1] if "net_cash" in measures else []))
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


def _cash_as_printed(data: xr.Dataset) -> dict[str, pd.Series]:
    """Round the cash ledger so that it adds up as printed: to net cash, and payers to the spend."""
    figures = {
        name: data[f"prevention_{name}"].to_series()
        for name in ("extra_spend", *PAYERS, "cash", "double_running", "net_cash")
    }
    # net cash is what comes back, less who pays of the system's own and double running
    minus = ("paid_by_growth", "paid_by_cash", "double_running")
    flows = [figures["cash"].tolist(), *((-figures[name]).tolist() for name in minus)]
    cash, *less = rows_that_add(flows, figures["net_cash"].tolist())
    shown = {"cash": cash} | {n: [0.0 - v for v in row] for n, row in zip(minus, less, strict=True)}
    others = ("paid_by_pool", "cut")
    own = [sum(pair) for pair in zip(*(shown[name] for name in minus[:2]), strict=True)]
    rows = rows_that_add(
        [figures[name].tolist() for name in others], figures["extra_spend"].tolist(), own
    )
    shown |= dict(zip(others, rows, strict=True))
    shown["extra_spend"] = [
        sum(parts) for parts in zip(*(shown[name] for name in PAYERS), strict=True)
    ]
    index = figures["cash"].index
    return {name: pd.Series(values, index=index) for name, values in shown.items()}


def comes_back(mature: float) -> str:
    """Say what comes back of a pound in the end.

    Parameters
    ----------
    mature
        £ of cash for each £1 of spend, over all years.
    """
    return f"£{mature:.2f} comes back for each £1 in the end"


def health_words(without: int, count: int) -> list[str]:
    """Say for how many programmes the health gained is counted, if not for all.

    Parameters
    ----------
    without, count
        Programmes of which no source tells the health gained, and all programmes.
    """
    if not without:
        return []
    return [
        f"Health gained is counted for {count - without} of {count} programmes: no source tells "
        "it of the others."
    ]


def best_mix_text(best: BestMix, objective: str) -> str:
    """Return the best mix of programmes, over all places, and what it does by year.

    Parameters
    ----------
    best
        The mix: shares of the shift, %, and what they do by year, £m.
    objective
        What it has most of: `qalys` or `cash`.
    """
    shares = best.mix.groupby("programme", sort=False)["share_pct"].sum()
    unit = "QALYs, gained less forgone" if objective == "qalys" else "£m of net cash"
    rows = [[str(name), f"{share:.1f}"] for name, share in shares.items() if share > 0.05]
    left = 100 - float(shares.sum())
    if left > 0.05:
        rows.append(["not spent", f"{left:.1f}"])
    by_year = best.by_year.set_index("year")
    cut = ["cut_gbp_m"] if (by_year["cut_gbp_m"] > 0).any() else []
    if cut and objective == "cash":
        unit += " less what is cut"
    flows = [
        (column.removesuffix("_gbp_m").replace("_", " "), by_year[column])
        for column in ("extra_spend_gbp_m", *cut, "cash_gbp_m", "net_cash_gbp_m")
    ]
    sentence = (
        f"Over the plan {best.objective:,.1f} {unit}; discounted. £1m more of shift would add "
        f"{best.price_per_gbp_m:,.2f}."
    )
    title = f"BEST MIX FOR {objective.upper()}"
    return "\n\n".join([
        table_text(["programme", "% of the shift"], rows, title=title),
        by_year_text("THE MIX BY YEAR, £m", "", flows, [-1]),
        "\n".join(wrapped(sentence)),
    ])  # fmt: skip
