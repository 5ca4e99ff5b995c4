"""The range of life of the settings of a scenario, as columns of tables have theirs."""

from __future__ import annotations

from typing import Any

from nelfin.data.specs.columns import MOST_GBP_M, Column

_RATE = {"usual_least": 0.1}
"""Rates a year of some per cent: 0.03 would be 3 % written as a fraction. How high one may be is a
what-if of the person who sets it; the schema says where it ends."""

_SHARE = {"usual_least": 1.0}
"""Shares that are 0, or some per cent: 0.65 would be 65 % written as a fraction."""

_SMALL_SHARE = {"usual_least": 0.05}
"""Shares of a few per cent."""

_QALY = {"usual_low": 100.0, "usual_high": 1_000_000.0}

_USUAL: dict[str, dict[str, Any]] = {
    "envelope.plan_total_gbp_m": {"usual_low": 0.0, "usual_high": MOST_GBP_M},
    "envelope.growth_pct": _RATE,
    "envelope.convergence_pct": {"usual_least": 0.01},
    "envelope.distance_from_target_pct": {"usual_least": 0.01},
    "prevention.share_start_pct": _RATE,
    "prevention.share_end_pct": _RATE,
    "prevention.new_money_pct": _SHARE,
    "prevention.pool_pct": _SHARE,
    "prevention.gbp_per_qaly_gained": _QALY,
    "prevention.gbp_per_qaly_forgone": _QALY,
    "prevention.gdp_deflator_pct": _RATE,
    "prevention.target_people_pct": _SMALL_SHARE,
    "prevention.target_cost_pct": _SHARE,
    "prevention.avoidable_emergency_pct": _SHARE,
    "prevention.passed_on_pct": _SHARE,
    "prevention.discount_money_pct": _RATE,
    "prevention.discount_qaly_pct": _RATE,
    "recovery.demand_planned_pct": _RATE,
    "recovery.demand_urgent_pct": _RATE,
    "recovery.planned_share_pct": _SHARE,
    "recovery.marginal_cost_pct": _SHARE,
    "recovery.marginal_cost_later_pct": _SHARE,
    "recovery.cost_uplift_pct": _RATE,
    "recovery.other_income_growth_pct": _RATE,
    "recovery.pressures_pct": {"usual_least": 0.02},
    "recovery.not_explained_recurrent_pct": _SHARE,
    "recovery.efficiency_pct": _RATE,
    "recovery.efficiency_delivery_pct": _SHARE,
    "recovery.efficiency_recurrent_pct": _SHARE,
    "recovery.repayment_cap_pct": {"usual_least": 0.02},
    "recovery.support_needs_developed_pct": _SHARE,
    "recovery.delivery_opportunity_pct": _SHARE,
    "recovery.delivery_in_progress_pct": _SHARE,
    "recovery.delivery_developed_pct": _SHARE,
    "recovery.pay_share_pct": _SHARE,
    "recovery.agency_share_pct": _SMALL_SHARE,
    "recovery.agency_target_pct": _SMALL_SHARE,
    "recovery.agency_premium_pct": _SHARE,
    "recovery.bank_share_pct": _SMALL_SHARE,
    "recovery.bank_fall_pct": _SHARE,
    "recovery.bank_premium_pct": _SHARE,
    "recovery.savings_by_month_5_pct": _SHARE,
    "recovery.pdc_pct": _RATE,
    "activity.break_even_per_week": {"usual_low": 10.0, "usual_high": 100_000.0},
    "activity.waiting_list": {"usual_low": 500.0, "usual_high": 5_000_000.0},
    "activity.cleared_per_week": {"usual_high": 50_000.0},
    "activity.untreated_pct": _SHARE,
    "activity.funded_pct": {"usual_low": 20.0},
    "activity.extra_pct": _RATE,
    "activity.price_gbp": {"usual_high": 20_000.0, "usual_least": 50.0},
    "activity.inpatient_price_gbp": {"usual_high": 50_000.0, "usual_least": 200.0},
    "activity.market_forces": {"usual_low": 0.8, "usual_high": 1.5},
    "activity.cost_of_price_pct": {"usual_low": 20.0},
    "activity.outside_pct": _SHARE,
    "activity.urgent_income_pct": _SHARE,
    "activity.urgent_variable_pct": _SHARE,
    "activity.urgent_extra_pct": _RATE,
    "activity.planned_bed_days_pct": _SHARE,
    "activity.stay_saved_pct": _SHARE,
    "activity.stay_medians_pct": _SHARE,
    "activity.fit_to_leave_pct": _SHARE,
    "activity.fit_to_leave_freed_pct": _SHARE,
    "activity.avoided_bed_share_pct": _SHARE,
    "activity.bed_day_gbp": {"usual_high": 5_000.0, "usual_least": 20.0},
    "activity.beds_closed_pct": _SHARE,
    "activity.beds_filled_pct": _SHARE,
    "activity.appointment_gbp": {"usual_high": 500.0, "usual_least": 2.0},
    "activity.appointments_above_pct": _SHARE,
    "activity.primary_care_gap_closed_pct": _SHARE,
    "capital.discount_rate_pct": _RATE,
    "capital.discount_later_pct": _RATE,
    "capital.discount_last_pct": _RATE,
    "capital.discount_health_pct": _RATE,
    "capital.discount_health_later_pct": _RATE,
    "capital.discount_health_last_pct": _RATE,
    "capital.deficit_penalty_pct": _SHARE,
    "capital.deficit_for_full_penalty_pct": _SMALL_SHARE,
    "capital.balance_bonus_pct": _SHARE,
    "capital.carry_over_pct": _RATE,
    "capital.price_growth_pct": _RATE,
    "capital.deflator_pct": _RATE,
    "capital.backlog_deterioration_pct": _RATE,
    "capital.over_programming_pct": _RATE,
    "portfolio.carry_over_pct": _SHARE,
    "portfolio.cash_refills_pct": _SHARE,
    "uncertainty.capital_cost_common_pct": _SHARE,
}

SETTINGS: dict[str, Column] = {
    key: Column(key.rpartition(".")[2], kind="number", **usual) for key, usual in _USUAL.items()
}
"""What is usual of a setting, by its key; for one value a stream, by that of all of them."""

OF_THE_PLAN: dict[str, float] = {
    "prevention.release_step_gbp_m": 0.1,
    "prevention.emergency_cost_gbp_m": 10.0,
    "prevention.secondary_care_gbp_m": 10.0,
    "recovery.support_gbp_m": 0.25,
    "recovery.repayment_gbp_m": 0.25,
    "capital.fair_share_gbp_m": 0.5,
    "capital.backlog_stated_gbp_m": 0.5,
}
"""Settings in £m by what they usually come to at the most, as a share of the plan's total."""
