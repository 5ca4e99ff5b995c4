"""What the addresses answer with. Nothing is kept between requests but what was worked out."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path
from typing import Any

from flask import Response, abort, make_response, redirect, render_template, request, url_for

from nelfin.app.asked import Asked, read_request
from nelfin.app.desk import Desk, Pending
from nelfin.app.downloads import DONE, FAILED, Downloads
from nelfin.app.keeping import (
    Said,
    file_of,
    keep,
    kept_in,
    kept_key,
    load_kept,
    scenario_archive,
)
from nelfin.app.knobs import found, that_matter
from nelfin.app.screens.capital import FIRST, capital_screen, schemes_list
from nelfin.app.screens.cfo import cfo_screen
from nelfin.app.screens.parts import Case, Cases, Screen
from nelfin.app.screens.place import place_screen
from nelfin.app.screens.tiles import tiles_of
from nelfin.app.worker import BusyError
from nelfin.data.register import register
from nelfin.errors import InputError, NoAnswerError
from nelfin.evidence import MEANING
from nelfin.report.basis import illustrative_words
from nelfin.system.rests_on import CAPITAL, PLACES, RECOVERY
from nelfin.version import __version__

SCREENS = {"cfo": "The system", "place": "Places", "capital": "Capital"}
"""The screens, by the name of their address."""

RESTS_ON = {
    "cfo": tuple(dict.fromkeys((*RECOVERY, *PLACES))), "place": PLACES, "capital": CAPITAL,
    "schemes": CAPITAL,
}  # fmt: skip
"""Sections and tables that a screen rests on."""

PAGE = "X-Nelfin-Page"
"""Header by which the script says which page asks."""

AGAIN = "X-Nelfin-Again"
"""Header that asks the script to come again after so many thousandths of a second."""

SOON_MS, LATER_MS = 150, 500
"""When to come again for a plan, and for odds."""

Answer = Response | str | tuple[str, int]


class Pages:
    """What the addresses answer with."""

    def __init__(self, desk: Desk, folder: Path, token: str, works: Downloads) -> None:
        self.desk, self.folder, self.token, self.works = desk, folder, token, works

    # ---- screens

    def screen(self, name: str) -> Answer | Any:
        """Answer with a screen: settings on the left, figures beside them."""
        asked = read_request(request, self.desk)
        if not asked.as_given:
            return redirect(url_for(name, **asked.pairs()))
        shown = self._shown(name, asked)
        text = render_template("screen.html", **self._values(name, asked), **shown)
        return _with_status(text, shown)

    def part(self, name: str) -> Answer:
        """Answer with the figures of a screen, which the script puts in place."""
        if name not in SCREENS:
            abort(404, "There is no such screen.")
        asked = read_request(request, self.desk)
        shown = self._shown(name, asked)
        values = {"asked": asked, "desk": self.desk, "name": name, "screens": SCREENS}
        return _with_status(render_template("part.html", **values, **shown), shown)

    def _shown(self, name: str, asked: Asked) -> dict[str, Any]:
        """Return what a screen shows: figures, or why there are none yet, or none at all."""
        page = request.headers.get(PAGE, "")[:64]
        shown: dict[str, Any] = {
            "tiles": [], "screen": None, "table": None, "count": 0, "first": FIRST, "waits": "",
            "refused": "", "again": 0, "kept_notes": [], "made_up": self._made_up[name],
        }  # fmt: skip
        try:
            look = self.desk.look(asked.moves, page)
        except NoAnswerError as error:
            return shown | {"refused": str(error)}
        except BusyError as error:
            return shown | {"waits": str(error), "again": LATER_MS}
        if isinstance(look, Pending):
            return shown | {"waits": look.words, "again": SOON_MS}
        kept, notes, waits = self._compared(asked, page)
        cases = Cases(self.desk.base, look, kept, bool(asked.moves))
        waits |= not self.desk.odds(look, page) or not self.desk.odds(self.desk.base)
        shown |= {"tiles": tiles_of(cases), "again": LATER_MS if waits else 0, "kept_notes": notes}
        if name == "schemes":
            table, count = schemes_list(cases, asked.find)
            return shown | {"table": table, "count": count}
        return shown | {"screen": self._screen(name, asked, cases)}

    @cached_property
    def _made_up(self) -> dict[str, str]:
        """What of the scenario is illustrative, in words, by screen; "" for nothing."""
        sources = register(self.desk.scenario, self.desk.base.outcome.inputs)
        return {name: illustrative_words(sources, parts) for name, parts in RESTS_ON.items()}

    def _screen(self, name: str, asked: Asked, cases: Cases) -> Screen:
        if name == "place":
            place, year = self._place(asked)
            return place_screen(cases, place, year)
        return capital_screen(cases) if name == "capital" else cfo_screen(cases)

    def _place(self, asked: Asked) -> tuple[str, str]:
        """Return the place and the year that are looked at."""
        base = self.desk.base
        return (
            asked.place or base.furthest_under(base.budget_year)[0],
            asked.year or base.budget_year,
        )

    def _compared(self, asked: Asked, page: str) -> tuple[list[Case], list[str], bool]:
        """Return the kept cases to compare with, what is said of others, and if one waits."""
        cases: list[Case] = []
        notes, waits = [], False
        for number, slug in enumerate(asked.compared, start=1):
            of_page = f"{page} {slug}" if page else ""
            try:
                load = partial(load_kept, self.desk, self.folder, slug)
                look = self.desk.look_at(kept_key(self.folder, slug), load, of_page, wait_s=0.0)
            except (InputError, NoAnswerError, BusyError) as error:
                notes.append(f"{slug} is left out: {error}")
                continue
            if isinstance(look, Pending):
                waits = True
                notes.append(f"{slug}: {look.words.lower()}.")
            else:
                cases.append(Case(look.scenario.name, f"kept{number}", look))
        return cases, notes, waits

    def _values(self, name: str, asked: Asked) -> dict[str, Any]:
        """Return what every page has beside its figures."""
        desk = self.desk
        place, year = self._place(asked)
        return {
            "desk": desk,
            "asked": asked,
            "name": name,
            "screens": SCREENS,
            "token": self.token,
            "groups": that_matter(desk.scenario, desk.settings, asked.moves),
            "kept": kept_in(self.folder),
            "folder": self.folder,
            "places": desk.base.places,
            "place": place,
            "year": year,
            "meaning": MEANING,
            "version": __version__,
        }

    # ---- lists

    def schemes(self) -> Answer:
        """Answer with the schemes that hold a word, in or out, each with its reason."""
        asked = read_request(request, self.desk)
        shown = self._shown("schemes", asked)
        text = render_template("schemes.html", **self._values("schemes", asked), **shown)
        return _with_status(text, shown)

    def settings(self) -> Answer | Any:
        """Answer with all settings, or those that hold some words."""
        asked = read_request(request, self.desk)
        if not asked.as_given:
            return redirect(url_for("settings", **asked.pairs()))
        sections = found(self.desk.scenario, self.desk.settings, asked.moves, asked.find)
        values = self._values("settings", asked)
        shown = {knob.key for knobs in sections.values() for knob in knobs}
        return render_template("settings.html", **values, sections=sections, shown_keys=shown)

    # ---- keeping

    def keep(self) -> Any:
        """Keep the scenario with what is moved, then show where it is."""
        asked = read_request(request, self.desk)
        form = request.form
        whys = {key.removeprefix("why:"): text.strip() for key, text in form.items()
                if key.startswith("why:") and text.strip()}  # fmt: skip
        name, who, why = (form.get(field, "").strip() for field in ("name", "who", "why"))
        said = Said(name, who, why, whys)
        file = keep(self.desk, asked.moves, said, self.folder)
        return redirect(url_for("kept", slug=file.stem, **asked.pairs()), 303)

    def kept(self, slug: str) -> Answer:
        """Answer with where a scenario is kept, and how the command line reads it."""
        asked = read_request(request, self.desk)
        file = file_of(self.folder, slug)
        values = self._values("kept", asked)
        text = file.read_text(encoding="utf-8", errors="replace")
        return render_template("kept.html", **values, file=file, slug=slug, text=text)

    def kept_file(self, slug: str) -> Response:
        """Answer with the file of a kept scenario."""
        content = file_of(self.folder, slug).read_bytes()
        return _attached(content, f"{slug}.toml", "application/toml")

    def scenario_file(self) -> Response:
        """Answer with the scenario with what is moved, as a file, with the plan it keeps to."""
        asked = read_request(request, self.desk)
        content, name, kind = scenario_archive(self.desk, asked.moves)
        return _attached(content, name, kind)

    # ---- full runs

    def run(self) -> Any:
        """Start a full run, then show how far it is."""
        asked = read_request(request, self.desk)
        work = self.works.start(asked.moves, asked.place)
        return redirect(url_for("work", name=work.name, **asked.pairs()), 303)

    def work(self, name: str) -> Answer:
        """Answer with how far a full run is, and with its files when it is done."""
        asked = read_request(request, self.desk)
        work = self.works.find(name)
        if work is None:
            abort(404, "This run is no longer kept. Start it again.")
        words = work.words
        shown = {
            "work": work,
            "done": words == DONE,
            "failed": words.removeprefix(FAILED) if words.startswith(FAILED) else "",
            "words": words,
            "again": LATER_MS if work.goes_on else 0,
        }
        part = "work_part.html" if request.headers.get(PAGE) else "work.html"
        text = render_template(part, **self._values("work", asked), **shown)
        return _with_status(text, shown)

    def work_file(self, name: str, what: str) -> Response:
        """Answer with a file of a full run."""
        work = self.works.find(name)
        file = None if work is None else work.file(what)
        if file is None or work is None:
            abort(404, "This file is not there, or not yet.")
        kinds = {".html": "text/html", ".xlsx": "application/vnd.openxmlformats-officedocument"
                 ".spreadsheetml.sheet"}  # fmt: skip
        called = f"{work.slug}{f'-{what}' if what == 'place' else ''}{file.suffix}"
        return _attached(file.read_bytes(), called, kinds[file.suffix])


def _with_status(text: str, shown: dict[str, Any]) -> Response:
    """Return an answer that says whether to come again for what is not there yet."""
    answer = make_response(text, 200)
    if shown.get("again"):
        answer.headers[AGAIN] = str(shown["again"])
    return answer


def _attached(content: bytes, name: str, kind: str) -> Response:
    answer = make_response(content)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
