"""The portfolio of programmes in its system: its tables, settings and case."""

from __future__ import annotations

from dataclasses import replace

from nelfin.data import Inputs
from nelfin.data.specs import WHOLE_SYSTEM
from nelfin.errors import NoAnswerError
from nelfin.models.portfolio import Portfolio, Settings, TableNames
from nelfin.models.portfolio.case import case_of
from nelfin.models.portfolio.checked import Checked, check_portfolio
from nelfin.models.portfolio.portfolio import portfolio_of_case
from nelfin.models.programmes import qaly_prices
from nelfin.program import Watch
from nelfin.scenario import Scenario
from nelfin.years import start_of

TABLES = ("initiatives", "portfolio_pools", "portfolio_staff", "equity_floors")
"""Tables of a portfolio; a scenario in which all of them are empty has none."""

FRONTIER_IN_RUN = (50.0, 75.0, 100.0, 125.0, 150.0)
"""Pools of the frontier in a run, % of those given: each takes as long as the portfolio itself."""

FRONTIER_GAP_PCT = 2.0
"""How close to the best they need be proven, beside those given: a line shows no less."""


def portfolio_of(
    scenario: Scenario, inputs: Inputs, frontier: bool = True, checked: Checked | None = None
) -> Portfolio | None:
    """Draw up the portfolio of a scenario. It stands beside the plan: no step of it takes from it.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    frontier
        Work out the frontier too, which takes several times as long as the portfolio.
    checked
        What `check_programmes` gave, where it was asked before.

    Returns
    -------
    Portfolio or None
        None where the tables of the portfolio are empty.

    Raises
    ------
    InputError
        With every problem of its tables.
    NoAnswerError
        If nothing keeps every pool, staff limit and floor.
    """
    checked = checked or check_programmes(scenario, inputs)
    if checked is None:
        return None
    settings = checked.settings if frontier else replace(checked.settings, frontier_pct=())
    case = case_of(replace(checked, settings=settings))
    return portfolio_of_case(case, Watch(settings.time_limit_s))


def portfolio_in_run(
    scenario: Scenario, inputs: Inputs, checked: Checked | None
) -> tuple[Portfolio | None, dict[str, object] | None, list[str]]:
    """Draw up the portfolio beside a run, which stands without it.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    checked
        From `check_programmes`.

    Returns
    -------
    portfolio : Portfolio or None
        None where there is none, or none was found.
    account : dict or None
        How it was found, as `Portfolio.account` has it; where none was found, the words `why`.
        None where the system has no portfolio.
    warnings : list of str
        Why none was found, or how far it is from the best where that is more than was asked.
    """
    if checked is None:
        return None, None, []
    settings = replace(
        checked.settings, frontier_pct=FRONTIER_IN_RUN, frontier_gap_pct=FRONTIER_GAP_PCT
    )
    asked = replace(checked, settings=settings)
    try:
        found = portfolio_of(scenario, inputs, checked=asked)
    except NoAnswerError as error:
        why = f"No portfolio of programmes was found. {error}"
        return None, {"why": why}, [why]
    if found is None:
        return None, None, []
    gap, wanted = found.solve.gap, scenario.portfolio.gap_pct
    warnings = []
    if gap is not None and 100 * gap > wanted + 1e-9:
        warnings.append(
            f"The portfolio of programmes is proven within {100 * gap:.2f} % of the best, not the "
            f"{wanted:g} % asked. Raise portfolio.time_limit_s for a closer proof."
        )
    return found, found.account(), warnings


def check_programmes(scenario: Scenario, inputs: Inputs) -> Checked | None:
    """Check the tables of a scenario's portfolio together.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.

    Returns
    -------
    Checked or None
        None where they are empty.

    Raises
    ------
    InputError
        With every problem.
    """
    if all(getattr(inputs, name).empty for name in TABLES):
        return None
    settings = portfolio_settings(scenario, inputs)
    return check_portfolio(inputs.initiatives, inputs.portfolio_pools, settings, typed=True)


def portfolio_settings(scenario: Scenario, inputs: Inputs) -> Settings:
    """Return the settings of a scenario's portfolio.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.

    Returns
    -------
    Settings
        Years before the one that it now is are over. Costs grow by cost inflation, and what a QALY
        costs elsewhere is that of treatment, unless the portfolio has its own.
    """
    section, prevention = scenario.portfolio, scenario.prevention
    now = scenario.years.now
    years = sorted(str(year) for year in inputs.portfolio_pools["year"] if year >= now)
    cost_per_qaly = section.cost_per_qaly_gbp
    if cost_per_qaly is None:
        first = start_of(years[0] if years else scenario.years.first)
        cost_per_qaly = float(qaly_prices(prevention, first, 1)[1][0])
    rows, pools, staff, floors = (inputs.called.get(name, name) for name in TABLES)
    deprivation = inputs.deprivation.set_index("place")["most_deprived_share"]
    return Settings(
        staff=inputs.portfolio_staff,
        floors=inputs.equity_floors,
        value=section.value,
        cost_per_qaly_gbp=cost_per_qaly,
        discount_money_pct=prevention.discount_money_pct,
        discount_qaly_pct=prevention.discount_qaly_pct,
        price_growth_pct=scenario.recovery.cost_uplift_pct,
        cash_refills_pct=section.cash_refills_pct,
        carry_over_pct=section.carry_over_pct,
        value_to=section.value_to,
        now=now,
        place_people=_people(inputs, years),
        deprived_share={str(place): float(share) for place, share in deprivation.items()},
        gap_pct=section.gap_pct,
        time_limit_s=section.time_limit_s,
        called=TableNames(rows, pools, staff, floors, "portfolio.", "years.now"),
    )


def _people(inputs: Inputs, years: list[str]) -> dict[str, float]:
    """Return registered people by place, in the last year that is known by the first pool."""
    table = inputs.weighted_populations
    rows = table[(table["component"] == "registered_population") & (table["place"] != WHOLE_SYSTEM)]
    known = sorted(set(rows["year"]))
    before = [year for year in known if not years or year <= years[0]]
    rows = rows[rows["year"] == (before or known)[-1 if before else 0]]
    people = dict(zip(rows["place"], rows["weighted_population"].astype(float), strict=True))
    return {place: people[place] for place in inputs.places() if place in people}
