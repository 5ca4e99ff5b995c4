"""What draws say, in sentences and as a table; none where a run has no draws."""

from __future__ import annotations

import pandas as pd

from nelfin.report.text.numbers import millions, share_of_draws
from nelfin.report.text.terminal import by_year_text
from nelfin.scenario.names import in_sentence, setting_name
from nelfin.store.findings import Findings
from nelfin.system.odds import open_years


def balance_odds(result: Findings) -> list[str]:
    """Say how likely balance is by year, and which assumption moves the position most.

    Parameters
    ----------
    result
        A run, with draws or without.

    Returns
    -------
    list of str
        Sentences; none without draws.
    """
    odds = _odds_by_year(result)
    if odds is None:
        return []
    years = open_years(result.data)
    if not years:
        return []
    by_year = ", ".join(
        f"{year} {share_of_draws(odds.loc['odds_of_balance', year])}" for year in years[:5]
    )
    draws = result.provenance["draws"]
    last = years[-1]
    moves = result.table("tornado")
    moves = moves[moves["year"] == last]
    setting = str(moves["setting"].iloc[0])
    ends, name = moves[moves["setting"] == setting]["value"], in_sentence(setting_name(setting))
    sentences = [f"Odds of balance over {draws:,} draws of the assumptions: {by_year}."]
    supported = odds.loc["odds_of_balance", years] - odds.loc["odds_without_support", years]
    if float(supported.abs().max()) > 0:
        by_year = ", ".join(
            f"{year} {share_of_draws(odds.loc['odds_without_support', year])}" for year in years[:5]
        )
        sentences.append(f"Without deficit support: {by_year}.")
    return [
        *sentences,
        f"{last} rests most on {name}: in eight draws of ten it is worth between "
        f"{millions(ends.min())} and {millions(ends.max())}.",
    ]


def odds_in(result: Findings, year: str) -> float | None:
    """Return the share of draws in which the system balances in a year.

    Parameters
    ----------
    result
        A run, with draws or without.
    year
        A year of the plan.

    Returns
    -------
    float or None
        A fraction; None without draws, and in a year that is known.
    """
    odds = _odds_by_year(result)
    return (
        None
        if odds is None or year not in open_years(result.data)
        else float(odds.loc["odds_of_balance", year])
    )


def prevention_odds(result: Findings) -> list[str]:
    """Say how net cash may come out, and how likely the shift is to pay back.

    Parameters
    ----------
    result
        A run, with draws or without.

    Returns
    -------
    list of str
        Sentences; none without draws.
    """
    odds = _odds_by_year(result)
    if odds is None:
        return []
    last = odds.columns[-1]
    low, middle, high = (float(odds.loc[f"net_cash_p{p}", last]) for p in (10, 50, 90))
    planned = float(result.data["prevention_net_cash"].sel(year=last))
    sentences = [
        f"Of the draws one in ten has net cash below {millions(low)} in {last}, half below "
        f"{millions(middle)}, one in ten above {millions(high)}; "
        f"{share_of_draws(odds.loc['odds_of_payback', last])} have paid back by then."
    ]
    if not low <= planned <= high:
        side = "better" if planned > high else "worse"
        sentences.append(
            f"The plan's own {millions(planned)} is {side} than nine draws in ten: its returns "
            f"stand near the {'top' if planned > high else 'bottom'} of their ranges."
        )
    return sentences


def capital_odds(result: Findings) -> list[str]:
    """Say what of the capital plan slips, where costs are drawn: a full plan passes its limits.

    Parameters
    ----------
    result
        A run, with draws or without.

    Returns
    -------
    list of str
        Sentences; none without draws of costs.
    """
    odds = _odds_by_year(result)
    if odds is None or "uncertainty.capital_cost_pct" not in result.data["setting"].values:
        return []
    every_year = odds.loc["odds_within_limits_so_far", odds.columns[-1]]
    above = odds.loc["capital_used_p90"] - result.data["capital_used"].sum("organisation")
    return [
        *_slips(result, odds),
        f"If nothing waited, the plan would stay within its limits in every year in "
        f"{share_of_draws(every_year)} of the draws; in its dearest year one draw in ten is "
        f"{millions(float(above.max()))} or more above what it is priced at.",
    ]


def _slips(result: Findings, odds: pd.DataFrame) -> list[str]:
    """Say how many schemes wait when costs are drawn, what that loses, and which loses most."""
    if "schemes_waiting_mean" not in odds.index:
        return []
    last = odds.columns[-1]
    waiting = odds[last][[f"schemes_waiting_{end}" for end in ("mean", "p10", "p90")]]
    total = float(result.table("plan")["benefit"].sum())
    lost = odds[last][[f"capital_benefit_lost_{end}" for end in ("mean", "p10", "p90")]]
    few = f"{waiting.iloc[0]:,.1f}"
    low, high = (f"{value:,.0f}" for value in waiting.iloc[1:])
    sentence = (
        f"With costs drawn, schemes wait for room within the limits. At the end of {last} {few} of "
        f"them wait on average ({low} to {high} in eight draws of ten)"
    )
    if total > 0:
        share, least, most = (f"{100 * value / total:.1f} %" for value in lost)
        sentence += f", and {share} of the plan's benefit is lost ({least} to {most})"
    table = result.table("slips")
    if table.empty:
        return [f"{sentence}."]
    first = table.iloc[0]
    return [
        f"{sentence}.",
        f"{first['name']} loses most: it waits in {share_of_draws(float(first['waits']))} of the "
        f"draws, {first['mean_years']:.1f} years on average when it does.",
    ]


def odds_text(odds: pd.DataFrame, draws: int) -> str:
    """Return what the draws say of the reported position, by year.

    Parameters
    ----------
    odds
        From `odds_table`: percentiles of the reported position, £m, and the odds of balance.
    draws
        How many there are.
    """
    wide = odds.pivot(index="measure", columns="year", values="value")
    labels = {
        "reported_p10": "one in ten is worse than",
        "reported_p50": "the middle one",
        "reported_p90": "one in ten is better than",
    }
    rows = [(label, wide.loc[key]) for key, label in labels.items()]
    title = f"REPORTED, OF {draws:,} DRAWS, £m"
    if "odds_of_balance" not in wide.index:  # every year is known
        return by_year_text(title, "", rows, [])
    rows.append(("odds of balance, %", 100 * wide.loc["odds_of_balance"]))
    rows.append(("the same without support, %", 100 * wide.loc["odds_without_support"]))
    return by_year_text(title, "", rows, [-2, -1])


def odds_by_body_text(odds: pd.DataFrame) -> str:
    """Return the odds of balance of each organisation by year that is open, and without support.

    Parameters
    ----------
    odds
        From `odds_by_organisation`.
    """
    titles = {"odds_of_balance": "ODDS OF BALANCE BY ORGANISATION, %"}
    if _differs(odds):
        titles["odds_without_support"] = "THE SAME WITHOUT DEFICIT SUPPORT, %"
    names = list(dict.fromkeys(odds["organisation"]))
    parts = []
    for measure, title in titles.items():
        mine = odds[odds["measure"] == measure]
        wide = 100 * mine.pivot(index="organisation", columns="year", values="value")
        rows = [(str(name), wide.loc[name]) for name in names]
        parts.append(by_year_text(title, "organisation", rows, []))
    return "\n\n".join(parts)


def _differs(odds: pd.DataFrame) -> bool:
    """Return whether deficit support changes any odds."""
    wide = odds.pivot(index=["organisation", "year"], columns="measure", values="value")
    return bool((wide["odds_of_balance"] != wide["odds_without_support"]).any())


def _odds_by_year(result: Findings) -> pd.DataFrame | None:
    """Return the odds, a row a measure and a column a year; None without draws."""
    if "odds" not in result.tables:
        return None
    return result.table("odds").pivot(index="measure", columns="year", values="value")
