"""Capital of a system from published figures: limits, and the backlog as schemes to begin with."""

from __future__ import annotations

import pandas as pd

from nelfin.data import national
from nelfin.data.footprints import System

SETTLEMENT = ("2026/27", "2029/30")
"""Years that published capital is for."""

RETURNED = "2024/25"
"""Year at whose end published backlog is taken to stand: the last there are returns of."""

LIMIT_COLUMNS = [
    "year", "limit_gbp_m", "organisation", "price_year", "status", "figure_status", "source",
]  # fmt: skip

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
    """Return the capital limits of the trusts of a system by year, and the trusts without.

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
    total = capital.set_index("code")["total_2026_30_gbp_m"]
    rows = [
        _limit(body.organisation, year, float(total[body.code]))
        for body in trusts[trusts["code"].isin(total.index)].itertuples()
        for year in years
    ]
    return pd.DataFrame(rows, columns=LIMIT_COLUMNS), without


def _limit(organisation: str, year: str, total: float) -> list[object]:
    """Return the row of a trust's limit of a year; `total` is of the four years of settlement."""
    told = (
        f"A quarter of the operational capital of {SETTLEMENT[0]} to {SETTLEMENT[1]}, "
        f"£{total:,.1f}m (NHS England capital allocations, read in a copy); the profile by year is "
        "assumed"
    )
    firm, status, price_year = "firm", "derived", ""
    if year < SETTLEMENT[0]:
        status, told = "assumption", f"{told}. Taken as the same in this year, which is closed"
    elif year > SETTLEMENT[1]:
        firm, status, price_year = "indicative", "assumption", SETTLEMENT[1]
        told = f"{told}. Taken as the same in real terms in this year"
    return [year, round(total / 4, 3), organisation, price_year, firm, status, told]


def backlog_of(system: System, bodies: pd.DataFrame) -> pd.DataFrame:
    """Return the published backlog of maintenance of each trust by risk.

    Parameters
    ----------
    system
        The system.
    bodies
        From `nelfin.data.start.bodies.bodies_of`.

    Returns
    -------
    pandas.DataFrame
        The table `backlog`.
    """
    published = national.backlog_of(system).set_index("code")
    rows = [
        [
            body.organisation,
            band,
            round(float(published.at[body.code, f"{band}_gbp_m"]), 3),
            RETURNED,
            "derived",
            f"{published.at[body.code, 'source']}: {published.at[body.code, 'year']}",
        ]
        for body in bodies.itertuples()
        if body.code in published.index
        for band in BANDS
    ]
    names = ["organisation", "band", "backlog_gbp_m", "year", "status", "source"]
    return pd.DataFrame(rows, columns=names)


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
