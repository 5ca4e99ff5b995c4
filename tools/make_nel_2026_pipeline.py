"""Write the capital pipeline of the scenario nel-2026: that of nel without what has begun by then.

A scheme whose latest start lies before 2025/26 has begun, so it is no longer a choice. What it
still spends is not published; the five schemes that this takes out end by 2025/26 at the latest.
2025/26 is closed, so a scheme that had to start by then is taken to have started in it.
"""

import csv
from pathlib import Path

FIRST = "2025/26"
DATA = Path(__file__).resolve().parents[1] / "nelfin" / "data"


def main() -> None:
    """Write the file; say how many schemes are left out."""
    with (DATA / "nel" / "projects.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = list(rows[0])
    columns.insert(columns.index("must_fund"), "started")
    left = [row for row in rows if not row["latest_start"] or row["latest_start"] >= FIRST]
    for row in left:
        row["started"] = FIRST if row["latest_start"] == FIRST else ""
    made = DATA / "nel-2026" / "projects.csv"
    with made.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(left)
    print(f"{len(left)} schemes written, {len(rows) - len(left)} left out.")


if __name__ == "__main__":
    main()
