"""Write the packaged figures of every system of England (``nelfin/data/england``).

Run it: `python tools/make_england.py SHARED_DATA_FOLDER [FOLDER_TO_WRITE]`. The folder read holds
the practice file of 2025/26 and, in `national`, the rest of the published figures. The same files
give the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from england import beds, money, people, positions, systems, trusts
from england.tables import write

DATA = Path(__file__).resolve().parents[1] / "nelfin" / "data" / "england"


def make(shared: Path, into: Path) -> None:
    """Write every table."""
    national = shared / "national"
    files = people.practices(shared)
    crosswalk = systems.systems(national)
    write(into / "systems.csv", crosswalk)
    write(into / "local_authorities.csv", systems.local_authorities(national, files["2025/26"]))
    write(into / "weighted_populations.csv", people.weighted_populations(files))
    write(into / "population_projections.csv", people.population_projections(national))
    write(into / "allocations.csv", money.allocations(national))
    tables = {
        "trust_finance": trusts.finance(national),
        "backlog": trusts.backlog(national),
        "capital": trusts.capital(national),
    }
    with_figures = {row["code"] for rows in tables.values() for row in rows}
    write(into / "trusts.csv", trusts.trusts(national, crosswalk, with_figures))
    for name, rows in tables.items():
        write(into / f"{name}.csv", rows)
    write(into / "beds.csv", beds.beds(national, with_figures))
    write(into / "positions.csv", positions.positions(national))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the packaged figures of England.")
    parser.add_argument("shared", type=Path, help="folder of the published figures")
    parser.add_argument("into", type=Path, nargs="?", default=DATA, help="folder to write")
    given = parser.parse_args()
    make(given.shared, given.into)
