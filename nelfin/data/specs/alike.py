"""The words of the rest of the world for the columns of the capital tables.

A heading stands here in small letters, with one underscore between its words. Each asks a question
where it stands in a table that lacks the column: passed over, what it says would be lost.
"""

from __future__ import annotations


def _set(headings: str) -> frozenset[str]:
    return frozenset(headings.split())


SCHEMES_ALIKE: dict[str, frozenset[str]] = {
    "must_fund": _set("""
        mandatory is_mandatory must_do must_have must_be_funded committed commitment pre_committed
        precommitted contractually_committed in_contract contracted statutory unavoidable
        non_discretionary obligatory compulsory forced
    """),
    "requires": _set("""
        depends_on dependency dependencies dependent_on predecessor predecessors prerequisite
        prerequisites pre_requisite pre_requisites prereq prereqs needs required_scheme
        required_schemes must_follow follows enabled_by
    """),
    "excludes": _set("""
        mutually_exclusive mutually_exclusive_with exclusive_with exclusion exclusions
        conflicts_with alternative_to instead_of not_with incompatible_with
    """),
    "option_of": _set("option_group alternative_group options_of variant_of"),
    "earliest_start": _set("""
        start_year start start_date starts first_year earliest earliest_year earliest_start_year
        earliest_start_date not_before no_earlier_than start_not_before can_start_from
        available_from
    """),
    "latest_start": _set("""
        latest latest_year latest_start_year latest_start_date not_after no_later_than
        start_not_after start_by must_start_by
    """),
}
"""Optional columns of schemes."""

OWNERS = _set("""
    trust trust_name provider provider_name org org_name organization organisation_name owner body
    department agency division nhs_trust trust_code provider_code org_code ods_code
""")
"""The organisation of a limit."""
