"""A pack as one small page: it opens without a network, runs no script, and prints on A4."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Any

from nelfin.evidence import STATUSES
from nelfin.report.packs.drawings import svg_of
from nelfin.report.packs.parts import Drawing, Figure, Pack
from nelfin.report.text.names import short
from nelfin.store.writing import write_whole


def write_page(pack: Pack, file: Path) -> None:
    """Write the page of a pack.

    Parameters
    ----------
    pack
        From `place_pack`, `body_pack` or `board_pack`.
    file
        Where to.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    text = page_text(pack)
    write_whole(file, lambda part: part.write_text(text, encoding="utf-8"), "Choose another file.")


def page_text(pack: Pack) -> str:
    """Return a pack as HTML. Every text is escaped.

    Parameters
    ----------
    pack
        From `place_pack`, `body_pack` or `board_pack`.
    """
    page: str = _environment().get_template("pack.html.j2").render(pack=pack)
    return page


@cache
def _environment() -> Any:
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    # beside its own templates those of the page, for the styles that both have
    folders = [PackageLoader(f"nelfin.report.{name}") for name in ("packs", "page")]
    made = Environment(
        loader=ChoiceLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"short": short, "picture": _picture}
    made.tests["figure"] = _is_figure
    made.globals["statuses"] = STATUSES
    return made


def _picture(drawing: Drawing) -> str:
    """Return a chart as the address of a picture, which no other chart can disturb."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg_of(drawing).encode()).decode()


def _is_figure(cell: Any) -> bool:
    return isinstance(cell, Figure)
