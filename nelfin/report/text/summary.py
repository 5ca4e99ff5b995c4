"""The summary a finance director reads in half a minute. At most 80 columns wide."""

from __future__ import annotations

import math

from nelfin.evidence import STATUSES
from nelfin.report.text.odds import balance_odds, capital_odds, prevention_odds
from nelfin.report.text.positions import comes_back, health_words
from nelfin.report.text.terminal import table_text, title_text, wrapped
from nelfin.report.text.words import millions, money, plural
from nelfin.store.findings import Findings
from nelfin.system.headline import Headline, headline

SEE_ALL = 'See every figure with "nelfin sources", or in report.html.'


def words_of(result: Findings) -> dict[str, list[str]]:
    """Return what there is to say, in sentences: on recovery, prevention, capital, assumption."""
    found = headline(result)
    return {
        "recovery": [*balance_words(found), *balance_odds(result)],
        "prevention": [*prevention_words(result), *prevention_odds(result)],
        "capital": [*capital_words(found), *capital_odds(result)],
        "assumption": assumption_words(found),
    }


def summary(result: Findings) -> str:
    """Return the summary of a run as plain text."""
    found, said = headline(result), words_of(result)
    parts = [
        title_text(
            result.name, f", {found.years[0]} to {found.years[-1]}", corner="£m unless said"
        ),
        _section("WHEN WE BALANCE", said["recovery"]),
        _places(found),
        _section("PREVENTION", said["prevention"]),
        _section("WHAT THE CAPITAL BUYS", said["capital"]),
        _section("WHAT RESTS ON ASSUMPTION", [*said["assumption"], SEE_ALL]),
    ]
    return "\n\n".join(parts)


def _section(title: str, sentences: list[str]) -> str:
    return "\n".join([title, *(line for text in sentences for line in wrapped(text, indent="  "))])


def balance_words(found: Headline) -> list[str]:
    """Say when the system balances, and whether one-off savings carry it."""
    first, last = found.years[0], found.years[-1]
    balance = found.balance_year
    if balance:
        when = f"Reported: in balance from {balance} ({_position(found.reported[balance])})."
    else:
        when = f"Reported: no lasting balance by {last} ({_position(found.reported[last])})."
    path = ", ".join(f"{year} {money(found.reported[year])}" for year in found.years[:5])
    under = found.underlying_balance_year
    lasting = f"in balance from {under}" if under else f"no balance by {last}"
    ends = " and ".join(f"{money(found.underlying[year])} in {year}" for year in (first, last))
    given = f" ({found.pinned_years} as the system planned)" if found.pinned_years else ""
    sentences = [f"{when} Path: {path}{given}.", f"Underlying: {lasting}; {ends}."]
    if balance and found.underlying[balance] < 0:
        saved = millions(found.one_off[balance])
        sentences.append(f"One-off savings of {saved} carry {balance}: not yet a lasting balance.")
    return sentences


def _position(value: float) -> str:
    return f"{'surplus' if value >= 0 else 'deficit'} of {millions(abs(value))}"


def _places(found: Headline) -> str:
    year, first, last = found.budget_year, found.years[0], found.years[-1]
    heads = ["place", f"budget {first}", f"budget {year}", f"a head {year}, £",
             f"from target {year}, %", f"from target {last}, %"]  # fmt: skip
    rows = [
        [
            str(name),
            money(line["base"]),
            money(line["budget"]),
            money(line["per_head"], 0),
            money(100 * line["dft"]),
            money(100 * line["dft_last"]),
        ]
        for name, line in found.places.iterrows()
    ]
    mark = found.marks.get("places")
    opening = [f"Opening position {mark}."] if mark else []
    return _section("WHO IS UNDER TARGET", opening) + "\n\n" + table_text(heads, rows, indent=2)


def prevention_words(result: Findings) -> list[str]:
    """Say what the shift costs, what comes back in cash, and what does not."""
    data, last = result.data, str(result.data["year"].values[-1])
    mark = " (illustrative)" if "prevention" in headline(result).marks else ""

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


def capital_words(found: Headline) -> list[str]:
    """Say how many schemes are funded, what is left out, and what £1m more would buy."""
    part = f" and {found.part_funded} in part" if found.part_funded else ""
    limit = "" if math.isnan(found.limit) else f" of the {millions(found.limit)} limit"
    outside = f"; {millions(found.outside)} more scores outside it" if found.outside > 0.05 else ""
    asked = found.categories.sum()
    later = asked["after the plan"]
    after = f", {millions(later)} falls after the plan" if later > 0.05 else ""
    bought = (
        f"{plural(found.funded, 'scheme')}{part} of {found.schemes} use {millions(found.used)}"
        f"{limit}{outside}. Of {millions(found.asked)} asked (base-year prices) "
        f"{millions(asked['in the plan'])} is in the plan{after} and "
        f"{millions(asked['left out'])} is left out."
    )
    proof = (
        "How close the plan is to the best is not known."
        if math.isnan(found.gap)
        else f"The plan is proven within {100 * found.gap:.2f}\u00a0% of the best."
    )
    if not math.isnan(found.price_first):
        more = f"£1m more in {found.years[0]} would buy {found.price_first:.1f} points of benefit."
        proof = f"{more} {proof}"
    return [bought, proof]


def assumption_words(found: Headline) -> list[str]:
    """Count the figures by status and name what is made up."""
    counts = ", ".join(
        f"{found.statuses[status]} {status}" for status in STATUSES if found.statuses.get(status)
    )
    sentences = [f"Figures by status: {counts}."]
    if found.illustrative_schemes:
        made_up = f"{found.illustrative_schemes} of {found.schemes} capital schemes"
        sentences.append(
            f"{made_up} are illustrative, and so are the benefits and prices that rest on them."
        )
    return sentences
