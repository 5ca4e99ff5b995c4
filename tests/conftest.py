"""Fixtures that tests share, and the rule that each test is of exactly one kind."""

from __future__ import annotations

import gc
import os
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

import nelfin
from nelfin.cli import COLLECT_AFTER

if TYPE_CHECKING:
    from nelfin.app.desk import Desk
    from nelfin.data import Inputs
    from nelfin.result import Result
    from nelfin.scenario import Scenario

KINDS = {"unit", "property", "golden", "e2e"}
SHARED = Path(__file__).resolve().parents[2] / "shared"

settings.register_profile(
    "nelfin",
    deadline=None,  # time is measured in benchmarks, never in a test
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("nelfin")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """One file, or tests of one, run here: workers would take longer to start."""
    files = {named.partition("::")[0] for named in config.option.file_or_dir}
    return 0 if len(files) == 1 and Path(*files).is_file() else None


def pytest_configure(config: pytest.Config) -> None:
    """Load every module, but where the tests are only handed out.

    hypothesis draws constants of the modules it finds loaded: with all of them there from the start
    it draws the same cases in every worker and in every order.
    """
    if config.option.dist == "no":
        for module in walk_packages(nelfin.__path__, "nelfin."):
            if not module.name.endswith("__main__"):
                import_module(module.name)
        gc.freeze()  # modules stay: they need not be looked through again and again
        gc.set_threshold(COLLECT_AFTER, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        kinds = KINDS & {mark.name for mark in item.iter_markers()}
        if len(kinds) != 1:
            raise pytest.UsageError(f"{item.nodeid} must be marked with exactly one of {KINDS}")


@pytest.fixture(scope="session")
def cells() -> Callable[[str], int]:
    """What a terminal needs to show a line, counted without the library that draws the tables."""

    def counted(line: str) -> int:
        wide = sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in line)
        return wide - sum(unicodedata.category(letter) in {"Mn", "Me", "Cf"} for letter in line)

    return counted


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    return nelfin.load_scenario()


@pytest.fixture(scope="session")
def rough(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """The embedded scenario with a rough capital plan of few schemes, which is found sooner."""
    import pandas as pd

    from nelfin.scenario.load import packaged_folder

    table = pd.read_csv(packaged_folder() / "projects.csv", dtype=str, keep_default_na=False)
    alone = (table["requires"] == "") & (table["excludes"] == "") & (table["option_of"] == "")
    file = tmp_path_factory.mktemp("rough") / "projects.csv"
    table[alone | (table["must_fund"] == "yes")].head(60).to_csv(file, index=False)
    changed = {"capital.gap_pct": 10.0, "portfolio.gap_pct": 10.0, "data.projects": str(file)}
    return nelfin.load_scenario(overrides=changed)


@pytest.fixture(scope="session")
def inputs(scenario: Scenario) -> Inputs:
    from nelfin.data import load_inputs

    return load_inputs(scenario)


@pytest.fixture(scope="session")
def result(scenario: Scenario) -> Result:
    """One run of the embedded scenario with draws, for every test that only reads it."""
    return nelfin.run(scenario, draws=200, seed=1)


@pytest.fixture(scope="session")
def run_folder(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return result.save(tmp_path_factory.mktemp("runs") / "nel")


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk of the app with a small plan on it, for every test that only asks it."""
    from app_case import small_scenario

    from nelfin.app.desk import Desk

    made = Desk(small_scenario(tmp_path_factory.mktemp("desk")))
    yield made
    made.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Reference figures kept beside the project; a test that needs them is skipped without."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the reference figures are not beside the project")
    return folder


@pytest.fixture(scope="session")
def libreoffice() -> str:
    """Path of LibreOffice; on a machine of CI it must be there."""
    for name in ("soffice", "libreoffice"):
        if path := shutil.which(name):
            return path
    if os.environ.get("CI"):
        pytest.fail("CI needs LibreOffice for the test of the workbooks")
    pytest.skip("no LibreOffice on this machine")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Chromium; on a machine of CI it must be there."""
    own = os.environ.get("NELFIN_CHROMIUM", "")
    for path in (own, "/usr/bin/chromium", "/usr/bin/google-chrome"):
        if path and Path(path).is_file():
            return path
    if os.environ.get("CI"):
        pytest.fail("CI needs Chromium for the test of the page")
    pytest.skip("no Chromium on this machine; set NELFIN_CHROMIUM to its path")
