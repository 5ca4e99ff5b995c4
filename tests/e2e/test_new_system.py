"""Every system of England starts from its own published figures in one command."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from command import run

from nelfin.data.footprints import find_system, systems
from nelfin.data.national import allocations_of

pytestmark = pytest.mark.e2e

EVERY = [(line.code, "36" if line.kind == "from April 2026" else "42")
         for line in systems().itertuples()]  # fmt: skip
EMBEDDED = ("North East London", "NEL ", "Barking", "Hackney", "Havering", "Newham", "Redbridge",
            "Tower Hamlets", "Waltham", "Barts", "BHRUT", "Homerton", "ELFT", "NELFT")  # fmt: skip


def command(*words: str, cwd: Path) -> str:
    done = run(*words, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize(("code", "footprint"), EVERY)
def test_a_system_runs_from_its_own_published_figures(
    code: str, footprint: str, tmp_path: Path
) -> None:
    said = command("new", "x", "--icb", code, "--footprint", footprint, cwd=tmp_path)
    words = ("run", "x/scenario.toml", "-o", "run", "--no-report", "--draws", "0")
    said += command(*words, cwd=tmp_path)
    plan, done = tmp_path / "x", tmp_path / "run"
    tables = {file.stem: pd.read_csv(file) for file in (done / "tables").glob("*.csv")}
    system = find_system(code, footprint)

    published = allocations_of(system).set_index(["stream", "year"])["allocation_gbp_m"]
    envelope = (
        tables["envelope"].query("measure == 'envelope'").set_index(["stream", "year"])["value"]
    )
    for stream in ("core", "primary_medical", "other_primary_care", "running_cost", "specialised"):
        assert abs(envelope[stream, "2025/26"] - published[stream, "2025/26"]) <= 0.001

    if code != "QMF":
        text = said + "".join(
            file.read_text(encoding="utf-8")
            for folder in (plan, done, done / "tables")
            for file in folder.iterdir()
            if file.suffix in {".csv", ".toml", ".json"}
        )
        own = " ".join(map(str, tables["place_budgets"]["place"].unique()))
        assert [name for name in EMBEDDED if name in text and name not in own] == []
