"""The packaged tables of England are those that the tool makes, and agree with other sums."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest

import nelfin
from nelfin.data import national
from nelfin.data.footprints import table
from nelfin.data.national import find_system

pytestmark = pytest.mark.golden

ROOT = Path(__file__).resolve().parents[2]
PACKAGED = Path(nelfin.__file__).parent / "data" / "england"
POUNDS = 0.001
"""A thousand pounds, in £m."""


@pytest.fixture(scope="module")
def figures(shared_data: Path) -> Path:
    folder = shared_data / "national"
    if not folder.is_dir():
        pytest.skip("the national figures are not beside the project")
    return folder


def test_the_tool_writes_the_packaged_tables(
    figures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    spec = importlib.util.spec_from_file_location("make_england", ROOT / "tools/make_england.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    try:
        tool.make(figures.parent, tmp_path)
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == "england"]:
            del sys.modules[name]
    made = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    rules = tomllib.loads((PACKAGED / "scenario.toml").read_text(encoding="utf-8"))["data"]
    there = {file.name for file in PACKAGED.glob("*.csv")}
    assert made.keys() == there - set(rules.values())
    assert [name for name in made if made[name] != (PACKAGED / name).read_bytes()] == []


def test_weighted_people_agree_with_sums_made_apart(figures: Path) -> None:
    apart = pd.read_csv(figures / "icb_weighted_populations_2022_26.csv")
    heading = {
        "population": "registered_population", "Population": "registered_population",
        "Final WP": "final_core", "Final PMC WP": "final_primary_medical", "Mat WP": "maternity",
    }  # fmt: skip
    apart["component"] = apart["component"].map(heading)
    apart = apart.dropna(subset="component").set_index(["year", "icb_code", "component"])["value"]
    own = table("weighted_populations").groupby(["year", "icb"])[sorted(set(heading.values()))]
    gap = own.sum() - apart.unstack().rename_axis(["year", "icb"])
    assert gap.shape == (4 * 42, 4)
    assert gap.abs().to_numpy().max() < 0.01


def test_core_of_the_36_systems_agrees_with_sums_made_apart(figures: Path) -> None:
    apart = pd.read_csv(figures / "icb_allocations_2025_26_on_36_footprints.csv")
    core = apart.set_index("new_icb_code")["core_recurrent_2025_26_gbp_k"] / 1000
    for code, wanted in core.items():
        rows = national.allocations_of(find_system(str(code), "36"))
        rows = rows.set_index(["stream", "year"])["allocation_gbp_m"]
        assert rows["core", "2025/26"] == pytest.approx(wanted, abs=POUNDS)


def test_restricted_shares_are_those_of_the_published_specialised_baselines(figures: Path) -> None:
    every = pd.read_csv(figures / "icb_allocations_2023_26_all_42.csv")
    sheet = every[every["sheet"] == "Specialised Baseline 2025-26"]

    def of(words: str) -> pd.Series:
        return sheet[sheet["item"].str.contains(words)].set_index("icb_code")["value"]

    moves, whole = of("adjusted recurrent baseline"), of("HCDD recurrent baseline")
    assert (len(moves), len(whole)) == (42, 42)
    rows = nelfin.load_inputs(nelfin.load_scenario()).allocations.set_index("stream")
    own = rows.loc["specialised", "restricted_share"]
    assert own == pytest.approx(moves["QMF"] / whole["QMF"], abs=5e-7)
    assert moves.sum() / whole.sum() == pytest.approx(0.676, abs=5e-4)


def test_capital_of_the_36_systems_agrees_with_sums_made_apart(figures: Path) -> None:
    apart = pd.read_csv(figures / "provider_capital_2026_30_by_icb.csv")
    for code, wanted in apart.set_index("icb_code_2026")["acute_total_2026_30_gbp_m"].items():
        own = national.capital_of(find_system(str(code), "36"))["total_2026_30_gbp_m"].sum()
        assert own == pytest.approx(wanted, abs=POUNDS)
