"""The summary a finance director reads in half a minute. At most 80 columns wide."""

from __future__ import annotations

import math

import pandas as pd

from nelfin.evidence import STATUSES
from nelfin.models.recovery import IN_BALANCE
from nelfin.report.text.activity import activity_words
from nelfin.report.text.backlog import backlog_words
from nelfin.report.text.changes import base_of_run, changes_of_run, opening_lines
from nelfin.report.text.names import short
from nelfin.report.text.numbers import millions, money, plural
from nelfin.report.text.odds import balance_odds, capital_odds, prevention_odds
from nelfin.report.text.prevention import comes_back, health_words
from nelfin.report.text.programmes import programme_words
from nelfin.report.text.terminal import table_text, title_text, wrapped
from nelfin.report.text.to_put_in import to_put_in
from nelfin.scenario.names import plain_name
from nelfin.store.findings import Findings, once
from nelfin.system.headline import Headline, headline_of

SEE_ALL = 'See every figure with "nelfin sources", or in report.html.'


@once
def sentences_of(result: Findings) -> dict[str, list[str]]:
    """Return what there is to say, in sentences, by what it is on: places, recovery and so on.

    Parameters
    ----------
    result
        A run.
    """
    headline, wanted = headline_of(result), to_put_in(result)
    return {
        "places": joined_words(headline),
        "recovery": [*balance_words(headline), *balance_odds(result), *wanted["recovery"]],
        "prevention": [*prevention_words(result), *prevention_odds(result)],
        "activity": activity_words(result.data),
        "capital": [
            *capital_words(headline),
            *backlog_words(result),
            *capital_odds(result),
            *wanted["capital"],
        ],
        "portfolio": programme_words(result),
        "assumption": assumption_words(headline),
    }


def summary(result: Findings) -> str:
    """Return the summary of a run as plain text.

    Parameters
    ----------
    result
        A run.
    """
    headline, sentences = headline_of(result), sentences_of(result)
    first, last = headline.years[0], headline.years[-1]
    parts = [
        title_text(
            result.name, f", {first} to {last}", *opening_lines(result), corner="£m unless said"
        ),
        *_changed(result),
        _section("WHEN WE BALANCE", sentences["recovery"]),
        _places(headline),
        _section("PREVENTION", sentences["prevention"]),
        _section("PLANNED CARE AND BEDS", sentences["activity"]),
        _section("WHAT THE CAPITAL BUYS", sentences["capital"]),
        *([_section("WHICH PROGRAMMES", said)] if (said := sentences["portfolio"]) else []),
        _section("WHAT RESTS ON ASSUMPTION", [*sentences["assumption"], SEE_ALL]),
    ]
    return "\n\n".join(parts)


def _changed(result: Findings) -> list[str]:
    """Say what the run changes from its base; nothing where it has none."""
    base, changes = base_of_run(result), changes_of_run(result)
    if not base:
        return []
    title = "CHANGED FROM THE BASE" + (f", {base}" if base != result.name else "")
    words = [f"{change.words}{f' ({change.why})' if change.why else ''}." for change in changes]
    return [_section(title, words or ["Nothing is changed."])]


def _section(title: str, sentences: list[str]) -> str:
    return "\n".join([title, *(line for text in sentences for line in wrapped(text, indent="  "))])


def balance_words(headline: Headline) -> list[str]:
    """Say what is known, when the system balances, and which organisations do not.

    Parameters
    ----------
    headline
        The headline figures of a run.
    """
    last, reported = headline.years[-1], headline.reported
    balance, under = headline.balance_year, headline.underlying_balance_year
    lasting = f"in balance from {under}" if under else f"no balance by {last}"
    ends = " and ".join(
        f"{money(headline.underlying[year])} in {year}" for year in (headline.years[0], last)
    )
    open_years = [year for year in headline.years if year not in headline.known]
    sentences = []
    if headline.known:
        known = ", ".join(
            f"{year} {what} {money(reported[year])}" for year, what in headline.known.items()
        )
        sentences.append(f"Known: {known}.")
        if headline.shared:
            sentences.append(
                f"By organisation an illustrative share, by income, of what is known of several "
                f"together: {headline.shared}."
            )
    if headline.heads_for is not None:
        end = headline.heads_for
        sentences.append(
            f"{end.year} heads for {money(end.forecast)}, {end.note}; its plan is "
            f"{money(end.plan)}."
        )
    if open_years:
        when = f"in balance from {balance}" if balance else f"no lasting balance by {last}"
        path = ", ".join(f"{year} {money(reported[year])}" for year in open_years[:4])
        sentences.append(
            f"Reported, years that are open: {when} ({_position(reported[balance or last])}). "
            f"Path: {path}."
        )
    sentences.append(f"Underlying: {lasting}; {ends}.")
    return sentences + _body_words(headline, balance or last)


def _body_words(headline: Headline, year: str) -> list[str]:
    """Say who carries a deficit in a year, and whether one-off savings carry the balance."""
    of_year = headline.bodies[year]
    short = of_year[of_year < IN_BALANCE].sort_values()
    if short.empty:
        sentences = [f"Every organisation breaks even in {year}."]
    else:
        named = ", ".join(f"{name} {money(value)}" for name, value in short.items())
        sentences = [f"In deficit in {year}: {named}."]
    for board in headline.boards:
        if board in short.index:
            sentences.append(
                f"{board} may not plan a deficit: what it lacks falls on services or on the trusts."
            )
    if headline.balance_year and headline.underlying[year] < 0:
        saved = millions(headline.one_off[year])
        sentences.append(f"One-off savings of {saved} carry {year}: not yet a lasting balance.")
    return sentences


def _position(value: float) -> str:
    return f"{'surplus' if value >= 0 else 'deficit'} of {millions(abs(value))}"


def _places(headline: Headline) -> str:
    year, first, last = headline.budget_year, headline.years[0], headline.years[-1]
    # a plan that begins in the year of the budgets has no year before to show
    columns = {f"budget {first}": "base", f"budget {year}": "budget"}
    heads = ["place", *columns, f"a head {year}, £",
             f"from target {year}, %", f"from target {last}, %"]  # fmt: skip
    rows = [
        [
            str(name),
            *(money(line[column]) for column in columns.values()),
            money(line["per_head"], 0),
            money(100 * line["dft"]),
            money(100 * line["dft_last"]),
        ]
        for name, line in headline.places.iterrows()
    ]
    mark = headline.marks.get("places")
    sentences = [f"Opening position {mark}."] if mark else []
    sentences += joined_words(headline)
    return _section("WHO IS UNDER TARGET", sentences) + "\n\n" + table_text(heads, rows, indent=2)


def joined_words(headline: Headline) -> list[str]:
    """Say which streams the budgets hold that those of the first year do not.

    Parameters
    ----------
    headline
        The headline figures of a run.
    """
    if not headline.joined:
        return []
    named = ", ".join(
        f"{millions(value)} of {plain_name(name)}" for name, value in headline.joined.items()
    )
    return [
        f"Budgets of {headline.budget_year} hold {named}, which {headline.years[0]} does not: "
        "the two years are not like for like."
    ]


def prevention_words(result: Findings) -> list[str]:
    """Say what the shift costs, what comes back in cash, and what does not.

    Parameters
    ----------
    result
        A run.
    """
    data, last = result.data, str(result.data["year"].values[-1])
    mark = " (illustrative)" if "prevention" in headline_of(result).marks else ""

    def end(name: str) -> float:
        return float(data[f"prevention_{name}"].sel(year=last))

    shares = f"{float(data['prevention_share'][0]):.1f} to {end('share'):.1f}\u00a0%{mark}"
    broken = data.attrs["prevention_break_even_year"]
    even = "In cash the shift does not break even within the plan."
    if broken:
        even = f"In cash the shift breaks even in {broken}."
    elif data.attrs["prevention_never_pays_back"]:
        mature = comes_back(data.attrs["prevention_mature_cash_return"])
        even = f"The shift never pays back in cash: {mature}."
    cut = end("cut")
    cash = (
        f"Share of spend {shares}: {millions(end('extra_spend'))} more in {last}, "
        f"{millions(end('cash'))} cash back; net cash {millions(end('net_cash'))}. {even}"
    )
    taken = [f"{millions(cut)} is cut from treatment to pay for it."] if cut > 0.05 else []
    other = (
        f"Apart from cash, never added to it: {millions(end('capacity'))} of capacity released "
        f"and {millions(end('society'))} saved outside the NHS."
    )
    without = int(data.attrs["prevention_programmes_without_qalys"])
    return [cash, *taken, other, *health_words(without, data.sizes["programme"])]


def capital_words(headline: Headline) -> list[str]:
    """Say how many schemes are funded, what is left out, and what £1m more would buy.

    Parameters
    ----------
    headline
        The headline figures of a run.
    """
    part = f" and {headline.part_funded} in part" if headline.part_funded else ""
    first, closed = headline.capital_years[0], headline.years[0] != headline.capital_years[0]
    limit = "" if math.isnan(headline.limit) else f" of the {millions(headline.limit)} limit"
    limit += f" from {first} on" if closed else ""
    outside = (
        f"; {millions(headline.outside)} more scores outside it" if headline.outside > 0.05 else ""
    )
    asked, used = headline.categories.sum(), millions(headline.used)
    later = asked["after the plan"]
    after = f", {millions(later)} falls after the plan" if later > 0.05 else ""
    in_plan, left_out = millions(asked["in the plan"]), millions(asked["left out"])
    bought = (
        f"{plural(headline.funded, 'scheme')}{part} of {headline.schemes} "
        f"use {used}{limit}{outside}. Of {millions(headline.asked)} asked (base-year prices) "
        f"{in_plan} is in the plan{after} and {left_out} is left out."
    )
    proof = (
        "How close the plan is to the best is not known."
        if math.isnan(headline.gap)
        else f"The plan is proven within {100 * headline.gap:.2f}\u00a0% of the best."
    )
    if not math.isnan(headline.price_first):
        points = f"{headline.price_first:.1f}"
        proof = f"£1m more in {first} would buy {points} points of benefit. {proof}"
    elif len(headline.prices_first):
        proof = f"{_prices_words(headline.prices_first, first)} {proof}"
    if closed:
        proof += f" Years before {first} are closed: what has started stands, and nothing starts."
    return [bought, proof]


NAMED = 3
"""Organisations named in a sentence."""


def _prices_words(prices: pd.Series, year: str) -> str:
    """Say where £1m more would buy most: points of benefit by organisation, the dearest first."""
    named = [f"{short(str(name), 40)} ({value:.1f})" for name, value in prices.items()]
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    return (
        f"Each organisation has its own limit. £1m more in {year} would buy, in points of "
        f"benefit: {', '.join(named[:NAMED])}{more}."
    )


def assumption_words(headline: Headline) -> list[str]:
    """Count the figures by status, and the schemes and initiatives that are illustrative.

    Parameters
    ----------
    headline
        The headline figures of a run.
    """
    counts = ", ".join(
        f"{headline.statuses[status]} {status}"
        for status in STATUSES
        if headline.statuses.get(status)
    )
    apart = "the capital schemes" + (" and initiatives" if headline.initiatives else "")
    sentences = [f"Figures by status, {apart} apart: {counts}."]
    if headline.illustrative_schemes:
        count = f"{headline.illustrative_schemes} of {headline.schemes} capital schemes"
        sentences.append(
            f"{count} are illustrative, and so are the benefits and prices that rest on them."
        )
    if headline.illustrative_initiatives:
        count = f"{headline.illustrative_initiatives} of {headline.initiatives} initiatives"
        sentences.append(f"{count} are illustrative.")
    return sentences
