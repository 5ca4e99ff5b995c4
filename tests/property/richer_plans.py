"""What more may be said of the schemes of a small instance: receipts, money, staff, groups."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Instance = dict[str, Any]


def enriched(draw: st.DrawFn, rows: list[Instance], years: int) -> Instance:
    """Draw what else may be said of schemes, and what bounds it."""
    for row in rows:
        row["must"] = row["must"] and draw(st.booleans())
        if draw(st.booleans()):
            at = draw(st.integers(0, len(row["spend"]) - 1))
            row["spend"][at] = float(draw(st.sampled_from([-6, -3, -1, 2])))
        if draw(st.integers(0, 3)) == 0:
            row["benefit"] = -row["benefit"] / 2
        starts = range(row["early"], min(row["late"], row["last"]) + 1)
        if draw(st.booleans()):
            row["benefit_in"] = {draw(st.sampled_from(starts)): float(draw(st.integers(-5, 30)))}
        if len(starts) > 1 and draw(st.booleans()):
            row["closed"] = {draw(st.sampled_from(starts))}
        row["money"] = draw(st.sampled_from(["", "", "PDC"]))
        row["groups"] = draw(st.sets(st.sampled_from(["X", "Y"]), max_size=2))
        row["staff"] = draw(st.lists(st.integers(-1, 3), min_size=1, max_size=3))
    # a limit of the ordinary capital has somebody to hold
    rows[0]["money"] = ""
    groups = {}
    for name in ("X", "Y"):
        held = len({row["group"] for row in rows if name in row["groups"]})
        if held:
            least = draw(st.sampled_from([0, 0, 0, 1]))
            groups[name] = (least, draw(st.sampled_from([None, 1, 2])))
    owners = {row["organisation"] for row in rows if any(row["staff"])}
    moneyed = {
        row["organisation"]
        for row in rows
        if row["money"] and row["cdel_share"] and any(row["spend"])
    }
    staff = {("", t): float(draw(st.integers(1, 7))) for t in range(years)}
    staff |= {(owner, 0): float(draw(st.integers(1, 4))) for owner in sorted(owners)[:1]}
    money = {(owner, t): float(draw(st.integers(0, 9))) for owner in moneyed for t in range(years)}
    named = any(row["money"] for row in rows)
    return {"groups": groups, "staff": staff, "moneys": money if named else {}}
