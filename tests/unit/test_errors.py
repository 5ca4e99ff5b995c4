"""Problems raised together, and the nearest name."""

from __future__ import annotations

import ast
import errno
from pathlib import Path

import pytest

import nelfin
from nelfin.errors import InputError, OutputError, Problems, closest, nearest, reason

pytestmark = pytest.mark.unit


def test_problems_are_raised_together() -> None:
    problems = Problems()
    problems.raise_if_any()
    problems.add("a.csv, row 2", "is wrong.", "Mend it.")
    problems.add("b.csv", "is missing.", "Add it.")
    with pytest.raises(InputError) as caught:
        problems.raise_if_any()
    assert str(caught.value) == "a.csv, row 2: is wrong. Mend it.\nb.csv: is missing. Add it."


def test_nearest_names_the_closest_or_lists_what_is_known() -> None:
    assert nearest("gap_pt", ["gap_pct", "solver"]) == 'Did you mean "gap_pct"?'
    assert nearest("zzz", ["gap_pct", "solver"]) == "Known here: gap_pct, solver."


@pytest.mark.parametrize(
    ("word", "known", "offers"),
    [
        ("P2", ["P002", "P332"], ["P002"]),
        ("newham", ["Newham", "Hackney"], ["Newham"]),
        ("Barking", ["Barking and Dagenham", "Havering"], ["Barking and Dagenham"]),
        ("gap_pct", ["capital.gap_pct", "recovery.pdc_pct"], ["capital.gap_pct"]),
        ("gap_pt", ["capital.gap_pct", "recovery.pdc_pct"], ["capital.gap_pct"]),
        ("pct.core", ["a.core", "b.core", "c.other"], ["a.core", "b.core"]),
        ("nel:project.csv", ["nel:projects.csv", "nel:openings.csv"], ["nel:projects.csv"]),
        ("nothing", ["a.core", "b.core"], []),
    ],
)
def test_what_was_meant_is_offered(word: str, known: list[str], offers: list[str]) -> None:
    assert closest(word, known) == offers
    offered = " or ".join(f'"{name}"' for name in offers)
    assert nearest(word, known).startswith(f"Did you mean {offered}?" if offers else "Known here:")


def test_names_that_all_begin_as_the_word_are_listed_and_none_is_picked() -> None:
    keys = [f"recovery.{name}_pct" for name in ("a", "b", "c", "d")] + ["capital.gap_pct"]
    assert nearest("recovery", keys).startswith("Known here: recovery.a_pct, ")
    assert "capital" not in nearest("recovery", keys)


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.ENOSPC, errno.ENOTDIR, 9999])
def test_what_the_system_answers_is_put_in_plain_words(number: int) -> None:
    error = OSError(number, "Some words of the system", "a.xlsx")
    read = str(InputError.unread("a.xlsx", error))
    written = str(OutputError.at("a.xlsx", error, "Choose another."))
    assert "Errno" not in read + written
    assert ("does not exist" if number == errno.ENOENT else reason(error)) in read
    assert f"cannot be written: {reason(error)}." in written


def test_a_folder_in_the_place_of_a_file_is_said_to_be_that(tmp_path: Path) -> None:
    # as Windows answers where a folder is opened
    told = InputError.unread(tmp_path, PermissionError(errno.EACCES, "Permission denied"))
    assert told.problems[0].what == "is a folder, not a file."


def test_a_file_that_is_open_in_excel_is_to_be_closed_there() -> None:
    error = PermissionError(errno.EACCES, "Permission denied", "plan.xlsx")
    for told in (
        InputError.unread("plan.xlsx", error),
        OutputError.at("report.xlsx", error, "Choose another file."),
    ):
        (problem,) = told.problems
        assert "open in another program, such as Excel" in problem.what
        assert problem.remedy.startswith("Close it there, or ")


def test_no_message_prints_what_the_system_answers_as_it_is() -> None:
    """In a handler of `OSError` no text has the error in it: `reason` puts it in words."""
    raw = []
    for file in Path(nelfin.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler) and node.type and node.name:
                kinds = {ast.unparse(one) for one in getattr(node.type, "elts", [node.type])}
                if kinds & {"OSError", "PermissionError", "FileNotFoundError"}:
                    raw += [
                        f"{file.name}: {ast.unparse(part)}"
                        for part in ast.walk(node)
                        if isinstance(part, ast.FormattedValue)
                        and ast.unparse(part.value).split(".")[0] == node.name
                    ]
    assert raw == []
