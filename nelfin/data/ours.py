"""Problems of the tables that come with nelfin: nobody is sent to edit what is installed."""

from __future__ import annotations

import re
from pathlib import Path

from nelfin.data.specs import TABLES
from nelfin.errors import InputError, Problem
from nelfin.scenario.paths import packaged_folder

TO_EDIT = ("Did you mean", "Known here", "Check it against", "Add the rows")
"""How remedies begin that tell to edit a table."""


def without_installed(error: InputError) -> InputError:
    """Return an error that tells nobody to edit a table which comes with nelfin.

    Where one does not fit the user's tables or settings, that is told once, and the remedy is to
    give one's own.

    Parameters
    ----------
    error
        With problems of any tables.
    """
    installed = re.compile(rf"({re.escape(str(packaged_folder().parent))}\S*?/(\w+)\.csv)(?:, )?")
    kept: list[Problem] = []
    ours: dict[str, list[Problem]] = {}
    for problem in error.problems:
        found = installed.match(problem.where.replace("\\", "/"))
        table = Path(found[1]).stem if found else ""
        if table in TABLES and problem.remedy.startswith(TO_EDIT):
            ours.setdefault(table, []).append(problem)
        else:
            kept.append(problem)
    for table, problems in ours.items():
        first = problems[0]
        spot = installed.sub("", first.where.replace("\\", "/"), count=1)
        more = f", and {len(problems) - 1} more such" if len(problems) > 1 else ""
        detail = " ".join(filter(None, [spot, first.what.rstrip(".")]))
        kept.append(
            Problem(
                f"scenario, data.{table}",
                f"nelfin's own table {table} does not fit your other tables and settings: "
                f"{detail}{more}.",
                f'Give your own in data.{table}; "nelfin new DIR" writes copies to edit.',
            )
        )
    return InputError(kept)
