"""How tables and titles are set out in the terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import nelfin
from nelfin.cli.options import with_bold_heads
from nelfin.report.text.terminal import clean, cut, table_text, title_text, wrapped

pytestmark = pytest.mark.unit

Cells = Callable[[str], int]


def test_a_name_folds_and_is_cut_after_three_lines() -> None:
    rows = [["Barking, Havering and Redbridge University Hospitals NHS Trust", "1" * 40]]
    lines = table_text(["trust", "£m"], rows).split("\n")[2:]
    assert [line[:37].rstrip() for line in lines] == [
        "Barking, Havering and Redbridge",
        "  University Hospitals NHS Trust",
    ]
    lines = table_text(["trust", "£m"], [["word " * 100, "1.0"]]).split("\n")[2:]
    assert len(lines) == 3
    assert lines[-1].endswith("word…")


def test_figures_line_up_and_brackets_hang() -> None:
    lines = table_text(["a", "£m"], [["x", "1,234.5"], ["y", "(31.0)"], ["z", "–"]]).split("\n")
    assert lines[2].rstrip().endswith("1,234.5")
    assert lines[2].index(".") == lines[3].index(".")
    assert lines[3].endswith("(31.0)")
    assert len(lines[4]) == 79


def test_words_do_not_run_into_the_figure_before_them() -> None:
    wide = "word " * 30
    line = table_text(["a", "b", "c"], [[wide, "1,000.0", wide]], "lrl").split("\n")[2]
    assert "1,000.0  word" in line


def test_years_that_do_not_fit_follow_below_alike() -> None:
    years = [f"20{at}/{at + 1}" for at in range(23, 33)]
    rows = [["Reported", *["(1,234.5)"] * 9, "1.0"], ["Total", *["0.0"] * 10]]
    text = table_text(["step", *years], rows, title="BRIDGE, £m", ruled=[-1])
    assert text.count("BRIDGE, £m") == 1
    first, second = text.split("\n\n")
    assert [line.split() for line in (first.split("\n")[1], second.split("\n")[0])] == [
        ["step", *years[:5]],
        ["step", *years[5:]],
    ]
    # a line below the headings and one above the total
    assert [line[0] for line in second.split("\n")] == ["s", "─", "R", "─", "T"]
    assert first.split("\n")[1].index("2023/24") == second.index("2028/29")


def test_a_table_without_rows_has_its_headings() -> None:
    assert table_text(["place", "£m"], [], ruled=[-1]).split() == ["place", "£m", "─" * 79]


def test_a_figure_wider_than_the_screen_is_whole_all_the_same() -> None:
    assert "9" * 90 in table_text(["a", "b"], [["name", "9" * 90]]).split()


def test_letters_that_move_the_cursor_or_turn_the_line_are_spelt() -> None:
    assert clean("a\x1b[2Jb\tc\nd\u202ee\u00a0%") == "a\\x1b[2Jb c d\\u202ee\u00a0%"
    assert cut("Tower Hamlets", 8) == "Tower H…"
    assert cut("\u5317\u4eac\u533b\u9662", 6) == "\u5317\u4eac…"


def test_a_per_cent_sign_stays_with_its_figure() -> None:
    for width in range(20, 60):
        text = wrapped("The plan is proven within 0.11\u00a0% of the best.", width)
        assert any("0.11\u00a0%" in line for line in text)


def test_the_title_keeps_what_it_is_about(cells: Cells) -> None:
    top, line, said = title_text("y" * 500, ", 2023/24", "Given.", corner="£m").split("\n")
    assert top.endswith("…, 2023/24  £m")
    assert cells(top) == cells(line) == 79
    assert said == "Given."


def test_headings_are_bold_and_rows_are_not() -> None:
    text = table_text(["place", "£m"], [["Newham", "(1.0)"]], title="PLACES", ruled=[-1])
    page = f"{title_text('System', '', 'Said.')}\n\nWHY\n  Because.\n\n{text}\n\nA note."
    bold = [line for line in with_bold_heads(page).split("\n") if "\x1b[1m" in line]
    assert [re.sub(r"\x1b\[\d+m", "", line).split()[0] for line in bold] == [
        "System", "WHY", "PLACES", "place",
    ]  # fmt: skip
    assert re.sub(r"\x1b\[\d+m", "", with_bold_heads(page)) == page


def test_no_other_way_to_set_out_columns_is_left() -> None:
    by_hand = re.compile(r"\{[^{}]*:[^{}]?[<>^]\{?\w+\}?\}|\.(?:l|r)just\(|\.center\(")
    root = Path(nelfin.__file__).parent
    found = [
        f"{path.relative_to(root)}: {line.strip()}"
        for path in sorted(root.rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if by_hand.search(line)
    ]
    # letters for columns not named, no cells
    assert found == ['report/text/terminal.py: kinds = (align or "l").ljust(len(heads), "r")']
