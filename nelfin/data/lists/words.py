"""Columns of a list by the words of their headings, where these leave no doubt."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from nelfin.data.reading.headings import plain_heading


def _tiers(*lines: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(line.split()) for line in lines)


KNOWN: Mapping[str, tuple[frozenset[str], ...]] = {
    "project_id": _tiers(
        "scheme_id scheme_no scheme_number scheme_ref scheme_reference scheme_code project_no "
        "project_number project_ref project_reference project_code projectid project_nr fms_id",
        "id ref reference code unique_id unique_reference",
        "number no line line_no item item_no",
    ),
    "name": _tiers(
        "scheme_name project_name project_title scheme_title name_of_scheme name_of_project",
        "scheme project title sub_project_name subproject_name",
        "description project_description scheme_description",
    ),
    "organisation": _tiers(
        "trust provider trust_name provider_name nhs_trust organization organisation_name org "
        "org_name provider_trust",
        "department dept agency managing_agency division lead_organisation owner department_name",
        "trust_code provider_code org_code ods_code",
        "program programme body sponsor service directorate",
    ),
    "category": _tiers(
        "category_of_spend category_name project_category scheme_category spend_category",
        "project_type scheme_type asset_category asset_class investment_type type_of_spend",
        "type theme class programme_area",
    ),
    "benefit": _tiers(
        "benefit_score benefits_score benefits score total_score weighted_score priority_score "
        "prioritisation_score points",
    ),
    "year": _tiers("financial_year fiscal_year year fy budget_year plan_year"),
    "amount": _tiers(
        "amount spend planned_spend planned_amount budget cost capital_cost planned_commitment",
    ),
}
"""Headings in small letters by the column they are, the surest first."""


def guessed(
    headings: Sequence[str], wanted: Collection[str], taken: Collection[str]
) -> dict[str, str]:
    """Return which headings are the columns wanted, by their words.

    Of the surest words that any heading has, one heading alone is taken; of two it is not certain
    which is meant.

    Parameters
    ----------
    headings
        Of the list.
    wanted
        Columns that are not there under their own names.
    taken
        Headings that are another column.

    Returns
    -------
    dict
        Heading by column; a column that no heading certainly is is left out.

    Examples
    --------
    >>> guessed(["Project Name", "Trust", "Cost code"], ["name", "organisation", "project_id"], [])
    {'name': 'Project Name', 'organisation': 'Trust'}
    >>> guessed(["Trust", "Provider"], ["organisation"], [])
    {}
    """
    free = [heading for heading in headings if heading and heading not in taken]
    found: dict[str, str] = {}
    for column in wanted:
        for words in KNOWN.get(column, ()):
            fits = [heading for heading in free if plain_heading(heading) in words]
            if len(fits) == 1 and fits[0] not in found.values():
                found[column] = fits[0]
            if fits:
                break
    return found


def may_be(column: str, headings: Sequence[str]) -> list[str]:
    """Return the headings that may be a column, where it is not certain which is.

    Parameters
    ----------
    column
        Of nelfin's.
    headings
        Of the list that are nothing else.
    """
    words = frozenset().union(*KNOWN.get(column, ()))
    return [heading for heading in headings if plain_heading(heading) in words]
