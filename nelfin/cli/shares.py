"""Shares on the command line: fractions, or with a per cent sign."""

from __future__ import annotations

from typing import Any

import click


class Share(click.ParamType[float]):
    """A share as a fraction (0.005) or with a per cent sign (0.5%)."""

    name = "share"

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
        except ValueError:
            self.fail(f'"{value}" is not a number. Write 0.005 or 0.5%.')
        if text.endswith("%") or number >= 1:
            percent = number  # 3.5 can only be meant as 3.5 %
        elif number < 0.1:
            percent = 100 * number
        else:
            self.fail(
                f'"{value}" could be {number:g} % or {100 * number:g} %. Write {number:g}% or '
                f"{number / 100:g}, or {100 * number:g}%."
            )
        if not 0 <= percent <= 100:
            self.fail(f'"{value}" must lie between 0 and 100 %.')
        return percent


SHARE = Share()
