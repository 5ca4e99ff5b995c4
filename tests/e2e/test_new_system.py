"""Every system of England starts from its own published figures in one command."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from nelfin.cli import main
from nelfin.data.footprints import find_system, systems
from nelfin.data.national import allocations_of

pytestmark = pytest.mark.e2e

EVERY = [(line.code, "36" if line.kind == "from April 2026" else "42")
         for line in systems().itertuples()]  # fmt: skip
EMBEDDED = ("North East London", "NEL ", "Barking", "Hackney", "Havering", "Newham", "Redbridge",
            "Tower Hamlets", "Waltham", "Barts", "BHRUT", "Homerton", "ELFT", "NELFT")  # fmt: skip


def command(*words: str) -> str:
    done = CliRunner().invoke(main, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize(("code", "footprint"), EVERY)
def test_a_system_runs_from_its_own_published_figures(
    code: str, footprint: str, tmp_path: Path
) -> None:
    plan, run = tmp_path / "x", tmp_path / "run"
    said = command("new", str(plan), "--icb", code, "--footprint", footprint)
    said += command("run", str(plan / "scenario.toml"), "-o", str(run), "--no-report", "--draws=0")
    tables = {file.stem: pd.read_csv(file) for file in (run / "tables").glob("*.csv")}
    system = find_system(code, footprint)

    published = allocations_of(system).set_index(["stream", "year"])["allocation_gbp_m"]
    envelope = tables["envelope"].set_index(["stream", "year"])["value"]
    for stream in ("core", "primary_medical", "other_primary_care", "running_cost", "specialised"):
        assert abs(envelope[stream, "2025/26"] - published[stream, "2025/26"]) <= 0.001

    if code != "QMF":
        text = said + "".join(
            file.read_text(encoding="utf-8")
            for folder in (plan, run, run / "tables")
            for file in folder.iterdir()
            if file.suffix in {".csv", ".toml", ".json"}
        )
        own = " ".join(map(str, tables["place_budgets"]["place"].unique()))
        assert [name for name in EMBEDDED if name in text and name not in own] == []
