"""Names of settings, openings, rules, streams and tables as people read them.

The one place that turns a code word, such as `nhse-pmc-2025-26` or `recovery.pressures_pct`, into
words. What a person has named, in words of their own, stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache

from nelfin.scenario.keys import ENDINGS, NAME, schema, schema_at, schema_settings, split_key

NAMES = {
    # openings of the places
    "cash-share-2018-19": "cash shares of 2018/19",
    "dft-2018-19": "distances from target of 2018/19",
    "dft-2019-20-round": "distances from target of the 2019/20 round",
    "on-target": "every place on target",
    # rules of pace
    "nhse-core-2023-24": "NHS England, core, 2023/24",
    "nhse-core-2024-25": "NHS England, core, 2024/25",
    "nhse-core-2025-26": "NHS England, core, 2025/26",
    "nhse-pmc-2023-24": "NHS England, primary medical, 2023/24",
    "nhse-pmc-2024-25": "NHS England, primary medical, 2024/25",
    "nhse-pmc-2025-26": "NHS England, primary medical, 2025/26",
    "nhse-specialised-2025-26": "NHS England, specialised, 2025/26",
    "ccg-2018-19": "NHS England, commissioning groups, 2018/19",
    "lp": "least distance within bounds on growth",
    "fair-share": "at fair share by a year",
    "npsv": "net present social value",
    "highs": "HiGHS",
    "cbc": "CBC",
    # components of need and streams of money
    "final_core": "weighted population, core",
    "final_primary_medical": "weighted population, primary medical",
    # tables
    "projects": "capital schemes",
    "scenario": "settings",
}
"""Code words that a rule of spelling would not put right."""

RULES = {
    "full": "all at target at once",
    "none": "no move towards target",
    "national": "NHS England's rule of each year",
}
"""Rules of pace whose names say little by themselves."""

SHORTEST = 15
"""Letters below which the first words of a setting are too few to know it by."""

_SPELT = {
    "ae": "A&E", "aca": "area cost", "ccg": "commissioning groups", "dft": "distance from target",
    "gp": "GP", "icb": "ICB", "it": "IT", "nhs": "NHS", "nhse": "NHS England",
    "pct": "%", "pfi": "PFI", "pmc": "primary medical", "qaly": "QALY", "qalys": "QALYs",
}  # fmt: skip
# words with hyphens alone, such as one-off, are a person's own
_CODE = re.compile(r"(?=.*[_0-9])[a-z][a-z0-9]*(?:[-_][a-z0-9]+)+")
_YEAR = re.compile(r"\b(20\d\d) (\d\d)\b")
_UNITS = re.compile(r"_(pct|gbp_m|gbp_k|s)$")
_KEY = re.compile(
    r"(?<![\w./-])(?:[a-z]+\.)?[a-z]+(?:_[a-z0-9]+)+\b(?!\.(?:csv|py|toml|xlsx|html)\b)(?![/-])"
)
_CLAUSE = re.compile(r"[;:.](?: |$)")


@lru_cache(maxsize=4096)
def plain_name(code: str) -> str:
    """Return a code word as people say it; what is none stays as it is.

    Parameters
    ----------
    code
        A name from a table, a list of names with commas, or any text.

    Examples
    --------
    >>> plain_name("nhse-pmc-2025-26"), plain_name("primary_medical"), plain_name("dft-2024-25")
    ('NHS England, primary medical, 2025/26', 'primary medical', 'distance from target 2024/25')
    >>> plain_name("Follow-on works"), plain_name("core, primary_medical")
    ('Follow-on works', 'core, primary medical')
    """
    if code in NAMES:
        return NAMES[code]
    if ", " in code:
        return ", ".join(plain_name(part) for part in code.split(", "))
    if not _CODE.fullmatch(code):
        return code
    words = " ".join(_SPELT.get(word, word) for word in re.split("[-_]", _UNITS.sub("", code)))
    return _YEAR.sub(r"\1/\2", words)


def rule_name(rule: str) -> str:
    """Return the name of a rule of pace.

    Parameters
    ----------
    rule
        As the table of rules has it.

    Examples
    --------
    >>> rule_name("full"), rule_name("ccg-2018-19")
    ('all at target at once', 'NHS England, commissioning groups, 2018/19')
    """
    return RULES.get(rule, plain_name(rule))


@lru_cache(maxsize=1024)
def setting_name(key: str) -> str:
    """Return what a setting is, in a few words of the schema, with whose it is.

    Parameters
    ----------
    key
        A dotted key of the scenario; anything else, such as "return of" and a programme, stays.

    Examples
    --------
    >>> setting_name("prevention.share_start_pct"), setting_name("return of Smoking")
    ('Share of spend on prevention before the shift', 'return of Smoking')
    >>> setting_name("envelope.growth_pct.primary_medical")
    'Cash growth a year by stream (primary medical)'
    """
    parts = split_key(key)
    here = schema_at(parts) if len(parts) > 1 else None
    if here is None or not here.is_setting:
        return plain_name(key.replace(".", "_")) if _CODE.search(key) else key
    words = _words_of_settings()[here.pattern]
    pattern = here.pattern.split(".")
    whose = [plain_name(part) for part, of in zip(parts, pattern, strict=True) if of == NAME]
    return f"{words} ({', '.join(whose)})" if whose else words


def setting_heading(key: str) -> str:
    """Return what a setting is, with its unit, to stand above a column.

    Parameters
    ----------
    key
        As for `setting_name`.

    Examples
    --------
    >>> setting_heading("recovery.efficiency_pct")
    'Efficiency asked, %'
    """
    here = schema_at(split_key(key))
    unit = here.unit if here is not None and here.is_setting else ""
    return f"{setting_name(key)}, {unit}" if unit in ENDINGS.values() else setting_name(key)


def in_words(text: str) -> str:
    """Return a text with the settings it tells by their keys told by their names.

    Parameters
    ----------
    text
        Such as the source of a figure; names of files in it stay.

    Examples
    --------
    >>> in_words("as recovery.efficiency_pct; see growth_bounds.csv")
    'as “Efficiency asked”; see growth_bounds.csv'
    """
    return _KEY.sub(_named, text) if "_" in text else text


def _named(found: re.Match[str]) -> str:
    key = found[0]
    section, dot, _ = key.partition(".")
    if dot:
        known = section in schema().below
    else:
        key = _sections_of_settings().get(key, "")
        known = bool(key)
    return f"“{setting_name(key)}”" if known else plain_name(found[0])


def in_sentence(name: str) -> str:
    """Return a name as it stands within a sentence: its first letter small, unless it is spelt so.

    Parameters
    ----------
    name
        Such as from `setting_name`.

    Examples
    --------
    >>> in_sentence("Discount rate of money"), in_sentence("NHS England")
    ('discount rate of money', 'NHS England')
    """
    return name[:1].lower() + name[1:] if name[1:2].islower() or name[1:2] == " " else name


@cache
def _sections_of_settings() -> dict[str, str]:
    """Return the whole key of each setting by its last name."""
    of_models = (each.pattern for each in schema_settings() if NAME not in each.pattern)
    patterns = [pattern for pattern in of_models if not pattern.startswith("data.")]
    return {pattern.rpartition(".")[2]: pattern for pattern in patterns}


@cache
def _words_of_settings() -> dict[str, str]:
    """Return the shortest words of each setting, by its pattern, that no other setting has."""
    settings = {each.pattern: each.description for each in schema_settings()}
    whole = {pattern: _CLAUSE.split(words, 1)[0] for pattern, words in settings.items()}
    short = {pattern: words.split(", ", 1)[0] for pattern, words in whole.items()}
    count = Counter(short.values())
    return {
        pattern: words if count[words] == 1 and len(words) >= SHORTEST else whole[pattern]
        for pattern, words in short.items()
    }
