"""`nelfin prevention`, `activity`, `recovery` and `seek`, as a person uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from command import run

pytestmark = pytest.mark.e2e

ROUGH = ("--set", "capital.gap_pct=10")
"""A rough capital plan, which is found sooner."""


def test_prevention_prints_its_ledgers_and_writes_its_tables(tmp_path: Path) -> None:
    done = run("prevention", "-o", "tables", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    for heading in ("CASH", "CAPACITY, NOT CASH", "HEALTH AND SOCIETY", "never added"):
        assert heading in done.stdout
    names = {path.name for path in (tmp_path / "tables").iterdir()}
    assert names == {"prevention.csv", "prevention_programmes.csv", "prevention_places.csv"}


def test_activity_answers_and_writes_its_tables(tmp_path: Path) -> None:
    levers = ("--set", "activity.stay_saved_pct=31", "--set", "activity.beds_closed_pct=100")
    words = ("activity", "--clear-by", "2029/30", *levers)
    done = run(*words, "-o", "tables", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    for heading in ("WAITING LIST", "NOBODY OVER 18 WEEKS BY THE END OF 2029/30", "FREED BEDS"):
        assert heading in done.stdout
    tables = {path.stem: pd.read_csv(path) for path in (tmp_path / "tables").iterdir()}
    assert {"activity", "beds_by_use", "primary_care", "clear_by", "one_percent"} <= set(tables)
    as_json = json.loads(run(*words, "--json", cwd=tmp_path).stdout)
    assert set(as_json) == set(tables)
    closed = pd.DataFrame(as_json["beds_by_use"]).query("use == 'closed' and year == '2032/33'")
    assert closed["value"].sum() == pytest.approx(
        tables["beds_by_use"].query("use == 'closed' and year == '2032/33'")["value"].sum()
    )
    again = run(*words, "-o", "tables", "--force", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    wrong = run("activity", "--clear-by", "2024/25", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "--clear-by 2024/25: is no year to ask for" in wrong.stderr


def test_recovery_against_the_baseline_names_the_causes(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'extends = "nel"\nname = "Harder"\n[recovery]\nefficiency_pct = 5.0\npressures_pct = 0.5\n'
    )
    done = run("recovery", "mine.toml", "--against", "nel", "-o", "tables", *ROUGH, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    assert "REPORTED POSITION OF THE SYSTEM BY CAUSE, £m" in done.stdout
    causes = pd.read_csv(tmp_path / "tables" / "causes.csv")
    wide = causes.pivot(index="cause", columns="year", values="value")
    assert wide.drop(index="scenario").sum().to_dict() == pytest.approx(
        wide.loc["scenario"].to_dict(), abs=1e-9
    )
    assert "interaction" in wide.index


def test_seek_finds_a_value_or_says_why_there_is_none(tmp_path: Path) -> None:
    by = ("--by", "recovery.efficiency_pct", *ROUGH)
    words = ("seek", "--goal", "system_reported>=0@2027/28", *by)
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "% of the cost base a year; it is 4 now" in done.stdout.replace("\n", " ")
    as_json = json.loads(run(*words, "--json", cwd=tmp_path).stdout)
    assert as_json["value"] > as_json["now"] == 4.0
    assert as_json["measure_then"]["2027/28"] >= 0
    none = run("seek", "--goal", "system_reported>=0@2024/25", *by, cwd=tmp_path)
    assert none.returncode == 1
    assert "position is known" in none.stderr
    wrong = run(*words, "--from", "5", "--to", "4", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "--from 5: is not below --to 4" in wrong.stderr


def test_recovery_and_seek_give_odds(tmp_path: Path) -> None:
    done = run("recovery", "--draws", "200", *ROUGH, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "REPORTED, OF 200 DRAWS" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    words = ("--goal", "system_reported>=0@2027/28", "--by", "recovery.efficiency_pct")
    odds = run("seek", *words, "--draws", "200", *ROUGH, cwd=tmp_path)
    assert "Of 200 draws" in odds.stdout


def test_the_best_mix_is_printed_or_said_not_to_be(tmp_path: Path) -> None:
    words = ("prevention", "--best-mix", "qalys")
    done = run(*words, "--floor", "-20", "-o", "tables", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "BEST MIX FOR QALYS" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    by_year = pd.read_csv(tmp_path / "tables" / "best_mix_by_year.csv")
    assert (by_year["net_cash_gbp_m"] >= -20 - 1e-6).all()
    none = run(*words, "--floor", "5", cwd=tmp_path)
    assert none.returncode == 1
    assert "No mix keeps net cash at £5.0m or more" in none.stderr
    wrong = run("prevention", "--floor", "5", cwd=tmp_path)
    assert wrong.returncode == 2


def test_strict_refuses_what_is_assumed(tmp_path: Path) -> None:
    for words in (["run", "--strict", "-o", "out"], ["sources", "--strict"]):
        done = run(*words, cwd=tmp_path)
        assert done.returncode == 2
        assert "envelope.growth_pct.core: rests on an assumption: 3 % a year" in done.stderr
        assert " more." in done.stderr.splitlines()[-1]
    assert not (tmp_path / "out").exists()
