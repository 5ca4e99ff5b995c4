"""Why there is no plan: which limits and rules cannot hold, and by how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from nelfin import program as lp
from nelfin.models.capital.limits import LimitKey
from nelfin.models.capital.resources import ResourceKey
from nelfin.models.capital.starts import Start
from nelfin.models.capital.vocabulary import CAPITAL, Vocabulary
from nelfin.models.capital.words import amount_of, apart, in_unit, listed, words_of

SMALL = lp.POUND
"""A pound, in £m: differences below it are rounding."""

LOOKING_S = 30.0
"""Seconds at most to look for what cannot hold."""


def not_known(said: Vocabulary) -> str:
    """Return what is said where time ran out.

    Parameters
    ----------
    said
        What the sentence calls things.
    """
    return (
        "No plan keeps every limit and rule. There was no time left to find which of them cannot "
        f"hold together: give it longer, or look at the {said.must_schemes} and the limits of "
        "their years."
    )


NOT_KNOWN = not_known(CAPITAL)
"""The same of a capital plan."""

ELASTIC = {"limit", "resource", "rule", "group", lp.OWN}
"""Rows that may be passed at a cost, to see which cannot hold."""


def why_infeasible(
    program: lp.Program,
    starts: list[Start],
    solver: lp.SolverName,
    units: Mapping[str, str] | None = None,
    watch: lp.Watch | None = None,
    said: Vocabulary = CAPITAL,
) -> str:
    """Return which limits and rules cannot hold, and by how much, in sentences.

    Every limit and rule may be passed at a cost, and the total passed is made as small as it can
    be (an elastic program). A must-fund scheme is named with what it needs in the year.

    Parameters
    ----------
    program
        A program without a plan.
    starts
        The starts behind its columns.
    solver
        `highs` or `cbc`.
    units
        Unit of each resource.
    watch
        The clock of the search; where it runs out before the reason is proven, none is claimed.
    said
        What the sentences call things.
    """
    elastic, passed_by = _elastic(program)
    watch = watch or lp.Watch()
    if watch.over:
        return not_known(said)
    solution = lp.solve(elastic, solver, time_limit=LOOKING_S, watch=watch)
    if solution.status == "infeasible":
        return (
            f"No plan meets the rules, whatever the limits: {said.must_schemes}, their "
            "prerequisites, their windows and the exclusions cannot all hold. Look at the "
            f"{said.must_schemes} first."
        )
    if solution.status != "optimal":
        return not_known(said)
    sentences: list[str] = []
    kinds: set[str] = set()
    for column, (row, side) in passed_by.items():
        passed = float(solution.values[column])
        if passed <= SMALL:
            continue
        kinds.add(row.kind)
        if row.kind in {"limit", "resource"}:
            sentences.append(_limit_passed(row, passed, starts, solution, units or {}, said))
        else:
            unit = getattr(row.key, "unit", "£m")
            amount = in_unit(f"{passed:,.1f}", unit) if row.kind == "rule" else f"{passed:,.4g}"
            sentences.append(f"{words_of(row)}: {amount} {side}")
    if not sentences:
        return (
            "The solver finds no plan, though none of the limits and rules need be passed by as "
            "much as a pound. Look for amounts in the tables that are many times smaller or larger "
            "than the others."
        )
    remedy = _remedy(starts, kinds, said)
    return f"No plan keeps every limit and rule: {'; '.join(sentences)}. {remedy}"


def _remedy(starts: list[Start], kinds: set[str], said: Vocabulary) -> str:
    """Return what to do about rows of some kinds that cannot hold."""
    asked = list(dict.fromkeys(start.scheme.id for start in starts if start.scheme.asked))
    must = list(dict.fromkeys(start.scheme.id for start in starts if start.scheme.must_fund))
    must = [name for name in must if name not in asked]
    ways = [said.first(said.raised)]
    if must:
        ways += ["widen the windows", f"take {said.must_column} off one of {listed(must)}"]
    if asked:
        ways.append(f"ask otherwise for {listed(asked)}")
    if len(ways) > 1:
        return f"{', '.join(ways[:-1])}, or {ways[-1]}."
    if kinds <= {"limit", "rule"}:
        return said.ease
    return f"Ease what is named, or {said.raised}."


def _elastic(program: lp.Program) -> tuple[lp.Program, dict[int, tuple[lp.Row, str]]]:
    """Return a program whose limits and rules may be passed at a cost, and nothing else has worth.

    Also return the column of what each is passed by, with the row as it was and the side.
    """
    elastic = replace(program.copy(), value=[0.0] * len(program.value), rows=[])
    passed_by: dict[int, tuple[lp.Row, str]] = {}
    for row in program.rows:
        terms = row.terms
        if row.kind in ELASTIC:
            for sense, side, factor in ((">=", "short", 1.0), ("<=", "over", -1.0)):
                if row.sense in {sense, "=="}:
                    column = elastic.column(-1.0, 0.0, None)
                    passed_by[column] = (row, side)
                    terms = (*terms, (column, factor))
        elastic.rows.append(replace(row, terms=terms))
    return elastic, passed_by


def _limit_passed(
    row: lp.Row,
    passed: float,
    starts: list[Start],
    solution: lp.Solution,
    units: Mapping[str, str],
    said: Vocabulary,
) -> str:
    key = cast("LimitKey | ResourceKey", row.key)
    need, have = apart(row.bound + passed, row.bound)
    who = f"of {key.organisation} " if key.organisation else ""
    cost = dict(row.terms)
    asked = sorted(
        (
            (cost[start.share_column] * float(solution.values[start.share_column]), start.scheme.id)
            for start in starts
            if start.scheme.must_fund and start.share_column in cost
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )
    if isinstance(key, ResourceKey):
        unit = units.get(key.resource, "")
        needed = amount_of(row.name, need, unit).removesuffix(f" of {key.organisation}")
        limit = in_unit(have, unit)
    else:
        unit, needed, limit = "£m", amount_of(row.name, need), f"£{have}m"
    named = [
        f"{name} {in_unit(f'{amount:,.1f}', unit)}" for amount, name in asked if amount > SMALL
    ]
    detail = f" ({listed(named, 4)})" if named else ""
    return f"{said.must_schemes} {who}need {needed} in {key.year}, the limit is {limit}{detail}"
