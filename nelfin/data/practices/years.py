"""The year of a practice file: what the person says, else what its name says; never a heading."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nelfin.data.practices.file import Practices
from nelfin.data.practices.words import counted, few
from nelfin.errors import InputError, Problems
from nelfin.years import label_of, start_of

PATTERNS = (
    r"(?<!\d)(20\d\d)[\W_]*(?:to[\W_]*)?(20\d\d)(?!\d)",
    r"(?<!\d)(20\d\d)[\W_]*(?:to[\W_]*)?(\d\d)(?!\d)",
    r"(?<!\d)(2\d)[\W_]*(?:to[\W_]*)?(\d\d)(?!\d)",
)
"""Ways to name a financial year: 2023_2024, 2023-24 or 202324, and 23-24 or 2324."""


def years_in(text: str) -> list[str]:
    """Return the financial years that a name of a file or a sheet names.

    Parameters
    ----------
    text
        The name.

    Examples
    --------
    >>> years_in("2023_2024.csv"), years_in("gp 2025-26 v2.csv"), years_in("wp_data_2022LAD.csv")
    (['2023/24'], ['2025/26'], [])
    >>> years_in("j-overall-2627-to-2829.xlsx")
    ['2026/27', '2028/29']
    """
    found: dict[int, str] = {}
    left = text
    for pattern in PATTERNS:
        for match in re.finditer(pattern, left, flags=re.IGNORECASE):
            first, last = int(match[1]) % 100, int(match[2]) % 100
            if last == (first + 1) % 100:
                found[match.start()] = label_of(2000 + first)
                left = left[: match.start()] + " " * len(match[0]) + left[match.end() :]
    return list(dict.fromkeys(found[at] for at in sorted(found)))


def year_of(practices: Practices, given: str = "") -> tuple[str, list[str]]:
    """Return the year of a practice file, with what the reader should be told about it.

    Parameters
    ----------
    practices
        The file.
    given
        The year as the person says it; it always wins.

    Returns
    -------
    year : str
        Such as 2025/26.
    notes : list of str
        Where the name of the file, or a heading, says another year.

    Raises
    ------
    InputError
        If neither the person nor the file's name says it: headings do not count, since two files of
        NHS England carry the heading of the year before.
    """
    named = years_in(practices.name) or years_in(practices.sheet)
    heading = practices.headings["registered_population"]
    if not given and len(named) != 1:
        what = "does not say its year in its name."
        if named:
            what = f"names {len(named)} years, {few(named)}."
        elif practices.heading_year:
            what += (
                f' Its heading "{heading}" says {practices.heading_year}, but NHS England left it '
                "so in later files."
            )
        example = practices.heading_year or "2025/26"
        raise InputError.one(practices.file, what, f"Give it, as in --year {example}.")
    year = given or named[0]
    others = {f'its heading "{heading}"': practices.heading_year}
    if given and len(named) == 1:
        others = {"its name": named[0]} | others
    notes = [
        f"{practices.name}: taken as {year}, though {what} says {other}."
        for what, other in others.items()
        if other not in {"", year}
    ]
    return year, notes


def years_given(years: Sequence[str], files: int) -> list[str]:
    """Return the year given for each file, "" where none is.

    Parameters
    ----------
    years
        As the person gives them: none, or one a file in their order.
    files
        How many files there are.

    Raises
    ------
    InputError
        If there are more or fewer years than files, or one is no financial year.
    """
    problems = Problems()
    for year in years:
        check_year(year, problems)
    if years and len(years) != files:
        problems.add(
            "--year",
            f"is given for {counted(len(years), 'file')}, but there {_are(files)}.",
            "Give one year for each file, in their order, or leave it to the names of the files.",
        )
    problems.raise_if_any()
    return list(years) if years else [""] * files


def check_year(year: str, problems: Problems) -> None:
    """Note a year that is no financial year.

    Parameters
    ----------
    year
        As the person gives it.
    problems
        Takes the problem.
    """
    try:
        start_of(year)
    except ValueError:
        problems.add(f"--year {year}", "is not a financial year.", "Write it as in 2025/26.")


def _are(files: int) -> str:
    return f"{'is' if files == 1 else 'are'} {files}"
