"""The summary a finance director reads in half a minute. At most 80 columns wide."""

from __future__ import annotations

from textwrap import fill

from nelfin.report.headline import Headline, headline
from nelfin.report.words import millions, money, percent, plural, pounds
from nelfin.result import Result

WIDTH = 79


def summary(result: Result) -> str:
    """Return the summary of a run as plain text."""
    found = headline(result)
    title = f"{result.name[:50]}, {found.years[0]} to {found.years[-1]}"
    parts = [
        f"{title}{'£m unless said'.rjust(max(WIDTH - len(title), 15))}\n{'=' * WIDTH}",
        _section("WHEN WE BALANCE", balance_words(found)),
        f"WHO IS UNDER TARGET\n{_places(found)}",
        _section("PREVENTION", prevention_words(result)),
        _section("WHAT THE CAPITAL BUYS", capital_words(found)),
        _section("WHAT RESTS ON ASSUMPTION", assumption_words(found)),
    ]
    return "\n\n".join(parts)


def _section(title: str, sentences: list[str]) -> str:
    lines = [
        fill(text, WIDTH, initial_indent="  ", subsequent_indent="  ") for text in sentences
    ]
    return "\n".join([title, *lines])


def balance_words(found: Headline) -> list[str]:
    """Say when the system balances, and whether one-off savings carry it."""
    first, last = found.years[0], found.years[-1]
    if found.balance_year:
        year = found.balance_year
        when = f"Reported: in balance from {year} ({_surplus(found.reported[year])})."
    else:
        when = f"Reported: no lasting balance by {last} ({_surplus(found.reported[last])})."
    path = ", ".join(f"{year} {money(found.reported[year])}" for year in found.years[:5])
    under = (
        f"in balance from {found.underlying_balance_year}"
        if found.underlying_balance_year
        else f"no balance by {last}"
    )
    sentences = [
        f"{when} Path: {path}.",
        f"Underlying: {under}; {money(found.underlying[first])} in {first}, "
        f"{money(found.underlying[last])} in {last}.",
    ]
    if found.balance_year and found.underlying[found.balance_year] < 0:
        year = found.balance_year
        sentences.append(
            f"One-off savings of {millions(found.one_off[year])} carry {year}: the balance is not "
            "yet a lasting one."
        )
    return sentences


def _surplus(value: float) -> str:
    word = "surplus" if value >= 0 else "deficit"
    return f"{word} of £{money(abs(value))}m"


def _places(found: Headline) -> str:
    year, first, last = found.budget_year, found.years[0], found.years[-1]
    width = min(max(max(len(str(name)) for name in found.places.index), 12), 30)
    head = f"  {'place':<{width}}{first:>10}{year:>10}{'a head':>9}{'from target':>13}{f'in {last}':>11}"
    lines = [head]
    if "places" in found.marks:
        lines.insert(0, f"  Opening position {found.marks['places']}.")
    for name, line in found.places.iterrows():
        lines.append(
            f"  {str(name)[:width]:<{width}}{money(line['base']):>10}{money(line['budget']):>10}"
            f"{pounds(line['per_head']):>9}{percent(line['dft']):>13}"
            f"{percent(line['dft_last']):>11}"
        )
    return "\n".join(lines)


def prevention_words(result: Result) -> list[str]:
    """Say what the shift costs, what comes back in cash, and what does not."""
    data, last = result.data, str(result.data["year"].values[-1])
    mark = " (illustrative)" if "prevention" in headline(result).marks else ""
    end = {
        name: float(data[f"prevention_{name}"].sel(year=last))
        for name in ("share", "extra_spend", "cash", "net_cash", "capacity", "society")
    }
    first_share = float(data["prevention_share"][0])
    broken = data.attrs["prevention_break_even_year"]
    even = f"breaks even in {broken}" if broken else "does not break even within the plan"
    return [
        f"Share of spend {first_share:.1f} to {end['share']:.1f} %{mark}: £{money(end['extra_spend'])}m "
        f"more in {last}, £{money(end['cash'])}m cash back; net cash {millions(end['net_cash'])}. "
        f"In cash the shift {even}.",
        f"Apart from cash, never added to it: £{money(end['capacity'])}m of capacity released and "
        f"£{money(end['society'])}m saved outside the NHS.",
    ]


def capital_words(found: Headline) -> list[str]:
    """Say how many schemes are funded, what is left out, and what £1m more would buy."""
    part = f" and {found.part_funded} in part" if found.part_funded else ""
    limit = f" of the £{money(found.limit)}m limit" if found.limit == found.limit else ""
    outside = (
        f"; £{money(found.outside)}m more scores outside the limit" if found.outside > 0.05 else ""
    )
    asked = found.categories.sum()
    after = (
        f", £{money(asked['after the plan'])}m falls after the plan"
        if asked["after the plan"] > 0.05
        else ""
    )
    sentences = [
        f"{plural(found.funded, 'scheme')}{part} of {found.schemes} use £{money(found.used)}m"
        f"{limit}{outside}. Of £{money(found.asked)}m asked (base-year prices) "
        f"£{money(asked['in the plan'])}m is in the plan{after} and "
        f"£{money(asked['left out'])}m is left out.",
    ]
    price = (
        f"£1m more in {found.years[0]} would buy {found.price_first:.1f} points of benefit. "
        if found.price_first == found.price_first
        else ""
    )
    sentences.append(f"{price}The plan is proven within {100 * found.gap:.2f} % of the best.")
    return sentences


def assumption_words(found: Headline) -> list[str]:
    """Count the figures by status and name what is made up."""
    counts = ", ".join(
        f"{found.statuses[status]} {status}"
        for status in ("published", "derived", "assumption", "illustrative", "given")
        if found.statuses.get(status)
    )
    sentences = [f"Figures by status: {counts}."]
    if found.illustrative_schemes:
        sentences.append(
            f"Of {found.schemes} capital schemes {found.illustrative_schemes} are illustrative, "
            "and so is every benefit score."
        )
    sentences.append('See them all with "nelfin sources", or in report.html.')
    return sentences
