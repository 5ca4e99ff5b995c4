"""Doubt in the choice of a capital plan: options for several futures, and for safety of limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nelfin.cli.grouped import options
from nelfin.cli.shares import SHARE
from nelfin.errors import InputError, Problems

if TYPE_CHECKING:
    import pandas as pd

    from nelfin.models.capital import CapitalPlan
    from nelfin.models.capital.case import Case
    from nelfin.models.capital.scheme import Scheme
    from nelfin.models.capital.stress import Chance
    from nelfin.models.ranges import Spread
    from nelfin.program import Watch


@dataclass(frozen=True)
class InDoubt:
    """A plan drawn up in doubt, and what was found beside it.

    Parameters
    ----------
    plan
        The plan.
    tables
        Further tables by name.
    accounts
        Further accounts of how they were found, by name.
    words
        Sentences on what was found.
    """

    plan: CapitalPlan
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    accounts: dict[str, Any] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)


aim_options = options(
    click.option(
        "--one-plan", is_flag=True,
        help="With --futures: one plan that keeps within the limits of every future, in place "
        "of a priority list.",
    ),
    click.option(
        "--cvar", type=SHARE, metavar="LEVEL",
        help="With --futures: let the worst futures count, those past this share by weight "
        "(80%: the worst fifth). Their mean benefit is the conditional value at risk.",
    ),
    click.option(
        "--risk-weight", type=SHARE, default="50%", show_default=True, metavar="W",
        help="With --cvar: weight of the worst futures beside expected benefit.",
    ),
    click.option(
        "--ambiguity", type=float, metavar="RADIUS",
        help="With --futures: let their weights be wrong by this much, in points of limits, "
        "costs and benefit moved on average, and make the worst such mean the best it can be.",
    ),
    click.option(
        "--safe", type=SHARE, metavar="SHARE",
        help="Draw up a plan whose every limit holds in at least this share of draws of what "
        "schemes cost, and say what that takes.",
    ),
)  # fmt: skip
"""Options on what is aimed at over futures, and on safety."""


doubt_options = options(
    click.option(
        "--futures", type=click.Path(path_type=Path), metavar="FILE",
        help="Futures: columns future, weight, limits_pct, costs_pct, benefit_pct; 100 is as "
        "it stands. Adds one priority list over them all.",
    ),
    aim_options,
    click.option(
        "--cost-range", metavar="LOW:LIKELY:HIGH",
        help="What a scheme may cost above its price, %, such as -10:0:30. For --safe; by "
        "itself it adds what slips.",
    ),
    click.option(
        "--cost-common", type=SHARE, default="50%", show_default=True, metavar="SHARE",
        help="Share of that which all schemes have in common.",
    ),
    click.option(
        "--draws", type=click.IntRange(1, 10_000), default=200, show_default=True,
        help="Draws of costs.",
    ),
    click.option("--seed", type=int, default=0, show_default=True, help="Of the draws."),
)  # fmt: skip
"""Every option of this file, for `capital-solve`."""


def check_doubt(given: Mapping[str, Any], futures: bool, costs: bool, relax: str = "") -> None:
    """Refuse options that lack what they need, all at once.

    Parameters
    ----------
    given
        Values of the options by name.
    futures, costs
        Whether there are futures, and a range of costs.
    relax
        What lets schemes be funded in part; "" if nothing does.

    Raises
    ------
    InputError
        Naming every such option.
    """
    problems = Problems()
    if not futures:
        for name in ("one_plan", "cvar", "ambiguity"):
            if given[name] not in {None, False}:
                option = f"--{name.replace('_', '-')}"
                problems.add(option, "has no futures.", "Give --futures too.")
    if given["cvar"] is not None and given["cvar"] >= 100:
        problems.add("--cvar", "leaves no futures that are the worst.", "Give less than 100%.")
    if given["cvar"] is not None and given["ambiguity"] is not None:
        problems.add("--ambiguity", "stands beside --cvar.", "Ask for one of the two at a time.")
    if given["ambiguity"] is not None and not given["ambiguity"] >= 0:
        problems.add("--ambiguity", f"is {given['ambiguity']:g}.", "Give 0 or more.")
    if given["safe"] is not None and not costs:
        remedy = "Give --cost-range LOW:LIKELY:HIGH."
        problems.add("--safe", "needs what schemes may cost.", remedy)
    if given["safe"] is not None and given["one_plan"]:
        problems.add("--safe", "stands beside --one-plan.", "Ask for one of the two at a time.")
    if relax and (futures or given["safe"] is not None):
        problems.add(relax, "funds schemes in part.", "Leave it out for a plan in doubt.")
    problems.raise_if_any()


def cost_range(text: str | None) -> Spread | None:
    """Return the spread of costs that an option gives, %; None for none.

    Parameters
    ----------
    text
        Such as `-10:0:30`.

    Raises
    ------
    InputError
        If it is not three numbers in order, or costs could be nothing.
    """
    from nelfin.models.ranges import Range

    if text is None:
        return None
    try:
        low, likely, high = (float(part) for part in text.split(":"))
    except ValueError:
        raise InputError.one(
            f"--cost-range {text}", "is not LOW:LIKELY:HIGH.", "Write, say, -10:0:30."
        ) from None
    if not -100 < low <= likely <= high < float("inf"):
        raise InputError.one(
            f"--cost-range {text}", "is not in order, above -100.", "Write, say, -10:0:30."
        )
    return Range(low, likely, high)


def drawn_up(
    case: Case,
    schemes: Sequence[Scheme],
    given: Mapping[str, Any],
    futures: pd.DataFrame | None,
    called: str,
    chance: Chance | None,
    watch: Watch | None = None,
) -> InDoubt:
    """Draw up the plan of a case as the options ask for it.

    Parameters
    ----------
    case, schemes
        Schemes and limits as they stand.
    given
        Values of the options by name, checked.
    futures
        The table of futures as given, or None.
    called
        What to call it in errors.
    chance
        What costs may come to, and how safe limits are to be; None if costs are not drawn.
    watch
        The clock of the command, which may also stop the search for a plan.

    Raises
    ------
    InputError
        If there is a plan in force, and a plan is asked for that does not keep to one.
    """
    from nelfin.models.capital.in_force import require_none_in_force
    from nelfin.models.capital.keep import plan_case
    from nelfin.models.capital.stress import (
        Aim,
        futures_of,
        list_of,
        plan_for_all,
        plans_for,
        safe_plan,
    )
    from nelfin.models.capital.stress.chance import SAFE_PLAN
    from nelfin.models.capital.stress.for_all import ONE_PLAN
    from nelfin.report.text.doubt import futures_words, safety_words

    # before any search: the functions themselves refuse it too
    if given["one_plan"]:
        require_none_in_force(case.settings, ONE_PLAN)
    if given["safe"] is not None:
        require_none_in_force(case.settings, SAFE_PLAN)
    # one clock over all that is asked: each search has its share of what is left
    parts = 1 + (futures is not None) + (given["safe"] is not None)
    if watch is not None and watch.limit_s is not None and parts > 1:
        settings = replace(case.settings, time_limit_s=watch.left() / parts)
        case = replace(case, settings=settings)
    plan: CapitalPlan | None = None
    tables: dict[str, pd.DataFrame] = {}
    accounts: dict[str, Any] = {}
    words: list[str] = []
    if futures is not None:
        aim = Aim(radius=given["ambiguity"])
        if given["cvar"] is not None:
            aim = Aim(given["risk_weight"] / 100, given["cvar"] / 100)
        came = futures_of(case, futures, called)
        if given["one_plan"]:
            plan, plans = plan_for_all(case, came, aim)
        else:
            plans = plans_for(came, aim=aim)
            tables["priority_list"] = list_of(case, plans)
        tables |= {"futures": plans.futures, "future_plans": plans.plans}
        accounts["futures"] = asdict(plans.account)
        words.append(futures_words(plans, aim, given["one_plan"]))
    if chance is not None and given["safe"] is not None:
        safe = safe_plan(case, chance)
        plan = safe.plan
        tables["safety"] = safe.limits
        accounts["safety"] = {
            "safe": chance.safe, "draws": chance.draws, "seed": chance.seed,
            "as_priced": safe.as_priced, "given_up": safe.given_up, "exact": safe.exact,
        }  # fmt: skip
        words.append(safety_words(safe, chance))
    plan = plan_case(case, watch) if plan is None else plan
    if chance is not None and not case.settings.relax:  # what is in part starts more than once
        table, said = _slips(case, schemes, plan, chance)
        tables["slips"] = table
        words.append(said)
    return InDoubt(plan, tables, accounts, words)


def _slips(
    case: Case, schemes: Sequence[Scheme], plan: CapitalPlan, chance: Chance
) -> tuple[pd.DataFrame, str]:
    """Return which schemes of a plan wait when costs are drawn, and a sentence on it."""
    from nelfin.models.capital.stress import cost_factors, queue_of, slips_of, slips_table
    from nelfin.models.capital.stress.overruns import schemes_drawn
    from nelfin.report.text.doubt import slips_words

    queue = queue_of(plan, schemes, case.limits, case.years, case.settings)
    # other draws than those that a safe plan was made for
    factors = cost_factors(case, chance.spread, chance.common_pct, chance.draws, chance.seed + 1)
    found = slips_of(queue, schemes_drawn(case), factors)
    names = dict(zip(plan.plan["project_id"], plan.plan["name"], strict=True))
    table = slips_table(queue, found, case.years, names)
    return table, slips_words(found, float(plan.plan["benefit"].sum()), case.years)
