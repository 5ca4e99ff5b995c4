"""Write the packaged figures of every system of England (``nelfin/data/england``).

Run it: `python tools/make_england.py SHARED_DATA_FOLDER [FOLDER_TO_WRITE]`. The folder read holds
the practice file of 2025/26 and, in `national`, the rest of the published figures. The same files
give the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from england import money, people, systems
from england.tables import write

DATA = Path(__file__).resolve().parents[1] / "nelfin" / "data" / "england"


def make(shared: Path, into: Path) -> None:
    """Write every table."""
    national = shared / "national"
    files = people.practices(shared)
    write(into / "systems.csv", systems.systems(national))
    write(into / "local_authorities.csv", systems.local_authorities(national, files["2025/26"]))
    write(into / "weighted_populations.csv", people.weighted_populations(files))
    write(into / "population_projections.csv", people.population_projections(national))
    write(into / "allocations.csv", money.allocations(national))


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else DATA)
