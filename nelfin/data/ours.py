"""Problems of the tables that come with nelfin: nobody is sent to edit what is installed."""

from __future__ import annotations

import re
from pathlib import Path

from nelfin.data.specs import TABLES
from nelfin.errors import InputError, Problem
from nelfin.scenario.paths import packaged_folder


def without_installed(error: InputError) -> InputError:
    """Return an error in which the tables that come with nelfin are told of once each.

    Where one does not fit the user's tables or settings, the remedy is to give one's own, not to
    edit what is installed.

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
        if table in TABLES:
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
