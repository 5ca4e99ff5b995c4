"""Rows of the sheet of settings: headings, settings with their words, and rows to add names in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple, get_args, get_origin

from nelfin.evidence import Figure
from nelfin.scenario import Scenario
from nelfin.scenario.keys import NAME, Parts, SchemaKey, dotted, schema_at, walk

TITLES = {
    "years": "Years", "envelope": "Envelope", "allocation": "Place budgets",
    "prevention": "Prevention", "recovery": "Recovery", "activity": "Activity",
    "capital": "Capital", "portfolio": "Portfolio", "uncertainty": "Uncertainty",
}  # fmt: skip
"""What each section is called."""

NAMED_BY = {
    "allocation.streams": "stream",
    "envelope.growth_pct": "stream",
    "envelope.convergence_pct": "stream",
    "envelope.distance_from_target_pct": "stream",
    "activity.stay_medians_pct": "area",
    "capital.place_weights": "place",
    "capital.criteria_weights": "criterion",
    "capital.must_start": "scheme",
    "allocation.need_weights": "final",
    f"allocation.need_weights.{NAME}": "component",
}
"""What the names of a mapping are names of."""

SPARE = 2
"""Rows in which a name may be added to a mapping."""


class Line(NamedTuple):
    """A row of the sheet: a heading where it has no key."""

    words: str
    key: str = ""
    here: SchemaKey | None = None
    value: Any = None
    figure: Figure | None = None
    level: int = 0


def lines_of(scenario: Scenario, names: Mapping[str, list[str]]) -> Iterator[Line]:
    """Yield the rows of the sheet of settings.

    Parameters
    ----------
    scenario
        Its settings.
    names
        Names of streams and places, which mappings may have.

    Yields
    ------
    Line
        Section by section: its settings, then its mappings, each with rows to add a name in.
    """
    yield Line("The scenario")
    yield from _settings(scenario, [parts for parts, _, _ in walk(scenario) if len(parts) == 1])
    for section, title in TITLES.items():
        here = schema_at((section,))
        if here is None:
            continue
        about = _plain(here.description or here.type.__doc__ or "")
        same = about.rstrip(".").casefold() == title.casefold()
        yield Line(title if same else f"{title}: {_small(about)}")
        there = [parts for parts, _, _ in walk(scenario) if parts[0] == section]
        yield from _settings(scenario, [parts for parts in there if not _mapping_of(parts)])
        for name, each in here.below.items():
            if each.named is not None:
                yield Line(_plain(each.description), level=1)
                inside = [parts for parts in there if parts[:2] == (section, name)]
                yield from _settings(scenario, [parts for parts in inside if len(parts) > 2])
                yield from _spare((section, name), each, inside, names)


def _settings(scenario: Scenario, keys: list[Parts]) -> Iterator[Line]:
    """Yield the rows of some settings; those of a section of a mapping under its name."""
    values = {parts: value for parts, _, value in walk(scenario)}
    group: Parts = ()
    for parts in keys:
        here, mapping = schema_at(parts), _mapping_of(parts)
        if here is None or not here.is_setting:
            continue
        of_section = bool(mapping) and len(parts) > len(mapping) + 1 and not _is_named(parts)
        if of_section and parts[: len(mapping) + 1] != group:
            group = parts[: len(mapping) + 1]
            yield Line(
                f"{NAMED_BY['.'.join(mapping)].capitalize()} {group[-1].replace('_', ' ')}", level=2
            )
        named = ", ".join(parts[len(mapping) :]).replace("_", " ")
        words = named if _is_named(parts) else _plain(here.description)
        figure = scenario.evidence[dotted(parts)]
        yield Line(words, dotted(parts), here, values[parts], figure, 1 if mapping else 0)


def _mapping_of(parts: Parts) -> Parts:
    """Return the outermost mapping that a key stands in, or is; () for none."""
    for depth in range(1, len(parts) + 1):
        above = schema_at(parts[:depth])
        if above is not None and above.named is not None:
            return parts[:depth]
    return ()


def _is_named(parts: Parts) -> bool:
    """Say whether a key is one of a mapping, whose words are its name."""
    above = schema_at(parts[:-1])
    return above is not None and above.named is not None


def _spare(
    mapping: Parts, here: SchemaKey, there: list[Parts], names: Mapping[str, list[str]]
) -> Iterator[Line]:
    """Yield rows without a value in which a name may be added to a mapping."""
    kind = NAMED_BY[".".join(mapping)]
    inner = here.named
    if inner is None:
        return
    if inner.below:  # a section a name, such as streams
        yield Line(f"Another {kind}: write its name in the keys", level=2)
        for name, each in inner.below.items():
            yield Line(_plain(each.description), _key((*mapping, f"<{kind}>", name)), each, level=1)
        return
    ends: Parts = (f"<{kind}>",)
    if inner.named is not None:
        ends = (*ends, f"<{NAMED_BY[inner.pattern]}>")
        inner = inner.named
    else:
        for name in names.get(kind, []):
            if (*mapping, name) not in there:
                yield Line(name.replace("_", " "), dotted((*mapping, name)), inner, level=1)
    for _ in range(SPARE):
        words = f"Another {kind}: write its name in the key"
        yield Line(words, _key((*mapping, *ends)), inner, level=1)


def _key(parts: Parts) -> str:
    return ".".join(parts)


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").split())


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def may_be(here: SchemaKey) -> str:
    """Return what may stand at a setting, in words.

    Parameters
    ----------
    here
        What the schema has there.
    """
    kind = here.type
    if kind is bool:
        return "yes or no"
    if get_origin(kind) is Literal:
        return f"one of: {', '.join(str(choice) for choice in get_args(kind))}"
    if get_origin(kind) is tuple:
        return f"{here.unit or 'names'}, with semicolons between"
    if kind in {int, float}:
        return ("a whole number" if kind is int else "a number") + _between(here)
    blank = " or blank" if here.default == "" else ""
    return _KINDS.get(here.unit, "text") + blank


_KINDS = {
    "year": "a financial year such as 2026/27",
    "component": "a component of need",
    "opening": "on-target, a name in the sheet openings, or a file",
    "rule": "national, or a name in the sheet pace_rules",
    "code": "a code such as QWE",
}


def _between(here: SchemaKey) -> str:
    above = any(hasattr(limit, "gt") for limit in here.limits)
    below = any(hasattr(limit, "lt") for limit in here.limits)
    least = "" if here.least < -1e14 else f"{'above' if above else 'from'} {here.least:g}"
    most = "" if here.most > 1e14 else f"{'below' if below else 'to'} {here.most:g}"
    words = " ".join(filter(None, (least, most)))
    return (f" {words}" if most or above else f", {here.least:g} or more") if words else ""
