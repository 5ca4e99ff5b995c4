"""Need indices without money: against system and England, by map, several systems, what is told."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest
from practice_case import (
    AREAS,
    NEEDS,
    csv,
    england_text,
    practices_of_england,
    problems_of,
    text_of,
)

import nelfin
from nelfin.data.specs import COMPONENTS
from nelfin.system.need_indices import ALL_PLACES, NOT_PLACED, OVERLAPS

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def england(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return csv(tmp_path_factory.mktemp("need"), england_text(), "2024_25.csv")


def index_of(table: pd.DataFrame, place: str, component: str, beside: str = "system") -> float:
    (value,) = table.loc[
        (table["place"] == place) & (table["component"] == component), f"index_in_{beside}"
    ]
    return float(value)


def plain_index(
    rows: list[list[str]], place: list[list[str]], whole: list[list[str]], k: int
) -> float:
    """Weighted people a head of a place over those of a whole, in plain sums."""
    assert all(row in rows for row in place)
    people, weighted = (lambda part: sum(float(row[5]) for row in part)), 6 + k
    ahead = sum(float(row[weighted]) for row in place) / people(place)
    return ahead / (sum(float(row[weighted]) for row in whole) / people(whole))


def test_indices_are_those_of_plain_sums(england: Path) -> None:
    found = nelfin.need(england, ["X03", "x17 "])
    rows = practices_of_england()
    system = [row for row in rows if row[3] in {"X03", "X17"}]
    # the file has mental health third, and prescribing before health inequalities
    columns = dict(zip(NEEDS, range(len(NEEDS)), strict=True)) | {"final_core": 7}
    for component, k in {"community": columns["CS WP"], "prescribing": columns["Prescr WP"],
                         "final_core": 7, "final_primary_medical": 8}.items():  # fmt: skip
        for area in AREAS:
            place = [row for row in system if row[4] == f"{area} X17"]
            mine = index_of(found.table, f"{area} X17", component)
            assert mine == pytest.approx(plain_index(rows, place, system, k))
            mine = index_of(found.table, f"{area} X17", component, "england")
            assert mine == pytest.approx(plain_index(rows, place, rows, k))
        assert index_of(found.table, ALL_PLACES, component) == pytest.approx(1.0)
    assert set(found.table["icb"]) == {"X03 + X17"}
    assert set(found.table["component"]) == set(COMPONENTS[1:])
    assert set(found.table["status"]) == {"derived"}
    assert found.notes == ()
    digest = hashlib.sha256(england.read_bytes()).hexdigest()
    assert dict(found.files) == {"2024_25.csv": digest}
    assert found.table["source"].str.contains(digest).all()
    assert list(found.who["practice_code"]) == [row[0] for row in system]
    assert set(found.who["placed_by"]) == {"local authority"}


def test_a_map_may_overlap_and_leave_out_and_both_are_told(england: Path, tmp_path: Path) -> None:
    places = csv(
        tmp_path, "practice_code,place\nT050,A\nT050,B\nT051,B\nT999,B\nT060,C\n", "map.csv"
    )
    found = nelfin.need(england, "X05", places=places)
    people = found.table.drop_duplicates("place").set_index("place")["registered_population"]
    assert people.to_dict() == {"A": 1185.0, "B": 2781.0, NOT_PLACED: 2007.0, ALL_PLACES: 4788.0}
    assert found.overlaps == ("2024/25",)
    assert found.table["source"].str.endswith(OVERLAPS).all()
    assert list(found.who["place"]) == ["A", "B", "B", NOT_PLACED]
    assert list(found.who["placed_by"]) == ["map: practice"] * 3 + ["nothing"]
    assert found.notes == (
        "map.csv: 2 rows by practice have no effect, not in X05: T999, T060. Of these T999 is "
        "nowhere in the file.",
        "map.csv: no practice of X05 is in C.",
        f"2024/25 {OVERLAPS}: T050 in several places.",
        '2024/25: 1 practice with 2,007 people the map does not place is shown as "not placed": '
        "T052.",
    )


def test_england_comes_along_where_the_file_has_not_all_of_it(tmp_path: Path) -> None:
    file = csv(tmp_path, text_of("2024/25"), "2024_25.csv")
    found = nelfin.need(file, "QAA")
    assert "2024_25.csv does not hold all of England: England's people are those" in found.notes[0]
    assert index_of(found.table, ALL_PLACES, "general_and_acute", "england") == pytest.approx(1.1)
    later = nelfin.need(file, "QAA", year="2030/31")
    assert "there are no indices against England for 2030/31" in " ".join(later.notes)
    assert later.table["index_in_england"].isna().all()
    assert index_of(later.table, "Northtown", "final_core") == pytest.approx(1.0)


def test_figures_of_others_that_cannot_be_read_count_for_nothing(
    england: Path, tmp_path: Path
) -> None:
    text = england.read_text(encoding="utf-8-sig")
    file = csv(tmp_path, text.replace("Hill X11,1407.0,", "Hill X11,many,"), "2024_25.csv")
    found = nelfin.need(file, "X05")
    assert "has figures of other systems that cannot be read (T110)" in found.notes[0]
    assert "row" in problems_of(lambda: nelfin.need(file, "X11"))[0]


def test_the_figures_that_come_along_are_by_authority() -> None:
    found = nelfin.need(icb=["QWE"], year=["2024/25", "2023/24"])
    assert list(found.table["year"].unique()) == ["2023/24", "2024/25"]
    core = found.table[found.table["component"] == "final_core"]
    parts, whole = core[core["place"] != ALL_PLACES], core[core["place"] == ALL_PLACES]
    for name in ("registered_population", "weighted_population"):
        sums = parts.groupby("year")[name].sum().to_numpy()
        assert sums == pytest.approx(whole[name].to_numpy())
    assert len(found.who) == 0
    assert found.files == {}


def test_a_map_by_authority_groups_the_figures_that_come_along(tmp_path: Path) -> None:
    rows = "local_authority,place\n Sutton,South\nmerton,South\nCroydon,Croydon\nBrent,North\n"
    found = nelfin.need(icb="QWE", year="2025/26", places=csv(tmp_path, rows, "map.csv"))
    assert list(found.table["place"].unique()) == ["Croydon", "South", NOT_PLACED, ALL_PLACES]
    said = " ".join(found.notes)
    assert "no practice of QWE is in North" in said
    assert "4 local authorities with" in said
    other = csv(tmp_path, "practice_code,place\nH85018,M\n", "other.csv")
    (problem,) = problems_of(lambda: nelfin.need(icb="QWE", places=other))
    assert "by local authority. Give a practice file" in problem


@pytest.mark.parametrize(
    ("icbs", "options", "says"),
    [
        ((), {}, "names no system"),
        (("Essex", "QM7"), {}, "have people in common"),
        (("QMF", "QMF"), {}, "have people in common"),
        (("England", "QMF"), {}, "England holds every other system"),
        (("QMF",), {"year": "2040/41"}, "2040/41"),
        (("QMF",), {"year": "2025"}, "is not a financial year"),
        (("Londonn",), {}, "is no code or name of an ICB"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    icbs: tuple[str, ...], options: dict[str, str], says: str
) -> None:
    assert says in problems_of(lambda: nelfin.need(icb=icbs, **options))[0]


def test_successors_are_told_to_have_no_effect(england: Path, tmp_path: Path) -> None:
    places = csv(tmp_path, "practice_code,successor\nT050,T051\n", "map.csv")
    found = nelfin.need(england, "X05", places=places)
    assert "successors have no effect here" in found.notes[0]
    assert "Hill X05" in set(found.table["place"])
