"""Shares and growth on the command line: as fractions or with a per cent sign."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from nelfin.cli.capital_solve import capital_solve
from nelfin.cli.shares import GROWTH, SHARE

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "percent"),
    [("3%", 3.0), ("0.03", 3.0), ("3", 3.0), ("0.5%", 0.5), ("0", 0.0), ("100%", 100.0)],
)
def test_a_share_and_growth_are_read_alike(text: str, percent: float) -> None:
    assert SHARE.convert(text, None, None) == pytest.approx(percent)
    assert GROWTH.convert(text, None, None) == pytest.approx(percent)
    if percent <= 50:
        assert GROWTH.convert(f"-{text}", None, None) == pytest.approx(-percent)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0.5", "could be 0.5 % or 50 %"),
        ("-0.5", "could be -0.5 % or -50 %"),
        ("-51%", "must lie between -50 and 100 %"),
        ("101", "must lie between -50 and 100 %"),
        ("nan", "is not a number"),
        ("much", "is not a number"),
    ],
)
def test_growth_that_is_not_certain_or_not_of_this_world_is_refused(text: str, said: str) -> None:
    with pytest.raises(click.BadParameter, match=said):
        GROWTH.convert(text, None, None)


def test_a_share_is_no_less_than_nothing() -> None:
    with pytest.raises(click.BadParameter, match="must lie between 0 and 100 %"):
        SHARE.convert("-3%", None, None)


def options() -> Iterator[click.Option]:
    return (param for param in capital_solve.params if isinstance(param, click.Option))


def test_what_may_fall_takes_growth() -> None:
    growth = {param.opts[0] for param in options() if param.type is GROWTH}
    assert growth == {"--price-growth", "--deflator", "--deterioration"}
