"""The reference of the scenario, made from its schema and the embedded figures."""

from __future__ import annotations

import ast
import inspect
import textwrap
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from nelfin.evidence import Figure
from nelfin.scenario import Scenario


def attribute_docs(model: type) -> dict[str, str]:
    """Return the text under each attribute of a class."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(body, ast.ClassDef)  # noqa: S101
    found, last = {}, ""
    for line in body.body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            last = line.target.id
        elif last and isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant):
            found[last] = " ".join(str(line.value.value).split())
            last = ""
        else:
            last = ""
    return found


@dataclass(frozen=True)
class Key:
    """A key of a scenario: NAME stands for a part that the reader names."""

    section: str
    pattern: str
    words: str
    field: FieldInfo
    kind: Any

    def holds(self, key: str) -> bool:
        """Say whether a key of a scenario is this one."""
        parts, wanted = key.split("."), self.pattern.split(".")
        return len(parts) == len(wanted) and all(
            want in {"NAME", part} for part, want in zip(parts, wanted, strict=True)
        )


def scenario_keys() -> Iterator[Key]:
    """Yield each key of the schema."""
    for section, top in Scenario.model_fields.items():
        yield from _keys_below(section, top.alias or section, top, top.annotation, "")


def _keys_below(
    section: str, pattern: str, field: FieldInfo, kind: Any, words: str
) -> Iterator[Key]:
    while get_origin(kind) is dict:
        pattern, kind = f"{pattern}.NAME", get_args(kind)[1]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        docs = attribute_docs(kind)
        for name, below in kind.model_fields.items():
            yield from _keys_below(
                section, f"{pattern}.{name}", below, below.annotation, docs.get(name, "")
            )
    else:
        yield Key(section, pattern, words, field, kind)


def type_words(key: str, annotation: Any) -> str:
    """Return what a value is in words."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return "one of " + ", ".join(f"`{value}`" for value in inner)
    if origin in {Union, types.UnionType}:
        return type_words(key, inner[0]) + ", or left out"
    if origin is tuple:
        return "list of texts"
    if hasattr(annotation, "__metadata__"):
        return type_words(key, inner[0])
    if key.endswith("year") or key.startswith("years."):
        return "year, such as `2023/24`"
    names = {
        bool: "`true` or `false`",
        str: "text",
        int: "whole number",
        float: "number",
        Path: "path of a table",
    }
    return names[annotation]


def limits_of(*holders: Any) -> Iterator[Any]:
    """Yield the limits that a field or its type carries, out of their bundles."""
    for holder in holders:
        for limit in getattr(holder, "__metadata__", None) or getattr(holder, "metadata", ()):
            yield limit
            yield from limits_of(limit)


def limit_words(limits: Iterable[Any]) -> str:
    """Return the limits of a number in words."""
    ends = {
        mark: f"{getattr(limit, mark):g}"
        for limit in limits
        for mark in ("ge", "gt", "le")
        if hasattr(limit, mark)
    }
    if "ge" in ends and "le" in ends:
        return f"from {ends['ge']} to {ends['le']}"
    forms = {"ge": "{} or more", "gt": "above {}", "le": "at most {}"}
    return ", ".join(forms[mark].format(end) for mark, end in ends.items())


def scenario_page(scenario: Scenario) -> str:
    """Return every key of a scenario: what it is, its type and limits, and the embedded figure."""
    lines: list[str] = []
    before = ""
    for key in scenario_keys():
        if "." not in key.pattern:
            continue  # schema and name are told by hand
        if key.section != before:
            inner = Scenario.model_fields[key.section].annotation
            lines += [f"## `[{key.section}]`", "", inspect.getdoc(inner) or "", ""]
            before = key.section
        limits = limit_words(limits_of(key.field, key.kind))
        kind = f"{type_words(key.pattern, key.kind)} {limits}".strip()
        lines += [f"::::{{confval}} {key.pattern}", f":type: {kind}"]
        if not key.field.is_required():
            lines += [f":default: {_default_words(key.field)}"]
        lines += ["", key.words, "", *_figures(key, scenario.evidence), "::::", ""]
    return "\n".join(lines)


def _default_words(field: FieldInfo) -> str:
    value = field.default
    if value is None:
        return "left out"
    if value in ("", {}):
        return "empty"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _figures(key: Key, evidence: dict[str, Figure]) -> list[str]:
    """Return the embedded figures of a key; alike ones of several names once."""
    if key.section == "data":
        path = evidence[key.pattern].value
        return ["Embedded: " + (f"`{Path(path).name}`." if path else "none."), ""]
    lines: dict[str, list[str]] = {}
    for name in filter(key.holds, evidence):
        lines.setdefault(_figure_words(evidence[name]), []).append(_named_part(name, key))
    if not lines:
        return ["Embedded: none.", ""]
    if "NAME" not in key.pattern:
        return [f"Embedded: {next(iter(lines))}", ""]
    return [f"- {', '.join(f'`{name}`' for name in names)}: {about}"
            for about, names in lines.items()] + [""]  # fmt: skip


def _named_part(name: str, key: Key) -> str:
    pairs = zip(name.split("."), key.pattern.split("."), strict=True)
    return ".".join(part for part, want in pairs if want == "NAME")


def _figure_words(figure: Figure) -> str:
    value = figure.value
    shown = ", ".join(value) if isinstance(value, (list, tuple)) else f"{value}"
    shown = shown.lower() if isinstance(value, bool) else shown
    shown = "empty" if shown in {"", "{}"} else f"**{shown}**"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        spread = "" if figure.low is None else f" (range {figure.low:g} to {figure.high:g})"
        unit = figure.unit if "_" not in figure.unit else ""
        shown = f"**{value:g}** {unit}{spread}".replace("  ", " ").strip()
    source = f" {figure.source.rstrip('.')}." if figure.source else ""
    return f"{shown}. *{figure.status.capitalize()}.*{source}"
