"""What a capital plan drawn up in doubt says, in sentences."""

from __future__ import annotations

import numpy as np

from nelfin.models.capital.stress import Aim, Chance, ChancePlan, FuturesPlan, Slips
from nelfin.report.text.numbers import millions, plural


def futures_words(found: FuturesPlan, aim: Aim, one_plan: bool) -> str:
    """Say what plans for several futures come to, and how close they are to the best.

    Parameters
    ----------
    found
        The plans.
    aim
        What was made as large as it can be.
    one_plan
        Whether it is one plan for all futures.
    """
    account = found.account
    what = "One plan" if one_plan else "One priority list"
    parts = [
        f"{what} over {plural(len(found.futures), 'future')}: expected benefit "
        f"{account.expected:,.1f}."
    ]
    if aim.risk_weight:
        worst = f"{100 * (1 - aim.level):g}"
        parts.append(f"The worst {worst} % of futures by weight give {account.worst:,.1f}.")
    if aim.radius is not None:
        parts.append(
            f"With weights wrong by up to {aim.radius:g} it is at least {account.objective:,.1f}."
        )
    gap = "not known" if account.gap is None else f"{100 * account.gap:.2f} %"
    parts.append(f"What it aims at is proven within {gap} of the best.")
    regret = float(found.futures["regret_pct"].max())
    parts.append(f"A plan for one future alone gives at most {regret:.1f} % more in it.")
    if account.status == "stopped":
        parts.append("The time ran out.")
    return " ".join(parts)


def safety_words(found: ChancePlan, chance: Chance) -> str:
    """Say how safe a plan is, and what that takes.

    Parameters
    ----------
    found
        The plan.
    chance
        How safe it was to be.
    """
    least = float(found.limits["share_held_fresh"].min()) if len(found.limits) else 1.0
    reserve = float(found.limits["reserve_gbp_m"].max()) if len(found.limits) else 0.0
    lost = 100 * found.given_up / found.as_priced if found.as_priced else 0.0
    gap = found.plan.solve.gap
    proof = "not known" if gap is None else f"{100 * gap:.2f} %"
    return (
        f"Each limit holds in at least {100 * chance.safe:g} % of {chance.draws:,} draws of costs; "
        f"of other draws the limit that holds least does in {100 * least:.0f} %. The largest "
        f"reserve that takes is {millions(reserve)}. It gives up {found.given_up:,.1f} of benefit "
        f"({lost:.1f} %) against the plan as priced, and is proven within {proof} of the best plan "
        "that is as safe."
    )


def slips_words(found: Slips, benefit: float, years: list[str]) -> str:
    """Say how many schemes wait when costs are drawn, and what benefit that loses.

    Parameters
    ----------
    found
        What slipped.
    benefit
        Of the plan.
    years
        Of the plan.
    """
    waiting = found.waiting[:, -1]
    few, many = np.quantile(waiting, [0.1, 0.9])
    words = (
        f"With costs drawn, schemes wait for room within the limits. At the end of {years[-1]} "
        f"{waiting.mean():,.1f} of them wait on average ({few:,.0f} to {many:,.0f} in eight draws "
        "of ten)"
    )
    if benefit > 0:
        low, high = np.quantile(found.benefit_lost, [0.1, 0.9]) / benefit
        mean = float(found.benefit_lost.mean()) / benefit
        words += (
            f", and {100 * mean:.1f} % of the plan's benefit is lost ({100 * low:.1f} % to "
            f"{100 * high:.1f} %)"
        )
    over = float((found.still_over > 0).any(axis=1).mean())
    if over:
        words += f". What must be funded still passes a limit in {100 * over:.0f} % of the draws"
    return f"{words}."
