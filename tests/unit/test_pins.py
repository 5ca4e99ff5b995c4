"""The lock file and the pins of the benchmarks hold what pyproject.toml asks for."""

from __future__ import annotations

import tomllib
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import nelfin

pytestmark = pytest.mark.unit

ROOT = Path(nelfin.__file__).parents[1]
OLDEST = {"python_version": "3.11", "python_full_version": "3.11.0"}


def pinned(file: Path) -> dict[str, str]:
    """The version of each package that a file pins for Python 3.11."""
    lines = file.read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    here = [pin for pin in pins if pin.marker is None or pin.marker.evaluate(OLDEST)]
    versions = {}
    for pin in here:
        (only,) = pin.specifier
        assert only.operator == "==", pin
        versions[canonicalize_name(pin.name)] = only.version
    return versions


def asked(*extras: str) -> list[Requirement]:
    """What the package asks for, with some of its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    more = [line for extra in extras for line in project["optional-dependencies"][extra]]
    return [Requirement(line) for line in [*project["dependencies"], *more]]


def test_the_lock_file_pins_what_development_asks_for() -> None:
    pins = pinned(ROOT / "requirements-dev.lock")
    wanted = asked("test", "lint", "docs")
    missing = [str(one) for one in wanted if canonicalize_name(one.name) not in pins]
    assert missing == [], "run: make lock"
    refused = [str(one) for one in wanted if pins[canonicalize_name(one.name)] not in one.specifier]
    assert refused == [], "run: make lock"


@pytest.mark.parametrize("name", ["requirements-dev.lock", "benchmarks/requirements.txt"])
def test_pins_name_no_place_that_only_one_machine_has(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert [mark for mark in ("://", "--", " @ ", " /") if mark in text] == []


def test_the_benchmarks_pin_every_library_of_the_package() -> None:
    pins = pinned(ROOT / "benchmarks" / "requirements.txt")
    wanted = {canonicalize_name(one.name): one for one in asked()}
    assert set(pins) == {*wanted, "pytest", "pytest-benchmark"}
    assert [name for name, one in wanted.items() if pins[name] not in one.specifier] == []


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return import_module("run")


def test_the_benchmarks_say_which_versions_are_not_the_pinned_ones(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = pinned(ROOT / "benchmarks" / "requirements.txt")
    monkeypatch.setattr(run, "version", lambda name: pins[canonicalize_name(name)])
    assert run.other_versions() == []
    assert "all as pinned" in run.machine()
    monkeypatch.setattr(run, "version", lambda name: pins[canonicalize_name(name)] + ".post9")
    pin = pins["numpy"]
    assert f"numpy {pin}.post9, not {pin}" in run.other_versions()
    assert f"Not as pinned: altair {pins['altair']}.post9" in run.machine()
