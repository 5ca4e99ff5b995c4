"""Sources of money: limits and schemes that name one hold each other, and nothing else."""

from __future__ import annotations

import pandas as pd

from nelfin.errors import Problems, nearest
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.settings import TableNames
from nelfin.store.sheets.spots import spot

ORDINARY = "the ordinary capital (blank)"


def check_moneys(
    limits: pd.DataFrame, schemes: list[Scheme], called: TableNames, problems: Problems
) -> None:
    """Find limits of a source of money that no scheme names, and schemes whose source has none.

    Parameters
    ----------
    limits
        The typed table: `organisation, money` and more.
    schemes
        With their source of money.
    called
        What to call the tables in errors.
    problems
        Every problem is added to it.
    """
    named = {scheme.money for scheme in schemes}
    limited = set(limits["money"])
    for money in [name for name in dict.fromkeys(limits["money"]) if name not in named and name]:
        row = limits.index[limits["money"] == money][0]
        what = f'is "{money}", which no scheme names.'
        remedy = nearest(money, sorted(named - {""})) if named - {""} else ""
        remedy = f"{remedy} Give its schemes the column money, or take the limits out.".strip()
        problems.add(spot(called.limits, row, "money"), what, remedy)
    holds = set(zip(limits["organisation"], limits["money"], strict=True))
    told: set[tuple[str, str]] = set()
    for scheme in schemes:
        own = (scheme.organisation, scheme.money)
        if own in told or holds & {own, ("", scheme.money)} or not _uses_money(scheme):
            continue
        told.add(own)
        if scheme.money not in limited:
            known = sorted({name or ORDINARY for name in limited})
            what = f'is "{scheme.money or ORDINARY}", of which {called.limits} has no limit.'
            problems.add(spot(called.projects, scheme.row, "money"), what, nearest(own[1], known))
        elif scheme.money:
            what = f'is "{scheme.money}", of which {scheme.organisation} has no limit.'
            remedy = f"Give {called.limits} limits of it, or of all together (organisation blank)."
            problems.add(spot(called.projects, scheme.row, "money"), what, remedy)


def _uses_money(scheme: Scheme) -> bool:
    return bool(scheme.cdel_share and scheme.spend.any())
