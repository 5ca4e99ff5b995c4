"""Shares on the command line: fractions, or with a per cent sign."""

from __future__ import annotations

import math
from typing import Any

import click


class Share(click.ParamType[float]):
    """A share as a fraction (0.005) or with a per cent sign (0.5%).

    Parameters
    ----------
    name
        Of the kind, such as `share` or `growth`.
    low, high
        Between which it must lie, %.
    """

    def __init__(self, name: str = "share", low: float = 0.0, high: float = 100.0) -> None:
        self.name, self.low, self.high = name, low, high

    def convert(
        self, value: Any, _param: click.Parameter | None, _ctx: click.Context | None
    ) -> Any:
        """Return the share in per cent.

        Parameters
        ----------
        value
            As written.
        _param, _ctx
            As click gives them.
        """
        text = str(value).strip()
        plain = text.removesuffix("%").strip()
        try:
            number = float(plain)
            if math.isnan(number):
                raise ValueError
        except ValueError:
            self.fail(f'"{value}" is not a number. Write 0.005 or 0.5%.')
        if text.endswith("%") or abs(number) >= 1:
            percent = number  # 3.5 can only be meant as 3.5 %
        elif abs(number) < 0.1:
            percent = 100 * number
        else:
            self.fail(
                f'"{value}" could be {number:g} % or {100 * number:g} %. Write {number:g}% or '
                f"{number / 100:g}, or {100 * number:g}%."
            )
        if not self.low <= percent <= self.high:
            self.fail(f'"{value}" must lie between {self.low:g} and {self.high:g} %.')
        return percent


SHARE = Share()
"""A share of a whole."""

GROWTH = Share("growth", -50.0, 100.0)
"""Growth a year of money or of what it buys; a fall is negative."""
