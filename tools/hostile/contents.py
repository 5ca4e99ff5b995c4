"""Ways to break the bytes of a file, whatever it holds."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from random import Random

from hostile.desk import Rows

ByteBreaker = Callable[[bytes, Random], bytes]


def as_bytes(rows: Rows) -> bytes:
    """Return rows as CSV; a lone surrogate is written as the three bytes it has elsewhere."""
    held = io.StringIO()
    csv.writer(held, lineterminator="\n").writerows(rows)
    return held.getvalue().encode("utf-8", "surrogatepass")


def _noise(content: bytes, random: Random) -> bytes:
    at = random.randrange(len(content) + 1)
    return content[:at] + random.randbytes(20) + content[at:]


BYTE_BREAKERS: dict[str, ByteBreaker] = {
    "empty file": lambda content, random: b"",
    "only line ends": lambda content, random: b"\n\r\n\n",
    "truncated": lambda content, random: content[: random.randrange(len(content))],
    "random bytes": lambda content, random: random.randbytes(2000),
    "noise inside": _noise,
    "zero bytes": lambda content, random: bytes(2000),
    "latin-1": lambda content, random: content.decode().replace("a", "é").encode("latin-1"),
    "utf-16": lambda content, random: content.decode("utf-8", "replace").encode("utf-16"),
    "utf-16 without a mark": lambda content, random: content.decode().encode("utf-16-le"),
    "utf-32": lambda content, random: content.decode().encode("utf-32"),
    "two byte order marks": lambda content, random: b"\xef\xbb\xbf" * 2 + content,
    "semicolons": lambda content, random: content.replace(b",", b";"),
    "tabs": lambda content, random: content.replace(b",", b"\t"),
    "line ends of an old mac": lambda content, random: content.replace(b"\n", b"\r"),
    "line ends of windows": lambda content, random: content.replace(b"\n", b"\r\n"),
    "an open quote": lambda content, random: content + b'"unfinished',
    "a quote inside": lambda content, random: content.replace(b",", b',"x"y,', 1),
    "gzip": lambda content, random: gzip.compress(content, mtime=0),
    "a zip's beginning": lambda content, random: b"PK\x03\x04" + content,
    "a picture": lambda content, random: b"\x89PNG\r\n\x1a\n" + random.randbytes(300),
    "a page": lambda content, random: b"<!DOCTYPE html><html><body>Sign in</body></html>",
    "a letter on one line": lambda content, random: b"x" * 300_000,
    "json": lambda content, random: b'[{"year": "2026/27", "limit_gbp_m": 5}]',
}
"""Breakers of a file's bytes by name."""
