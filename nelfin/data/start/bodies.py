"""The organisations of a system from published figures: their income and positions."""

from __future__ import annotations

import pandas as pd

from nelfin.data import national
from nelfin.data.footprints import System
from nelfin.data.inputs import SYSTEM
from nelfin.years import label_of, start_of

SECTORS = {"specialist": "acute", "ambulance": ""}
"""Sector of trusts whose type is none; the others are called as their type."""

SPLITS = {
    "acute": {"core": 50, "specialised": 15, "other commissioners": 20, "other": 15},
    "specialist": {"core": 10, "specialised": 50, "other commissioners": 25, "other": 15},
    "mental_health": {"core": 65, "specialised": 10, "other commissioners": 20, "other": 5},
    "community": {"core": 65, "specialised": 0, "other commissioners": 25, "other": 10},
    "ambulance": {"core": 25, "specialised": 0, "other commissioners": 70, "other": 5},
}
"""Income of a trust by where it comes from, %, by its type. Nobody publishes it trust by trust."""

BOARD_CORE_PCT = 15.0
"""Share of core that the board spends outside trusts: prescribing, continuing care and the like."""

TRUSTS_MOST_PCT = {"core": 80.0, "specialised": 95.0}
"""Most of a stream that the trusts may have together; what is above counts as others' money."""

KNOWN = (
    ("operating_income", "2024/25", "operating income"),
    ("operating_expenditure", "2023/24", "operating expenditure"),
    ("operating_expenditure", "2022/23", "operating expenditure"),
)
"""Figures that stand for a trust's income, the best first."""

PLAN = "planned_position_without_support"

TURNOVER = 0.95
"""Turnover that plans of 2025/26 are a share of, over income of 2024/25: 0.953 over the 51 trusts
whose plan is known both ways."""

SAVINGS_GBP_M = {"plan": 11_200.0, "delivered": 10_200.0}
"""Savings of all of England in 2025/26, planned and delivered."""

FORMER_TO = "2025/26"
"""Last year of the 42 systems."""

RECURRENT_PCT = 50.0
"""Share of savings that is taken to recur."""

_NEEDLESS = (" NHS Foundation Trust", " NHS Trust")


def bodies_of(system: System) -> pd.DataFrame:
    """Return the organisations of a system: its trusts, and its board.

    Parameters
    ----------
    system
        The system.

    Returns
    -------
    pandas.DataFrame
        `organisation, kind, sector, type, code, income_gbp_m` (NaN for the board), `income_year`,
        `income_words`, `plan_pct` (position planned for 2025/26 without support, % of income; NaN
        where none is published), `status` and `source`.
    """
    finance = national.finance_of(system)
    known = {(line.code, line.measure, line.year): line.value for line in finance.itertuples()}
    rows = []
    for line in national.trusts_of(system).itertuples():
        best = next(
            (
                (known[line.code, measure, year], year, words)
                for measure, year, words in KNOWN
                if (line.code, measure, year) in known
            ),
            None,
        )
        if best is None:
            continue
        rows.append(
            {
                "organisation": _short(line.trust),
                "kind": "trust",
                "sector": SECTORS.get(line.type, line.type),
                "type": line.type,
                "code": line.code,
                "income_gbp_m": best[0],
                "income_year": best[1],
                "income_words": best[2],
                "plan_pct": known.get((line.code, PLAN, "2025/26"), float("nan")),
                "status": line.status,
                "source": line.source,
            }
        )
    rows.append(
        {
            "organisation": system.name,
            "kind": "icb",
            "sector": "",
            "type": "icb",
            "code": system.code,
            "status": "published",
            "source": f"Integrated care board, code {system.code}",
        }
    )
    return pd.DataFrame(rows)


def _short(name: str) -> str:
    """Return the name of a trust as people say it."""
    for ending in _NEEDLESS:
        name = name.removesuffix(ending)
    return name


def income_of(system: System, bodies: pd.DataFrame, allocations: pd.DataFrame) -> pd.DataFrame:
    """Return the income of the organisations by where it comes from.

    Parameters
    ----------
    system
        The system.
    bodies
        From `bodies_of`.
    allocations
        Of the system, by stream and year.

    Returns
    -------
    pandas.DataFrame
        The table `organisation_income`. The split of a trust's income is illustrative.
    """
    money = allocations.set_index(["stream", "year"])
    trusts = bodies[bodies["kind"] == "trust"]
    shares = pd.DataFrame(SPLITS).T.loc[trusts["type"]].set_axis(trusts.index)
    parts = shares.mul(trusts["income_gbp_m"], axis=0) / 100
    # trusts also serve other systems: what the system's own money cannot pay is other systems'
    limits = {
        "core": money.at[("core", "2024/25"), "allocation_gbp_m"],
        "specialised": money.at[("specialised", "2025/26"), "baseline_gbp_m"],
    }
    for stream, limit in limits.items():
        most = limit * TRUSTS_MOST_PCT[stream] / 100
        kept = min(1.0, most / parts[stream].sum())
        parts["other commissioners"] += parts[stream] * (1 - kept)
        parts[stream] *= kept
    rows = []
    for at, trust in trusts.iterrows():
        source = (
            f"Illustrative split, by the type of trust, of £{trust['income_gbp_m']:,.1f}m "
            f"{trust['income_words']} of {trust['income_year']} (trust accounts, NHS England TAC "
            "returns, read in a copy)"
        )
        for part in parts:
            if parts.at[at, part] > 0:
                rows.append(
                    [
                        trust["organisation"],
                        part,
                        trust["income_year"],
                        round(float(parts.at[at, part]), 3),
                        "illustrative",
                        source,
                    ]
                )
    core = money.at[("core", "2025/26"), "allocation_gbp_m"] * BOARD_CORE_PCT / 100
    rows.append(
        [
            system.name,
            "core",
            "2025/26",
            round(float(core), 3),
            "illustrative",
            f"Illustrative: {BOARD_CORE_PCT:g} % of the core allocation for prescribing, "
            "continuing care and other care outside trusts; not published in one place",
        ]
    )
    for stream in ("primary_medical", "other_primary_care", "running_cost"):
        line = money.loc[(stream, "2025/26")]
        rows.append(
            [
                system.name,
                stream,
                "2025/26",
                round(float(line["allocation_gbp_m"]), 6),
                line["status"],
                f"The whole allocation is the board's to spend: {line['source']}",
            ]
        )
    names = ["organisation", "stream", "year", "income_gbp_m", "status", "source"]
    return pd.DataFrame(rows, columns=names)


def positions_of(system: System, bodies: pd.DataFrame, first: str) -> pd.DataFrame:
    """Return the positions of the organisations: published ones, and plans without support.

    Parameters
    ----------
    system
        The system.
    bodies
        From `bodies_of`.
    first
        First year of the plan.

    Returns
    -------
    pandas.DataFrame
        The table `positions`. A body without a published plan is taken to be in balance, as each
        must be by law: an assumption.
    """
    rows: list[list[object]] = []
    before = label_of(start_of(first) - 1)
    for body in bodies.itertuples():
        if pd.notna(body.plan_pct):
            value = round(body.plan_pct * TURNOVER * body.income_gbp_m / 100, 3)
            status, source = (
                "derived",
                f"Plan of 2025/26 without deficit support, {body.plan_pct:g} % of turnover (NHS "
                f"Oversight Framework, read in a copy), times {100 * TURNOVER:g} % of "
                f"£{body.income_gbp_m:,.1f}m of {body.income_year}",
            )
        else:
            value, status = 0.0, "assumption"
            source = "No plan was found: in balance, as every organisation must be"
        rows.append([body.organisation, first, "plan", value, status, source])
        start = f"Taken to be where its plan of {first} stands. {source}"
        rows.append([body.organisation, before, "underlying", value, status, start])
    published, _ = published_positions(system, first)
    for line in published.itertuples():
        whole = SYSTEM if line.body == "system" else system.name
        rows.append([whole, line.year, line.measure, line.value_gbp_m, line.status, line.source])
    names = ["organisation", "year", "measure", "value_gbp_m", "status", "source"]
    return pd.DataFrame(rows, columns=names)


def published_positions(system: System, first: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what board papers say of the whole of a system, and what is left out of it.

    Left out is what is of a former system that is now a part of this one, or of the footprint that
    the code had before or has since; and support of the first year where no outturn holds it, since
    the plans of the trusts stand without it.

    Parameters
    ----------
    system
        The system.
    first
        First year of the plan.

    Returns
    -------
    own, left_out : pandas.DataFrame
        Rows as `nelfin.data.national.positions_of` gives them.
    """
    rows = national.positions_of(system)
    before = rows["year"] <= FORMER_TO
    own = rows["icb"] == system.code
    if not system.published:
        own &= ~before
    elif system.note:  # the code has meant another system since
        own &= before
    told = own & (rows["body"] == SYSTEM) & (rows["measure"] == "outturn") & (rows["year"] == first)
    if not told.any():
        own &= (rows["measure"] != "deficit_support") | (rows["year"] != first)
    return rows[own], rows[~own]


def savings_of(system: System, positions: pd.DataFrame, first: str) -> pd.DataFrame:
    """Return the savings inside the positions of the first year: the system's share of England's.

    Without them all of a position would seem to last, though half of the savings are once.

    Parameters
    ----------
    system
        The system.
    positions
        From `positions_of`.
    first
        First year of the plan.

    Returns
    -------
    pandas.DataFrame
        The table `efficiency_schemes`, of one row.
    """
    own = national.allocations_of(system)
    share = own.loc[own["year"] == first, "allocation_gbp_m"].sum() / national.allocated(first)
    of_year = positions[(positions["year"] == first) & (positions["organisation"] == SYSTEM)]
    told = (of_year["measure"] == "outturn").any()
    delivery = SAVINGS_GBP_M["delivered"] / SAVINGS_GBP_M["plan"] if told else 1.0
    row = {
        "scheme": f"Efficiency of {first}",
        "year": first,
        "organisation": SYSTEM,
        "full_year_gbp_m": round(float(share) * SAVINGS_GBP_M["plan"], 1),
        "delivery_pct": round(100 * delivery, 1),
        "recurrent_pct": RECURRENT_PCT,
        "months": 12,
        "whole_ask": "yes",
        "status": "assumption",
        "source": "The system's share, by allocations, of the £11.2bn planned in England in "
        "2025/26, of which £10.2bn was delivered (NHS England board, 4 June 2026, read in a "
        "summary of the board papers); that half recurs is an assumption",
    }
    return pd.DataFrame([row])
