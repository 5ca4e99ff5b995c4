"""The tables of the capital plan and of the portfolio, checked before either is drawn up."""

from __future__ import annotations

from nelfin.data import Inputs
from nelfin.errors import InputError, Problems
from nelfin.models.capital.checked import Checked
from nelfin.models.portfolio.checked import Checked as Programmes
from nelfin.scenario import Scenario
from nelfin.system.capital import check_schemes
from nelfin.system.portfolio import check_programmes


def check_plans(scenario: Scenario, inputs: Inputs) -> tuple[Checked, Programmes | None]:
    """Check the capital schemes of a scenario and its programmes.

    Parameters
    ----------
    scenario, inputs
        The scenario and its tables.

    Returns
    -------
    schemes, programmes
        What the capital plan and the portfolio are drawn up from; None where there is no portfolio.

    Raises
    ------
    InputError
        With every problem of both.
    """
    problems, programmes = Problems(), None
    try:
        programmes = check_programmes(scenario, inputs)
    except InputError as error:
        problems.extend(error)
    try:
        schemes = check_schemes(scenario, inputs)
    except InputError as error:
        problems.extend(error)
        raise InputError(problems.found) from None
    problems.raise_if_any()
    return schemes, programmes
