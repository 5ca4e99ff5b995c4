"""The reference of the scenario, made from its schema and the embedded figures."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from nelfin.evidence import Figure
from nelfin.scenario import Scenario
from nelfin.scenario.keys import NAME, SchemaKey, schema, schema_settings, split_key


def scenario_keys() -> Iterator[SchemaKey]:
    """Yield each key of the schema; NAME stands for a part that the user names."""
    yield from schema_settings()


def type_words(key: SchemaKey) -> str:
    """Return what a value is in words."""
    if get_origin(key.type) is Literal:
        return "one of " + ", ".join(f"`{value}`" for value in get_args(key.type))
    if get_origin(key.type) is tuple:
        return "list of texts"
    if key.unit == "year":
        return "year, such as `2023/24`"
    names = {
        bool: "`true` or `false`",
        str: "text",
        int: "whole number",
        float: "number",
        Path: "path of a table",
    }
    return names[key.type]


def limit_words(key: SchemaKey) -> str:
    """Return the limits of a number in words."""
    ends = {
        mark: f"{getattr(limit, mark):g}"
        for limit in key.limits
        for mark in ("ge", "gt", "le", "lt")
        if hasattr(limit, mark)
    }
    if "ge" in ends and "le" in ends:
        return f"from {ends['ge']} to {ends['le']}"
    forms = {"ge": "{} or more", "gt": "above {}", "le": "at most {}", "lt": "below {}"}
    return ", ".join(forms[mark].format(end) for mark, end in ends.items())


def scenario_page(scenario: Scenario) -> str:
    """Return every key of a scenario: what it is, its type and limits, and the embedded figure."""
    lines: list[str] = []
    before = ""
    for key in scenario_keys():
        section, dot, _ = key.pattern.partition(".")
        if not dot:
            continue  # schema and name are told by hand
        if section != before:
            about = inspect.getdoc(schema().below[section].type) or ""
            lines += [f"## `[{section}]`", "", about, ""]
            before = section
        kind = f"{type_words(key)} {limit_words(key)}".strip()
        kind += ", or left out" if key.may_be_none else ""
        lines += [f"::::{{confval}} {key.pattern}", f":type: {kind}"]
        if not key.required:
            lines += [f":default: {_default_words(key.default)}"]
        lines += ["", key.description, "", *_figures(key, scenario.evidence), "::::", ""]
    return "\n".join(lines)


def _default_words(value: Any) -> str:
    if value is None:
        return "left out"
    if value in ("", {}):
        return "empty"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _figures(key: SchemaKey, evidence: dict[str, Figure]) -> list[str]:
    """Return the embedded figures of a key; alike ones of several names once."""
    if key.pattern.startswith("data."):
        path = evidence[key.pattern].value
        return ["Embedded: " + (f"`{Path(path).name}`." if path else "none."), ""]
    lines: dict[str, list[str]] = {}
    for name in filter(key.holds, evidence):
        lines.setdefault(_figure_words(evidence[name]), []).append(_named_part(name, key))
    if not lines:
        return ["Embedded: none.", ""]
    if NAME not in key.pattern.split("."):
        return [f"Embedded: {next(iter(lines))}", ""]
    return [f"- {', '.join(f'`{name}`' for name in names)}: {about}"
            for about, names in lines.items()] + [""]  # fmt: skip


def _named_part(name: str, key: SchemaKey) -> str:
    pairs = zip(split_key(name), key.pattern.split("."), strict=True)
    return ".".join(part for part, want in pairs if want == NAME)


def _figure_words(figure: Figure) -> str:
    value = figure.value
    shown = ", ".join(value) if isinstance(value, (list, tuple)) else f"{value}"
    shown = shown.lower() if isinstance(value, bool) else shown
    shown = "empty" if shown in {"", "{}"} else f"**{shown}**"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        spread = "" if figure.low is None else f" (range {figure.low:g} to {figure.high:g})"
        shown = f"**{value:g}** {figure.unit}{spread}".replace("  ", " ").strip()
    source = f" {figure.source.rstrip('.')}." if figure.source else ""
    return f"{shown}. *{figure.status.capitalize()}.*{source}"
