"""What commands print: plain and quiet in a pipe, within 80 columns on a terminal."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from command import NELFIN, run, run_on_terminal, run_process
from systems import write_system

import nelfin
from nelfin.cli import COMMANDS

pytestmark = pytest.mark.e2e

Cells = Callable[[str], int]
Piped = Callable[[tuple[str, ...]], subprocess.CompletedProcess[str]]

GOAL = ("--goal", "system_reported>=0@2027/28", "--by", "recovery.efficiency_pct")
FAST = ("--set", "capital.gap_pct=10")
SMALL = "system/scenario.toml"
"""A system of 40 schemes, for what a larger one would only take longer over."""

PRINTING = {
    "allocate": ("allocate",),
    "a place": ("allocate", "--place", "Newham"),
    "sensitivity": ("allocate", "--sensitivity"),
    "prevention": ("prevention", "--best-mix", "qalys"),
    "recovery": ("recovery", SMALL, "--draws", "50", "--against", "nel", *FAST),
    "seek": ("seek", SMALL, *GOAL, "--draws", "20", *FAST),
    "capital": (
        "capital", SMALL, *FAST, "--budgets", "--inflation", "--draws", "2", "--overrun", "P002=20",
    ),
    "activity": ("activity", SMALL, "--clear-by", "2029/30"),
    "portfolio": ("portfolio", SMALL),
    "compare": ("compare", "runs/base", "runs/mine", "--causes"),
    "runs": ("runs", "runs"),
    "report": ("report", "runs/base"),
    "sources": ("sources",),
    "rules": ("converge", "--list"),
    "need": ("need", "--icb", "QMF", "--year", "2025/26"),
}  # fmt: skip
"""Commands that print and write no file: in a pipe they say nothing else."""

STARTED = {words[0]: kind for kind, words in reversed(PRINTING.items())}
"""Commands that are started on a terminal in a process of their own, and for which words."""

SAYING = {
    "open": (("runs", "runs", "--open", "base"), r"Opened runs/base\.\n"),
    "check": (("check",), r"North East London: .* No problem found\.\n"),
    "sweep": (
        ("sweep", SMALL, "--vary", "recovery.efficiency_pct=3,4", *FAST, "-o", "{new}"),
        r"2 cases\. Written to \S+\.\n",
    ),
    "tables": (("allocate", "-o", "{new}"), r"Written to \S+\.\n"),
    "new": (("new", "{new}"), r"Written to \S+\. Edit .*, then run:\n"),
    "capital-solve": (
        ("capital-solve", "projects.csv", "--limits", "limits.csv", "-o", "{new}"),
        r"1 scheme of 2 funded: .*\nWritten to \S+\.\n",
    ),
    "import-practices": (
        ("import-practices", "practices.csv", "--icb", "QAA", "--year", "2025/26", "-o", "{new}"),
        r".*2 places.*\n",
    ),
    "import-allocations": (
        ("import-allocations", "core.csv", "--icb", "QAA", "-o", "{new}.csv"),
        r"(.*: left out, .*\n){4}core: no .*; left blank\.\nQAA: 1 stream, .*\n",
    ),
    "import-capital": (
        ("import-capital", "capital.csv", "--icb", "QAA", "-o", "{new}.csv"),
        r"The table names no systems: .*\n2026/27 £5\.0m\. Written: .*\n",
    ),
    "import-positions": (
        ("import-positions", "board.csv", "-o", "{new}.csv"),
        r"Deficits are below nought, .*\n1 organisation, .*, 1 figure\. Written: .*\n",
    ),
}
"""Commands that say something beside what they print, and what."""

PROJECTS = "project_id,name,organisation,category,benefit,spend_1\nA,A,O,C,5,3\nB,B,O,C,4,3\n"
PRACTICES = """Practice_Code,GP_Practice_Name,PCN_Code,ICB,LADname,Registered Patients,G&A WP,\
CS WP,MH WP,Mat WP,Prescr WP,Health Ineq WP,Primary Medical Care WP,Core WP,Final PMC WP
A1,North,P1,QAA,Northtown,100,1,2,3,4,5,6,7,8,9
B1,South,P2,QAA,Southtown,30,1,2,3,4,5,6,7,8,9
"""

IMPORTS = {
    "core.csv": "ICB,2026/27 Recurrent allocation (£k)\nQAA,1000000\n",
    "capital.csv": "organisation,year,amount_gbp_m\nTrust A,2026/27,5\n",
    "board.csv": "organisation,year,actual_gbp_m\nTrust A,2026/27,(5)\n",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two runs, a small system and a few tables in it."""
    folder = tmp_path_factory.mktemp("desk")
    scenario = nelfin.load_scenario(write_system(folder / "system", schemes=40))
    (folder / "projects.csv").write_text(PROJECTS, encoding="utf-8")
    (folder / "limits.csv").write_text("year,limit_gbp_m\n2025/26,4\n", encoding="utf-8")
    (folder / "practices.csv").write_text(PRACTICES, encoding="utf-8")
    for name, text in IMPORTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    nelfin.run(scenario, draws=20).save(folder / "runs" / "base", report=False)
    other = nelfin.changed(scenario, {"recovery.efficiency_pct": 5.0, "name": "Harder"})
    nelfin.run(other).save(folder / "runs" / "mine", report=False)
    return folder


@pytest.fixture(scope="module")
def piped(desk: Path) -> Piped:
    """Run a command in a pipe, once for all tests."""
    return cache(lambda words: run(*words, cwd=desk))


@pytest.mark.parametrize("words", PRINTING.values(), ids=PRINTING)
def test_a_pipe_gets_plain_text_and_nothing_is_said(
    piped: Piped, words: tuple[str, ...], cells: Cells
) -> None:
    done = piped(words)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert "\r" not in done.stdout
    if words != ("sources",):  # there a pipe gets a line each, to be searched
        assert max(map(cells, done.stdout.splitlines())) <= 79


@pytest.mark.parametrize(("words", "says"), SAYING.values(), ids=SAYING)
def test_what_is_written_is_said_in_a_line(
    desk: Path, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    start = run if words[0] in STARTED else run_process
    done = start(*(word.format(new=tmp_path / "new") for word in words), cwd=desk)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(says, done.stderr), done.stderr
    assert "\x1b" not in done.stdout


def test_every_command_is_run_in_a_process_of_its_own() -> None:
    """Here, with warnings as errors, `run` in `test_run_folder`, and `app` in `test_app`, which
    goes on until it is stopped; most other tests spare it."""
    assert {"run", "app", *STARTED, *(words[0] for words, _ in SAYING.values())} == set(COMMANDS)


@pytest.mark.parametrize("kind", PRINTING)
def test_a_terminal_shows_the_same_within_80_columns(
    desk: Path, piped: Piped, kind: str, cells: Cells
) -> None:
    words = PRINTING[kind]
    done = run_on_terminal(*words, cwd=desk, process=STARTED[words[0]] == kind)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    plain = re.sub(r"\x1b\[[01]m", "", done.stdout)
    assert "\x1b" not in plain
    assert max(map(cells, plain.splitlines())) <= 79
    if words == ("sources",):
        assert "".join(plain.split()) == "".join(piped(words).stdout.split())
        return
    assert plain == piped(words).stdout
    if words[0] != "converge":
        heads = [line for line in done.stdout.splitlines() if "\x1b[1m" in line]
        assert heads
        assert all(line.endswith("\x1b[0m") for line in heads)


def test_no_colour_is_no_escape_code_and_brackets_stay(desk: Path) -> None:
    words = ("compare", "runs/base", "runs/mine")
    for extra in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        done = run_on_terminal(*words, cwd=desk, **extra)
        assert "\x1b" not in done.stdout
        assert re.search(r"\(\d+\.\d\)", done.stdout)


def test_a_wheel_turns_only_where_a_person_looks_on(desk: Path) -> None:
    words = ("capital", SMALL, *FAST)
    watched = run_on_terminal(*words, cwd=desk, streams=("stdout", "stderr"))
    assert "The capital plan, and its tests" in watched.stdout
    for streams in (("stdout",), ("stderr",)):
        done = run_on_terminal(*words, cwd=desk, streams=streams)
        assert done.returncode == 0
        assert done.stderr == ""


LONG, LEFT, WIDE = (
    "x" * 4_000, "\u05d1\u05d9\u05ea " * 999 + "\u05d1\u05d9\u05ea",
    "\U0001f3e5\u533b\u9662 " * 999 + "\u533b",
)  # fmt: skip
NAMES = {
    "Newham": LONG,
    "Havering": LEFT,
    "Redbridge": WIDE,
    "Homerton": LEFT,
    "Barts Health": WIDE,
    "Mental health": LONG,
    "Acute reconfiguration": WIDE,
    "Whipps Cross Hospital redevelopment": LEFT,
    "Tobacco treatment in every trust": WIDE,
}


def test_names_of_any_kind_fit_a_terminal(tmp_path: Path, cells: Cells) -> None:
    names = {old: f"{at} {name}" for at, (old, name) in enumerate(NAMES.items())}
    file = str(write_system(tmp_path / "system", schemes=40, names=names, title=WIDE[:200]))
    for words in (
        ("allocate", file),
        ("allocate", file, "--place", names["Newham"]),
        ("allocate", file, "--sensitivity"),
        ("recovery", file),
        ("prevention", file),
        ("activity", file, "--clear-by", "2029/30"),
        ("capital", file, "--budgets", "--overrun", "P001=5", "--draws", "2"),
        ("portfolio", file),
        ("sources", file),
        ("run", file, "--draws", "20", "-o", str(tmp_path / "run"), "--no-report"),
    ):
        done = run_on_terminal(*words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        lines = re.sub(r"\x1b\[[01]m", "", done.stdout).splitlines()
        assert max(map(cells, lines)) <= 79
        assert len(lines) < 14_000


def test_a_pipe_that_knows_few_letters_gets_the_rest_replaced(desk: Path) -> None:
    done = subprocess.run(
        [*NELFIN, "allocate", "--set", "name=\u533b"],
        cwd=desk, capture_output=True, check=False, env={"PYTHONIOENCODING": "cp1252"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode("cp1252")
    assert text.startswith("?, place budgets 2025/26")
    assert "envelope £5,650.5m" in text
    assert "-" * 79 in text


def test_help_does_not_load_what_draws_tables(tmp_path: Path) -> None:
    code = (
        "import sys; from nelfin.cli import main\n"
        "try: main()\n"
        "except SystemExit: print('rich' in sys.modules)"
    )
    for words in (["--help"], ["run", "--help"], ["sweep", "--help"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], cwd=tmp_path, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.stdout.splitlines()[-1] == "False"
