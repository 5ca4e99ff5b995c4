"""Prevention as text, at most 80 columns wide: the three ledgers, and the best mix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import xarray as xr

from nelfin.report.basis import illustrative_note
from nelfin.report.text.numbers import millions
from nelfin.report.text.terminal import by_year_text, table_text, title_text, wrapped

if TYPE_CHECKING:
    from nelfin.models.best_mix import BestMix

LEDGERS = {
    "CASH, £m": ("extra_spend", "cash", "double_running", "net_cash"),
    "CAPACITY, NOT CASH, £m": ("capacity",),
    "HEALTH AND SOCIETY, £m and QALYs": ("society", "qalys_gained", "qalys_forgone"),
}
"""The ledgers and their measures."""


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
    about = f", prevention {years[0]} to {years[-1]}"
    parts = [title_text(name, about, illustrative_note(illustrative))]
    for title, measures in LEDGERS.items():
        arrays = [data[f"prevention_{measure}"] for measure in measures]
        rows = [(str(array.attrs["long_name"]), array.to_series()) for array in arrays]
        parts.append(by_year_text(title, "", rows, [-1] if "net_cash" in measures else []))
    even, back = data.attrs["break_even_year"], data.attrs["payback_year"]
    last = years[-1]
    breaks = f"breaks even in {even}" if even else f"does not break even by {last}"
    paid = f"is paid back in {back}" if back else f"is not paid back by {last}"
    parts.append("\n".join(wrapped(
        f"Net cash {breaks}. The spend {paid}. Net present value of the cash "
        f"{millions(data.attrs['npv_gbp_m'])}. The ledgers are never added."
    )))  # fmt: skip
    return "\n\n".join(parts)


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
    unit = "QALYs" if objective == "qalys" else "£m of net cash"
    rows = [[str(name), f"{share:.1f}"] for name, share in shares.items() if share > 0.05]
    left = 100 - float(shares.sum())
    if left > 0.05:
        rows.append(["not spent", f"{left:.1f}"])
    by_year = best.by_year.set_index("year")
    flows = [
        (column.removesuffix("_gbp_m").replace("_", " "), by_year[column])
        for column in ("extra_spend_gbp_m", "cash_gbp_m", "net_cash_gbp_m")
    ]
    sentence = (
        f"Over the plan {best.objective:,.1f} {unit}, discounted. £1m more of shift would add "
        f"{best.price_per_gbp_m:,.2f}."
    )
    title = f"BEST MIX FOR {objective.upper()}"
    return "\n\n".join([
        table_text(["programme", "% of the shift"], rows, title=title),
        by_year_text("THE MIX BY YEAR, £m", "", flows, [-1]),
        "\n".join(wrapped(sentence)),
    ])  # fmt: skip
