"""Plain words for steps, streams and settings, for readers who do not use nelfin."""

from __future__ import annotations

import re

from nelfin.scenario.keys import schema_at, split_key

STREAMS = {
    "core": "hospital, community and mental health care, and prescribing",
    "primary_medical": "general practice",
    "other_primary_care": "pharmacy, dental and eye care",
    "running_cost": "the cost of running the integrated care board (ICB)",
    "specialised": "specialised services, such as dialysis or radiotherapy",
}
"""What a stream of money pays for, as far as its name tells."""

CHANGES = {
    "streams that begin": "money that comes to places for the first time",
    "streams that end": "money that no longer comes to places",
    "restated": "transfers and pay awards put into the money of the year before; they bring a cost "
    "of the same size",
    "envelope": "the growth that every place would have if all grew alike",
    "ring-fence": "money taken off the top and shared for a purpose of its own",
    "need": "this year's count of people and their need beside last year's",
    "pace": "the national rule that brings places nearer to their fair share, a step a year",
}
"""What moved a budget, part by part."""

STEPS = {
    "income growth": "income grows with the allocations and contracts",
    "convergence": "the system moves towards its fair share of the national money",
    "place budgets": "income moves with the budgets of the places served",
    "cost inflation": "pay and prices rise",
    "demand growth": "more people are treated",
    "pressures by driver": "causes of cost with a name and a figure",
    "not explained": "what the other steps leave over in years that are known, and what such years "
    "have shown on average in the others",
    "recurrent efficiency": "savings that last",
    "full-year effect of last year's schemes": "savings begun within the year before",
    "agency and bank": "fewer temporary staff",
    "prevention net cash": "cash back from prevention, less what is spent on it",
    "capital consequences": "savings of the capital schemes, less the charges on them",
    "not explained, once": "what the other one-off steps leave over in a known year",
    "non-recurrent efficiency": "savings of one year only",
    "named one-offs": "one-off items with a name and a figure",
    "double running": "the old and the new service are paid for side by side",
    "deficit support": "money from NHS England for one year",
    "repayment": "past deficits that are paid back",
}
"""What each step of a bridge is."""

_YEARS = re.compile(r"(\d{4})-(\d{2})\b")


def code_words(name: str) -> str:
    """Return the name of a rule or an opening position as a reader says it.

    Parameters
    ----------
    name
        As the scenario has it.

    Examples
    --------
    >>> code_words("cash-share-2018-19"), code_words("nhse-pmc-2025-26"), code_words("lp")
    ('cash share 2018/19', 'primary medical 2025/26', 'as near to target as the bounds allow')
    """
    name = {"lp": "as near to target as the bounds allow", "full": "straight to target",
            "none": "each place keeps its share"}.get(name, name)  # fmt: skip
    words = _YEARS.sub(r"\1/\2", name.removeprefix("nhse-")).replace("-", " ").replace("_", " ")
    for code, word in (("dft", "distance from target"), ("pmc", "primary medical"), ("ccg", "CCG")):
        words = re.sub(rf"\b{code}\b", word, words)
    return words


def stream_words(stream: str) -> str:
    """Return the name of a stream of money as it is printed.

    Parameters
    ----------
    stream
        As the scenario has it.

    Examples
    --------
    >>> stream_words("primary_medical")
    'Primary medical'
    """
    return stream.replace("_", " ").capitalize()


def setting_label(key: str) -> str:
    """Return what a setting is, by the first words of its description.

    Parameters
    ----------
    key
        Dotted key of the scenario, or "return of" and a programme.

    Examples
    --------
    >>> setting_label("prevention.share_start_pct"), setting_label("envelope.growth_pct.core")
    ('Share of spend on prevention before the shift', 'Cash growth a year by stream (core)')
    """
    here = None if key.startswith("return of ") else schema_at(split_key(key))
    if here is None or not here.description:
        return key[:1].upper() + key[1:]
    first = re.split(r"[.:;](?: |$)|, (?:such as|for years|where)\b|, or `", here.description)[0]
    first = re.sub("`([a-z_]+)`", lambda code: code[1].replace("_", " "), first)
    names = [
        part
        for part, pattern in zip(split_key(key), here.pattern.split("."), strict=False)
        if part != pattern
    ]
    of = ", ".join(name.replace("_", " ") for name in names)
    return f"{first} ({of})" if of else first
