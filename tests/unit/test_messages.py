"""What is typed wrong is told in plain words: what was meant, and nothing that misleads."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

import nelfin
from nelfin.cli import COMMANDS, cli, main

pytestmark = pytest.mark.unit

Said = Callable[..., str]

POSITIONS = "organisation,year,measure,value_gbp_m\n"


def options_of(name: str) -> set[str]:
    with click.Context(cli) as context:
        command = cli.get_command(context, name)
    assert command is not None
    return {"--help"} | {opt for param in command.params for opt in param.opts}


@pytest.fixture
def said(desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """Return what runs a command that is refused, in the desk, and returns what it says."""
    monkeypatch.chdir(desk)

    def answer(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["nelfin", *words])
        with pytest.raises(SystemExit) as stop:
            main()
        told = capsys.readouterr().err
        assert stop.value.code == 2, (words, told)
        check_words(words, told)
        return told

    return answer


def check_words(words: tuple[str, ...], told: str) -> None:
    """No message has words of a machine, or names an option that its command has not."""
    for never in ("Errno", "Traceback", "fault of ours", "site-packages"):
        assert never not in told
    for line in told.splitlines() if words[0] in COMMANDS else ():
        if "has no option" in line:
            continue  # the option that was typed
        own = re.sub(rf"nelfin (?!{words[0]}\b)[a-z-]+[^.;]*", "", line)
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]", own):
            assert option in options_of(words[0]), (words, line)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a file, a folder, and names that have spaces."""
    (tmp_path / "file.csv").write_text(POSITIONS, encoding="utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "my plan").mkdir()
    (tmp_path / "my plan" / "two words.toml").write_text('extends = "nel"\n', encoding="utf-8")
    (tmp_path / "mine.toml").write_text('extends = "nel"\n', encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("rnu", 'Did you mean "run"?'),
        ("Check", 'Did you mean "check"?'),
        ("import-position", 'Did you mean "import-positions"?'),
        ("mine.toml", "The command comes first, such as: nelfin run mine.toml"),
        ("my plan/two words.toml", 'nelfin run "my plan/two words.toml"'),
        ("xyz", "The commands are run, allocate, "),
    ],
)
def test_a_word_that_is_no_command(said: Said, word: str, says: str) -> None:
    told = said(word)
    assert f'"{word}" is not a command.' in told
    assert says in told


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("run --forec", "Did you mean --force?"),
        ("capital --buget", "Did you mean --budgets?"),
        ("need --icbs QMF", "Did you mean --icb?"),
        ("recovery -draws 5", "no option -draws. Did you mean --draws?"),
        ("run --html x.html", "nelfin run has no option --html. It belongs to nelfin report."),
        ("check --force", "It has --set, --allow, --resolved, --help."),
        ("runs \u2013\u2013json", "begins with a long dash: write two hyphens, --json."),
        ("check \u2014resolved", "write two hyphens, --resolved."),
    ],
)
def test_an_option_that_is_not_there(said: Said, words: str, says: str) -> None:
    assert says in said(*words.split())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["run", "--draws", "many"], '--draws: is "many". Give a whole number from 0 to 1,000,000'),
        (["run", "--draws", "-1"], '--draws: is "-1". Give a whole number from 0 to 1,000,000.'),
        (["prevention", "--floor", "low"], '--floor: is "low". Give a number.'),
        (["prevention", "--best-mix", "qaly"], 'Did you mean "qalys"?'),
        (["sources", "--status", "given by us"], 'Did you mean "given"?'),
        (["report"], "nelfin report needs RUN."),
        (["sweep"], "nelfin sweep needs --vary KEY=V1,V2,..., --output DIR."),
        (["converge", "file.csv"], "nelfin converge needs --rule NAME, --output OUT.csv."),
        (["report", "x", "--html"], "--html is given without its value."),
        (["report", "x", "--html", "--xlsx", "y"], "--html: has no value before --xlsx."),
        (["run", ""], 'SCENARIO: is "". Give a value, or leave it out.'),
        (["run", "-o", ""], '--output: is "".'),
        (["allocate", "--place", ""], '--place: is "".'),
        (["compare", "", "a"], 'RUN_A: is "".'),
    ],
    ids=" ".join,
)
def test_a_value_that_is_wrong_or_not_there(said: Said, words: list[str], says: str) -> None:
    assert says in said(*words)


@pytest.mark.parametrize(
    "words",
    [
        ["run", "my", "plan/two", "words.toml"],
        ["check", "my", "plan/two", "words.toml", "--set", "capital.gap_pct=1"],
        ["recovery", "--against", "my", "plan/two", "words.toml"],
        ["import-positions", "my", "plan/two", "words.toml", "-o", "out.csv"],
        ["need", "my", "plan/two", "words.toml", "--icb", "QMF"],
        ["check", "'my", "plan/two", "words.toml'"],
    ],
    ids=" ".join,
)
def test_a_path_with_spaces_that_is_not_in_quotes(said: Said, words: list[str]) -> None:
    told = said(*words)
    assert 'A name with spaces stands in double quotes: "my plan/two words.toml".' in told


def test_an_output_with_spaces_that_is_not_in_quotes(said: Said) -> None:
    told = said("run", "-o", "my", "results")
    assert 'double quotes: is it -o "my results"?' in told
    assert "quotes" not in said("compare", "one", "two")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("check --set efficiency_pct=3", '"recovery.efficiency_pct"'),
        ("check --set gap_pct=1", '"capital.gap_pct"'),
        ("check --set prevention.eficiency_pct=3", '"recovery.efficiency_pct"'),
        ("check --set projects=file.csv", '"data.projects"'),
        ("check --set recovery.eficiency_pct=3", '"recovery.efficiency_pct"'),
        ("sweep --vary pressures_pct=1,2 -o s", '"recovery.pressures_pct"'),
        ("seek --goal system_reported>=0@2027/28 --by core", '"envelope.growth_pct.core"'),
        ("seek --goal system_reported>=0@2027/28 --by recovery", "recovery.agency_premium_pct, "),
    ],
)
def test_a_key_without_its_section(said: Said, words: str, says: str) -> None:
    assert says in said(*words.split())


@pytest.mark.parametrize("table", ["positions", "allocations", "weighted_populations"])
@pytest.mark.parametrize("value", ["", '""', "''"])
def test_a_table_that_must_be_there_is_left_out(said: Said, table: str, value: str) -> None:
    told = said("check", "--set", f"data.{table}={value}")
    assert f'data.{table}: is "", but this table cannot be left out.' in told
    assert "None" not in told


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("report nope", "nope: does not exist."),
        ("report file.csv", "file.csv: is a file, not a folder. Name the folder of a run"),
        ("report run/run.json", "run/run.json: is a file, not a folder. Name run."),
        ("report folder", "folder: is not the folder of a run: it holds no run.json."),
        ("report .", ".: holds runs, and is none itself. Name one of them, such as run."),
        ("report run", "cannot be read: results.nc is missing. Do the run again."),
        ("report run --html folder", "folder: is a folder. Name a file to write."),
        ("report run --html gone/x.html", "gone/x.html: has no folder to stand in. Make"),
        ("report run --html file.csv/x.html", "file.csv, which is a file."),
        ("compare file.csv run", "file.csv: is a file, not a folder."),
        ("runs nope", "nope: does not exist. Name the folder that holds your runs"),
        ("runs file.csv", "file.csv: is a file, not a folder."),
        ("run -o file.csv", "file.csv: already exists and is a file. Choose another folder.\n"),
        ("run -o folder/..", "already exists and is not a run folder. Choose another folder.\n"),
        ("run -o run", "run: already exists. Choose another folder, or add --force to replace it"),
        ("allocate -o run", 'already exists and holds "run.json", which is no table of this'),
        ("sweep --vary capital.gap_pct=1,2 -o file.csv", "file.csv: is a file. Name a folder."),
        ("capital-solve folder --limits file.csv -o x", "folder: is a folder, not a file."),
        ("import-capital folder -o x.csv", "folder: is a folder, not a file. Name a file in it."),
        ("import-positions fil.csv -o x.csv", 'does not exist. Did you mean "file.csv"?'),
        ("check folder", "folder: is a folder."),
        ("check min.toml", 'min.toml: does not exist. Did you mean "mine.toml"?'),
        ("check nel-2025", 'nel-2025: does not exist. Did you mean "nel-2026"?'),
        ("check mine.toml/x.toml", "cannot be read: a part of its path is a file, not a folder."),
    ],
)
def test_a_file_or_folder_of_the_wrong_kind(said: Said, desk: Path, words: str, says: str) -> None:
    (desk / "run").mkdir()
    account = '{"capital": {}, "versions": {"nelfin": "0.1.0"}}'
    (desk / "run" / "run.json").write_text(account, encoding="utf-8")
    (desk / "run" / "scenario.resolved.toml").write_text("", encoding="utf-8")
    assert says in said(*words.split())


OWN = {
    "organisations": ("BHRUT", "BHRU"),
    "weighted_populations": ("Havering", "Haverng"),
}


@pytest.mark.parametrize("table", OWN)
def test_nobody_is_sent_into_installed_files(said: Said, desk: Path, table: str) -> None:
    """One name misspelt in an own table is at odds with every table that is taken as it comes."""
    name, slip = OWN[table]
    source = getattr(nelfin.load_scenario().data, table)
    text = source.read_text(encoding="utf-8").replace(name, slip)
    (desk / "own.csv").write_text(text, encoding="utf-8")
    told = said("check", "--set", f"data.{table}=own.csv")
    assert str(source.parent) not in told
    assert f'It names "{name}", which your tables do not; they name "{slip}".' in told
    assert len(told.splitlines()) < 15


def test_a_table_that_does_not_come_with_nelfin(said: Said) -> None:
    told = said("check", "--set", "data.projects=nel:project.csv")
    assert 'is "nel:project.csv", which does not come with nelfin. Did you mean "nel:proj' in told
    told = said("check", "england")
    assert "england, data.allocations: is missing." in told


@pytest.mark.parametrize(
    "path", [r"C:\Users\me\projects.csv", r"plans\tables\new.csv", r"\\server\share\x.csv"]
)
def test_a_path_of_windows_in_double_quotes(said: Said, desk: Path, path: str) -> None:
    lines = f'extends = "nel"\n[data]\nprojects = "{path}"\n'
    (desk / "windows.toml").write_text(lines, encoding="utf-8")
    told = said("check", "windows.toml")
    assert r"In a path write / for \, or put it in single quotes." in told
