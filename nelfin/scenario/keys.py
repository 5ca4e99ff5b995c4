"""Keys of a scenario: the one walk over its settings, led by the schema.

The schema says what stands at a key, never the data: a section, a mapping whose names the user
chooses (streams, criteria, places), or a setting. So a criterion may be named `value`, and a table
at a setting is a figure with its unit and its source.

A key is written with dots, as in `allocation.streams.core.need`. A name that holds a dot stands in
double quotes, as in TOML: `envelope.growth_pct."acute.urgent"`.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from nelfin.scenario.kinds import Unit
from nelfin.scenario.schema import Scenario

Parts = tuple[str, ...]
"""A key, name by name."""

NAME = "NAME"
"""Stands in the pattern of a key for a name that the user chooses."""

ENDINGS = {"_pct": "%", "_gbp_m": "£m", "_years": "years", "_months": "months", "_s": "seconds"}
"""Units by the endings of names."""

_PART = re.compile(r'"(?:[^"\\]|\\.)*"(?=\.|\Z)|[^.]*')
_QUOTED = re.compile(r'[."=]')


def unit_of_ending(name: str) -> str:
    """Return the unit that a name ends in.

    Parameters
    ----------
    name
        A setting or a column, such as `support_gbp_m`.

    Returns
    -------
    str
        The unit; "" if the name ends in none.

    Examples
    --------
    >>> unit_of_ending("support_gbp_m"), unit_of_ending("time_limit_s"), unit_of_ending("rule")
    ('£m', 'seconds', '')
    """
    return next((unit for ending, unit in ENDINGS.items() if name.endswith(ending)), "")


@lru_cache(maxsize=4096)
def dotted(parts: Parts) -> str:
    """Return a key with dots; `split_key` takes it apart again.

    Parameters
    ----------
    parts
        Its names, from the section on.

    Returns
    -------
    str
        The key. A name with a dot, a double quote or an equals sign, blanks at its ends, or
        letters that cannot be printed stands in double quotes, as in TOML.

    Examples
    --------
    >>> dotted(("capital", "place_weights", "Tower Hamlets"))
    'capital.place_weights.Tower Hamlets'
    >>> dotted(("envelope", "growth_pct", "acute.urgent"))
    'envelope.growth_pct."acute.urgent"'
    """
    return ".".join(_written(part) for part in parts)


def _written(name: str) -> str:
    plain = name and name == name.strip() and name.isprintable() and not _QUOTED.search(name)
    return name if plain else json.dumps(name, ensure_ascii=False)


def split_key(key: str) -> Parts:
    """Return the names that a dotted key is made of.

    Parameters
    ----------
    key
        Such as `recovery.efficiency_pct`. A name in double quotes may hold dots.

    Returns
    -------
    tuple of str
        Its names, from the section on; there is at least one.

    Examples
    --------
    >>> split_key('envelope.growth_pct."acute.urgent"')
    ('envelope', 'growth_pct', 'acute.urgent')
    """
    parts, at = [], 0
    while at <= len(key):
        match = _PART.match(key, at)
        text = match[0] if match else ""
        parts.append(_read(text))
        at += len(text) + 1
    return tuple(parts)


def _read(text: str) -> str:
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        try:
            name = str(json.loads(text, strict=False))
            name.encode()
        except ValueError:  # not as TOML writes it, or half a letter
            return text
        return name
    return text


@dataclass(frozen=True)
class SchemaKey:
    """What the schema has at a key: a section, a mapping, or a setting.

    Parameters
    ----------
    pattern
        The key, with NAME for each name that the user chooses.
    type
        Type of a setting; the class of a section.
    description
        What it is, in words.
    unit
        Unit of a setting; "" if it has none.
    limits
        Limits of a number, as `annotated_types` has them: `Ge`, `Gt`, `Le`, `Lt`.
    required
        Whether a scenario must give it.
    default
        What it is where a scenario is silent; that of a mapping for what stands in it.
    may_be_none
        Whether it may be left out altogether.
    below
        Of a section: its keys by name.
    named
        Of a mapping: what stands at each of its names.
    """

    pattern: str
    type: Any = None
    description: str = ""
    unit: str = ""
    limits: tuple[Any, ...] = ()
    required: bool = True
    default: Any = None
    may_be_none: bool = False
    below: Mapping[str, SchemaKey] = field(default_factory=dict)
    named: SchemaKey | None = None

    @property
    def is_setting(self) -> bool:
        """Whether a value stands here, rather than more keys."""
        return not self.below and self.named is None

    @property
    def least(self) -> float:
        """The least that a number may be, or what it must be above; minus infinity for no limit."""
        ends = [_end(limit, "ge", "gt") for limit in self.limits]
        return max((end for end in ends if end is not None), default=float("-inf"))

    @property
    def most(self) -> float:
        """The most that a number may be, or what it must be below; infinity for no limit."""
        ends = [_end(limit, "le", "lt") for limit in self.limits]
        return min((end for end in ends if end is not None), default=float("inf"))

    def child(self, name: str) -> SchemaKey | None:
        """Return what stands at a name below; None if the schema has no such key.

        Parameters
        ----------
        name
            Name below this key.

        Returns
        -------
        SchemaKey or None
            What stands there.
        """
        return self.below.get(name) if self.named is None else self.named

    def holds(self, key: str) -> bool:
        """Say whether a dotted key of a scenario is of this pattern.

        Parameters
        ----------
        key
            Dotted key, such as `allocation.streams.core.need`.
        """
        parts, wanted = split_key(key), self.pattern.split(".")
        return len(parts) == len(wanted) and all(
            want in {NAME, part} for part, want in zip(parts, wanted, strict=True)
        )


def _end(limit: Any, *names: str) -> float | None:
    return next((float(getattr(limit, name)) for name in names if hasattr(limit, name)), None)


@cache
def schema() -> SchemaKey:
    """Return the schema of a scenario, from its top.

    Returns
    -------
    SchemaKey
        A section without a name: `below` has the sections of a scenario.
    """
    return SchemaKey("", Scenario, below=_keys_of(Scenario, ""))


def _keys_of(model: type[BaseModel], prefix: str) -> dict[str, SchemaKey]:
    return {
        named.alias or name: _schema_key(f"{prefix}{named.alias or name}", named.annotation, named)
        for name, named in model.model_fields.items()
    }


def _schema_key(pattern: str, annotation: Any, about: FieldInfo) -> SchemaKey:
    kind, details, may_be_none = _unwrapped(annotation)
    below: dict[str, SchemaKey] = {}
    inner: SchemaKey | None = None
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        below = _keys_of(kind, f"{pattern}.")
    elif get_origin(kind) is dict:
        inner = _schema_key(f"{pattern}.{NAME}", get_args(kind)[1], about)
    details = [*about.metadata, *details]
    own = [name for name in pattern.split(".") if name != NAME]
    unit = next((each.name for each in details if isinstance(each, Unit)), "")
    return SchemaKey(
        pattern,
        kind,
        " ".join((about.description or "").split()),
        unit_of_ending(own[-1]) or unit,
        tuple(each for each in details if isinstance(each, _LIMITS)),
        about.is_required(),
        None if about.is_required() else about.get_default(call_default_factory=True),
        may_be_none,
        below,
        inner,
    )


_LIMITS = (annotated_types.Ge, annotated_types.Gt, annotated_types.Le, annotated_types.Lt)


def _unwrapped(annotation: Any) -> tuple[Any, list[Any], bool]:
    """Return a type without what is wrapped around it, that, and whether None may stand for it."""
    details: list[Any] = []
    may_be_none = False
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *more = get_args(annotation)
            for each in more:
                details.extend(each.metadata if isinstance(each, FieldInfo) else [each])
        elif get_origin(annotation) in {Union, types.UnionType}:
            (annotation,) = (kind for kind in get_args(annotation) if kind is not type(None))
            may_be_none = True
        else:
            return annotation, details, may_be_none


def schema_at(parts: Parts) -> SchemaKey | None:
    """Return what the schema has at a key.

    Parameters
    ----------
    parts
        The key, name by name; none of them is the whole scenario.

    Returns
    -------
    SchemaKey or None
        None if the schema has no such key.
    """
    here: SchemaKey | None = schema()
    for part in parts:
        here = here.child(part) if here is not None else None
    return here


def schema_settings(here: SchemaKey | None = None) -> Iterator[SchemaKey]:
    """Yield every setting that the schema has.

    Parameters
    ----------
    here
        Where to begin; the whole scenario by default.
    """
    here = schema() if here is None else here
    if here.is_setting:
        yield here
    inner = here.below.values() if here.named is None else [here.named]
    for each in inner:
        yield from schema_settings(each)


def walk(
    tree: Any, here: SchemaKey | None = None, parts: Parts = ()
) -> Iterator[tuple[Parts, SchemaKey | None, Any]]:
    """Yield every setting of a scenario, or of the tree of a scenario file.

    Parameters
    ----------
    tree
        A `Scenario`, or nested dicts of the same names.
    here, parts
        Where in the schema the tree begins; its top by default.

    Yields
    ------
    parts : tuple of str
        The key, name by name.
    here : SchemaKey or None
        What the schema has there; None for a key that it does not know.
    value : object
        The value as the tree has it: at a setting perhaps the table of a figure. A section or a
        mapping with nothing in it is yielded itself, and so is a value that stands in their place.
    """
    here = schema() if not parts else here
    if isinstance(tree, BaseModel):
        fields = type(tree).model_fields.items()
        inside = {about.alias or name: getattr(tree, name) for name, about in fields}
    elif isinstance(tree, dict) and tree and _goes_down(tree, here):
        inside = tree
    else:
        yield parts, here, tree
        return
    for name, value in inside.items():
        child = here.child(name) if here is not None else None
        yield from walk(value, child, (*parts, str(name)))


def _goes_down(tree: dict[str, Any], here: SchemaKey | None) -> bool:
    # of a key that the schema does not know, such as one of another version, only the data tells
    return "value" not in tree if here is None else not here.is_setting
