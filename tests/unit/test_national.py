"""The packaged figures of every system of England, and how systems are found."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest

import nelfin
from nelfin.data import national
from nelfin.data.footprints import listed, table
from nelfin.data.national import Part, System, find_system
from nelfin.data.specs import COMPONENTS, TABLES
from nelfin.data.specs.recovery import MEASURES
from nelfin.errors import InputError
from nelfin.evidence import Status

pytestmark = pytest.mark.unit

FOLDER = Path(nelfin.__file__).parent / "data" / "england"
FILES = sorted(FOLDER.glob("*.csv"))
CROSSWALK = table("systems")
FORMER = sorted(set(CROSSWALK["old_code"]))
PRESENT = sorted(set(CROSSWALK["new_code"]))
SPLIT = ("QJG", "QM7", "QNQ")
MONEY = ["allocation_gbp_m", "baseline_gbp_m", "opening_target_gbp_m"]


def systems(footprint: str) -> list[System]:
    codes = FORMER if footprint == "42" else PRESENT
    return [find_system(code, footprint) for code in codes]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_row_has_a_status_and_a_source(file: Path) -> None:
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert list(rows[0])[-2:] == ["status", "source"]
    assert {row["status"] for row in rows} <= set(get_args(Status))
    assert all(row["source"].strip() and None not in row for row in rows)
    assert not any(re.search(r"https?:|(?:^| )/\w+/|github", row["source"], re.I) for row in rows)


def test_the_figures_are_small_and_none_is_of_a_practice() -> None:
    assert len(FILES) == 17  # eleven of systems and trusts, six of rules and evidence
    assert sum(file.stat().st_size for file in FILES) < 1_000_000
    code = re.compile(r"\b[A-Y]\d{5}\b")
    assert not [file.name for file in FILES if code.search(file.read_text(encoding="utf-8"))]


def test_42_systems_became_36_and_the_shares_of_each_add_up() -> None:
    assert (len(FORMER), len(PRESENT), len(CROSSWALK)) == (42, 36, 46)
    shares = CROSSWALK.groupby("old_code")[
        ["share_core", "share_primary_medical", "share_population"]
    ].sum()
    assert (shares - 1).abs().to_numpy().max() < 5e-9
    assert set(CROSSWALK.loc[CROSSWALK["old_code"].duplicated(), "old_code"]) == set(SPLIT)
    kinds = Counter(national.systems()["kind"])
    assert kinds == {"both": 29, "to March 2026": 13, "from April 2026": 7}


@pytest.mark.parametrize("footprint", ["42", "36"])
def test_every_system_is_found_by_its_code_and_its_name(footprint: str) -> None:
    for system in systems(footprint):
        for text in (system.code.lower(), f" {system.name} ", system.name.removeprefix("NHS ")):
            assert find_system(text, footprint) == system


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("qmf", "QMF"),
        ("North East London", "QMF"),
        ("nhs  north east london integrated care board", "QMF"),
        ("Leicester, Leicestershire & Rutland", "QK1"),
        ("Bath and North East Somerset Swindon and Wiltshire", "QOX"),
        ("Essex", "D7T5G"),  # its whole name, though two others hold the word
        ("buckinghamshire", "QU9"),
        ("West and North London ICB", "Z9B2Z"),
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, code: str) -> None:
    assert find_system(text).code == code


@pytest.mark.parametrize(
    ("text", "footprint", "said"),
    [
        ("London", "", "may be NHS South East London ICB (QKK)"),
        ("Suffolk", "", "or NHS Suffolk and North East Essex ICB (QJG). Give its code."),
        ("Nort East London", "", "The nearest are NHS North East London ICB (QMF)"),
        ("QRV", "36", "is NHS North West London ICB (QRV), to March 2026, and not one of the 36"),
        ("thames valley", "42", "is NHS Thames Valley ICB (S0E4D), from April 2026"),
        (" NHS ", "", "names no ICB"),
        ("QMF", "41", "is none of 42 and 36"),
    ],
)
def test_what_fits_none_or_several_is_told_with_names(text: str, footprint: str, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        find_system(text, footprint)


def test_a_code_that_lives_on_in_a_larger_system_means_the_published_one_and_says_so() -> None:
    now, then = find_system("QRL", "36"), find_system("QRL")
    assert (now.published, then.published) == (False, True)
    assert "from April 2026" in now.note
    assert "to March 2026" in then.note
    assert find_system("hampshire and isle of wight") == then == find_system("QRL", "42")
    assert now.parts[0].authorities == ("Hart", "Rushmoor")
    assert [part.old_code for part in now.parts] == ["QNQ", "QRL"]
    assert find_system("QWE").note == ""


def test_an_unchanged_system_is_the_same_on_both_footprints() -> None:
    assert find_system("QWE", "42") == find_system("QWE", "36") == find_system("QWE")
    assert find_system("QWE").parts == (Part("QWE"),)


def test_allocations_of_the_built_in_system_are_those_it_has() -> None:
    own = national.allocations_of(find_system("QMF"))
    built_in = pd.read_csv(FOLDER.parent / "nel" / "allocations.csv")
    own["source"] = own["source"].str.replace(", read in a copy", "")
    pd.testing.assert_frame_equal(own, built_in, check_exact=True)


def test_every_system_has_the_thirteen_lines_as_the_table_of_a_scenario_wants_them() -> None:
    columns = {column.name for column in TABLES["allocations"].columns}
    for system in systems("42") + systems("36"):
        rows = national.allocations_of(system)
        assert set(rows.columns) <= columns
        assert len(rows) == 13
        assert (rows["allocation_gbp_m"] > 0).all()
        assert set(rows["status"]) == {"published" if system.published else "derived"}


def test_allocations_of_36_systems_add_up_to_those_of_42() -> None:
    def total(footprint: str) -> pd.DataFrame:
        every = pd.concat([national.allocations_of(system) for system in systems(footprint)])
        return every.groupby(["stream", "year"])[MONEY].sum()

    assert (total("42") - total("36")).abs().to_numpy().max() < 5e-5


def test_a_merged_system_has_the_sum_and_a_split_one_its_share() -> None:
    def core(code: str) -> float:
        rows = national.allocations_of(find_system(code, "36" if code in PRESENT else "42"))
        return float(rows.set_index(["stream", "year"]).loc[("core", "2025/26"), MONEY[0]])

    assert core("Z9B2Z") == pytest.approx(core("QMJ") + core("QRV"), abs=1e-6)
    parts = find_system("S0E4D").parts
    expected = sum(core(part.old_code) * part.share_core for part in parts)
    assert core("S0E4D") == pytest.approx(expected, abs=1e-6)
    rows = national.allocations_of(find_system("S0E4D"))
    assert rows[["growth", "convergence"]].isna().all(axis=None)
    assert rows["source"].iloc[0].startswith("Sum of QU9 and 57.0% of QNQ, by core weighted people")
    whole = national.allocations_of(find_system("Z9B2Z"))["source"].iloc[0]
    assert whole.startswith("Sum of QMJ and QRV: NHS England")


def test_weighted_people_of_all_systems_are_those_of_england() -> None:
    every = pd.concat([national.weighted_populations_of(system) for system in systems("36")])
    assert not every[list(COMPONENTS)].isna().any(axis=None)
    for year, rows in every.groupby("year"):
        gap = rows[list(COMPONENTS)].sum() - national.england(str(year))
        assert gap.abs().max() < 0.01
    # each component shares out the same people
    assert national.england("2025/26").max() - national.england("2025/26").min() < 5


def test_a_split_system_has_its_own_districts_and_a_shared_one_is_added_up() -> None:
    essex = national.weighted_populations_of(find_system("Essex"), ["2025/26"])
    assert {"Harlow", "Colchester", "Basildon"} <= set(essex["local_authority"])
    assert not {"Watford", "Ipswich"} & set(essex["local_authority"])
    both = national.weighted_populations_of(find_system("Z9B2Z"), ["2022/23"])
    assert not both["local_authority"].duplicated().any()
    camden = both.set_index("local_authority").loc["Camden"]
    apart = table("weighted_populations").query(
        "year == '2022/23' and local_authority == 'Camden' and icb in ['QMJ', 'QRV']"
    )
    assert len(apart) == 2
    assert camden["final_core"] == pytest.approx(apart["final_core"].sum(), abs=1e-3)
    assert "its parts in QMJ and QRV added up" in camden["source"]


def test_every_district_of_a_split_system_is_in_one_part_in_every_year() -> None:
    placed = table("local_authorities")
    assert not placed.duplicated(["old_code", "local_authority"]).any()
    people = table("weighted_populations")
    for code in SPLIT:
        here = set(people.loc[people["icb"] == code, "local_authority"])
        assert here == set(placed.loc[placed["old_code"] == code, "local_authority"])


def test_shares_are_those_of_the_people_of_2025_26() -> None:
    for name, column in {
        "share_core": "final_core",
        "share_primary_medical": "final_primary_medical",
        "share_population": "registered_population",
    }.items():
        people = table("weighted_populations").query("year == '2025/26' and icb in @SPLIT")
        people = people.merge(
            table("local_authorities")[["old_code", "local_authority", "new_code"]],
            left_on=["icb", "local_authority"],
            right_on=["old_code", "local_authority"],
        )
        part = people.groupby(["old_code", "new_code"])[column].sum()
        share = part / part.groupby("old_code").transform("sum")
        said = CROSSWALK.set_index(["old_code", "new_code"])[name].reindex(share.index)
        assert (share - said).abs().max() < 1e-8


def test_a_year_without_figures_is_told() -> None:
    with pytest.raises(InputError, match="Give one of 2022/23, 2023/24, 2024/25 and 2025/26"):
        national.weighted_populations_of(find_system("QMF"), ["2025/26", "2031/32"])
    with pytest.raises(InputError, match="year 2021/22"):
        national.england("2021/22")


@pytest.mark.parametrize("footprint", ["42", "36"])
def test_projections_of_all_systems_are_those_of_england(footprint: str) -> None:
    every = pd.concat([national.projections_of(system) for system in systems(footprint)])
    ages = [name for name in every.columns if name.startswith("age_")]
    assert (every[ages].sum(axis=1) == every["people"]).all()
    england = table("population_projections").groupby("year")["people"].sum()
    assert len(england) == 19
    assert (every.groupby("year")["people"].sum() - england).abs().max() < 36


def test_every_trust_belongs_to_a_former_and_a_present_system_that_fit() -> None:
    trusts = table("trusts")
    pairs = set(zip(CROSSWALK["old_code"], CROSSWALK["new_code"], strict=True))
    assert set(zip(trusts["old_icb"], trusts["new_icb"], strict=True)) <= pairs
    assert not trusts["code"].duplicated().any()
    assert not trusts["trust"].duplicated().any()
    assert set(trusts["type"]) == {
        "acute", "ambulance", "community", "mental_health", "specialist",
    }  # fmt: skip
    assert all("NHS" in name and not name.isupper() for name in trusts["trust"])
    for footprint in ("42", "36"):
        found = pd.concat([national.trusts_of(system) for system in systems(footprint)])
        assert sorted(found["code"]) == sorted(trusts["code"])


def test_trusts_are_in_the_systems_they_report_to() -> None:
    home = table("trusts").set_index("code")["old_icb"]
    expected = {"RV3": "QRV", "RAN": "QMJ", "RAL": "QMJ", "RQX": "QMF", "RWX": "QNQ", "RDE": "QJG"}
    assert home[list(expected)].to_dict() == expected


def test_a_trust_that_is_gone_counts_once_in_the_trust_that_took_it_over() -> None:
    gone = {"RA4", "RAP", "R1C", "RRP", "RVY", "RY9", "RYK", "TAF"}
    for name in ("trusts", "trust_finance", "backlog", "capital"):
        assert not gone & set(table(name)["code"]), name
    figures = table("trust_finance").set_index(["code", "year", "measure"])
    royal_free = figures.loc[("RAL", "2023/24", "operating_expenditure")]
    assert royal_free["value"] == pytest.approx(1558.769 + 498.094)
    assert royal_free["status"] == "derived"
    assert "from 1 January 2025" in figures.loc[("RAL", "2024/25", "operating_income"), "source"]


def test_figures_are_of_known_trusts_one_a_measure_and_a_year() -> None:
    known = set(table("trusts")["code"])
    shown = set()
    for name, key in {"trust_finance": ["code", "measure", "year"], "backlog": ["code"],
                      "capital": ["code"]}.items():  # fmt: skip
        rows = table(name)
        assert not rows.duplicated(key).any()
        assert not rows.drop(columns=["status", "source"]).isna().any(axis=None)
        shown |= set(rows["code"])
    assert shown == known
    units = table("trust_finance").groupby("measure")["unit"].unique().map(list).to_dict()
    assert units == {
        "operating_expenditure": ["£m"],
        "operating_income": ["£m"],
        "operating_margin": ["% of income"],
        "planned_position_without_support": ["% of turnover"],
    }


def test_figures_of_a_system_are_those_of_its_trusts() -> None:
    system = find_system("North East London")
    names = set(national.trusts_of(system)["trust"])
    assert len(names) == 5
    assert set(national.finance_of(system)["trust"]) == names
    high = national.backlog_of(system).set_index("code")["high_gbp_m"]
    assert high.to_dict() == {"R1H": 188.494, "RF4": 0.044, "RQX": 61.784, "RAT": 0}
    capital = national.capital_of(system).set_index("code")["total_2026_30_gbp_m"]
    assert capital.to_dict() == {"R1H": 232.617, "RF4": 86.809, "RQX": 87.703}


def test_positions_use_the_words_of_a_scenario_and_belong_to_a_system() -> None:
    rows = table("positions")
    assert set(rows["measure"]) <= set(MEASURES)
    assert set(rows["body"]) == {"system", "ICB"}
    assert set(rows["icb"]) <= set(FORMER) | set(PRESENT)
    assert not rows.duplicated(["icb", "body", "year", "measure"]).any()
    said_deficit = rows["note"].str.contains("deficit") & (rows["measure"] != "deficit_support")
    assert (rows.loc[said_deficit, "value_gbp_m"] < 0).all()
    assert (rows.loc[rows["measure"] == "deficit_support", "value_gbp_m"] > 0).all()


def test_positions_of_a_merged_system_keep_the_code_of_the_former_one() -> None:
    assert set(national.positions_of(find_system("Essex"))["icb"]) == {"QH8"}
    assert set(national.positions_of(find_system("S9B9J"))["icb"]) == {"S9B9J"}
    assert national.positions_of(find_system("Devon")).empty


def test_tables_are_not_changed_by_who_reads_them() -> None:
    before = {file.stem: table(file.stem).copy() for file in FILES}
    for system in (find_system("QMF"), find_system("S9B9J")):
        for read in (
            national.allocations_of, national.weighted_populations_of, national.projections_of,
            national.trusts_of, national.finance_of, national.backlog_of, national.capital_of,
            national.positions_of,
        ):  # fmt: skip
            rows = read(system)
            if len(rows):
                rows.loc[0, "source"] = "changed"
    for name, rows in before.items():
        pd.testing.assert_frame_equal(table(name), rows)


def test_names_are_listed_in_words() -> None:
    assert listed(["Devon"]) == "Devon"
    assert listed(["Devon", "Kent"]) == "Devon and Kent"
