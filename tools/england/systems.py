"""Tables of the former systems, the present ones, and how the first became the second."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import product
from pathlib import Path

from england.tables import COPY, Row, figure, only, plain_name, read

CHANGED = {
    "D7T5G": "NHS Essex ICB",
    "QRL": "NHS Hampshire and Isle of Wight ICB",
    "S0E4D": "NHS Thames Valley ICB",
    "S1Y5D": "NHS Central East ICB",
    "S9B9J": "NHS Surrey and Sussex ICB",
    "T6Y0W": "NHS Norfolk and Suffolk ICB",
    "Z9B2Z": "NHS West and North London ICB",
}
"""Names of the systems that another system or a part of one has joined."""

PARTS = {
    ("QJG", "D7T5G"): "North East Essex part",
    ("QJG", "T6Y0W"): "Suffolk part",
    ("QM7", "D7T5G"): "West Essex part",
    ("QM7", "S1Y5D"): "Hertfordshire part",
    ("QNQ", "QRL"): "Hampshire part",
    ("QNQ", "S0E4D"): "East Berkshire part",
    ("QNQ", "S9B9J"): "Surrey part",
}
"""What the parts of a split system are called."""

SHARES = {
    "share_core": "Final WP",
    "share_primary_medical": "Final PMC WP",
    "share_population": "Population",
}
"""Shares of a split system, and the heading of the practice file each is worked out from."""

BOUNDARIES = "NHS England, boundaries of ICBs from April 2026" + COPY
SPLIT = (
    BOUNDARIES
    + "; shares by district of the practice, NHS England practice file 2025/26 (OGL v3), "
    "not an official split"
)
FOUND = (
    "The only division of the districts of the practices (NHS England practice file 2025/26, "
    "OGL v3) that gives the people of each part in the crosswalk to the 36 systems"
)


def systems(national: Path) -> list[Row]:
    """Make the crosswalk: a row for each system, or part of one, and what it belongs to now."""
    weights = read(national / "icb_42_to_36_weights.csv")
    names = {row["old_icb_code"]: row["old_icb"] for row in _footprints(national)}
    whole: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in weights:
        for heading in SHARES.values():
            whole[row["old_icb_code"]][heading] += Decimal(row[heading])
    made = []
    for row in _footprints(national):
        old, new = row["old_icb_code"], row["new_icb_code"]
        what = f"{old} into {new}"
        weight = only(
            (w for w in weights if (w["old_icb_code"], w["new_icb_code"]) == (old, new)), what
        )
        shares = {
            name: figure(Decimal(weight[heading]) / whole[old][heading], 9)
            for name, heading in SHARES.items()
        }
        split = (old, new) in PARTS
        if split == (set(shares.values()) == {"1"}):
            raise ValueError(f"{what}: a split system has shares, another is whole")
        unchanged = new not in CHANGED
        made.append(
            {
                "old_code": old,
                "old_name": plain_name(names[old]),
                "new_code": new,
                "new_name": plain_name(names[old]) if unchanged else CHANGED[new],
                "part": "unchanged" if unchanged else PARTS.get((old, new), "whole"),
                **shares,
                "status": "derived" if split else "published",
                "source": SPLIT if split else BOUNDARIES,
            }
        )
    return sorted(made, key=lambda row: (row["old_code"], row["new_code"]))


def _footprints(national: Path) -> list[Row]:
    return read(national / "icb_footprints_2026.csv")


def local_authorities(national: Path, practices: list[Row]) -> list[Row]:
    """Find which districts of a split system make which of its parts, by their people."""
    parts: dict[str, dict[str, list[Decimal]]] = defaultdict(dict)
    for row in read(national / "icb_42_to_36_weights.csv"):
        if (row["old_icb_code"], row["new_icb_code"]) in PARTS:
            parts[row["old_icb_code"]][row["new_icb_code"]] = [
                Decimal(row[heading]) for heading in SHARES.values()
            ]
    made = []
    for old, wanted in sorted(parts.items()):
        people: dict[str, list[Decimal]] = {}
        for practice in practices:
            if practice["ICB"] == old:
                sums = people.setdefault(practice["LTLA"], [Decimal(0)] * len(SHARES))
                people[practice["LTLA"]] = [
                    total + Decimal(practice[heading])
                    for total, heading in zip(sums, SHARES.values(), strict=True)
                ]
        for district, new in _division(old, dict(sorted(people.items())), wanted).items():
            made.append(
                {
                    "old_code": old,
                    "local_authority": district,
                    "new_code": new,
                    "status": "derived",
                    "source": FOUND,
                }
            )
    return made


def _division(
    old: str, people: dict[str, list[Decimal]], wanted: dict[str, list[Decimal]]
) -> dict[str, str]:
    """Try every division; one alone may give each part its people to a hundredth of a person."""
    close = Decimal("0.01")
    target = {new: figures[-1] for new, figures in wanted.items()}
    found = []
    for choice in product(wanted, repeat=len(people)):
        left = dict(target)
        for new, figures in zip(choice, people.values(), strict=True):
            left[new] -= figures[-1]
        if all(abs(rest) < close for rest in left.values()):
            found.append(choice)
    if len(found) != 1:
        raise ValueError(f"{old}: {len(found)} divisions of its districts fit")
    division = dict(zip(people, found[0], strict=True))
    for new, figures in wanted.items():
        for at, figure_wanted in enumerate(figures):
            total = sum(people[district][at] for district in people if division[district] == new)
            if abs(total - figure_wanted) >= close:
                raise ValueError(f"{old}: the division does not give {new} its weighted people")
    return division
