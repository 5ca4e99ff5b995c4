"""Ways to break a scenario file: its keys, its values, what it extends, and its bytes."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from random import Random
from typing import Any

import tomli_w

from hostile.contents import BYTE_BREAKERS, ByteBreaker
from hostile.tables import NotHereError
from nelfin.scenario import load_scenario, resolved_toml

Tree = dict[str, Any]

VALUES: dict[str, Any] = {
    "text": "plenty",
    "blank": "",
    "nan": float("nan"),
    "infinity": float("inf"),
    "huge": 1e308,
    "large": 1e12,
    "tiny": 1e-300,
    "negative": -12.5,
    "zero": 0.0,
    "hundred": 100.0,
    "whole number": 7,
    "beyond 64 bits": 2**70,
    "true": True,
    "list": [1, "a"],
    "empty list": [],
    "empty table": {},
    "table": {"of": {"tables": 1}},
    "figure": {"value": 3.5, "unit": "%", "status": "assumption", "source": "Ours"},
    "figure of no value": {"unit": "%", "status": "assumption"},
    "figure of a wrong status": {"value": 3.5, "status": "guessed"},
    "figure with a range": {"value": 3.0, "low": 1.0, "high": 9.0},
    "range upside down": {"value": 3.0, "low": 9.0, "high": 1.0},
    "range of texts": {"value": 3.0, "low": "a", "high": "b"},
    "range of nan": {"value": 3.0, "low": float("nan"), "high": 4.0},
    "year": "2025/26",
    "year alone": "2025",
    "year outside": "2077/78",
    "year of long ago": "0001/02",
    "stream": "core",
    "unknown name": "nowhere",
    "markup": "<script>alert(1)</script>",
    "zero byte": "a\x00b",
    "line break": "a\nb",
    "long text": "x" * 5000,
    "path to nothing": "nowhere.csv",
    "path to a folder": ".",
    "path to the root": "/",
    "path out of the folder": "../../../etc/hostname",
    "path of a stranger": "~nobody-here/x.csv",
    "path of a device": "/dev/null",
    "sheet of nothing": "nowhere.xlsx#a",
    "packaged": "nel:projects.csv",
    "packaged, but out of it": "nel:../../../etc/hostname",
    "packaged, for every system": "england:pace_rules.csv",
    "packaged, but of no name": "nel:",
    "code of another system": "QWE",
}
"""What a key may be given."""


def _paths(tree: Tree, prefix: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for key, value in tree.items():
        path = (*prefix, key)
        found.append(path)
        if isinstance(value, dict) and "value" not in value:
            found.extend(_paths(value, path))
    return found


def every_key() -> list[tuple[str, ...]]:
    """Return the path of every key that the embedded scenario has, with what it extends."""
    return _paths(tomllib.loads(resolved_toml(load_scenario())))


def put(tree: Tree, path: tuple[str, ...], value: Any) -> Tree:
    """Write a value at a path of a copy of the tree."""
    key, *rest = path
    below = tree.get(key, {})
    inner = put(below if isinstance(below, dict) else {}, tuple(rest), value) if rest else value
    return {**tree, key: inner}


def _text(tree: Tree) -> bytes:
    return tomli_w.dumps(tree).encode("utf-8", "surrogatepass")


def value_of(name: str) -> ByteBreaker:
    """Return the breaker that gives a key drawn at random a value."""

    def breaker(content: bytes, random: Random) -> bytes:
        return _text(put(tomllib.loads(content.decode()), random.choice(KEYS), VALUES[name]))

    return breaker


def _of_tree(change: Callable[[Tree, Random], Tree]) -> ByteBreaker:
    def breaker(content: bytes, random: Random) -> bytes:
        return _text(change(tomllib.loads(content.decode()), random))

    return breaker


def _renamed(tree: Tree, random: Random) -> Tree:
    path = random.choice(KEYS)
    return put(tree, (*path[:-1], path[-1][:-1] or "x"), 1)


def _dropped(tree: Tree, random: Random) -> Tree:
    own = _paths(tree)
    path = random.choice(own)
    if len(path) == 1:
        return {key: value for key, value in tree.items() if key != path[0]}
    inner = {key: value for key, value in tree[path[0]].items() if key != path[1]}
    return {**tree, path[0]: inner}


def _stream_more(tree: Tree, random: Random) -> Tree:
    tree = put(tree, ("allocation", "streams", "new"), {"need": "final_core"})
    return put(tree, ("envelope", "growth_pct", "new"), 2.0) if random.random() < 0.5 else tree


def _extends(name: str) -> ByteBreaker:
    return _of_tree(lambda tree, random: {**tree, "extends": name})


def _line(text: str) -> ByteBreaker:
    def breaker(content: bytes, random: Random) -> bytes:
        lines = content.decode().splitlines()
        at = random.randrange(len(lines) + 1)
        return "\n".join([*lines[:at], text, *lines[at:]]).encode()

    return breaker


def _two_values(content: bytes, random: Random) -> bytes:
    tree = tomllib.loads(content.decode())
    for _ in range(random.randint(2, 6)):
        tree = put(tree, random.choice(KEYS), random.choice(list(VALUES.values())))
    return _text(tree)


def _nested(content: bytes, random: Random) -> bytes:
    return content + b"\ndeep = " + b"[" * 3000 + b"]" * 3000


def _twice(content: bytes, random: Random) -> bytes:
    if b"[capital]" not in content:
        raise NotHereError
    return content + b"\n[capital]\ngap_pct = 2\n"


KEYS = every_key()

SCENARIO_BREAKERS: dict[str, ByteBreaker] = {
    **{f"value: {name}": value_of(name) for name in VALUES},
    "several values": _two_values,
    "key renamed": _of_tree(_renamed),
    "key dropped": _of_tree(_dropped),
    "one stream more": _of_tree(_stream_more),
    "extends itself": _extends("scenario.toml"),
    "extends nothing": _extends(""),
    "extends a gone file": _extends("gone.toml"),
    "extends a folder": _extends("."),
    "extends a table": _extends("projects.csv"),
    "extends a device": _extends("/dev/null"),
    "extends a zero byte": _extends("a\x00b"),
    "a line of prose": _line("we should talk about this"),
    "an open bracket": _line("[capital"),
    "an open text": _line('name = "North'),
    "a key without a value": _line("capital ="),
    "a date": _line("when = 2026-04-01"),
    "a table in a list": _line("[[capital.more]]"),
    "a number of 5,000 digits": _line("big = " + "9" * 5000),
    "brackets 3,000 deep": _nested,
    "a section twice": _twice,
    **{name: breaker for name, breaker in BYTE_BREAKERS.items()
       if name not in {"semicolons", "tabs", "a quote inside"}},
}  # fmt: skip
"""Breakers of a scenario file by name."""
