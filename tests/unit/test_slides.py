"""The slides of a run, opened again as PowerPoint's own format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from nelfin.errors import InputError
from nelfin.report.packs.board import board_sections
from nelfin.report.packs.parts import Drawing
from nelfin.report.packs.slides import write_slides
from nelfin.result import Result

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def slides(result: Result, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    from pptx import Presentation

    file = tmp_path_factory.mktemp("slides") / "deck.pptx"
    write_slides(result, file)
    return list(Presentation(str(file)).slides)


@pytest.fixture(scope="module")
def drawings(result: Result) -> dict[str, Drawing]:
    return {d.title: d for each in board_sections(result) for d in each.drawings}


def texts(slide: Any) -> str:
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def test_each_slide_has_its_own_title_and_says_where_it_is_from(
    slides: list[Any], result: Result
) -> None:
    titles = [slide.shapes.title.text_frame.text for slide in slides]
    assert titles[0] == result.name
    assert len(set(titles)) == len(titles) > 9
    for name in ("When we balance", "The bridge", "Organisations", "Places", "Capital", "Risks"):
        assert name in titles
    assert titles[-1] == "What rests on assumption"
    for slide in slides:
        assert f"Source: Run “{result.name}” of " in texts(slide)
    for slide in slides[1:-1]:
        assert "illustrative figures" in texts(slide), "whatever rests on them says so"
        assert slide.notes_slide.notes_text_frame.text, "the words stand in the notes"


def test_charts_can_be_edited_and_hold_the_figures_of_the_run(
    slides: list[Any], drawings: dict[str, Drawing]
) -> None:
    seen = set()
    for shape in (shape for slide in slides for shape in slide.shapes if shape.has_chart):
        chart = shape.chart
        title = chart.chart_title.text_frame.text
        drawing = drawings[title]
        seen.add(title)
        about = shape._element.nvGraphicFramePr.cNvPr.get("descr")
        assert about.startswith(f"{title}. {drawing.words}"), "for who does not see it"
        if drawing.kind == "steps":
            continue
        for series, (name, values) in zip(
            chart.plots[0].series, drawing.series.items(), strict=True
        ):
            assert series.name == name
            shown = [0.0 if abs(value) < 0.05 else value for value in values]
            assert list(series.values) == pytest.approx(shown)
    assert seen == set(drawings)


def test_steps_of_the_bridge_stand_where_the_one_before_ends(
    slides: list[Any], drawings: dict[str, Drawing]
) -> None:
    (drawing,) = [each for each in drawings.values() if each.kind == "steps"]
    (shape,) = [
        shape for slide in slides for shape in slide.shapes
        if shape.has_chart and shape.chart.chart_title.text_frame.text == drawing.title
    ]  # fmt: skip
    unseen, above, below = (list(each.values) for each in shape.chart.plots[0].series)
    (values,) = drawing.series.values()
    at = 0.0
    for label, value, hidden, up, down in zip(
        drawing.labels, values, unseen, above, below, strict=True
    ):
        start, end = (0.0, value) if label in drawing.marked else (at, at + value)
        assert sorted((start, end)) == pytest.approx(
            [min(hidden, 0.0) + down, max(hidden, 0.0) + up]
            if not hidden
            else sorted((hidden, hidden + up + down))
        )
        at = end


def test_tables_are_tables(slides: list[Any], result: Result) -> None:
    tables = [shape.table for slide in slides for shape in slide.shapes if shape.has_table]
    heads = [[cell.text_frame.text for cell in one.rows[0].cells] for one in tables]
    years = [str(year) for year in result.data["year"].values]
    assert ["Organisation", *years] in heads
    assert ["Place", "Budget, £m", "Target, £m", "From target", "A head"] in heads


def test_without_the_library_it_says_how_to_install_it(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(InputError, match=r'pip install "nelfin\[slides\]"'):
        write_slides(result, tmp_path / "deck.pptx")
    assert list(tmp_path.iterdir()) == []
