"""What a sentence of the page must say: where it stands, how it begins, and its numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markup import Block

TOKEN = re.compile(
    r"20\d\d/\d\d"  # a financial year
    r"|\(£?\d+(?:,\d{3})*(?:\.\d+)?m?\)(?:\u00a0%)?"  # a negative
    r"|£?\d+(?:,\d{3})*(?:\.\d+)?m?(?:\u00a0%)?"
)


def tokens(text: str) -> list[str]:
    """Return every number of a text, as shown."""
    return TOKEN.findall(text)


@dataclass(frozen=True)
class Family:
    section: str
    article: str
    tag: str
    begins: str
    """A pattern."""
    numbers: Sequence[str]
    """Of all blocks of the family, one after the other."""

    def has(self, block: Block) -> bool:
        return (
            (self.section, self.article, self.tag) == (block.section, block.article, block.tag)
        ) and re.match(self.begins, block.text) is not None


def chart_says(
    section: str,
    name: str,
    numbers: Sequence[str] = (),
    title: str = "",
    chosen: Sequence[str] = (),
) -> Iterator[Family]:
    """Give the sentences of a chart, of all and of each that can be chosen, and its title."""
    of_title = tokens(title)
    mark = re.escape(title)
    yield Family(
        section, name, "p", r"(?!.*\d (assumption|illustrative|given))", [*numbers, *chosen]
    )
    yield Family(section, name, "aria-label", "(?!Table behind)", [*of_title, *numbers])
    if of_title:
        yield Family(section, name, "h3", mark, of_title)
        yield Family(section, name, "button", f"(PNG|SVG) of {mark}", 2 * of_title)
        yield Family(section, name, "summary", f"Table behind “{mark}”", of_title)
        yield Family(section, name, "aria-label", "Table behind", of_title)
