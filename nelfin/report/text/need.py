"""Need indices as text, at most 80 columns wide."""

from __future__ import annotations

from nelfin.data.specs import WHOLE_SYSTEM
from nelfin.report.text.numbers import money
from nelfin.report.text.terminal import table_text, title_text, wrapped_sentences
from nelfin.system.need_indices import ALL_PLACES, NOT_PLACED, OVERLAPS, Need

FINALS = {"final_core": "core", "final_primary_medical": "primary medical"}
"""Components that are printed, and what they are called."""


CALLED = {ALL_PLACES: "All places", WHOLE_SYSTEM: "no single place", NOT_PLACED: "not placed"}


def need_text(need: Need, name: str) -> str:
    """Return the need indices of places year by year: the finals, against system and England.

    Parameters
    ----------
    need
        From `need`.
    name
        What to call the systems.
    """
    there = [each for each in FINALS if (need.table["component"] == each).any()]
    heads = ["place", "people"]
    for each in there:
        heads += [f"{FINALS[each]}, system", f"{FINALS[each]}, England"]
    blocks = [title_text(name, ", need indices")]
    for year, table in need.table.groupby("year", sort=False):
        rows: dict[str, list[str]] = {}
        for line in table[table["component"].isin(there)].to_dict("records"):
            row = rows.setdefault(line["place"], [money(line["registered_population"], 0)])
            row += [money(line["index_in_system"], 3), money(line["index_in_england"], 3)]
        cells = [[CALLED.get(place, place), *row] for place, row in rows.items()]
        title = f"{year}; {OVERLAPS}" if year in need.overlaps else str(year)
        blocks.append(table_text(heads, cells, title=title, ruled=[-1]))
    notes = [
        "Index: weighted people a head, over those of the system and of England. 1.000 is their "
        "average.",
    ]
    if not need.files:
        notes.append(
            "People by local authority of the practice: NHS England's practice files, as they come "
            "with nelfin."
        )
    hashes = [f"{file}\n  SHA-256 {digest}" for file, digest in need.files.items()]
    return "\n\n".join(
        [*blocks, wrapped_sentences(*notes), *(["\n".join(hashes)] if hashes else [])]
    )
