"""Names of settings, openings, rules, streams and tables: no code words, and no two alike."""

from __future__ import annotations

import re
from collections import Counter

import pandas as pd
import pytest

from nelfin.data.specs import TABLES
from nelfin.result import Result
from nelfin.scenario.keys import NAME, schema_settings
from nelfin.scenario.names import (
    in_sentence,
    in_words,
    plain_name,
    rule_name,
    setting_heading,
    setting_name,
)

pytestmark = pytest.mark.unit

CODE = re.compile(r"\w_\w|\b[a-z]+\.[a-z]|[a-z]-20\d\d|`")


def test_every_setting_has_a_name_of_its_own_in_words() -> None:
    keys = [each.pattern.replace(NAME, "one") for each in schema_settings()]
    names = [setting_name(key) for key in keys if "." in key]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    for name in names:
        assert 6 < len(name) < 110, name
        assert not CODE.search(name), name


def test_names_of_a_run_hold_no_code_word(result: Result) -> None:
    sources = result.table("sources")
    settings = sources[sources["where"] == "scenario"]["figure"]
    for name in (
        *map(plain_name, TABLES), *map(setting_name, settings),
        *map(plain_name, sources["figure"][sources["where"] == "openings"]),
        *map(rule_name, sources["figure"][sources["where"] == "pace_rules"]),
        *map(plain_name, sources["value"].astype(str)),
        *map(plain_name, result.data["stream"].values),
        *map(in_words, sources["source"].drop_duplicates()),
    ):  # fmt: skip
        known = re.sub(r"https?://\S+|\S+\.(?:py|csv)\b|nel-2026|[\w.]+\.uk", "", name)
        assert not CODE.search(known), name


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("our-share-2031-32", "our share 2031/32"),
        ("icb-dft-2027-28", "ICB distance from target 2027/28"),
        ("income_gbp_m", "income"),
        ("Mid-Town, our own", "Mid-Town, our own"),
        ("one-off", "one-off"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_a_code_word_of_another_system_is_put_into_words(code: str, words: str) -> None:
    assert plain_name(code) == words


def test_a_setting_is_said_with_whose_it_is_and_its_unit() -> None:
    assert setting_name("envelope.growth_pct.core") == "Cash growth a year by stream (core)"
    assert setting_heading("recovery.support_gbp_m") == "Deficit support a year, £m"
    assert setting_heading("return of Falls prevention") == "return of Falls prevention"
    assert setting_heading("draws") == "draws"
    assert in_sentence("NHS England's rule") == "NHS England's rule"
    assert in_sentence("Last year of the plan") == "last year of the plan"


def test_keys_in_a_text_are_told_by_their_names_and_files_stay() -> None:
    told = in_words("See target_people_pct, as recovery.pdc_pct; of organisation_income. a_b.csv")
    assert told == (
        "See “Share of people whom rapid and community programmes are for”, as “Public dividend "
        "capital dividend”; of organisation income. a_b.csv"
    )
    text = "https://x.nhs.uk/a_b/c, tools/make_it.py"
    assert in_words(text) == text


def test_names_are_found_in_tables_too() -> None:
    assert list(pd.Series(["final_core", "Own"]).map(plain_name)) == [
        "weighted population, core", "Own",
    ]  # fmt: skip
