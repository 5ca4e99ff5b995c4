"""What each input table must look like."""

from nelfin.data.specs.activity import ACTIVITY
from nelfin.data.specs.capital import (
    BACKLOG_TABLE,
    CAPITAL,
    CAPITAL_GROUPS,
    CAPITAL_RESOURCES,
    CAPITAL_RULES,
    PROJECTS_BY_CRITERIA,
    projects_spec,
)
from nelfin.data.specs.columns import BANDS, Table
from nelfin.data.specs.places import (
    COMPONENTS,
    CONVERGE,
    FINALS,
    OPENING_FILE,
    OTHER,
    PLACES,
    RULE_NEEDS,
    WHOLE_SYSTEM,
)
from nelfin.data.specs.plan_in_force import PLAN_IN_FORCE, PLAN_LIMITS, PLAN_SPEND
from nelfin.data.specs.portfolio import MOST_DEPRIVED, PORTFOLIO
from nelfin.data.specs.prevention import (
    PREVENTION,
    PROGRAMME_OPTIONS,
    PROGRAMME_PARAMETERS,
    PROGRAMME_RETURNS,
)
from nelfin.data.specs.recovery import RECOVERY

__all__ = [
    "BACKLOG_TABLE",
    "BANDS",
    "CAPITAL_GROUPS",
    "CAPITAL_RESOURCES",
    "CAPITAL_RULES",
    "COMPONENTS",
    "CONVERGE",
    "FINALS",
    "MOST_DEPRIVED",
    "OPENING_FILE",
    "OTHER",
    "PLACES",
    "PLAN_IN_FORCE",
    "PLAN_LIMITS",
    "PLAN_SPEND",
    "PROGRAMME_OPTIONS",
    "PROGRAMME_PARAMETERS",
    "PROGRAMME_RETURNS",
    "PROJECTS_BY_CRITERIA",
    "RULE_NEEDS",
    "TABLES",
    "WHOLE_SYSTEM",
    "projects_spec",
]

TABLES: dict[str, Table] = {
    **PLACES,
    **PREVENTION,
    **RECOVERY,
    **ACTIVITY,
    **CAPITAL,
    **PORTFOLIO,
}
"""Every table of a scenario, by its key in `[data]`."""
