"""Charts of the app as SVG: values where they belong, texts escaped, whatever the values are."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from nelfin.app.drawing import HIGH, WIDE, Line, Step, bars, columns, lines, steps

pytestmark = pytest.mark.unit

YEARS = ["2023/24", "2024/25", "2025/26"]
NASTY = "<b>\"&'</b>"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 -- our own


def numbers(svg: str, tag: str, look: str, name: str) -> list[float]:
    return [float(each.get(name, "nan")) for each in parsed(svg).iter(tag)
            if look in (each.get("class") or "").split()]  # fmt: skip


def test_points_lie_as_their_values_do() -> None:
    svg = lines(YEARS, [Line("Now", [-10.0, 0.0, 10.0], "now")], "words")
    high = numbers(svg, "circle", "now", "cy")
    assert high[0] - high[1] == pytest.approx(high[1] - high[2], abs=0.2)
    zero = numbers(svg, "line", "zero", "y1")
    assert zero == [pytest.approx(high[1], abs=0.1)]
    across = numbers(svg, "circle", "now", "cx")
    assert across == sorted(across)


def test_columns_stand_on_nought() -> None:
    svg = columns(YEARS, [Line("Now", [5.0, -5.0, 0.0], "now")], "words", Line("L", [4.0] * 3, "t"))
    tops, heights = (numbers(svg, "rect", "now", name) for name in ("y", "height"))
    (zero,) = numbers(svg, "line", "zero", "y1")
    assert tops[0] + heights[0] == pytest.approx(zero, abs=0.2)
    assert tops[1] == pytest.approx(zero, abs=0.2)
    assert len(numbers(svg, "line", "mark", "x1")) == 3


def test_steps_lead_from_level_to_level() -> None:
    rows = [Step("Before", 100.0, True), Step("More", 20.0), Step("Less", -50.0),
            Step("After", 70.0, True)]  # fmt: skip
    svg = steps(rows, "words")
    left, wide = (numbers(svg, "rect", "bar", name) for name in ("x", "width"))
    ends = [at + size for at, size in zip(left, wide, strict=True)]
    assert left[1] == pytest.approx(ends[0], abs=0.2)
    assert ends[2] == pytest.approx(ends[1], abs=0.2)
    assert ends[3] == pytest.approx(left[2], abs=0.2)


def test_bars_have_their_figures_beside_them() -> None:
    svg = bars(["A", "B"], [Line("Then", [1.0, -2.0], "base"), Line("Now", [3.0, 4.5], "now")], "w")
    texts = [each.text for each in parsed(svg).iter("text") if each.get("class") == "value"]
    assert texts == ["1.0", "3.0", "(2.0)", "4.5"]


@pytest.mark.parametrize(
    "values", [[0.0, 0.0, 0.0], [1e-12] * 3, [math.nan] * 3, [1e9, -1e9, 0.0], [-3.0, -2.0, -1.0],
               [math.nan, 1.0, math.inf]],
)  # fmt: skip
def test_any_values_stay_within_the_drawing(values: list[float]) -> None:
    for svg in (lines(YEARS, [Line("A", values, "now")], "w"),
                columns(YEARS, [Line("A", values, "now")], "w")):  # fmt: skip
        assert "nan" not in svg
        assert "inf" not in svg
        for name, most in (("x", WIDE), ("y", HIGH), ("cx", WIDE), ("cy", HIGH)):
            for each in parsed(svg).iter():
                assert -0.1 <= float(each.get(name, 0.0)) <= most + 0.1
    assert "nan" not in bars(YEARS, [Line("A", values, "now")], "w")


def test_texts_are_escaped() -> None:
    for svg in (
        lines([NASTY], [Line(NASTY, [1.0], "now")], NASTY),
        columns([NASTY], [Line(NASTY, [1.0], "now")], NASTY),
        bars([NASTY], [Line(NASTY, [1.0], "now")], NASTY),
        steps([Step(NASTY, 1.0, True)], NASTY),
    ):
        assert "<b>" not in svg
        assert parsed(svg).get("aria-label") == NASTY


def test_years_do_not_run_into_each_other() -> None:
    many = [f"{year}/{year % 100 + 1:02d}" for year in range(2000, 2040)]
    svg = lines(many, [Line("A", [1.0] * 40, "now")], "w")
    places = [float(each.get("x", 0)) for each in parsed(svg).iter("text")
              if re.fullmatch(r"\d{4}/\d\d", each.text or "")]  # fmt: skip
    gaps = [later - sooner for sooner, later in pairwise(places)]
    assert min(gaps) > 45
