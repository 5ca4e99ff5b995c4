"""Names of places, schemes and settings as people read them."""

from __future__ import annotations


def short(name: object, most: int = 60) -> str:
    """Return a name cut to fit a sentence.

    Parameters
    ----------
    name
        Any name.
    most
        Characters at the most.

    Examples
    --------
    >>> short("Tower Hamlets"), short("a" * 100, 8)
    ('Tower Hamlets', 'aaaaaaa…')
    """
    text = str(name)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def setting_words(key: str) -> str:
    """Return a setting's key as a reader says it.

    Parameters
    ----------
    key
        A dotted key of the scenario, or "return of" and a programme.

    Examples
    --------
    >>> setting_words("recovery.pressures_pct"), setting_words("return of Smoking")
    ('pressures, %', 'return of Smoking')
    """
    if key.startswith("return of "):
        return key
    section, _, rest = key.partition(".")
    name, _, of = (rest or section).partition(".")
    for ending, unit in (("_pct", ", %"), ("_gbp_m", ", £m"), ("_years", ", years")):
        if name.endswith(ending):
            name = name.removesuffix(ending) + (f" of {of}" if of else "") + unit
            break
    return name.replace("_", " ")
