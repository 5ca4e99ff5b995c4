"""Capital in its system: its limits, settings and case, and its plan as labelled data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr

from nelfin.data import Inputs
from nelfin.models.capital import CapitalPlan, Settings, TableNames
from nelfin.models.capital.case import Case, case_of
from nelfin.models.capital.checked import Checked, check_capital
from nelfin.models.capital.keep import plan_case
from nelfin.models.capital.limits import of_ordinary, of_system
from nelfin.models.capital.stress import budget_curve, reached, upper_frontier
from nelfin.models.capital.stress.frontier import Second
from nelfin.program import Watch
from nelfin.scenario import Scenario
from nelfin.system.backlog import with_backlog_now
from nelfin.system.capital_limits import limits_of

AIMS: tuple[Second, ...] = ("deprived", "backlog")
"""Second aims of capital, at which a run looks beside benefit."""

BUDGET_SHARES = tuple(np.linspace(0.5, 1.5, 21))
"""Capital limits, as shares of the plan's, at which the worth of capital is worked out."""


def check_schemes(
    scenario: Scenario, inputs: Inputs, changed: Callable[[Settings], Settings] | None = None
) -> Checked:
    """Check the tables of a scenario's capital plan together, once for all its cases.

    Schemes are wrong that no start in all the years with limits can hold. A plan may be shorter
    than those years; what it cannot hold is then left out, not wrong.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    changed
        Returns the settings with something changed; by default they stand.

    Returns
    -------
    Checked
        What plans of the scenario are drawn up from.

    Raises
    ------
    InputError
        With every problem of schemes, limits and rules.
    """
    settings = capital_settings(scenario, inputs)
    settings = settings if changed is None else changed(settings)
    checked = check_capital(
        inputs.projects,
        inputs.capital_limits,
        replace(settings, leave_out=False),
        scenario.years.labels(),
        typed=True,
    )
    return replace(checked, settings=settings)


def capital_settings(scenario: Scenario, inputs: Inputs) -> Settings:
    """Return the settings of a scenario's capital plan.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.

    Returns
    -------
    Settings
        A scheme that the plan's years cannot hold is left out.
    """
    section = scenario.capital
    assets = inputs.asset_types.set_index("asset_type")
    deprivation = inputs.deprivation.set_index("place")["most_deprived_share"]
    settings = Settings(
        discount_rate_pct=section.discount_rate_pct,
        discount_later_pct=section.discount_later_pct,
        discount_from=section.discount_from,
        price_growth_pct=section.price_growth_pct,
        over_programming_pct=section.over_programming_pct,
        carry_over_pct=section.carry_over_pct,
        optimism_bias_pct=_by_name(assets["optimism_bias_pct"]),
        benefit=section.benefit,
        criteria_weights=section.criteria_weights,
        life_years=_by_name(assets["life_years"]),
        place_weights=section.place_weights,
        deprived_share=_by_name(deprivation),
        leave_out=True,
        relax=section.relax,
        gap_pct=section.gap_pct,
        time_limit_s=section.time_limit_s,
        solver=section.solver,
        called=TableNames(
            inputs.called["projects"],
            inputs.called["capital_limits"],
            inputs.called.get("capital_rules", "capital_rules"),
            inputs.called.get("capital_resources", "capital_resources"),
            inputs.called.get("capital_groups", "capital_groups"),
            begin_from=inputs.called.get("plan_in_force", "data.plan_in_force"),
            max_changes="capital.max_changes",
            must_in="capital.must_in",
            must_out="capital.must_out",
            must_start="capital.must_start",
            now="years.now",
            criteria_weights="capital.criteria_weights",
            place_weights="capital.place_weights",
            gbp_per_qaly="capital.gbp_per_qaly",
            revenue_beside_cash="capital.revenue_beside_cash",
            deflator_pct="capital.deflator_pct",
            time_limit_s="capital.time_limit_s",
        ),
        begin_from=inputs.plan_in_force if len(inputs.plan_in_force) else None,
        max_changes=section.max_changes,
        must_in=section.must_in,
        must_out=section.must_out,
        must_start=section.must_start,
        gbp_per_qaly=section.gbp_per_qaly,
        qaly_price_year=section.qaly_price_year,
        discount_last_pct=section.discount_last_pct,
        discount_health_pct=section.discount_health_pct,
        discount_health_later_pct=section.discount_health_later_pct,
        discount_health_last_pct=section.discount_health_last_pct,
        revenue_beside_cash=section.revenue_beside_cash,
        resources=inputs.capital_resources,
        groups=inputs.capital_groups,
        now=scenario.years.now,
        deflator_pct=section.deflator_pct,
        backlog_deterioration_pct=section.backlog_deterioration_pct,
    )
    rules = with_backlog_now(inputs.capital_rules, inputs.backlog, scenario.years.first, settings)
    return replace(settings, rules=rules)


def _by_name(series: pd.Series) -> dict[str, float]:
    return {str(name): float(value) for name, value in series.items()}


def capital_case(scenario: Scenario, inputs: Inputs) -> Case:
    """Return the capital case of a scenario, over the plan's years.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.

    Raises
    ------
    InputError
        With every problem of schemes, limits and rules.
    """
    return case_of(check_schemes(scenario, inputs), limits_of(scenario, inputs))


def solve_capital(scenario: Scenario, inputs: Inputs) -> CapitalPlan:
    """Solve the capital plan of a scenario, its limits as they stand, prices unconfirmed.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.

    Raises
    ------
    InputError
        With every problem of schemes, limits and rules.
    NoAnswerError
        If no plan meets every limit and rule.
    """
    return draw_up(check_schemes(scenario, inputs), limits_of(scenario, inputs))


def draw_up(
    checked: Checked,
    limits: pd.DataFrame,
    check_prices: bool = False,
    watch: Watch | None = None,
) -> CapitalPlan:
    """Draw up a capital plan within some limits.

    Parameters
    ----------
    checked
        From `check_schemes`.
    limits
        From `limits_of` or `limits_after`.
    check_prices
        Confirm the price of capital by solving again with £1m more and less of each limit.
    watch
        The clock, which may stop the search; by default one of the time that the settings set.

    Raises
    ------
    NoAnswerError
        If no plan meets every limit and rule.
    """
    settings = replace(checked.settings, check_prices=check_prices)
    return plan_case(case_of(replace(checked, settings=settings), limits), watch)


def capital_data(plan: CapitalPlan, inputs: Inputs, scenario: Scenario) -> xr.Dataset:
    """Return a capital plan as labelled data.

    Parameters
    ----------
    plan
        The plan.
    inputs, scenario
        The tables and the scenario it is of: organisations and years.

    Returns
    -------
    xarray.Dataset
        Spend and use of the limit, £m (dims `project, year` and `organisation, year`, the latter
        of the ordinary capital); funded
        share (`project`); limit, £m (dim `year`): the system's, or all organisations' together
        where each that uses capital has its own; price of the system (`year`); limit and price of
        organisations (`organisation, year`). NaN where there is none, and prices where a year is
        closed. `capital_from` is the first open year.
    """
    years = scenario.years.labels()
    ids = [str(name) for name in plan.plan["project_id"]]
    organisations = [str(name) for name in inputs.organisations["organisation"]]
    cube = plan.spend.set_index(["project_id", "year"])
    owner = plan.plan.set_index("project_id")["organisation"]
    by_project = {}
    for name in ("spend_gbp_m", "cdel_gbp_m"):
        wide = cube[name].unstack(fill_value=0.0).reindex(ids, fill_value=0.0)
        by_project[name] = wide.reindex(columns=years, fill_value=0.0).to_numpy(dtype=float)
    ordinary = (plan.projects.set_index("project_id")["money"].loc[ids] == "").to_numpy()
    counted = by_project["cdel_gbp_m"] * ordinary[:, None]
    used = pd.DataFrame(counted, index=owner.loc[ids]).groupby(level=0).sum()
    limits = of_ordinary(plan.limits)
    system = of_system(plan.limits).set_index("year").reindex(years)
    own = {
        name: limits.pivot(index="organisation", columns="year", values=name)
        .reindex(index=organisations, columns=years)
        .to_numpy(dtype=float)
        for name in ("limit_gbp_m", "price_per_gbp_m")
    }
    used = used.reindex(organisations, fill_value=0.0)
    held = (used > 0).any(axis=1).to_numpy() | np.isfinite(own["limit_gbp_m"]).any(axis=1)
    together = pd.Series(own["limit_gbp_m"][held].sum(axis=0), index=years)
    whole = system["limit_gbp_m"].fillna(together) if held.any() else system["limit_gbp_m"]

    def about(words: str, units: str) -> dict[str, str]:
        return {"long_name": words, "units": units}

    both = ("project", "year")
    return xr.Dataset(
        {
            "capital_share": (
                "project",
                plan.plan["funded_share"].to_numpy(dtype=float),
                about("Funded share", "share"),
            ),
            "capital_spend": (both, by_project["spend_gbp_m"], about("Capital spend", "£m")),
            "capital_cdel": (both, by_project["cdel_gbp_m"], about("Use of the limit", "£m")),
            "capital_used": (
                ("organisation", "year"),
                used.to_numpy(dtype=float),
                about("Use of the limit by organisation", "£m"),
            ),
            "capital_limit": (
                "year",
                whole.to_numpy(dtype=float),
                about("Capital limit of the system, or of all organisations together", "£m"),
            ),
            "capital_limit_of": (
                ("organisation", "year"),
                own["limit_gbp_m"],
                about("Capital limit of the organisation", "£m"),
            ),
            "capital_price_of": (
                ("organisation", "year"),
                own["price_per_gbp_m"],
                about("Price of capital of the organisation", "points per £m"),
            ),
            "capital_price": (
                "year",
                system["price_per_gbp_m"].to_numpy(dtype=float),
                about("Price of capital: benefit of £1m more", "points per £m"),
            ),
        },
        coords={"project": ids, "year": years, "organisation": organisations},
        attrs={"capital_from": scenario.years.open_from},
    )


def worth_of_capital(case: Case) -> pd.DataFrame:
    """Return what more and less capital would be worth.

    Parameters
    ----------
    case
        The capital case.

    Returns
    -------
    pandas.DataFrame
        Tidy, one value a row: `share_of_limit, measure` (limit, benefit, price), `value, unit`.
    """
    units = {"limit": "£m", "benefit": "points", "price": "points per £m"}
    names = {"limit_gbp_m": "limit", "price_per_gbp_m": "price"}
    wide = budget_curve(case, BUDGET_SHARES).rename(columns=names)
    table = wide.melt("share_of_limit", list(units), var_name="measure").dropna(subset="value")
    return table.assign(unit=table["measure"].map(units)).reset_index(drop=True)


def second_aims(case: Case, plan: CapitalPlan) -> pd.DataFrame:
    """Return what benefit is left as more is asked of a second aim.

    Parameters
    ----------
    case
        The capital case.
    plan
        Its plan, which is point 0. A plan with schemes in part has no point of its own: it is the
        first of the others.

    Returns
    -------
    pandas.DataFrame
        Tidy, one value a row: `aim, point, measure` (benefit, reached), `value, unit`.
    """
    units = {"benefit": "points", "reached": "£m"}
    parts = []
    for aim in AIMS:
        points = upper_frontier(case, aim).rename(columns={"second_gbp_m": "reached"})
        if points.empty:
            continue  # no scheme does anything for the aim
        if not case.settings.relax:
            own = [0, plan.solve.objective, reached(case, plan.plan, aim)]
            points = pd.concat([pd.DataFrame([own], columns=points.columns), points])
        parts.append(points.assign(aim=aim).melt(["aim", "point"], list(units), "measure"))
    if not parts:
        return pd.DataFrame(columns=["aim", "point", "measure", "value", "unit"])
    table = pd.concat(parts, ignore_index=True)
    return table.assign(unit=table["measure"].map(units))
