"""What a scheme is worth in money: net present social value, by its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data.tables import records_of
from nelfin.errors import Problems
from nelfin.models.appraisal import discount_factors
from nelfin.models.capital.scheme import Scheme
from nelfin.models.capital.settings import Settings
from nelfin.store.sheets.spots import spot
from nelfin.years import start_of

Array = npt.NDArray[np.float64]

YEARLY = {
    "cash_releasing": "cash_releasing_gbp_m",
    "non_cash_releasing": "non_cash_releasing_gbp_m",
    "societal": "societal_gbp_m",
    "qalys": "qalys",
}
"""Kinds of benefit of an appraisal, each with its column of the project table, a year."""

GAINS = ("benefit", *YEARLY)
"""Parts of net present social value that are benefits."""

PARTS = (*GAINS, "revenue", "capital", "risk")
"""Parts of net present social value: they add up to it."""


@dataclass(frozen=True)
class Factors:
    """Discount factors of the years from the plan's first."""

    money: Array
    """Of money; shape (year,)."""
    health: Array
    """Of quality-adjusted life years; shape (year,)."""


LONGEST_BUILD = 100
"""Years of spend that no scheme passes: with its life they may run on after the plan's years."""


def factors_of(settings: Settings, count: int, schemes: Iterable[Scheme]) -> Factors:
    """Return the discount factors of the years in which schemes build and last.

    Parameters
    ----------
    settings
        Discount rates of money and of health.
    count
        Years of the plan.
    schemes
        Their lives say how many more years there are.
    """
    longest = max((scheme.life_years for scheme in schemes), default=0)
    years = np.arange(count + LONGEST_BUILD + longest)
    return Factors(
        discount_factors(
            settings.discount_rate_pct,
            years,
            settings.discount_later_pct,
            settings.discount_last_pct,
        ),
        discount_factors(
            settings.discount_health_pct,
            years,
            settings.discount_health_later_pct,
            settings.discount_health_last_pct,
        ),
    )


def parts_of_npsv(scheme: Scheme, year: int, factors: Factors) -> dict[str, float]:
    """Return the parts of a scheme's net present social value, £m of the first year's prices.

    Benefit, revenue effect and QALYs come each year over the life of the asset, from the year
    after completion. Spend, optimism bias included, is in base-year prices, so that general
    inflation stays out of it; expected risk falls as the spend does.

    Parameters
    ----------
    scheme
        Its amounts in prices of the first year.
    year
        Position of its start in the plan's years.
    factors
        Discount factors, of as many years as it builds and lasts.

    Returns
    -------
    dict
        £m by the names of `PARTS`; costs are negative.

    Notes
    -----
    Source: HM Treasury Green Book; the kinds of benefit are those of the comprehensive investment
    appraisal model of the Department of Health and Social Care.
    """
    done = year + scheme.build_years
    life = slice(done, done + scheme.life_years)
    money, health = float(factors.money[life].sum()), float(factors.health[life].sum())
    building = factors.money[year:done]
    paid = np.maximum(scheme.spend, 0.0)
    share = paid / paid.sum() if paid.any() else np.eye(len(paid))[0]
    parts = {kind: scheme.yearly.get(kind, 0.0) * money for kind in YEARLY}
    parts["qalys"] = scheme.yearly.get("qalys", 0.0) * health
    return {
        "benefit": 0.0 if scheme.yearly else scheme.benefit * money,
        **parts,
        "revenue": scheme.revenue * money,
        "capital": -float(scheme.spend @ building),
        "risk": -scheme.risk * float(share @ building),
    }


def npsv(scheme: Scheme, year: int, factors: Factors) -> float:
    """Return the net present social value of a scheme, £m; parameters as for `parts_of_npsv`."""
    return sum(parts_of_npsv(scheme, year, factors).values())


def ratio_of(parts: Mapping[str, float]) -> float:
    """Return benefits over costs, both present values; NaN where nothing is a cost.

    Parameters
    ----------
    parts
        From `parts_of_npsv`. Revenue counts where its sign puts it: running costs are costs.
    """
    gains = sum(parts[kind] for kind in GAINS) + max(parts["revenue"], 0.0)
    costs = -(parts["capital"] + parts["risk"] + min(parts["revenue"], 0.0))
    return gains / costs if costs > 0 else float("nan")


def is_appraised(projects: pd.DataFrame) -> bool:
    """Say whether a project table has benefits of an appraisal.

    Parameters
    ----------
    projects
        The typed table.
    """
    return any(
        bool(pd.notna(projects[name].to_numpy()).any())
        for name in YEARLY.values()
        if name in projects
    )


def with_worth(
    schemes: Iterable[Scheme], projects: pd.DataFrame, settings: Settings
) -> list[Scheme]:
    """Return schemes with what the appraisal says of them, each in the prices it is given in.

    Parameters
    ----------
    schemes
        In the order of the table.
    projects
        The typed table.
    settings
        Worth of a QALY.
    """
    appraised = is_appraised(projects)
    return [
        _with_worth(scheme, cells, settings, appraised)
        for scheme, cells in zip(schemes, records_of(projects), strict=True)
    ]


def _with_worth(
    scheme: Scheme, cells: Mapping[str, object], settings: Settings, appraised: bool
) -> Scheme:
    def figure(name: str, blank: float = 0.0) -> float:
        value = cells.get(name)
        return blank if pd.isna(value) else float(str(value))

    yearly = {}
    if appraised:
        yearly = {kind: figure(column) for kind, column in YEARLY.items()}
        yearly["qalys"] *= settings.gbp_per_qaly / 1e6
    return replace(
        scheme,
        life_years=round(figure("life_years", scheme.life_years)),
        yearly=yearly,
        risk=figure("risk_gbp_m") * figure("risk_probability_pct", 100.0) / 100,
        price_year=str(cells.get("benefit_price_year") or ""),
    )


def in_base_prices(schemes: Iterable[Scheme], first_year: str, settings: Settings) -> list[Scheme]:
    """Return schemes with the benefits and risks of their appraisal in prices of the first year.

    Parameters
    ----------
    schemes
        From `with_worth`.
    first_year
        First year of the plan.
    settings
        General inflation, and the year in whose prices a QALY is valued.
    """
    base, growth = start_of(first_year), 1 + (settings.deflator_pct or 0.0) / 100

    def index(price_year: str) -> float:
        return float(growth ** (base - start_of(price_year))) if price_year else 1.0

    of_qaly = index(settings.qaly_price_year)
    found = []
    for scheme in schemes:
        own = index(scheme.price_year)
        yearly = {
            kind: amount * (of_qaly if kind == "qalys" else own)
            for kind, amount in scheme.yearly.items()
        }
        found.append(replace(scheme, yearly=yearly, risk=scheme.risk * own))
    return found


def check_worth(
    projects: pd.DataFrame, first_year: str, settings: Settings, problems: Problems
) -> None:
    """Check what net present social value is worked out from.

    Parameters
    ----------
    projects
        The typed table.
    first_year
        First year of the plan; "" if it is not known.
    settings
        What the appraisal goes by, and what to call the table in errors.
    problems
        Every problem is added to it: no life, no benefit, the same money twice, and so on.
    """
    called = settings.called.projects
    if settings.gbp_per_qaly < 0:
        what = f"is {settings.gbp_per_qaly:g}."
        problems.add(settings.called.gbp_per_qaly, what, "Give 0 or more.")
    for row in projects.index[
        ~projects["asset_type"].isin(settings.life_years) & projects["life_years"].isna()
    ]:
        problems.add(
            spot(called, row, "asset_type"),
            f'is "{projects.at[row, "asset_type"]}", for which there is no life in years.',
            "Give an asset type with a life, or life_years: net present social value is counted "
            "over it.",
        )
    columns = list(YEARLY.values())
    appraised = is_appraised(projects)
    blank = projects[columns].isna().all(axis=1) if appraised else projects["benefit"].isna()
    for row in projects.index[blank]:
        problems.add(
            spot(called, row, columns[0] if appraised else "benefit"),
            f"is empty, and so are {', '.join(columns[1:])}." if appraised else "is empty.",
            "Give the benefit a year; 0 where there is none in money.",
        )
    for row in projects.index[projects["risk_probability_pct"].notna()]:
        if pd.isna(projects.at[row, "risk_gbp_m"]):
            problems.add(
                spot(called, row, "risk_gbp_m"),
                "is empty, and the risk has a probability.",
                "Give what it costs if it comes, £m.",
            )
    if not settings.revenue_beside_cash:
        _check_counted_once(projects, settings, problems)
    if first_year and settings.deflator_pct is None:
        _check_prices(projects, first_year, settings, problems)


def _check_counted_once(projects: pd.DataFrame, settings: Settings, problems: Problems) -> None:
    called = settings.called
    both = (projects["revenue_gbp_m"] != 0) & projects["cash_releasing_gbp_m"].fillna(0).ne(0)
    for row in projects.index[both]:
        problems.add(
            spot(called.projects, row, "cash_releasing_gbp_m"),
            "and revenue_gbp_m are both given: cash that is released is an effect on revenue, and "
            "may be counted twice.",
            f"Leave one out; or say that they are different money ({called.revenue_beside_cash}).",
        )


def _check_prices(
    projects: pd.DataFrame, first_year: str, settings: Settings, problems: Problems
) -> None:
    remedy = f"Give general inflation, % a year ({settings.called.deflator_pct})."
    if projects["qalys"].fillna(0).ne(0).any() and settings.qaly_price_year != first_year:
        problems.add(
            settings.called.gbp_per_qaly,
            f"is in prices of {settings.qaly_price_year}, and the plan in those of {first_year}.",
            remedy,
        )
    for row, year in projects["benefit_price_year"].items():
        if year and year != first_year:
            problems.add(
                spot(settings.called.projects, row, "benefit_price_year"),
                f"is {year}, and the plan is in prices of {first_year}.",
                remedy,
            )
