"""Activity in its system, as labelled data."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import xarray as xr

from nelfin.data import Inputs
from nelfin.models.activity.beds import LEVERS, USES
from nelfin.models.activity.demand import WEEKS
from nelfin.models.activity.primary import OTHERS_TOGETHER
from nelfin.models.activity.waiting import over_standard
from nelfin.models.income import Income
from nelfin.models.months import MONTHS
from nelfin.scenario import Scenario
from nelfin.system.activity_levels import Activity, activity

Array = npt.NDArray[np.float64]
Variables = dict[str, tuple[tuple[str, ...], Array, dict[str, str]]]

BODIES = ("organisation", "year")

LEDGERS = ("cash", "capacity", "paid_by_cash")
"""What activity takes of prevention."""

STEPS = {
    "planned and urgent activity": ("activity_margin", 1),
    "beds closed": ("beds_cash", 1),
    "primary care gap": ("primary_care_cost", -1),
}
"""Steps of the bridge: the yearly level whose change each is, and its sign."""


def activity_of(
    scenario: Scenario,
    inputs: Inputs,
    budgets: xr.Dataset,
    prevention: xr.Dataset,
    income: Income | None = None,
) -> xr.Dataset:
    """Work out activity, beds and primary care of a scenario.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.
    budgets
        Place budgets, for the weighted people of the places.
    prevention
        The shift into prevention, for the care that it avoids.
    income
        Of the bodies; worked out by default.

    Returns
    -------
    xarray.Dataset
        Dims `organisation, year, month, lever, use, place`. `activity_...`: the waiting list by
        year and by month, planned care by trust, and what it earns and costs; `beds_...`: what
        frees them, what becomes of them, and their cost, cash and margin; `primary_care_...`:
        appointments by place. Three yearly levels move positions, by body: `activity_margin` and
        `beds_cash` better them, `primary_care_cost` is a cost; see `STEPS`. Attributes:
        `activity_from` (first year that activity changes, "" for none), `primary_care_aim`, and
        `activity_left_out` (what the system has no figure for, in sentences).

    Raises
    ------
    InputError
        If activity is to change a year that is known, or figures do not fit each other.
    """
    found = activity(
        scenario,
        inputs,
        budgets["weighted_population"],
        {name: prevention[f"prevention_{name}"].to_numpy() for name in LEDGERS},
        income,
    )
    years, places = found.basis.years, [str(place) for place in budgets["place"].values]
    data = _waiting(found) | _planned(found) | _beds(found) | _primary(found, places)
    coords = {
        "organisation": found.basis.names, "year": years, "month": np.arange(1, MONTHS + 1),
        "lever": list(LEVERS), "use": list(USES), "place": places,
    }  # fmt: skip
    labelled = xr.Dataset(data, {name: coords[name] for name in coords})
    at = found.basis.from_at
    labelled.attrs = {
        "activity_from": years[at] if at < len(years) else "",
        "activity_left_out": " ".join(left_out(found)),
        "primary_care_aim": found.primary.aim,
    }
    return labelled


def _about(words: str, units: str) -> dict[str, str]:
    return {"long_name": words, "units": units}


def _waiting(found: Activity) -> Variables:
    """Return the list by year and by month; NaN where the system has none."""
    planned = found.planned
    years, list_of = len(found.basis.years), planned.waiting
    nothing = np.full((years, MONTHS), np.nan)
    flows: Variables = {}
    for name, words in (
        ("additions", "People who join the waiting list"),
        ("activity", "People treated from the waiting list"),
        ("removals", "People who leave the waiting list untreated"),
        ("unmet", "Activity that there was nobody left to treat"),
    ):
        by_month = nothing if list_of is None else getattr(list_of, name)
        called = "treated" if name == "activity" else name
        about = _about(words, "people")
        flows[f"activity_{called}"] = (("year",), by_month.sum(axis=-1), about)
        flows[f"activity_{called}_by_month"] = (("year", "month"), by_month, about)
    start, end = (nothing, nothing) if list_of is None else (list_of.start, list_of.end)
    longer = over_standard(end[:, -1], planned.break_even)
    return flows | {
        "activity_list_start": (
            ("year",), start[:, 0], _about("People waiting at the start of the year", "people")
        ),
        "activity_list": (
            ("year",), end[:, -1], _about("People waiting at the end of the year", "people")
        ),
        "activity_list_by_month": (
            ("year", "month"), end, _about("People waiting at the end of the month", "people")
        ),
        "activity_over_18_weeks": (
            ("year",), longer,
            _about("People waiting over 18 weeks, were the first to come the first treated",
                   "people"),
        ),
        "activity_break_even_week": (
            ("year",), _known(found, planned.break_even / WEEKS),
            _about("Planned activity that holds the waiting list still", "people a week"),
        ),
        "activity_demand_growth": (
            ("year",), found.growth, _about("Growth of planned and urgent activity", "fraction")
        ),
        "activity_prices": (
            ("year",), found.basis.prices, _about("Prices over those of the price year", "ratio")
        ),
    }  # fmt: skip


def _planned(found: Activity) -> Variables:
    planned = found.planned
    people = {
        "funded": (_known(found, planned.funded), "Planned activity that is funded"),
        "extra": (planned.extra, "Planned activity above the funded level"),
        "filled": (planned.filled, "Planned admissions that fill freed beds"),
        "done": (
            _known(found, planned.funded + planned.extra + planned.filled),
            "Planned activity",
        ),
    }
    money = {
        "income": (
            found.planned_income + found.filled_income,
            "Payment to trusts for planned activity beside the funded level",
        ),
        "cost": (
            found.planned_cost + found.filled_cost,
            "Cost of planned activity beside the funded level",
        ),
        "unpaid": (found.unpaid, "Worth of planned activity that passes the payment limit"),
        "paid": (found.planned_paid, "Payment for it by body: what the ICB pays is negative"),
        "urgent_paid": (found.urgent_paid, "Payment by activity for urgent care by body"),
        "urgent_cost": (found.urgent_cost, "Cost of urgent activity beside the funded level"),
        "margin": (found.margin, "What planned and urgent activity leaves each body"),
    }
    data: Variables = {
        f"activity_{name}": (BODIES, _whole(found, values), _about(words, "people"))
        for name, (values, words) in people.items()
    }
    return data | {
        f"activity_{name}": (BODIES, _whole(found, values), _about(words, "£m"))
        for name, (values, words) in money.items()
    }


def _beds(found: Activity) -> Variables:
    freed, basis = found.freed, found.basis
    table = basis.inputs.beds.set_index("organisation").reindex(basis.names)
    margin = found.filled_income - found.filled_cost
    money = {
        "cost": (freed.cost, "Cost of the beds that are freed"),
        "cash": (freed.cash, "Cash of beds that close"),
        "cash_counted": (freed.counted, "Cash of beds that close, counted with prevention"),
        "margin": (margin, "Margin of planned care that fills freed beds"),
        "not_covered": (
            freed.cost - freed.cash - freed.counted - margin,
            "Cost of freed beds that nothing covers",
        ),
    }
    data: Variables = {
        name: (
            ("organisation",), table[name].to_numpy(dtype=float), _about(words, "beds")
        )
        for name, words in (
            ("beds_available", "General and acute beds"),
            ("beds_occupied", "General and acute beds with a person in"),
            ("beds_fit_to_leave", "General and acute beds with a person fit to leave"),
        )
    }  # fmt: skip
    uses = np.broadcast_to(freed.uses, (len(LEVERS), len(USES), len(basis.names), len(basis.years)))
    data["beds_use"] = (
        ("lever", "use", *BODIES), uses, _about("Freed beds by what becomes of them", "beds")
    )  # fmt: skip
    data["beds_freed"] = (("lever", *BODIES), uses.sum(axis=1), _about("Freed beds", "beds"))
    return data | {
        f"beds_{name}": (BODIES, _whole(found, values), _about(words, "£m"))
        for name, (values, words) in money.items()
    }


def _primary(found: Activity, places: list[str]) -> Variables:
    """Return appointments by place of the plan; NaN where there is no figure.

    A place without one of its own has none, and without an aim or a cost of an appointment nobody
    has a gap or a cost of it.
    """
    primary = found.primary
    aimed = np.isfinite(primary.aim)
    priced = aimed and found.basis.scenario.activity.appointment_gbp is not None
    data: Variables = {"primary_care_cost": (
        BODIES, primary.cost, _about("Cost of closing gaps of primary care, a cost above 0", "£m")
    )}  # fmt: skip
    at = [primary.places.index(place) if place in primary.places else -1 for place in places]
    with_rest = OTHERS_TOGETHER in primary.places
    for name, values, known, dims, words, units in (
        ("appointments", primary.rates, True, ("place",), "Appointments a week for 1,000 people",
         "appointments"),
        ("gap", primary.gaps, aimed, ("place",),
         "Appointments a week for 1,000 people below the aim", "appointments"),
        ("gap_cost", primary.gap_costs, priced, ("place", "year"), "Cost of closing the gap",
         "£m"),
    ):  # fmt: skip
        unknown = np.full(values.shape[1:], np.nan)
        own = np.array([values[place] if known and place >= 0 else unknown for place in at])
        rest = values[primary.places.index(OTHERS_TOGETHER)] if known and with_rest else unknown
        data[f"primary_care_{name}"] = (dims, own, _about(words, units))
        data[f"primary_care_{name}_others"] = (
            dims[1:], np.asarray(rest), _about(f"{words}, places without a figure together", units)
        )  # fmt: skip
    return data


def _known(found: Activity, planned: Array) -> Array:
    """Return planned care as it is; NaN where the system's break-even is not given."""
    known = found.basis.scenario.activity.break_even_per_week is not None
    return planned if known else np.full(planned.shape, np.nan)


def _whole(found: Activity, values: Array) -> Array:
    return np.broadcast_to(values, (len(found.basis.names), len(found.basis.years)))


def left_out(found: Activity) -> list[str]:
    """Say what of activity a system has no figure for, in sentences.

    Parameters
    ----------
    found
        From `nelfin.system.activity_levels.activity`.

    Returns
    -------
    list of str
        One a part.
    """
    basis, primary = found.basis, found.primary
    section = basis.scenario.activity
    told = []
    if section.break_even_per_week is None:
        told.append(
            "Planned care and its waiting list are left out: give the activity a week that holds "
            "the list still (activity.break_even_per_week)."
            + (
                " What fills freed beds is then paid without a limit."
                if section.beds_filled_pct
                else ""
            )
        )
    elif section.waiting_list is None:
        told.append("The waiting list is left out: give it (activity.waiting_list).")
    if section.break_even_per_week is not None and section.price_gbp is None:
        told.append("Money of planned care is left out: give its price (activity.price_gbp).")
    rows = basis.inputs.activity_plans
    closed = rows[rows["year"].isin(basis.years[: basis.from_at])]
    if len(closed):
        told.append(
            f"Plans of planned care for {', '.join(sorted(set(closed['year'])))} stand for nothing:"
            " nothing is changed in those years."
        )
    known = set(basis.inputs.beds["organisation"])
    acute = [name for name, is_acute in zip(basis.names, basis.acute, strict=True) if is_acute]
    if bedless := [name for name in acute if name not in known]:
        told.append(f"Beds of {', '.join(bedless)} are left out: none are given.")
    if section.fit_to_leave_pct is None:
        unknown = set(basis.inputs.beds.loc[basis.inputs.beds["beds_fit_to_leave"].isna(),
                                            "organisation"])  # fmt: skip
        if untold := [name for name in acute if name in unknown]:
            told.append(
                f"People fit to leave are not published for {', '.join(untold)}: none are counted."
            )
    if section.bed_day_gbp is None:
        told.append("Money of beds is left out: give the cost of a bed day (activity.bed_day_gbp).")
    if not np.isfinite(primary.aim):
        told.append(
            "Gaps of primary care are left out: give appointments by place and for the whole "
            "system, and what to aim at (activity.appointments_above_pct)."
        )
    elif section.appointment_gbp is None:
        told.append(
            "The cost of gaps of primary care is left out: give that of an appointment "
            "(activity.appointment_gbp)."
        )
    if np.isfinite(primary.aim) and primary.without:
        told.append(
            f"Appointments of {', '.join(primary.without)} are not published by place"
            + (": together they make up the system's average."
               if OTHERS_TOGETHER in primary.places else ", and left out.")
        )  # fmt: skip
    return told
