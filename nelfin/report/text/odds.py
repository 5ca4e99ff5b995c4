"""What draws say, in sentences; none where a run has no draws."""

from __future__ import annotations

import pandas as pd

from nelfin.report.text.words import millions, setting_words
from nelfin.store.findings import Findings


def balance_odds(result: Findings) -> list[str]:
    """Say how likely balance is by year, and which assumption moves the position most."""
    found = _measures(result)
    if found is None:
        return []
    pinned = set(str(result.data.attrs["pinned_years"]).split(", "))
    years = [year for year in found.columns if year not in pinned]
    shown = ", ".join(f"{year} {share(found.loc['odds_of_balance', year])}" for year in years[:5])
    draws = result.provenance["draws"]
    said = f"Odds of balance over {draws:,} draws of the assumptions: {shown}."
    last = years[-1]
    table = result.table("tornado")
    table = table[table["year"] == last]
    name = str(table["setting"].iloc[0])
    moves = table[table["setting"] == name]["value"]
    return [
        said,
        f"{last} rests most on {setting_words(name)}: in eight draws of ten it is worth between "
        f"{millions(moves.min())} and {millions(moves.max())}.",
    ]


def odds_in(result: Findings, year: str) -> float | None:
    """Return the share of draws in which the system balances in a year; None without draws."""
    found = _measures(result)
    return None if found is None else float(found.loc["odds_of_balance", year])


def prevention_odds(result: Findings) -> list[str]:
    """Say how net cash may come out, and how likely the shift is to pay back."""
    found = _measures(result)
    if found is None:
        return []
    last = found.columns[-1]
    low, middle, high = (float(found.loc[f"net_cash_p{p}", last]) for p in (10, 50, 90))
    own = float(result.data["prevention_net_cash"].sel(year=last))
    sentences = [
        f"Of the draws one in ten has net cash below {millions(low)} in {last}, half below "
        f"{millions(middle)}, one in ten above {millions(high)}; "
        f"{share(found.loc['odds_of_payback', last])} have paid back by then."
    ]
    if not low <= own <= high:
        side = "better" if own > high else "worse"
        sentences.append(
            f"The plan's own {millions(own)} is {side} than nine draws in ten: its returns stand "
            f"near the {'top' if own > high else 'bottom'} of their ranges."
        )
    return sentences


def capital_odds(result: Findings) -> list[str]:
    """Say how likely the plan is to stay within its limits, where costs are drawn."""
    found = _measures(result)
    if found is None or "uncertainty.capital_cost_pct" not in result.data["setting"].values:
        return []
    last = found.columns[-1]
    every = found.loc["odds_within_limits_so_far", last]
    dearest = found.loc["capital_used_p90"] - result.data["capital_used"].sum("organisation")
    return [
        f"With costs drawn, the plan stays within its limits in every year in {share(every)} of "
        f"the draws; in its dearest year one draw in ten is {millions(float(dearest.max()))} or "
        "more above what it is priced at."
    ]


def _measures(result: Findings) -> pd.DataFrame | None:
    if "odds" not in result.tables:
        return None
    return result.table("odds").pivot(index="measure", columns="year", values="value")


def share(value: float) -> str:
    r"""Return a share of draws as per cent: a rare thing is not impossible, nor a likely one sure.

    Examples
    --------
    >>> share(0.004), share(0.42)
    ('under 1\xa0%', '42\xa0%')
    """
    if 0 < value < 0.01:
        return "under 1\u00a0%"
    return "over 99\u00a0%" if 0.99 < value < 1 else f"{100 * value:.0f}\u00a0%"
