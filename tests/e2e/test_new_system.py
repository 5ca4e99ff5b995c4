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
TEXTS = {".csv", ".toml", ".json"}


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

    published = allocations_of(find_system(code, footprint))
    published = published[published["year"] == "2025/26"].set_index("stream")["allocation_gbp_m"]
    assert len(published) == 5
    envelope = pd.read_csv(tmp_path / "run" / "tables" / "envelope.csv")
    envelope = envelope[(envelope["measure"] == "envelope") & (envelope["year"] == "2025/26")]
    found = envelope.set_index("stream")["value"]
    assert (found[published.index] - published).abs().max() <= 0.001

    if code != "QMF":
        files = [file for file in tmp_path.rglob("*") if file.suffix in TEXTS]
        assert len(files) > 30
        text = said + "".join(file.read_text(encoding="utf-8") for file in files)
        own = (tmp_path / "x" / "weighted_populations.csv").read_text(encoding="utf-8")
        assert [name for name in EMBEDDED if name in text and f",{name}," not in own] == []
