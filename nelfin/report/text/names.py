"""Names cut to fit a sentence; `nelfin.scenario.names` has those of settings and rules."""

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
