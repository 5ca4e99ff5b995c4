"""Lists as people publish them: layouts like theirs, with names and figures made up."""

from __future__ import annotations

import tomllib
from io import StringIO
from typing import Any

import pandas as pd
import pytest

from nelfin.data.lists import ProjectTable, map_of, project_table
from nelfin.errors import InputError
from nelfin.models.capital import solve

pytestmark = pytest.mark.unit


def listed(text: str, columns: str | dict[str, Any] = "") -> ProjectTable:
    """Read a list, as texts, by a map of at most ten lines."""
    frame = pd.read_csv(StringIO(text.strip()), dtype=str, keep_default_na=False)
    frame = frame.set_axis(range(2, len(frame) + 2), axis=0)
    if isinstance(columns, str):
        assert len(columns.strip().splitlines()) <= 10
        columns = tomllib.loads(columns)
    return project_table(frame, columns, "list.csv")


def refused(text: str, columns: str | dict[str, Any] = "") -> str:
    with pytest.raises(InputError) as caught:
        listed(text, columns)
    return str(caught.value)


def spend_of(table: pd.DataFrame) -> dict[str, list[float]]:
    names = [name for name in table if str(name).startswith("spend_")]
    spends = table[names].to_numpy(dtype=float).tolist()
    return dict(zip(table["project_id"], spends, strict=True))


def plan_of(table: pd.DataFrame, limits: dict[str, float]) -> dict[str, str]:
    frame = pd.DataFrame({"year": list(limits), "limit_gbp_m": list(limits.values())})
    plan = solve(table, frame, gap_pct=0.0, discount_rate_pct=0.0).plan
    return dict(zip(plan["project_id"], plan["start_year"], strict=True))


# Five layouts


CITY = """
Program,Project Name,Sub-project Name,2026,2027,2028,Total 3 Year,Ward,Category
Libraries,Branch renewal,Elm Road roof,100.00, -   ,"1,300.00","1,400.00",3,Good Repair
Libraries,Branch renewal,Elm Road lift, -   , -   ,250.00,250.00,3,
Parks,Paths,River path, -   ,80.00,70.00,150.00,7,Growth
"""


def test_a_citys_plan_with_a_column_a_calendar_year_in_thousands() -> None:
    found = listed(
        CITY,
        """
        unit = "£k"
        rank_by = "Total 3 Year"
        [columns]
        name = "Sub-project Name"
        organisation = "Program"
        """,
    )
    table = found.table
    assert table["project_id"].tolist() == ["row 2", "row 3", "row 4"]
    assert table["planned_start"].tolist() == ["2026/27", "2028/29", "2027/28"]
    assert spend_of(table)["row 2"] == [0.1, 0.0, 1.3]  # the gap inside stays
    assert spend_of(table)["row 3"] == [0.25, 0.0, 0.0]  # noughts before the first money do not
    assert table["benefit"].tolist() == [1400.0, 250.0, 150.0]
    assert table["category"].tolist() == ["Good Repair", "not given", "Growth"]
    assert found.not_read == ("Project Name", "Ward")
    said = "\n".join(found.notes)
    assert 'the heading "2026" is taken as the financial year 2026/27' in said
    assert 'money of "-" read as nought in 3 rows (rows 2 to 4)' in said
    assert "category is blank in 1 row (row 3)" in said


CAPITAL_PROGRAMME = """
Dept,Project_Name,Project_Status,Capital_Year_0,CapitalYear_1,Capital_Year_2,External
Works,Bridge deck,In design,"$1,000,000",$0,"$500,000",0
Works,Depot heating,New,"$250,000","$250,000",$0,#Missing
"""


def test_years_that_no_heading_names_are_said_in_the_map() -> None:
    found = listed(
        CAPITAL_PROGRAMME,
        """
        unit = "£"
        years = {Capital_Year_0 = "2026/27", CapitalYear_1 = "2027/28", Capital_Year_2 = "2028/29"}
        [columns]
        category = "Project_Status"
        [constants]
        benefit = 1
        """,
    )
    assert spend_of(found.table) == {"row 2": [1.0, 0.0, 0.5], "row 3": [0.25, 0.25, 0.0]}
    assert found.table["organisation"].tolist() == ["Works", "Works"]
    assert any("money in $ is taken as it stands" in note for note in found.notes)
    assert not any("money in €" in note for note in found.notes)


SYSTEM_PLAN = """
Provider,Scheme,Category of spend,Funding source,2026/27 (£'000)
Northgate,Theatre air,Estates,Operational,"3,400"
Northgate,Linac,Equipment,National,"2,100"
Southmoor,Ward refit,Estates,Operational,900
Total,,,,"6,400"
"""


def test_a_systems_plan_of_one_year_with_its_total() -> None:
    found = listed(SYSTEM_PLAN, "phasing = 'fixed'\n[constants]\nbenefit = 5")
    assert spend_of(found.table) == {"row 2": [3.4], "row 3": [2.1], "row 4": [0.9]}
    assert found.table["earliest_start"].tolist() == ["2026/27"] * 3
    assert found.table["latest_start"].tolist() == ["2026/27"] * 3
    assert any(
        "1 row of totals left out, checked against the sum (row 5)" in n for n in found.notes
    )


SITES = """
Trust Code,Trust Name,Site Code,High risk (£),Significant risk (£),Low risk (£),Risk adjusted (£)
XA1,Northgate,XA101,"1,200,000","300,000",0,900000
XA1,Northgate,XA102,0,"2,500,000","40,000",1100000
"""


def test_a_return_of_backlog_by_site() -> None:
    found = listed(
        SITES,
        """
        unit = "£"
        rank_by = "Risk adjusted (£)"
        [columns]
        project_id = ["Trust Code", "Site Code"]
        name = "Site Code"
        organisation = "Trust Name"
        spend_1 = ["High risk (£)", "Significant risk (£)"]
        backlog_high_gbp_m = "High risk (£)"
        [constants]
        category = "Backlog"
        """,
    )
    table = found.table
    assert spend_of(table) == {"XA1 - XA101": [1.5], "XA1 - XA102": [2.5]}
    assert table["backlog_high_gbp_m"].tolist() == [1.2, 0.0]
    assert table["benefit"].tolist() == [900000.0, 1100000.0]
    assert found.not_read == ("Low risk (£)",)


COMMITMENTS = """
FMS ID,Managing Agency,Description,Phase,Type,Planned date,Amount (k)
850A,Buildings,Library,Design,New,2026-06-30,120
850A,Buildings,Library,Works,New,2028-02-01,"2,000"
850B,Buildings,Boilers,Works,Renewal,04/2027,300
"""


def test_a_plan_with_a_phase_a_row_and_its_date() -> None:
    found = listed(
        COMMITMENTS,
        """
        unit = "£k"
        [columns]
        year = "Planned date"
        amount = "Amount (k)"
        [points]
        New = 5
        Renewal = 8
        [constants]
        benefit = 1
        """,
    )
    assert found.table["project_id"].tolist() == ["850A", "850B"]
    assert spend_of(found.table) == {"850A": [0.12, 2.0], "850B": [0.3, 0.0]}
    assert found.table["planned_start"].tolist() == ["2026/27", "2027/28"]
    assert any("3 rows summed by project_id into 2 schemes" in note for note in found.notes)


PHASES = """
Ref,Title,Trust,Type,Score,FY26/27,FY27/28
A,Clinic,North,Estate,7,1,
A,Clinic,North,Estate,7,,3.5
B,Scanner,North,Equipment,5,2,
"""


def test_phases_are_summed_only_where_the_map_says_that_rows_are_phases() -> None:
    found = listed(PHASES, 'rows = "phases"')
    assert spend_of(found.table) == {"A": [1.0, 3.5], "B": [2.0, 0.0]}
    assert found.table["benefit"].tolist() == [7.0, 5.0]
    told = refused(PHASES)
    assert '1 id stands in several rows, such as "A" (rows 2 and 3)' in told
    assert 'rows = "phases"' in told
    assert 'project_id = "row numbers"' in told
    numbered = listed(PHASES, "[columns]\nproject_id = 'row numbers'")
    assert len(numbered.table) == 3
    summed = listed(PHASES.replace("7,,3.5", "6,,3.5"), "rows = 'phases'\nbenefit_of = 'row'")
    assert summed.table["benefit"].tolist() == [13.0, 5.0]
    assert "another row of the scheme has 7" in refused(
        PHASES.replace("7,,3.5", "6,,3.5"), "rows = 'phases'"
    )
    assert 'is "South", and another row' in refused(
        PHASES.replace("North,Estate,7,,3.5", "South,Estate,7,,3.5"), "rows = 'phases'"
    )


# What a plan makes of it


def test_fixed_schemes_stay_in_their_years_and_movable_ones_need_not() -> None:
    limits = {"2026/27": 1.5, "2027/28": 0.0, "2028/29": 2.0}
    text = "Ref,Title,Trust,Type,Score,2026/27,2027/28,2028/29\nA,a,N,E,5,0,1,0\nB,b,N,E,4,0,0,2\n"
    assert plan_of(listed(text, {"phasing": "fixed"}).table, limits) == {"A": "", "B": "2028/29"}
    moved = plan_of(listed(text).table, limits)
    assert moved == {"A": "2026/27", "B": "2028/29"}


# Totals


@pytest.mark.parametrize("last", ["6", "6.0", "7"])
def test_a_total_is_left_out_and_one_that_does_not_add_up_is_told(last: str) -> None:
    text = f"Ref,Title,Trust,Type,Score,2026/27\nA,a,N,E,5,2\nB,b,N,E,4,4\n,Grand total,,,,{last}\n"
    found = listed(text)
    assert found.table["project_id"].tolist() == ["A", "B"]
    told = "\n".join(found.notes)
    if last == "7":
        assert "it says £7.000m and the rows add up to £6.000m" in told
    else:
        assert "checked against the sum (row 4)" in told


def test_sub_totals_are_told_from_schemes_that_have_the_word_in_their_names() -> None:
    text = """
Ref,Title,Trust,Type,Score,2026/27
A,Total hip centre,North,E,5,2
B,Lift,North,E,4,4
,North total,,,,6
C,Roof,South,E,1,1
,South total,,,,1
"""
    for words in (text, text.replace("North total", "Total North")):
        assert listed(words).table["project_id"].tolist() == ["A", "B", "C"]
    assert 'looks like a total ("South total"), but comes to £5.000m' in refused(
        text.replace(",,,,1", ",,,,5")
    )


def test_a_column_of_totals_that_is_not_the_sum_is_told_and_the_years_are_taken() -> None:
    text = "Ref,Title,Trust,Type,Score,2026/27,2027/28,Total\nA,a,N,E,5,2,1,3\nB,b,N,E,4,4,1,9\n"
    told = "\n".join(listed(text).notes)
    assert 'column "Total" is not the sum of the years in 1 row, such as row 3' in told
    assert '"Total" is the sum of the years' in "\n".join(listed(text.replace("1,9", "1,5")).notes)


# Money as people write it


def test_money_is_read_as_people_write_it() -> None:
    row = 'A,a,N,E,5,£1.2m,500k,(66),-,"1,250",n/a\n'
    years = ",".join(f"{year}/{year - 1999}" for year in range(2026, 2032))
    text = f"Ref,Title,Trust,Type,Score,{years}\n{row}"
    assert spend_of(listed(text, {"unit": "£k"}).table)["A"] == [1.2, 0.5, -0.066, 0.0, 1.25]
    assert 'is "(66)", and another cell of the column says its unit' in refused(
        "Ref,Title,Trust,Type,Score,2026/27\nA,a,N,E,5,£2k\nB,b,N,E,5,(66)\n"
    )


@pytest.mark.parametrize("word", ["TBC", "tbd", "?", "to be confirmed", "soon", "1,2", "#REF!"])
def test_money_that_is_open_is_asked_about(word: str) -> None:
    told = refused(f'Ref,Title,Trust,Type,Score,2026/27\nA,a,N,E,5,"{word}"\nB,b,N,E,5,1\n')
    assert f'row 2, column 2026/27: is "{word}", not an amount.' in told


def test_a_unit_in_a_heading_counts_and_another_beside_it_is_refused() -> None:
    text = "Ref,Title,Trust,Type,Score,2026/27 (£k)\nA,a,N,E,5,750\n"
    assert spend_of(listed(text).table) == {"A": [0.75]}
    assert "names a unit in its heading" in refused(text, {"unit": "£m"})


# Years in any writing


@pytest.mark.parametrize(
    "heading",
    ["2026", "FY26", "FY2026", "FY2026/27", "2026-27", "2026/27", "2026/2027", "26/27",
     "2026/27 £m", "Budget 2026", "Planned spend 2026-27", "2026_27"],
)  # fmt: skip
def test_a_year_as_a_heading_in_any_writing(heading: str) -> None:
    text = f"Ref,Title,Trust,Type,Score,{heading}\nA,a,N,E,5,2\n"
    found = listed(text)
    assert found.table["planned_start"].tolist() == ["2026/27"]
    assumed = any("taken as the financial year 2026/27" in note for note in found.notes)
    assert assumed is (heading in {"2026", "FY26", "FY2026", "Budget 2026"})
    if assumed:
        ends = listed(text, {"calendar_years": "end"})
        assert ends.table["planned_start"].tolist() == ["2025/26"]
        assert not any("taken as" in note for note in ends.notes)


def test_two_columns_of_one_year_are_asked_about() -> None:
    text = "Ref,Title,Trust,Type,Score,2026/27 plan,2026/27 forecast\nA,a,N,E,5,2,3\n"
    assert 'several columns of 2026/27: "2026/27 plan" and "2026/27 forecast"' in refused(text)
    chosen = {"years": {"2026/27 plan": "2026/27"}, "not_read": ["2026/27 forecast"]}
    assert spend_of(listed(text, chosen).table) == {"A": [2.0]}


def test_money_of_years_without_a_column_is_asked_about() -> None:
    text = "Ref,Title,Trust,Type,Score,2026/27,Beyond 6 years\nA,a,N,E,5,2,{}\n"
    assert 'column Beyond 6 years: looks like "spend"' in refused(text.format("8"))
    assert listed(text.format("0")).not_read == ("Beyond 6 years",)  # nothing is lost with it


# Benefit


def test_without_a_benefit_the_list_says_what_to_give_and_what_may_rank() -> None:
    text = "Ref,Title,Trust,Type,Priority,Beds,2026/27\nA,a,N,E,1,9,2\nB,b,N,E,2,4,3\n"
    told = refused(text)
    assert "has no benefit" in told
    assert 'Columns of figures here: "Priority", "Beds".' in told
    assert listed(text, {"rank_by": "Beds"}).table["benefit"].tolist() == [9.0, 4.0]
    assert "Say which comes first" in refused(text, {"rank_by": "Priority"})
    first = listed(text, {"rank_by": "Priority", "first": "least"})
    assert first.table["benefit"].tolist() == [2.0, 1.0]
    assert any("an assumption" in note for note in first.notes)


def test_what_ranks_stands_in_for_a_benefit_that_is_blank_and_beside_no_other() -> None:
    text = "Ref,Title,Trust,Type,benefit,Beds,2026/27\nA,a,N,E,{},9,2\nB,b,N,E,,4,3\n"
    ranked = listed(text.format(""), {"rank_by": "Beds"})
    assert ranked.table["benefit"].tolist() == [9.0, 4.0]
    assert "is benefit by its heading" in refused(text.format("7"), {"rank_by": "Beds"})
    assert "column benefit: is empty" in refused(text.format("7"))


def test_words_rank_by_the_points_of_the_map() -> None:
    text = "Ref,Title,Trust,Type,Need,2026/27\nA,a,N,E,High,2\nB,b,N,E,Low,3\n"
    assert 'is "High", no figure' in refused(text, {"rank_by": "Need"})
    points = {"rank_by": "Need", "points": {"High": 5, "low": 1}}
    assert listed(text, points).table["benefit"].tolist() == [5, 1]


# The map


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"units": "£k"}, 'Did you mean "unit"?'),
        ({"unit": "k"}, "Write £ or £k or £m."),
        ({"columns": {"nmae": "Title"}}, 'Did you mean "name"?'),
        ({"columns": {"name": "Project"}}, 'names the column "Project", which list.csv has not.'),
        ({"columns": {"name": 5}}, "Write a heading"),
        ({"years": {"2026/27": "2026"}}, "Write the financial year"),
        ({"columns": {"year": "Type"}}, "names one of year and amount"),
        ({"name": "Title"}, "Put it under [columns] or [constants]: name."),
        ({"columns": {"name": "Title"}, "constants": {"name": "x"}}, "has a column too"),
        ({"rank_by": "Score", "columns": {"benefit": "Score"}}, "stands beside a benefit"),
        ({"points": {"High": "5"}}, "Write a number of points."),
        ({"constants": {"spend_1": 3}}, "is money that every scheme would have"),
    ],
)  # fmt: skip
def test_a_map_that_is_wrong_says_where(content: dict[str, Any], says: str) -> None:
    text = "Ref,Title,Trust,Type,Score,Cost\nA,a,N,E,5,2\n"
    columns = content.get("columns", {})
    if "constants" in content and "spend_1" in content["constants"]:
        columns = {**columns, "spend_2": "Cost"}
    elif not {"year"} & set(columns):
        columns = {**columns, "spend_1": "Cost"} if "columns" in content else columns
    assert says in refused(text, {**content, **({"columns": columns} if columns else {})})


def test_options_may_not_say_otherwise_than_the_map() -> None:
    given = map_of({"unit": "£k"})
    assert given.with_options({"unit": "--unit"}, unit="£k").unit == "£k"
    with pytest.raises(InputError, match='is "£m", and columns has unit = "£k"'):
        given.with_options({"unit": "--unit"}, unit="£m")


def test_a_table_with_nelfins_own_headings_is_left_as_it_is() -> None:
    frame = pd.DataFrame({
        "project_id": ["A", "B"], "name": ["a", "b"], "organisation": ["N", "N"],
        "category": ["c", "c"], "benefit": [1.0, 2.0], "spend_1": [0.0, 1.0],
        "spend_2": [3.0, 1.0], "my note": ["x", "y"],
    })  # fmt: skip
    found = project_table(frame)
    assert found.table is frame
    assert found.not_read == ("my note",)
    told = "1 scheme of 2 spend nothing in spend_1 and something later"
    assert told in found.notes[0]
    assert any(told in note for note in project_table(frame, {"unit": "£k"}).notes)
