"""Slips of unit, openings of another total and folders that are there, as a person meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from command import run

from nelfin.data import Inputs

pytestmark = pytest.mark.e2e

ROWS = "id,baseline,growth,target{}\nLeeds,900,{},950{}\n"


def test_growth_in_per_cent_is_asked_about_and_passes_where_it_is_right(tmp_path: Path) -> None:
    file, out = tmp_path / "rows.csv", tmp_path / "out.csv"
    words = ("converge", "rows.csv", "--rule", "nhse-core-2025-26", "-o", "out.csv")
    file.write_text(ROWS.format("", "1.5", ""))
    asked = run(*words, cwd=tmp_path)
    assert asked.returncode == 2
    assert "rows.csv, row 2, column growth: is 1.5, which is 150 %." in asked.stderr
    assert "If 1.5 % is meant, write 0.015." in asked.stderr
    assert not out.exists()
    file.write_text(ROWS.format(",source", "1.5", ",Unusual: two boards merge"))
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (line,) = pd.read_csv(out).to_dict("records")
    assert line["source"] == "Unusual: two boards merge"
    assert line["allocation"] > 2000
    file.write_text(ROWS.format("", "0.015", ""))
    assert run(*words, "--force", cwd=tmp_path).returncode == 0
    assert "source" not in pd.read_csv(out)


def test_an_opening_tells_its_total_and_places_far_from_target(
    tmp_path: Path, inputs: Inputs
) -> None:
    cash = dict.fromkeys(inputs.places(), 500.0) | {"Newham": 1400.0}
    rows = "".join(f"{place},{value}\n" for place, value in cash.items())
    (tmp_path / "own.csv").write_text(f"place,value\n{rows}")
    words = ("allocate", "--opening", "own.csv", "--year", "2023/24")
    for more in ((), ("--place", "Newham")):
        done = run(*words, *more, cwd=tmp_path)
        told = " ".join(done.stdout.split())
        assert "given: own.csv. It adds up to £4,400.0m, and is scaled by 0.774 to" in told
        assert "the baseline of 2023/24, £3,406.9m." in told
        assert done.stderr.startswith("Note: More than 50 % from target in the opening of core: ")
        assert "Newham (" in done.stderr
    found = json.loads(run(*words, "--json", cwd=tmp_path).stdout)
    assert "scaled by 0.774" in found["opening"]
    assert len(found["notes"]) == 1
    (tmp_path / "own.csv").write_text(f"place,value\n{rows}".replace("1400.0", "700000000"))
    asked = run(*words, cwd=tmp_path)
    assert asked.returncode == 2
    assert "own.csv, row " in asked.stderr
    assert "column value: is £700,000,000m, " in asked.stderr


def test_tables_go_to_an_empty_folder_and_replace_what_is_theirs(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    done = run("allocate", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    again = run("allocate", "-o", "out", cwd=tmp_path)
    assert again.returncode == 2
    assert "out: already exists. Choose another folder, or add --force" in again.stderr
    (tmp_path / "out" / "sensitivity.csv").write_text("of another time")
    forced = run("allocate", "-o", "out", "--force", cwd=tmp_path)
    assert forced.returncode == 0, forced.stderr
    assert not (tmp_path / "out" / "sensitivity.csv").exists()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    for command in ("allocate", "prevention", "recovery", "capital"):
        refused = run(command, "-o", "out", "--force", cwd=tmp_path)
        assert refused.returncode == 2
        assert 'out: holds "notes.txt", which is no table' in refused.stderr
    for words in (("capital-solve", "p.csv", "--limits", "l.csv"), ("compare", "a", "b")):
        refused = run(*words, "-o", "out", cwd=tmp_path)
        assert "out: already exists. Choose another folder.\n" in refused.stderr
