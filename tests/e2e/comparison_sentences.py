"""Numbers that the sentences of a comparison on the page must say: see `sentences`."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from facts import Facts, millions
from families import Family, chart_says, tokens

from nelfin.result import Result
from nelfin.system.compare import Comparison


def comparison_family(facts: Facts, compared: Comparison, first: Result) -> Iterator[Family]:
    flags = [number for text in compared.flags for number in tokens(text)]
    yield Family(
        "comparison", "", "p", "The |Plans |Places that|Organisations that|Capital plans", flags
    )
    ends = [millions(Facts(run).reported[facts.last]) for run in (first, facts.result)]
    names = [tokens(name) for name in compared.names]
    yield from chart_says("comparison", "positions", [
        facts.last, ends[0], *names[0], ends[1], *names[1],
    ])  # fmt: skip
    plans = [run.table("plan").set_index("project_id") for run in (first, facts.result)]
    shares = pd.DataFrame({at: plan["funded_share"] for at, plan in enumerate(plans)})
    spend = pd.DataFrame({at: plan["spend_gbp_m"] for at, plan in enumerate(plans)})
    starts = pd.DataFrame({at: plan["start_year"] for at, plan in enumerate(plans)})
    out, into = (shares[0] > 0) & (shares[1] == 0), (shares[0] == 0) & (shares[1] > 0)
    both = (shares > 0).all(axis=1)
    moved = both & ((starts[0] != starts[1]) | ((shares[0] - shares[1]).abs() >= 5e-3))
    if len(compared.schemes):
        yield Family("comparison", "", "h3", "Capital schemes", [
        f"{out.sum()}", millions(spend.loc[out, 0].sum()), f"{into.sum()}",
        millions(spend.loc[into, 1].sum()), f"{moved.sum()}",
    ])  # fmt: skip
    found = compared.results
    for measure in ("budget", "reported position"):
        mine = found[(found["measure"] == measure) & (found["of"] != "system")]
        if len(mine):
            begins = f"{measure.capitalize()}, "
            yield Family("comparison", "", "aria-label", begins, [str(mine["year"].max())])
