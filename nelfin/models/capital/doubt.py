"""Capital plans under doubt: frontier, budgets that move, costs that rise, what stays in.

Each function takes a `Case` (both tables checked, program built) and returns a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin import program as lp
from nelfin.errors import InputError, nearest
from nelfin.models.capital.case import Case
from nelfin.models.capital.search import best_plan
from nelfin.models.capital.solving import require_answer, solve_program
from nelfin.models.capital.starts import Start

Array = npt.NDArray[np.float64]

Second = Literal["deprived", "backlog"]

BUDGETS = {"80 % floor": 0.8, "today's limits": 1.0, "growth to 120 %": 1.2}
"""Budgets of the priority list: the guaranteed floor, today's limits, and growth."""

HIGH_RISK = ("high", "significant")


def second_measure(case: Case, second: Second) -> Array:
    """Return what each start adds to the second objective, £m.

    `deprived`: use of the limit that reaches people in the most deprived areas (use times the
    place's share of them). `backlog`: high- and significant-risk backlog cleared.
    """

    def of(start: Start) -> float:
        if second == "deprived":
            return float(start.scheme.deprived_share * start.cdel.sum())
        return sum(start.scheme.backlog.get(band, 0.0) for band in HIGH_RISK)

    return np.array([of(start) for start in case.starts])


def frontier(case: Case, second: Second, points: int = 7) -> pd.DataFrame:
    """Return the Pareto frontier of benefit against a second objective.

    The most of one objective and then the most of the other give the two ends. Between them the
    second must reach a level (epsilon constraint), and benefit is made as large as it can be.

    Parameters
    ----------
    case
        The capital case.
    second
        `deprived` or `backlog`.
    points
        Points, the two ends included.

    Returns
    -------
    pandas.DataFrame
        A row a point: `point, benefit, second_gbp_m, benefit_given_up, schemes, gap`. The gap is
        how far the benefit of the point may be from the best, a share.

    Raises
    ------
    InputError
        If no scheme adds to the second objective.

    Notes
    -----
    Method: epsilon constraint (Haimes, Lasdon and Wismer 1971).
    """
    measure = second_measure(case, second)
    if not measure.any():
        raise InputError.one(
            "frontier",
            f"no scheme adds to {second}.",
            "Give the table deprivation and the schemes' places, or the backlog they clear.",
        )
    terms = [(s.share, float(m)) for s, m in zip(case.starts, measure, strict=True) if m]
    _, best = solve_program(case)
    most = _most_of(case, terms)
    rows: list[list[object]] = []
    plan = most
    # from the far end down, so that each plan holds at the next level and can begin its search
    for level in np.linspace(_reach(most, terms), _reach(best, terms), points):
        # a hair below the level reached, so that rounding does not rule the plan out
        asked = _with_rows(case, [("second", terms, ">=", float(level) - 1e-6)])
        relaxed, plan = solve_program(asked, begin=plan.values)
        bound = min(relaxed.objective, plan.bound)
        count = len({start.scheme.id for start in _funded(case, plan)})
        rows.append([plan.objective, _reach(plan, terms), count, _gap(bound, plan)])
    frame = pd.DataFrame(rows[::-1], columns=["benefit", "second_gbp_m", "schemes", "gap"])
    frame.insert(0, "point", np.arange(1, points + 1))
    frame.insert(2, "benefit_given_up", frame["benefit"].max() - frame["benefit"])
    return frame


def _most_of(case: Case, terms: list[tuple[int, float]]) -> lp.Solution:
    """Return the plan with the most of a measure."""
    value = np.zeros(len(case.program.value))
    for column, amount in terms:
        value[column] = amount
    program = replace(case.program, value=value.tolist())
    relaxed = lp.solve(program, relax=True)
    gap = case.settings.gap_pct / 100
    found = best_plan(program, relaxed, gap, case.settings.time_limit_s, "highs")
    require_answer(found, case)
    return lp.filled(program, found)


def priority_list(
    case: Case, budgets: Mapping[str, float] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one priority list that holds whatever budget comes, and the regret of following it.

    Budgets are taken from the lowest up. What is funded at one budget stays funded at every higher
    one (its start may move), so that a scheme once promised is never taken back. Limits marked
    `firm` do not move; where all are firm every limit does.

    Parameters
    ----------
    case
        The capital case.
    budgets
        Share of the limits by name.

    Returns
    -------
    priorities : pandas.DataFrame
        A row a funded scheme: `rank, project_id, name, tier` (the lowest budget that funds it),
        `start_year, benefit, cdel_gbp_m, benefit_per_gbp_m`. Within a tier by benefit a pound of
        the limit, a prerequisite before what needs it.
    regret : pandas.DataFrame
        A row a budget: `budget, share_of_limit, benefit, best, regret_pct, gap`: how much less
        benefit the list gives than a plan made for that budget alone, and how far that one may be
        from the best.

    Notes
    -----
    Method: nested portfolios, after Koç, Morton, Popova, Hess, Kee and Richards (2009).
    """
    ordered = sorted((budgets or BUDGETS).items(), key=lambda pair: pair[1])
    promised: dict[str, str] = {}
    rows: dict[str, Start] = {}
    regrets = []
    for name, share in ordered:
        scaled = _with_limits(case, share)
        relaxed, alone = solve_program(scaled)
        kept = [("kept", group, terms) for group, terms in _groups(case, promised)]
        nested = _with_rows(scaled, [((k, g), terms, "==", 1.0) for k, g, terms in kept])
        _, found = solve_program(nested) if promised else (relaxed, alone)
        for start in _funded(case, found, whole=True):
            promised.setdefault(start.scheme.id, name)
            rows.setdefault(start.scheme.id, start)
        best = max(alone.objective, found.objective)
        bound = min(relaxed.objective, max(alone.bound, best))
        regret = 100 * (best - found.objective) / best if best else 0.0
        gap = (bound - best) / best if best else 0.0
        regrets.append([name, share, found.objective, best, regret, gap])
    table = pd.DataFrame(
        [
            [
                scheme_id,
                promised[scheme_id],
                case.years[start.year],
                start.value,
                float(start.cdel.sum()),
            ]
            for scheme_id, start in rows.items()
        ],
        columns=["project_id", "tier", "start_year", "benefit", "cdel_gbp_m"],
    )
    per_pound = table["benefit"] / table["cdel_gbp_m"].where(table["cdel_gbp_m"] > 0)
    table["benefit_per_gbp_m"] = per_pound
    tiers = [name for name, _ in ordered]
    table = _in_order(case, table, tiers)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    names = case.projects.set_index("project_id")["name"]
    table.insert(2, "name", table["project_id"].map(names))
    columns = ["budget", "share_of_limit", "benefit", "best", "regret_pct", "gap"]
    return table, pd.DataFrame(regrets, columns=columns)


def budget_curve(case: Case, shares: Sequence[float] | None = None) -> pd.DataFrame:
    """Return what the relaxation is worth as every limit moves together.

    The program is built once; each budget is solved from where the last one ended.

    Parameters
    ----------
    case
        The capital case.
    shares
        Limits as shares of today's; by default 100 from a half to one and a half.

    Returns
    -------
    pandas.DataFrame
        A row a share: `share_of_limit, limit_gbp_m` (all limits), `benefit, price_per_gbp_m`
        (benefit of £1m more over all limits as they stand to each other); NaN where must-fund
        schemes do not fit.
    """
    kept = lp.Kept(case.program, relax=True)
    limits = [
        row for row in case.program.rows if isinstance(row.name, tuple) and row.name[0] == "limit"
    ]
    whole = sum(row.bound for row in limits)
    rows = []
    for share in np.linspace(0.5, 1.5, 100) if shares is None else shares:
        for row in limits:
            kept.bound(row.name, row.bound * share)
        found = kept.solve()
        price = (
            sum(found.prices[row.name] * row.bound for row in limits) / whole
            if found.has_plan and whole
            else np.nan
        )
        rows.append([share, whole * share, found.objective, price])
    columns = ["share_of_limit", "limit_gbp_m", "benefit", "price_per_gbp_m"]
    return pd.DataFrame(rows, columns=columns)


def _in_order(case: Case, table: pd.DataFrame, tiers: list[str]) -> pd.DataFrame:
    """Order a list by tier and benefit a pound, with each prerequisite before what needs it."""
    key = pd.DataFrame(
        {
            "tier": table["tier"].map(tiers.index),
            "pound": -table["benefit_per_gbp_m"].fillna(np.inf),
            "id": table["project_id"],
        }
    )
    wanted = list(table["project_id"].loc[key.sort_values(["tier", "pound", "id"]).index])
    needs = {start.scheme.id: [name for name, _ in start.scheme.requires] for start in case.starts}
    listed, placed = set(wanted), []

    def place(name: str) -> None:
        for other in needs[name]:
            if other in listed and other not in placed:
                place(other)
        if name not in placed:
            placed.append(name)

    for name in wanted:
        place(name)
    return table.set_index("project_id").loc[placed].reset_index()


def core_index(
    case: Case,
    draws: int = 30,
    benefit_pct: float = 20.0,
    cost_pct: float = 10.0,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how often each scheme is in a good plan when benefits and limits are in doubt.

    Each draw moves every scheme's benefit and every limit by a share of its own, even between plus
    and minus. A plan is found for each within the gap asked.

    Parameters
    ----------
    case
        The capital case.
    draws
        Plans to find.
    benefit_pct
        How far a benefit may move, either way.
    cost_pct
        How far the limits may move together, either way: costs that all rise or fall.
    seed
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        A row a scheme, the most certain first: `project_id, name, core_index` (share of the plans
        that fund it whole) and `verdict`: core (in all), borderline, or exterior (in none).

    Notes
    -----
    Method: the core index of robust portfolio modelling (Liesiö, Mild and Salo 2007), over drawn
    plans in place of all that are not dominated.
    """
    rng = np.random.default_rng(seed)
    ids = list(dict.fromkeys(start.scheme.id for start in case.starts))
    count = dict.fromkeys(case.projects["project_id"], 0)
    for _ in range(draws):
        factor = dict(zip(ids, 1 + benefit_pct / 100 * rng.uniform(-1, 1, len(ids)), strict=True))
        value = list(case.program.value)
        for start in case.starts:
            value[start.share] *= factor[start.scheme.id]
        moved = _with_limits(case, 1 / (1 + cost_pct / 100 * rng.uniform(-1, 1)), firm_too=True)
        drawn = replace(moved, program=replace(moved.program, value=value))
        for start in _funded(case, solve_program(drawn)[1], whole=True):
            count[start.scheme.id] += 1
    frame = case.projects[["project_id", "name"]].reset_index(drop=True)
    frame["core_index"] = frame["project_id"].map(count) / draws
    frame["verdict"] = np.select(
        [frame["core_index"] == 1, frame["core_index"] == 0], ["core", "exterior"], "borderline"
    )
    return frame.sort_values("core_index", ascending=False, kind="stable", ignore_index=True)


def inflation(
    case: Case,
    percents: Sequence[float] = (10.0, 20.0, 30.0),
    gammas: Sequence[float] = (1.0, 3.0, 10.0),
) -> pd.DataFrame:
    """Return what the plan becomes when schemes cost more than they say.

    Every scheme's cost rises by a share; or, in a plan that is safe beforehand, up to Γ schemes in
    any year cost the largest share more.

    Parameters
    ----------
    case
        The capital case.
    percents
        Rises of every scheme's cost.
    gammas
        Numbers of schemes a year that may cost the last of `percents` more.

    Returns
    -------
    pandas.DataFrame
        A row a case: `case, benefit, benefit_lost_pct, schemes, dropped` (of those in today's
        plan), `gap` (how far the benefit may be from the best of the case, a share).

    Notes
    -----
    Method: budgeted uncertainty (Bertsimas and Sim 2004).
    """
    relaxed, today = solve_program(case)
    held = {start.scheme.id for start in _funded(case, today)}
    rows: list[list[object]] = []

    def add(name: str, found: lp.Solution, bound: float) -> None:
        now = {start.scheme.id for start in _funded(case, found)}
        lost = 100 * (1 - found.objective / today.objective) if today.objective else 0.0
        gap = _gap(bound, found)
        rows.append([name, found.objective, lost, len(now), len(held - now), gap])

    add("as priced", today, min(today.bound, relaxed.objective))
    for percent in percents:
        # all costs a share higher is the limits that share lower
        bounded, found = solve_program(_with_limits(case, 1 / (1 + percent / 100), firm_too=True))
        add(f"all costs +{percent:g} %", found, min(found.bound, bounded.objective))
    for gamma in gammas:
        many = f"{gamma:g} scheme{'s' if gamma != 1 else ''} a year"
        found, bound = robust(case, percents[-1] / 100, gamma)
        add(f"safe against {many} at +{percents[-1]:g} %", found, bound)
    columns = ["case", "benefit", "benefit_lost_pct", "schemes", "dropped", "gap"]
    return pd.DataFrame(rows, columns=columns)


def robust(case: Case, rise: float, gamma: float) -> tuple[lp.Solution, float]:
    """Return a plan whose limits hold though any Γ schemes a year cost a share more, and a bound.

    Each limit also holds Γ z + the sum of p, where z + p covers a scheme's rise. Once z is known
    the problem is an ordinary one, in which a scheme costs its price and what its rise has above
    z, and the limit is Γ z lower (Bertsimas and Sim 2003). The relaxation gives z and the bound.

    Parameters
    ----------
    case
        The capital case.
    rise
        How much more a scheme may cost, a share.
    gamma
        Number of schemes a year that may.
    """
    program = _copy(case.program)
    program.rows = []
    levels: dict[object, int] = {}
    for row in case.program.rows:
        if not (isinstance(row.name, tuple) and row.name[0] == "limit"):
            program.rows.append(row)
            continue
        by_scheme: dict[str, list[tuple[int, float]]] = {}
        cost = dict(row.terms)
        for start in case.starts:
            if start.share in cost:
                by_scheme.setdefault(start.scheme.id, []).append((start.share, cost[start.share]))
        level = levels[row.name] = program.column(0.0, high=None)
        extra = [(level, gamma)]
        for name, terms in by_scheme.items():
            above = program.column(0.0, high=None)
            extra.append((above, 1.0))
            risen = [(column, -rise * amount) for column, amount in terms]
            program.row(("rise", row.name, name), [(level, 1.0), (above, 1.0), *risen], ">=", 0.0)
        program.rows.append(replace(row, terms=(*row.terms, *extra)))
    relaxed = lp.solve(program, relax=True)
    require_answer(relaxed, replace(case, program=program))
    ordinary = _copy(case.program)
    shares = {start.share for start in case.starts}
    for at, row in enumerate(ordinary.rows):
        if row.name in levels:
            z = float(relaxed.values[levels[row.name]])
            dearer = tuple(
                (c, v + max(0.0, rise * v - z)) if c in shares else (c, v) for c, v in row.terms
            )
            ordinary.rows[at] = replace(row, terms=dearer, bound=row.bound - gamma * z)
    _, found = solve_program(replace(case, program=ordinary))
    return found, relaxed.objective


def overrun(case: Case, project: str, percent: float) -> pd.DataFrame:
    """Return what slips when one scheme costs more.

    The scheme is funded whole, at its higher cost. Of plans as good as each other the one nearest
    to today's is taken: keeping a scheme's start is worth a hundredth of its benefit.

    Parameters
    ----------
    case
        The capital case.
    project
        Scheme whose cost rises.
    percent
        By how much.

    Returns
    -------
    pandas.DataFrame
        A row a scheme that moves: `project_id, name, before, after` (start years; blank: not
        funded), `change` (drops out, slips, comes forward, comes in), `benefit_change`.

    Raises
    ------
    InputError
        If there is no such scheme.
    NoAnswerError
        If the limits cannot bear it.
    """
    known = [str(name) for name in case.projects["project_id"]]
    if project not in known:
        raise InputError.one("overrun", f'"{project}" is not known.', nearest(project, known))
    _, today = solve_program(case)
    before = {start.scheme.id: start for start in _funded(case, today)}
    mine = {start.share for start in case.starts if start.scheme.id == project}
    program = _copy(case.program)
    for start in case.starts:
        kept = before.get(start.scheme.id)
        if kept is not None and kept.year == start.year:
            program.value[start.share] *= 1.01
    program.rows = [
        replace(row, terms=tuple((c, v * (1 + percent / 100) if c in mine else v)
                                 for c, v in row.terms))
        if isinstance(row.name, tuple) and row.name[0] == "limit" else row
        for row in program.rows
    ]  # fmt: skip
    program.row(
        ("overrun", project),
        [(start.share, 1.0) for start in case.starts if start.scheme.id == project],
        "==",
        1.0,
    )
    _, found = solve_program(replace(case, program=program))
    after = {start.scheme.id: start for start in _funded(case, found)}
    names = case.projects.set_index("project_id")["name"]
    rows = []
    for name in known:
        old, new = before.get(name), after.get(name)
        change = _change(old, new)
        if change:
            gained = (new.value if new else 0.0) - (old.value if old else 0.0)
            years = [case.years[s.year] if s else "" for s in (old, new)]
            rows.append([name, names[name], *years, change, gained])
    columns = ["project_id", "name", "before", "after", "change", "benefit_change"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["change", "benefit_change"], kind="stable", ignore_index=True
    )


def _change(old: Start | None, new: Start | None) -> str:
    if old is None or new is None:
        return "drops out" if old else "comes in" if new else ""
    return "slips" if new.year > old.year else "comes forward" if new.year < old.year else ""


def _funded(case: Case, found: lp.Solution, whole: bool = False) -> list[Start]:
    least = 1 - 1e-6 if whole else 1e-6
    return [start for start in case.starts if found.values[start.share] > least]


def _groups(case: Case, names: Iterable[str]) -> list[tuple[str, list[tuple[int, float]]]]:
    """Return the columns of the schemes named, a group each: they sum to one if funded whole."""
    wanted = set(names)
    found: dict[str, list[tuple[int, float]]] = {}
    for start in case.starts:
        if start.scheme.id in wanted:
            found.setdefault(start.scheme.id, []).append((start.share, 1.0))
    return list(found.items())


def _reach(found: lp.Solution, terms: list[tuple[int, float]]) -> float:
    return float(sum(amount * found.values[column] for column, amount in terms))


def _gap(bound: float, found: lp.Solution) -> float:
    return max(0.0, (bound - found.objective) / found.objective) if found.objective else 0.0


def _copy(program: lp.Program) -> lp.Program:
    return lp.Program(
        list(program.value),
        list(program.low),
        list(program.high),
        list(program.whole),
        list(program.rows),
    )


def _with_rows(case: Case, rows: list[tuple[object, list[tuple[int, float]], str, float]]) -> Case:
    program = _copy(case.program)
    for name, terms, sense, bound in rows:
        program.row(name, terms, sense, bound)  # type: ignore[arg-type]
    return replace(case, program=program)


def _with_limits(case: Case, share: float, firm_too: bool = False) -> Case:
    """Return the case with its limits times a share; firm ones stay unless all are firm."""
    status = {
        (str(line.organisation), str(line.year)): str(line.status)
        for line in case.limits.itertuples()
    }
    all_firm = firm_too or set(status.values()) <= {"firm"}
    program = _copy(case.program)
    program.rows = [
        replace(row, bound=row.bound * share)
        if isinstance(row.name, tuple)
        and row.name[0] == "limit"
        and (all_firm or status[row.name[1], row.name[2]] != "firm")
        else row
        for row in program.rows
    ]
    return replace(case, program=program)
