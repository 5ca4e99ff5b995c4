"""Capital of a system from published figures: limits, and the backlog as schemes to begin with."""

from __future__ import annotations

import pandas as pd

from nelfin.data import national
from nelfin.data.footprints import System

SETTLEMENT = ("2026/27", "2029/30")
"""Years that published capital is for."""

BANDS = {
    "high": (4.0, 2),
    "significant": (3.0, 4),
    "moderate": (2.0, 5),
    "low": (1.0, 5),
}
"""Risk bands of backlog: points of benefit for £1m cleared, and years that clearing takes."""


def limits_of(
    system: System, bodies: pd.DataFrame, years: list[str]
) -> tuple[pd.DataFrame, list[str]]:
    """Return the capital limit of a system by year, and the trusts that it is not for.

    Parameters
    ----------
    system
        The system.
    bodies
        From `nelfin.data.start.bodies.bodies_of`.
    years
        Years of the plan.

    Returns
    -------
    limits : pandas.DataFrame
        The table `capital_limits`.
    without : list of str
        Trusts without published capital.
    """
    capital = national.capital_of(system)
    capital = capital[capital["code"].isin(bodies["code"])]
    trusts = bodies[bodies["kind"] == "trust"]
    without = trusts.loc[~trusts["code"].isin(capital["code"]), "organisation"].tolist()
    a_year = round(float(capital["total_2026_30_gbp_m"].sum()) / 4, 3)
    told = (
        f"A quarter of the operational capital of {len(capital)} acute and specialist trusts for "
        f"{SETTLEMENT[0]} to {SETTLEMENT[1]} (NHS England capital allocations, read in a copy)"
    )
    rows = []
    for year in years:
        inside = SETTLEMENT[0] <= year <= SETTLEMENT[1]
        later = "" if inside else ", taken as the same in this year"
        firm = "firm" if year <= SETTLEMENT[1] else "indicative"
        status = "derived" if inside else "assumption"
        rows.append([year, a_year, "", firm, status, f"{told}{later}"])
    names = ["year", "limit_gbp_m", "organisation", "status", "figure_status", "source"]
    return pd.DataFrame(rows, columns=names), without


def backlog_schemes(
    bodies: pd.DataFrame, system: System, without: list[str]
) -> tuple[pd.DataFrame, list[str]]:
    """Return the published backlog of each trust as schemes, one a risk band.

    Nobody publishes the schemes of every system. The backlog is real, and what it costs to clear
    is published; how long that takes and what it is worth is illustrative.

    Parameters
    ----------
    bodies
        From `nelfin.data.start.bodies.bodies_of`.
    system
        The system.
    without
        Trusts for which the limit is not: their backlog is left out.

    Returns
    -------
    schemes : pandas.DataFrame
        The table `projects`.
    unknown : list of str
        Trusts that the limit is for, and whose backlog is not published.
    """
    backlog = national.backlog_of(system).set_index("code")
    rows, unknown = [], []
    longest = max(years for _, years in BANDS.values())
    for body in bodies.itertuples():
        if body.kind != "trust" or body.organisation in without:
            continue
        if body.code not in backlog.index:
            unknown.append(body.organisation)
            continue
        for band, (points, years) in BANDS.items():
            cost = float(backlog.at[body.code, f"{band}_gbp_m"])
            if cost < 0.001:
                continue
            row = {
                "project_id": f"{body.code}-{band}",
                "name": f"{band.capitalize()}-risk backlog, {body.organisation}",
                "organisation": body.organisation,
                "category": f"Backlog, {band} risk",
                "asset_type": "plant",
                "benefit": round(points * cost, 3),
            }
            row |= {
                f"spend_{n}": round(cost / years, 3) if n <= years else 0.0
                for n in range(1, longest + 1)
            }
            row |= {"divisible": "yes", f"backlog_{band}_gbp_m": round(cost, 3)}
            row |= {
                "evidence": "Published: the cost. Illustrative: years, benefit.",
                "status": "illustrative",
                "source": f"Stands in for a list of schemes. {backlog.at[body.code, 'source']}",
            }
            rows.append(row)
    table = pd.DataFrame(rows)
    cleared = [f"backlog_{band}_gbp_m" for band in BANDS]
    table = table.reindex(columns=[*dict.fromkeys([*table.columns, *cleared])])
    return table.fillna(dict.fromkeys(cleared, 0.0)), unknown
