"""A workbook that is a scenario: its sheet of settings is read as a scenario file is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

import nelfin
from nelfin.data import TABLES, load_inputs
from nelfin.data.start.folder import start_system, write_scenario_folder
from nelfin.errors import InputError
from nelfin.report.workbook import write_input_workbook
from nelfin.scenario import Scenario, load_scenario, resolved_toml
from nelfin.scenario.schema import Data
from nelfin.scenario.typed import as_names, names_in

pytestmark = pytest.mark.unit

HEADS = ("Key", "Value", "Unit", "Low", "High", "Range holds", "Status", "Source")
Rows = list[list[Any]]


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Write a workbook of a few settings over the embedded scenario, with sheets beside."""

    def write(
        *rows: list[Any],
        heads: tuple[str, ...] = HEADS,
        per_cent: Mapping[str, float] | None = None,
        sheets: Mapping[str, Rows] | None = None,
        extends: str = "nel",
        title: str = "",
    ) -> Path:
        file = tmp_path / "plan.xlsx"
        with xlsxwriter.Workbook(str(file)) as made:
            shown = made.add_format({"num_format": "0%"})
            sheet = made.add_worksheet("Settings")
            lines = [
                *([[title], []] if title else []),
                list(heads),
                *([["extends", extends]] if extends else []),
                *rows,
            ]
            for at, line in enumerate(lines):
                for column, cell in enumerate(line):
                    if cell not in ("", None):
                        sheet.write(at, column, cell)
            for at, (key, value) in enumerate((per_cent or {}).items(), start=len(lines)):
                sheet.write(at, 0, key)
                sheet.write_number(at, 1, value, shown)
            for name, cells in (sheets or {}).items():
                other = made.add_worksheet(name)
                for at, line in enumerate(cells):
                    other.write_row(at, 0, line)
        return file

    return write


def value_of(scenario: Scenario, key: str) -> Any:
    return scenario.evidence[key].value


def problems_of(file: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_scenario(file)
    return [str(problem).replace(f"{file.parent}/", "") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("key", "cell", "value", "told"),
    [
        ("recovery.efficiency_pct", 3.5, 3.5, False),
        ("recovery.efficiency_pct", "3.5", 3.5, False),
        ("recovery.efficiency_pct", "3.5%", 3.5, True),
        ("recovery.efficiency_pct", "3.5 per cent", 3.5, True),
        ("recovery.support_gbp_m", "£1,390.5m", 1390.5, True),
        ("recovery.support_gbp_m", "(3.4)", -3.4, True),
        ("recovery.support_gbp_m", "£86", 86.0, True),
        ("uncertainty.persistence", "80%", 0.8, True),
        ("prevention.gbp_per_qaly_gained", "£13,500", 13500.0, True),
        ("prevention.double_running_months", "5 months", 5.0, True),
        ("uncertainty.outcome_saves", 8, 8, False),
        ("capital.relax", "Yes", True, False),
        ("capital.relax", True, True, False),
        ("capital.solver", "CBC", "cbc", True),
        ("years.last", "2030-31", "2030/31", True),
        ("years.planned_to", "2025/26", "2025/26", False),
        ("name", 2026, "2026", False),
        ("prevention.share_of", "core; specialised", ["core", "specialised"], False),
        ("prevention.share_of", "core, specialised", ["core", "specialised"], False),
        ("envelope.growth_pct.core", "2%", 2.0, True),
        ("capital.place_weights.Tower Hamlets", 1.5, 1.5, False),
        ('capital.place_weights."St. Pancras"', 1.5, 1.5, False),
        ("allocation.need_weights.final_core.mental_health", "10%", 0.1, True),
    ],
)
def test_a_cell_is_read_as_the_value_of_its_setting(
    book: Any, key: str, cell: Any, value: Any, told: bool
) -> None:
    scenario = load_scenario(book([key, cell]))
    assert value_of(scenario, key) == value
    assert type(value_of(scenario, key)) is type(value)
    assert scenario.evidence[key].status == "given"
    assert bool(scenario.readings) == told
    if told:
        (note,) = scenario.readings
        assert note.startswith(f'plan.xlsx, sheet Settings, B3 ({key}): "{cell}" read as ')


@pytest.mark.parametrize(
    ("key", "cell", "says"),
    [
        ("recovery.efficiency_pct", "12,5", 'is "12,5": should be a number. Write 12.5 if'),
        ("recovery.efficiency_pct", "lots", 'is "lots": should be a number. Write digits only'),
        ("recovery.efficiency_pct", "£5", 'is "£5": should be a number.'),
        ("recovery.support_gbp_m", "£1,390k", "Write 1.39, the figure in £m."),
        ("recovery.support_gbp_m", "5%", "Write the figure in digits, in £m."),
        ("recovery.efficiency_pct", 250, "should be less than or equal to 100"),
        ("recovery.efficiency_pct", "", "is empty. Fill it in."),
        ("capital.carry_over_pct", "", "is empty. Fill it in. The default is 0."),
        ("capital.relax", "perhaps", 'is "perhaps": should be a valid boolean. Write yes or no.'),
        ("capital.solver", "gurobi", "should be 'highs' or 'cbc'"),
        ("uncertainty.outcome_saves", 7.5, "should be a whole number"),
        ("years.last", "2030", "is not a financial year such as 2023/24"),
        ("years.last", "2030-04-01", "is not a financial year such as 2023/24"),
        ("recovery.efficiency_pc", 3, 'Did you mean "recovery.efficiency_pct"?'),
        ("efficiency_pct", 3, 'Did you mean "recovery.efficiency_pct"?'),
        ("recovery.efficiency_pct.core", 3, 'goes below "efficiency_pct", which holds one value.'),
        ("envelope.growth_pct", 3, "names a section, not a value."),
    ],
)
def test_a_cell_that_is_not_certain_is_named_by_its_place_and_its_key(
    book: Any, key: str, cell: Any, says: str
) -> None:
    (problem,) = problems_of(book([key, cell]))
    assert problem.startswith("plan.xlsx, sheet Settings, cell B3, ")
    assert says in problem


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (["", 5], "cell B3: has a value without a key."),
        (
            ["capital.place_weights.<place>", 5],
            "cell A3: is capital.place_weights.<place>, and its",
        ),
        (["data.projects", "p.csv"], "cell A3: is data.projects: the tables of a workbook are its"),
        (["recovery.pdc_pct", 3, "£m"], 'cell C3: is "£m", but the setting is in %.'),
        (
            ["recovery.pdc_pct", 3, "%", "", "", "", "ublished"],
            'cell G3: is "ublished", which is no',
        ),
        (["recovery.pdc_pct", 3, "%", 2, 4, "most"], 'cell F3: is "most".'),
        (["recovery.pdc_pct", 3, "%", 4, 5], "has the range 4 to 5 around 3."),
        (["recovery.pdc_pct", 3, "%", 2, ""], "has a range that is not of numbers."),
    ],
)
def test_a_row_that_is_not_whole_is_refused_by_its_cell(
    book: Any, row: list[Any], says: str
) -> None:
    (problem,) = problems_of(book(row))
    assert problem.startswith("plan.xlsx, sheet Settings, cell ")
    assert says in problem


def test_all_problems_are_told_at_once_and_a_repeated_key_is_one(book: Any) -> None:
    problems = problems_of(
        book(["capital.gap_pct", 1], ["capital.gap_pct", 2], ["recovery.pdc_pct", "lots"],
             ["recovery.pdc", 3], [], ["", "", "A note of mine"])
    )  # fmt: skip
    assert len(problems) == 3
    assert "cell A4: repeats capital.gap_pct of row 3. Keep one of them." in problems[0]


def test_what_excel_shows_as_per_cent_is_what_is_seen(book: Any) -> None:
    shown = {"recovery.efficiency_pct": 0.07, "uncertainty.persistence": 0.8}
    scenario = load_scenario(book(per_cent=shown))
    assert value_of(scenario, "recovery.efficiency_pct") == 7.0
    assert value_of(scenario, "uncertainty.persistence") == 0.8
    note = 'plan.xlsx, sheet Settings, B3 (recovery.efficiency_pct): "7%" read as 7.'
    assert scenario.readings == (note,)
    (problem,) = problems_of(book(per_cent={"recovery.support_gbp_m": 0.5}))
    assert 'is "50%": should be a number' in problem


def test_a_figure_has_what_its_row_says_of_it(book: Any) -> None:
    row = ["recovery.pdc_pct", 3, "% of net assets", 2, 4, "8 in 10 cases", "Published", "A book"]
    figure = load_scenario(book(row)).evidence["recovery.pdc_pct"]
    assert (figure.low, figure.high, figure.shape) == (2.0, 4.0, "interval_80")
    assert (figure.unit, figure.status, figure.source) == ("% of net assets", "published", "A book")


def test_only_key_and_value_must_be_there_in_any_order_below_titles(book: Any) -> None:
    heads = ("value", "Remarks of the board", "KEY")
    rows = [[4, "mine", "recovery.pdc_pct"], ["nel", "", "extends"]]
    file = book(*rows, heads=heads, extends="", title="Our settings")
    assert value_of(load_scenario(file), "recovery.pdc_pct") == 4
    note = 'plan.xlsx, sheet Settings: column not read: "Remarks of the board".'
    assert load_scenario(file).readings == (note,)
    (problem,) = problems_of(book([3], heads=("Name", "Value"), extends=""))
    assert 'has no row with the headings "Key" and "Value"' in problem
    (problem,) = problems_of(book(heads=("Key", "Value", "Statuss")))
    assert 'row 1: the heading "Statuss" is not known. Did you mean "Status"?' in problem
    (problem,) = problems_of(book(heads=("Key", "Value", "Value")))
    assert 'has the heading "Value" twice' in problem


def test_a_sheet_named_after_a_table_is_that_table(book: Any) -> None:
    limits = [["Year", "Limit £m"], ["2026/27", "£70m"]]
    scenario = load_scenario(book(sheets={"Capital Limits": limits, "My notes": [["x"]]}))
    assert str(scenario.data.capital_limits).endswith("plan.xlsx#Capital Limits")
    assert scenario.readings == ('plan.xlsx: sheets not read: "My notes".',)
    problems = problems_of(book(sheets={"capital_limit": limits, "projects": [], "Projects ": []}))
    assert (
        'has the sheet "capital_limit", which is no table. Did you mean "capital_limits"?'
        in (problems[1])
    )
    assert 'has the sheets "projects" and "Projects " for one table. Keep one' in problems[0]


def test_a_sheet_that_a_table_needs_is_named(book: Any) -> None:
    problems = problems_of(book(extends=""))
    missing = [name for name, about in Data.model_fields.items() if about.is_required()]
    for name in missing:
        assert sum(f'plan.xlsx: has no sheet "{name}": ' in problem for problem in problems) == 1
    assert not [problem for problem in problems if "data." in problem]


def test_a_workbook_without_settings_is_told_apart_from_a_scenario(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "t.xlsx")) as made:
        made.add_worksheet("projects")
    (problem,) = problems_of(tmp_path / "t.xlsx")
    assert 't.xlsx: has no sheet "Settings", so it is no scenario by itself.' in problem
    assert "nelfin new DIR --excel" in problem
    (tmp_path / "scenario.toml").write_text('extends = "nel"\n')
    (problem,) = problems_of(tmp_path / "t.xlsx")
    assert problem.endswith("takes its tables from it: scenario.toml.")


def test_files_and_settings_stand_on_workbooks_and_over_them(book: Any, tmp_path: Path) -> None:
    file = book(["recovery.pdc_pct", 4], ["recovery.efficiency_pct", 3])
    (tmp_path / "more.toml").write_text(
        'extends = "plan.xlsx"\n[recovery]\nefficiency_pct = 5.0\n', encoding="utf-8"
    )
    scenario = load_scenario(tmp_path / "more.toml", ["capital.gap_pct=1"])
    assert [path.name for path in scenario.files][-2:] == ["plan.xlsx", "more.toml"]
    found = {key: value_of(scenario, f"{key}_pct") for key in ("recovery.pdc", "capital.gap")}
    assert found == {"recovery.pdc": 4, "capital.gap": 1}
    assert scenario.recovery.efficiency_pct == 5
    assert load_scenario(file, {"recovery.pdc_pct": 2.0}).recovery.pdc_pct == 2


def rewritten(old: Path, file: Path, settings: Mapping[tuple[str, str], Any]) -> Path:
    """Write the settings of a workbook to one that takes the tables of the old.

    Some cells are changed, by their key and heading.
    """
    whole = CalamineWorkbook.from_path(str(old))
    rows = whole.get_sheet_by_name("Settings").to_python(skip_empty_area=False)
    top = next(at for at, row in enumerate(rows) if "Key" in row)
    heads = rows[top]
    for row in rows[top + 1 :]:
        for at, heading in enumerate(heads):
            row[at] = settings.get((str(row[heads.index("Key")]), str(heading)), row[at])
    with xlsxwriter.Workbook(str(file)) as made:
        sheet = made.add_worksheet("Settings")
        for at, line in enumerate([*rows, ["", "extends", str(old)]]):
            for column, cell in enumerate(line):
                if cell != "":
                    sheet.write(at, column, cell)
    return file


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scenario, Path, Scenario, Path]:
    """Another system's scenario in a folder of files, and in one workbook."""
    folder = tmp_path_factory.mktemp("another")
    (folder / "made").mkdir()
    start, head = start_system("QWE", folder / "made")
    toml = write_scenario_folder(start.scenario, folder, head)
    write_input_workbook(start.scenario, folder / "plan.xlsx", head)
    return load_scenario(toml), toml, load_scenario(folder / "plan.xlsx"), folder / "plan.xlsx"


def figures(scenario: Scenario) -> dict[str, Any]:
    own = {"schema", "name", "icb", "base"}  # bare in both, so that their source is the file
    return {key: figure for key, figure in scenario.evidence.items()
            if not key.startswith("data.") and key not in own}  # fmt: skip


def test_a_workbook_holds_every_setting_of_another_system_as_its_files_do(another: Any) -> None:
    files, _, book, _ = another
    assert list(figures(book)) == list(figures(files))
    assert figures(book) == figures(files)
    assert book.model_dump(exclude={"data"}) == files.model_dump(exclude={"data"})
    assert book.readings == ()
    ours, theirs = load_inputs(book), load_inputs(files)
    assert ours.readings == ()
    for name in TABLES:
        table, other = getattr(ours, name), getattr(theirs, name)
        pd.testing.assert_frame_equal(table, other, check_exact=True, check_like=True)


def test_a_workbook_holds_every_setting_of_the_embedded_system(
    scenario: Scenario, tmp_path: Path
) -> None:
    write_input_workbook(scenario, tmp_path / "plan.xlsx")
    book = load_scenario(tmp_path / "plan.xlsx")
    assert list(figures(book)) == list(figures(scenario))
    assert figures(book) == figures(scenario)
    assert book.model_dump(exclude={"data"}) == scenario.model_dump(exclude={"data"})


def test_what_a_run_keeps_of_a_workbook_loads_to_the_same(another: Any) -> None:
    _, _, book, file = another
    kept = file.with_name("kept.toml")
    kept.write_text(resolved_toml(book), encoding="utf-8")
    again = load_scenario(kept)
    assert again.model_dump() == book.model_dump()
    assert figures(again) == figures(book)


def test_a_value_changed_alone_counts_as_given_and_its_range_moves_along(
    another: Any, tmp_path: Path
) -> None:
    _, _, before, file = another
    key, other = "recovery.efficiency_pct", "recovery.pdc_pct"
    was = before.evidence[key]
    changes = {
        (key, "Value"): was.high + 1,
        (other, "Value"): 3.25,
        (other, "Source"): "Our board",
        ("capital.place_weights.Merton", "Value"): 1.5,
    }
    after = load_scenario(rewritten(file, tmp_path / "new.xlsx", changes), allow=[file.parent])
    now = after.evidence[key]
    assert now.status == "given"
    assert now.source.startswith(str(tmp_path / "new.xlsx"))
    assert (now.low, now.high) == (
        was.low + now.value - was.value,
        was.high + now.value - was.value,
    )
    assert after.evidence[other].status == before.evidence[other].status
    assert after.evidence[other].source == "Our board"
    assert after.capital.place_weights == {"Merton": 1.5}
    (told,) = after.readings
    assert "a value was changed, but status and source were left as they stood: C" in told
    assert f"({key})" in told
    same = {k: v for k, v in figures(after).items() if k not in (key, other)}
    assert same.items() >= {k: v for k, v in figures(before).items() if k in same}.items()


def test_a_change_of_range_alone_keeps_status_and_source(another: Any, tmp_path: Path) -> None:
    _, _, before, file = another
    key = "recovery.efficiency_pct"
    was = before.evidence[key]
    changes = {(key, "High"): was.high + 1}
    after = load_scenario(rewritten(file, tmp_path / "new.xlsx", changes), allow=[file.parent])
    assert after.evidence[key].high == was.high + 1
    assert after.evidence[key].status == was.status
    assert after.readings == ()


@pytest.mark.parametrize(
    "names", [["core"], ["core", "primary care"], ["acute, urgent"], ["a;b", 'say "x"'], []]
)
def test_a_list_in_a_cell_comes_out_as_it_went_in(names: list[str]) -> None:
    assert names_in(as_names(names)) == names


def test_runs_and_checks_take_what_settings_were_read_as(book: Any) -> None:
    scenario = nelfin.load_scenario(book(["recovery.efficiency_pct", "3%"]))
    assert load_inputs(scenario).readings == scenario.readings != ()
