"""What the sentences of a plan call things: the same program draws up other plans than of capital.

Words for capital are the defaults; a portfolio of programmes has its own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Vocabulary:
    """Words of the sentences that explain a plan, and of the errors of its tables.

    Parameters
    ----------
    scheme
        One of the things to choose from.
    chosen
        What a scheme of the plan is: `funded`.
    whole
        Schemes of the plan where there is too little room for more.
    money
        What a scheme uses of the limit.
    others
        What else it uses.
    limit
        Whose use a scheme may do without.
    benefit, unit
        What a scheme is worth, and in what.
    must
        Why a scheme is in that must be.
    must_column, must_schemes
        The column that says so, and the schemes it says it of.
    unfit
        Why a scheme has no start.
    raised
        What gives more room.
    fewer
        What makes a plan easier to find.
    ease
        What to ease where what is asked cannot be kept.
    widen
        What to do where no start in the window lets the spend end in time.
    """

    scheme: str = "scheme"
    chosen: str = "funded"
    whole: str = "the whole schemes chosen"
    money: str = "capital"
    others: str = "what else it uses"
    limit: str = "limit"
    benefit: str = "benefit"
    unit: str = "points"
    must: str = "must be funded"
    must_column: str = "must_fund"
    must_schemes: str = "must-fund schemes"
    unfit: str = "its window and build do not fit"
    raised: str = "raise the limits"
    fewer: str = "relax a must-fund scheme"
    ease: str = "Ease the floors and targets of capital_rules, or raise the limits."
    widen: str = (
        "Widen the window, give more years of limits, or allow spend past the last year "
        "(column truncate)."
    )

    @property
    def below(self) -> str:
        """Why a scheme is out that is worth less than nothing."""
        return f"Its {self.benefit} is below nothing."

    def first(self, word: str) -> str:
        """Return a word as a sentence begins with it.

        Parameters
        ----------
        word
            Such as `funded`.
        """
        return word[:1].upper() + word[1:]


CAPITAL = Vocabulary()
"""The words of a capital plan."""
