"""What stopping programmes frees: no more of one than it costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nelfin import program as lp
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.starts import Start
from nelfin.models.portfolio.initiative import Array, Initiative


@dataclass(frozen=True)
class Freed:
    """Stopping programmes frees no more of one than it uses; the key of its row in the program."""

    name: str
    year: str
    skill: str = ""
    """"" for money."""

    @property
    def unit(self) -> str:
        """What it is counted in."""
        return "months" if self.skill else "£m"

    def __str__(self) -> str:
        of, verb = (f"{self.skill} ", "uses") if self.skill else ("", "costs")
        return f"no more {of}freed of {self.name} than it {verb} in {self.year}"


def stops_of(
    schemes: Iterable[Scheme], initiatives: Mapping[str, Initiative]
) -> dict[str, list[str]]:
    """Return what stops or cuts each programme that runs already.

    That is an initiative which requires it, alone of those that run already, and whose cost in the
    first year is negative.

    Parameters
    ----------
    schemes
        All initiatives as schemes, with their links.
    initiatives
        By their id.

    Returns
    -------
    dict
        Ids by the id of the programme; every programme that runs already is there.
    """
    schemes = list(schemes)
    running = {scheme.id: scheme for scheme in schemes if initiatives[scheme.id].running}
    by_name = {scheme.group: name for name, scheme in running.items()} | {n: n for n in running}
    found: dict[str, list[str]] = {name: [] for name in running}
    for scheme in schemes:
        stopped = [by_name[name] for name, _ in scheme.requires if name in by_name]
        if len(stopped) == 1 and initiatives[scheme.id].cost[0] < 0:
            found[stopped[0]].append(scheme.id)
    return found


def add_freed(
    program: lp.Program,
    starts: list[Start],
    stops: Mapping[str, list[str]],
    spend: Mapping[int, Array],
    years: list[str],
) -> None:
    """Add a row of the kind `rule` wherever stopping could free more of a programme than it uses.

    Parameters
    ----------
    program
        Rows are added to it.
    starts
        The starts behind its columns.
    stops
        From `stops_of`.
    spend
        Spend of each start by year, £m cash, by the number of its column.
    years
        Years of the portfolio.
    """
    by_id: dict[str, list[Start]] = {}
    for start in starts:
        by_id.setdefault(start.scheme.id, []).append(start)
    for name, ids in stops.items():
        (own,) = by_id[name]  # what runs already starts in the first year
        freeing = [start for each in ids for start in by_id.get(each, [])]
        skills = dict.fromkeys(skill for start in freeing for skill in start.scheme.uses)
        for what in ("", *skills):
            uses, *freed = (
                start.use(what) if what else spend[start.share_column] for start in (own, *freeing)
            )
            for at, year in enumerate(years):
                used = max(float(uses[at]), 0.0)
                terms = [
                    (start.share_column, -float(amounts[at]))
                    for start, amounts in zip(freeing, freed, strict=True)
                    if amounts[at] < 0
                ]
                if sum(amount for _, amount in terms) > used + lp.POUND:
                    program.row("rule", Freed(name, year, what), terms, "<=", used, lp.POUND)
