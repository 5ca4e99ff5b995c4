"""Scenarios that are kept: a file each in one folder, written whole and never over another."""

from __future__ import annotations

import io
import os
import re
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nelfin.app.desk import IN_FORCE, Desk, plan_in_force
from nelfin.app.moves import Moves
from nelfin.errors import InputError, Problems, printable
from nelfin.scenario import Scenario, load_scenario
from nelfin.scenario.layers import MOST_BYTES
from nelfin.scenario.paths import SCENARIOS, packaged_scenario
from nelfin.scenario.resolved import figure_table
from nelfin.scenario.written import changes_toml
from nelfin.store.kept import SCENARIO, is_run_folder
from nelfin.store.writing import read_at_most, write_csv, write_new

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""Names of files of kept scenarios, without their ending."""

LONGEST = {"name": 60, "who": 60, "why": 500}
"""Letters of what is said of a kept scenario."""

LISTED = 200
"""Kept scenarios that are listed, the newest first."""

RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(10)),
}
"""Names that Windows takes for devices."""


@dataclass(frozen=True)
class Said:
    """What is said of a scenario that is kept.

    Parameters
    ----------
    name
        What it is called.
    who, why
        Who keeps it, and why things are moved; "" for nothing.
    whys
        Why a setting is moved, by its key, where that is said of it alone.
    """

    name: str
    who: str = ""
    why: str = ""
    whys: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Kept:
    """A scenario that is kept in the folder."""

    slug: str
    name: str
    when: str


def slug_of(name: str) -> str:
    """Return the name of the file that a scenario is kept in, without its ending.

    Parameters
    ----------
    name
        What it is called.

    Examples
    --------
    >>> slug_of("Harder savings, 2027/28!"), slug_of("../../etc/passwd"), slug_of("CON")
    ('harder-savings-2027-28', 'etc-passwd', 'con-plan')
    """
    slug = "-".join(re.findall("[a-z0-9]+", name.lower()))[:60].strip("-")
    return f"{slug}-plan" if slug in RESERVED else slug


def check_said(said: Said) -> str:
    """Check what is said of a scenario, and return the name of its file.

    Parameters
    ----------
    said
        What is said of it.

    Returns
    -------
    str
        As from `slug_of`.

    Raises
    ------
    InputError
        With every problem: no name, one without letters, a text that is too long.
    """
    problems = Problems()
    texts = {"name": said.name, "who": said.who, "why": said.why}
    heads = {"name": "Name", "who": "Who", "why": "Why"}
    more = [("Why", text, LONGEST["why"]) for text in (said.whys or {}).values()]
    for head, text, most in [*((heads[key], texts[key], LONGEST[key]) for key in texts), *more]:
        if len(text) > most:
            problems.add(head, f"has {len(text)} letters.", f"Use at most {most}.")
        elif not text.isprintable():
            problems.add(head, "has letters that cannot be shown.", "Write it on one line.")
    slug = slug_of(said.name)
    if not slug:
        problems.add("Name", "is missing or has no plain letter or figure.", "Give it a name.")
    problems.raise_if_any()
    return slug


def keep(desk: Desk, moves: Moves, said: Said, folder: Path) -> Path:
    """Keep the scenario with what is moved as a file, which `nelfin run` reads.

    Parameters
    ----------
    desk
        The desk.
    moves
        What is moved.
    said
        What is said of it.
    folder
        Where to; made if it is not there.

    Returns
    -------
    pathlib.Path
        The file. A plan that it keeps to stands beside it.

    Raises
    ------
    InputError
        If what is said of it cannot be, or a file of that name is there.
    OutputError
        If it cannot be written.
    """
    slug = check_said(said)
    file = folder / f"{slug}.toml"
    if file.exists() or file.is_symlink():
        raise InputError.one(
            f'The name "{said.name}"', f"is taken: {file.name} is there.", "Choose another name."
        )
    scenario = desk.moved(moves)
    plan = f"{slug}-plan.csv" if _keeps_to_plan(desk, scenario) else ""
    text = scenario_text(desk, scenario, moves, said, folder, plan)
    if plan:
        # beside the scenario, before it: a scenario that stands has all that it names
        table = plan_in_force(desk.base.outcome)
        write_new(folder / plan, lambda part: write_csv(table, part))
    try:
        write_new(file, lambda part: part.write_text(text, encoding="utf-8"))
    except InputError:
        if plan:
            (folder / plan).unlink(missing_ok=True)
        raise
    return file


def _keeps_to_plan(desk: Desk, scenario: Scenario) -> bool:
    return scenario.data.plan_in_force != desk.scenario.data.plan_in_force


def scenario_text(
    desk: Desk, scenario: Scenario, moves: Moves, said: Said, folder: Path, plan: str
) -> str:
    """Return the file of a scenario that is a change of the one on the desk.

    Parameters
    ----------
    desk, scenario, moves
        The desk, the scenario with what is moved, and what that is.
    said
        What is said of it.
    folder
        Where the file will stand.
    plan
        File of the plan that it keeps to; "" for none.

    Returns
    -------
    str
        TOML: `extends`, and each setting that is moved with its unit, status and source.
    """
    now = datetime.now().astimezone()
    day = f"{now.day} {now:%B %Y}"
    by = f" by {said.who}" if said.who else ""
    figures: dict[str, Any] = {}
    for key in moves:
        why = (said.whys or {}).get(key, "") or said.why or "no reason given"
        table = figure_table(_plain(moves[key]), scenario.evidence[key])
        source = f"{said.who or 'Not said who'}, {day}: {why}"
        figures[key] = {"value": table["value"], "unit": table["unit"]} | {
            "status": "given", "source": source,
        }  # fmt: skip
    if plan:
        figures[IN_FORCE] = plan
    told = f": {said.why}" if said.why else ""
    head = f"Kept{by} on {day}{told}."
    return changes_toml(extends_of(desk.scenario, folder), said.name, figures, head)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def extends_of(scenario: Scenario, folder: Path) -> str:
    """Return what a file in a folder extends, to be a change of a scenario.

    Parameters
    ----------
    scenario
        From `load_scenario`, as it stands.
    folder
        Where the file will stand.

    Returns
    -------
    str
        The name of a scenario that comes with nelfin, or the path of a file from the folder.
    """
    file = scenario.files[-1]
    for name in SCENARIOS:
        if file == packaged_scenario(name).resolve():
            return name
    if is_run_folder(file.parent.parent):  # its own copy of the file that was run
        file = file.parent.parent / SCENARIO
    try:
        return Path(os.path.relpath(file, folder.resolve())).as_posix()
    except ValueError:  # another drive of Windows
        return file.as_posix()


def kept_in(folder: Path) -> list[Kept]:
    """Return the scenarios that are kept in a folder, the newest first.

    Parameters
    ----------
    folder
        The folder; it may not be there yet.
    """
    files = [file for file in _files(folder) if SLUG.fullmatch(file.stem)]
    dated = sorted(((file.stat().st_mtime, file) for file in files), reverse=True)
    return [
        Kept(
            file.stem,
            _name_of(file),
            datetime.fromtimestamp(when).astimezone().strftime("%d %B %Y"),
        )
        for when, file in dated[:LISTED]
    ]


def _files(folder: Path) -> Iterator[Path]:
    try:
        yield from (f for f in folder.glob("*.toml") if f.is_file() and not f.is_symlink())
    except OSError:
        return


def _name_of(file: Path) -> str:
    """Return what a kept scenario is called; a file that cannot be read by its own name."""
    try:
        content = read_at_most(file, MOST_BYTES) or b""
        name = tomllib.loads(content.decode("utf-8-sig")).get("name")
    except (OSError, ValueError, RecursionError):
        return file.stem
    return printable(name) if isinstance(name, str) else file.stem


def file_of(folder: Path, slug: str) -> Path:
    """Return the file of a kept scenario.

    Parameters
    ----------
    folder
        The folder.
    slug
        Name of the file without its ending.

    Raises
    ------
    InputError
        If it is no name of such a file, or there is none.
    """
    file = folder / f"{slug}.toml"
    if not SLUG.fullmatch(slug) or len(slug) > 70 or file.is_symlink() or not file.is_file():
        raise InputError.one(
            "The kept scenario", f'"{slug[:60]}" is not there.', "Choose one of the list."
        )
    return file


def load_kept(desk: Desk, folder: Path, slug: str) -> Scenario:
    """Load a kept scenario, to compare with.

    Parameters
    ----------
    desk
        The desk.
    folder, slug
        As for `file_of`.

    Raises
    ------
    InputError
        If it cannot be read, or is of other years.
    """
    made = load_scenario(file_of(folder, slug), allow=desk.scenario.allowed)
    if made.years.labels() != desk.scenario.years.labels():
        raise InputError.one(
            f"The kept scenario {slug}",
            "is of other years.",
            "Compare scenarios of the same years.",
        )
    return made


def kept_key(folder: Path, slug: str) -> tuple[str, str, int, int]:
    """Return what a kept scenario is known by: another content has another key.

    Parameters
    ----------
    folder, slug
        As for `file_of`.
    """
    about = file_of(folder, slug).stat()
    return "kept", slug, about.st_mtime_ns, about.st_size


def scenario_archive(desk: Desk, moves: Moves) -> tuple[bytes, str, str]:
    """Return the scenario with what is moved as a file to download.

    Parameters
    ----------
    desk, moves
        As for `keep`.

    Returns
    -------
    content, name, kind
        Of the file: TOML, or an archive of it and of the plan that it keeps to. It is to stand
        beside the file that it extends.
    """
    scenario = desk.moved(moves)
    name = desk.scenario.name[: LONGEST["name"]]
    slug = f"{slug_of(name) or 'plan'}-moved"
    plan = f"{slug}-plan.csv" if _keeps_to_plan(desk, scenario) else ""
    here = desk.scenario.files[-1].parent
    text = scenario_text(desk, scenario, moves, Said(name, why="moved in the app"), here, plan)
    if not plan:
        return text.encode(), f"{slug}.toml", "application/toml"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{slug}.toml", text)
        archive.writestr(plan, desk.plan_file().read_bytes())
    return packed.getvalue(), f"{slug}.zip", "application/zip"
