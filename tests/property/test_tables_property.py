"""Whatever stands in a table or a scenario, it is read as written or refused in plain words."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
import tomli_w
import xlsxwriter
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from nelfin.data.specs.columns import Column, Table
from nelfin.data.tables import check_frame, read_table
from nelfin.data.typed import EXCEL_ERRORS
from nelfin.errors import InputError
from nelfin.scenario import Scenario, load_scenario, resolved_toml
from nelfin.scenario.schema import Section

pytestmark = pytest.mark.property

SPEC = Table(
    "anything",
    (
        Column("code"),
        Column("amount", kind="number", low=-1e9, high=1e9),
        Column("note", required=False, blank=True, default=""),
        Column("year", kind="year", required=False, blank=True),
        Column("open", kind="yes_no", required=False, blank=True, default=False),
        Column("months", kind="integer", required=False, blank=True, default=12),
    ),
    key=("code",),
)

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
number = st.floats().map(repr) | st.integers().map(str) | st.decimals().map(str)
word = st.sampled_from(
    ["", " ", "NA", "5E1", "1,000", "£5", "5%", "(5)", "2026/27", "yes", "-0", "+1"]
)
cell = text | number | word
row = st.fixed_dictionaries({column.name: cell for column in SPEC.columns})
sound_text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
sound_row = st.fixed_dictionaries(
    {
        "code": sound_text.filter(
            lambda value: (
                value.strip() not in {"", *EXCEL_ERRORS}
                and not re.search("total|sum", value, re.IGNORECASE)
            )  # would name a row of totals
        ),
        "amount": st.floats(-1e9, 1e9).map(repr),
        "note": (sound_text | number | word).filter(
            lambda value: value.strip() not in EXCEL_ERRORS
        ),
        "year": st.sampled_from(["", "2026/27", "1999/00"]),
        "open": st.sampled_from(["", "yes", "NO", "True", "0"]),
        "months": st.integers(-(10**15), 10**15).map(str) | st.just(""),
    }
)


@pytest.fixture(scope="module")
def file() -> Iterator[Path]:
    """Return the path of a file that every example may write anew."""
    with TemporaryDirectory() as folder:
        yield Path(folder) / "table.csv"


def written(rows: list[dict[str, str]], file: Path, quoting: Any = csv.QUOTE_MINIMAL) -> Path:
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, [column.name for column in SPEC.columns], quoting=quoting)
        writer.writeheader()
        writer.writerows(rows)
    return file


def read_or_refused(place: Path, notes: list[str] | None = None) -> pd.DataFrame | InputError:
    """Return the table, or the refusal; any other fault is a fault of the reader."""
    try:
        return read_table(place, SPEC, notes=notes)
    except InputError as error:
        return error


def names_its_place(outcome: pd.DataFrame | InputError, place: Path) -> bool:
    """Say whether an outcome is a table, or a refusal whose problems all name the file."""
    if isinstance(outcome, pd.DataFrame):
        return True
    return bool(outcome.problems) and all(
        str(place) in problem.where for problem in outcome.problems
    )


def is_number(value: str) -> bool:
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False


@given(rows=st.lists(row | sound_row, max_size=4))
@settings(max_examples=200)
def test_a_table_of_anything_reads_as_written_or_is_told_or_refused(
    file: Path, rows: list[dict[str, str]]
) -> None:
    notes: list[str] = []
    frame = read_or_refused(written(rows, file), notes)
    assert names_its_place(frame, file)
    if isinstance(frame, InputError) or notes:
        return
    filled = {
        at: {name: value.strip() for name, value in given.items()}
        for at, given in enumerate(rows, start=2)
        if any(value.strip() for value in given.values())
    }
    assert list(frame.index) == list(filled)
    for at, cells in filled.items():
        line = frame.loc[at]
        assert line["code"] == cells["code"]
        assert line["note"] == cells["note"]
        assert line["year"] == (cells["year"] or None)
        assert line["amount"] == float(cells["amount"])
        assert line["months"] == (float(cells["months"]) if cells["months"] else 12)
        assert line["open"] == (cells["open"].lower() in {"yes", "y", "true", "1"})


@given(rows=st.lists(sound_row, min_size=1, max_size=4, unique_by=lambda r: r["code"].strip()))
@settings(max_examples=100)
def test_a_sound_table_is_never_refused(file: Path, rows: list[dict[str, str]]) -> None:
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL):
        frame = read_table(written(rows, file, quoting), SPEC)
        assert frame["code"].tolist() == [given["code"].strip() for given in rows]
        assert frame["amount"].tolist() == [float(given["amount"]) for given in rows]
        again = check_frame(frame, SPEC, "again")
        pd.testing.assert_frame_equal(again, frame)


@given(value=cell.filter(lambda value: "\0" not in value and not is_number(value.strip())))
@settings(max_examples=100)
def test_what_python_takes_for_no_number_is_never_read_as_one_without_a_word(
    file: Path, value: str
) -> None:
    whole = {"code": "P1", "amount": value, "note": "", "year": "", "open": "", "months": ""}
    notes: list[str] = []
    found = read_or_refused(written([whole], file), notes)
    if isinstance(found, InputError):
        assert found.problems[0].where.endswith("row 2, column amount")
    else:
        assert notes[0].startswith("table.csv, column amount, row 2: 1 cell with ")


@given(content=st.binary(max_size=200))
@settings(max_examples=100)
@example(content=b"code,amount\nP1,1\n\x00")
@example(content=b'code,amount\nP1,"1')
def test_a_file_of_any_bytes_reads_or_is_refused(file: Path, content: bytes) -> None:
    for suffix in (".csv", ".xlsx", ".xls"):
        place = file.with_suffix(suffix)
        place.write_bytes(content)
        assert names_its_place(read_or_refused(place), place)


@given(at=st.floats(0, 1, exclude_max=True), damage=st.binary(min_size=1, max_size=40))
@settings(max_examples=100)
def test_a_damaged_workbook_reads_or_is_refused(file: Path, at: float, damage: bytes) -> None:
    whole = _workbook()
    start = int(at * len(whole))
    place = file.with_suffix(".xlsx")
    place.write_bytes(whole[:start] + damage + whole[start + len(damage) :])
    assert names_its_place(read_or_refused(place), place)


def _workbook() -> bytes:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Table")
        sheet.write_row(0, 0, ["code", "amount"])
        sheet.write_row(1, 0, ["P1", 1.5])
    return held.getvalue()


def _keys(model: type[Section]) -> list[str]:
    """Return the names of the schema, which random files are made of together with others."""
    names = []
    for name, field in model.model_fields.items():
        names.append(field.alias or name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            names.extend(_keys(field.annotation))
    return names


key = st.sampled_from(
    [*_keys(Scenario), "core", "need", "rule", "value", "unit", "status", "source", "extends", ""]
) | text.filter(lambda value: len(value) < 6)
plain = (
    st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.booleans()
    | text
    | st.sampled_from(["nel", "2026/27", "core", "final_core", "highs", "~nobody/x.csv", "a\0b"])
    | st.dates(date(1, 1, 1))
)
anything = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(key, inner, max_size=3),
    max_leaves=6,
)
tree = st.dictionaries(key, anything, max_size=4)
SECTIONS = ("years", "capital", "prevention", "recovery", "envelope", "data")


@st.composite
def sections(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a scenario of real sections, each with a real key or two of any value."""
    found: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(SECTIONS), max_size=2, unique=True)):
        section = Scenario.model_fields[name].annotation
        assert isinstance(section, type)
        assert issubclass(section, Section)
        names = st.sampled_from(list(section.model_fields))
        sound = plain | st.floats(0, 100) | st.fixed_dictionaries({"value": plain, "unit": text})
        found[name] = draw(st.dictionaries(names, sound, max_size=2))
    return found


def loads_again_or_is_refused(file: Path, overrides: Any = None) -> None:
    """Load a scenario; if it is sound, what is kept with a run must load to the same one."""
    try:
        scenario = load_scenario(file, overrides)
    except InputError:
        return
    kept = file.with_name("kept.toml")
    kept.write_text(resolved_toml(scenario), encoding="utf-8")
    assert load_scenario(kept).model_dump() == scenario.model_dump()


@given(content=tree | sections(), extends=st.booleans())
@settings(max_examples=200)
@example(content={"value": 3}, extends=True)
@example(content={"extends": "a\0b"}, extends=False)
@example(content={"data": {"projects": "~nobody-of-that-name/p.csv"}}, extends=True)
def test_a_scenario_of_any_keys_loads_or_is_refused(
    file: Path, content: dict[str, Any], extends: bool
) -> None:
    scenario = file.with_name("scenario.toml")
    scenario.write_text(tomli_w.dumps(content | ({"extends": "nel"} if extends else {})), "utf-8")
    loads_again_or_is_refused(scenario)


@given(content=st.binary(max_size=100) | text.map(str.encode))
@settings(max_examples=100)
def test_a_scenario_file_of_any_bytes_loads_or_is_refused(file: Path, content: bytes) -> None:
    scenario = file.with_name("scenario.toml")
    scenario.write_bytes(b'extends = "nel"\n' + content)
    loads_again_or_is_refused(scenario)


@given(
    pairs=st.lists(
        st.tuples(
            st.sampled_from(
                ["capital.gap_pct", "years.first", "name", "data.projects", "prevention.share_of"]
            )
            | key
            | text,
            text | number | word,
        ),
        max_size=2,
    )
)
@settings(max_examples=100)
def test_any_text_that_is_set_is_taken_or_refused(file: Path, pairs: list[tuple[str, str]]) -> None:
    scenario = file.with_name("base.toml")
    scenario.write_text('extends = "nel"\n', encoding="utf-8")
    assume(all("=" not in name for name, _ in pairs))
    loads_again_or_is_refused(scenario, [f"{name}={value}" for name, value in pairs])
