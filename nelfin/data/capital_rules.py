"""The kinds of floors, caps and targets that a capital plan may have to keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Measure = Literal["category", "place", "deprived", "revenue", "backlog"]
"""What a rule bounds: use of the limit for a category, in a place or by the most deprived, effect
on revenue, or backlog cleared. `nelfin.models.capital.rules` says what a scheme adds to each."""


@dataclass(frozen=True)
class RuleKind:
    """A kind of rule.

    Parameters
    ----------
    words
        The rule as part of a sentence; `{amount}` is its amount, £m, and `{name}` its names.
    measure
        What it bounds.
    at_most
        Whether the amount is the most, where it is a bound of use; else it is the least.
    """

    words: str
    measure: Measure
    at_most: bool = False


RULE_KINDS: dict[str, RuleKind] = {
    "category_floor": RuleKind("at least £{amount}m of the limit for {name}", "category"),
    "category_cap": RuleKind("at most £{amount}m of the limit for {name}", "category", True),
    "place_floor": RuleKind("at least £{amount}m of the limit in {name}", "place"),
    "deprived_floor": RuleKind(
        "at least £{amount}m of the limit that reaches the most deprived", "deprived"
    ),
    "revenue_limit": RuleKind("revenue cost of at most £{amount}m", "revenue"),
    "backlog_target": RuleKind("at most £{amount}m of {name}-risk backlog left", "backlog"),
}
"""Every kind by its name in the table of rules."""
