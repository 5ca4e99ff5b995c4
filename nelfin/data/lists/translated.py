"""The rows of a list as rows of nelfin's table of projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from nelfin.data.lists.amounts import Money, unit_of_heading
from nelfin.data.lists.column_map import ROW_NUMBERS, UNITS, ColumnMap
from nelfin.data.lists.phasing import from_the_first, in_every_year, late_starts, pivoted
from nelfin.data.lists.ranks import benefits
from nelfin.data.lists.roles import Roles, spec_of
from nelfin.data.lists.schemes import ids_asked, one_row_each
from nelfin.data.lists.totals import columns_of_totals, rounding, rows_of_totals
from nelfin.data.notes import unit_of
from nelfin.data.projects import spend_columns
from nelfin.data.reading.alike import ask_of_alike
from nelfin.data.reading.year_headings import year_of_cell
from nelfin.data.specs import TABLES
from nelfin.data.specs.columns import SPEND
from nelfin.errors import Problems
from nelfin.problems import named_rows
from nelfin.store.sheets.amounts import decimal_mark, read_amount
from nelfin.store.sheets.files import Raw
from nelfin.store.sheets.spots import spot

Array = npt.NDArray[np.float64]

LABELS = ("project_id", "name", "organisation", "category")
"""Columns that name a row, and may say that it is a total."""

NOT_GIVEN = "not given"
"""Category of a scheme whose list names none."""


def translated(
    raw: Raw, given: ColumnMap, roles: Roles, notes: list[str], problems: Problems
) -> tuple[pd.DataFrame, list[str]]:
    """Return the table of projects that a list is, and the columns that are not read.

    Parameters
    ----------
    raw
        The list as texts.
    given
        The map.
    roles
        What each column is.
    notes
        Takes what was read as what.
    problems
        Takes everything that is not certain.

    Returns
    -------
    table : pandas.DataFrame
        Columns of nelfin's; figures as numbers, the rest as texts.
    left : list of str
        Headings that are not read.
    """
    mark = decimal_mark([cell for row in raw.rows for cell in row]) if raw.mark == ";" else "."
    unit = UNITS[given.unit] if given.unit else None
    money = Money(raw.place, raw.numbers, unit, mark == ",", problems)
    list_ = _List(raw, given, roles, money, notes, problems)
    labels = {name: list_.texts(name) for name in LABELS if name in roles.columns}
    if roles.columns.get("project_id") == (ROW_NUMBERS,):
        labels.pop("project_id")
    spend, years = list_.spend()
    step = list_.step()
    totals = rows_of_totals(raw, labels, spend, step, notes, problems)
    left = [text for text in raw.headings if text and text not in roles.used()]
    left = list(dict.fromkeys(left))
    asked = [text for text in left if text not in given.not_read]
    sums = spend.sum(axis=1)
    of_totals = columns_of_totals(raw, asked, sums, step * rounding(spend.shape[1]), money, notes)
    used = [name for name in (*roles.columns, *given.constants) if name]
    ask_of_alike(raw, TABLES["projects"], used, [t for t in asked if t not in of_totals], problems)
    table = list_.table(~totals)
    kept = spend[~totals]
    money.tell(notes)
    if problems.found:
        return table, left
    summed = given.rows == "phases" or "amount" in roles.columns
    if summed:
        table, kept = one_row_each(raw.place, table, kept, given, notes, problems)
    else:
        ids_asked(raw.place, table, problems)
    return _with_spend(raw.place, table, kept, years, given, notes, problems), left


class _List:
    """A list being read: its texts, its map and what its columns are."""

    def __init__(
        self,
        raw: Raw,
        given: ColumnMap,
        roles: Roles,
        money: Money,
        notes: list[str],
        problems: Problems,
    ) -> None:
        self.raw, self.given, self.roles, self.money = raw, given, roles, money
        self.notes, self.problems = notes, problems

    def cells(self, heading: str) -> list[str]:
        """Return the cells of a column."""
        at = self.raw.headings.index(heading)
        return [row[at] for row in self.raw.rows]

    def texts(self, name: str) -> list[str]:
        """Return the texts of a column of nelfin's: of several of the list, joined."""
        headings = self.roles.columns[name]
        if headings == (ROW_NUMBERS,):
            return [f"row {number}" for number in self.raw.numbers]
        columns = [self.cells(heading) for heading in headings]
        if len(columns) == 1:
            return columns[0]
        return [" - ".join(filter(None, cells)) for cells in zip(*columns, strict=True)]

    def amounts(self, name: str) -> Array:
        """Return the money of a column of nelfin's, £m: of several of the list, summed."""
        found = np.zeros(len(self.raw.rows))
        for heading in self.roles.columns[name]:
            own = heading == name and self.money.unit is not None
            if own and self.money.unit != 1.0 and name.endswith("_gbp_m"):
                self.notes.append(
                    f"{self.raw.place}: {name} is read in {self.given.unit}, the unit given for "
                    "the list."
                )
            found += self.money.column("" if own else heading, self.cells(heading))
        return found

    def spend(self) -> tuple[Array, list[str]]:
        """Return the money of each row, and its years; none where they count from the start."""
        if self.roles.years:
            columns = [self.money.column(each, self.cells(each)) for each in self.roles.years]
            labels = list(self.roles.years.values())
            return in_every_year(np.column_stack(columns), labels)
        if "amount" in self.roles.columns:
            return in_every_year(*pivoted(self.amounts("amount"), self._years_of_rows()))
        names = spend_columns(pd.DataFrame(columns=list(self.roles.columns)))
        constants = [name for name in self.given.constants if spec_of(name).name == SPEND]
        for name in constants:
            self.problems.add(
                f"{self.given.called}, constants.{name}",
                "is money that every scheme would have.",
                "Name the column that holds it.",
            )
        if not names:
            return np.zeros((len(self.raw.rows), 1)), []
        whole = [f"spend_{n + 1}" for n in range(int(names[-1].removeprefix("spend_")))]
        if names != whole:
            self.problems.add(
                spot(self.raw.place, self.raw.head),
                f"has the spend columns {', '.join(names)}.",
                "Number them from spend_1 without a gap.",
            )
        return np.column_stack([self.amounts(name) for name in names]), []

    def _years_of_rows(self) -> list[str]:
        heading = self.roles.columns["year"][0]
        ends = self.given.calendar_years == "end"
        texts = self.cells(heading)
        meant = {text: year_of_cell(text, ends) for text in set(texts)}
        for at, text in enumerate(texts):
            if meant[text] is None:
                self.problems.add(
                    spot(self.raw.place, self.raw.numbers[at], heading),
                    f'is "{text}", no year that is certain.' if text else "is empty.",
                    "Write a financial year such as 2026/27, or a date such as 2026-06-30.",
                )
        alone = next((t for t, y in meant.items() if y and y.written == "calendar"), "")
        if alone and not self.given.calendar_years:
            year = meant[alone]
            self.notes.append(
                f'{self.raw.place}, column {heading}: "{alone}" is taken as the financial year '
                f"{year.label if year else ''}, which starts in it, and so on. If it is the one "
                'that ends in it, say calendar_years = "end" in a map.'
            )
        if not any(meant.values()):
            return ["2000/01"] * len(texts)  # each is told above
        return [year.label if (year := meant[text]) else "" for text in texts]

    def step(self) -> float:
        """Return £m that the last digit of the money is."""
        names = [n for n in self.roles.columns if spec_of(n).name == SPEND or n == "amount"]
        headings = [*self.roles.years, *(t for n in names for t in self.roles.columns[n])]
        steps = []
        for heading in headings:
            size = unit_of_heading(heading) or self.money.unit or 1.0
            cells = {cell.partition(".")[2].rstrip(" )kmKM") for cell in set(self.cells(heading))}
            steps.append(size * 10.0 ** -max(map(len, cells), default=0))
        return float(min(steps, default=1e-6))

    def table(self, kept: npt.NDArray[np.bool_]) -> pd.DataFrame:
        """Return every column but that of spend, without the rows left out."""
        columns: dict[str, object] = {}
        for name in self.roles.columns:
            spec = spec_of(name)
            if spec.name == SPEND or name in {"year", "amount"}:
                continue
            if name == "benefit":
                texts = self.texts(name)
                heading = self.roles.columns[name][0]
                columns[name] = benefits(
                    self.raw,
                    heading,
                    texts,
                    kept,
                    self.given,
                    self.money.comma,
                    self.notes,
                    self.problems,
                )
            elif unit_of(spec.name) == "£m":
                columns[name] = self.amounts(name)
            elif spec.kind in {"number", "integer"}:
                columns[name] = [_figure(text, unit_of(spec.name)) for text in self.texts(name)]
            elif spec.kind == "year" or name == "planned_start":
                columns[name] = [self._year(text) for text in self.texts(name)]
            else:
                columns[name] = self.texts(name)
        columns |= dict(self.given.constants)
        index = pd.Index(self.raw.numbers, name="row")
        frame = pd.DataFrame(columns, index=index, dtype=object)[kept]
        return self._filled(frame)

    def _year(self, text: str) -> str:
        year = year_of_cell(text, self.given.calendar_years == "end") if text else None
        return year.label if year else text

    def _filled(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Fill what is left blank and names no owner, and tell it."""
        for name, words in (("category", f'"{NOT_GIVEN}"'), ("name", "the id")):
            blank = frame[name] == "" if name in frame else pd.Series(dtype=bool)
            if blank.any():
                rows = frame.index[blank].tolist()
                many = "1 row" if len(rows) == 1 else f"{len(rows):,} rows"
                where = f"{self.raw.place}: {name} is blank in {many} ({named_rows(rows)})"
                self.notes.append(f"{where}, read as {words}.")
                frame[name] = frame[name].where(
                    ~blank, NOT_GIVEN if name == "category" else frame["project_id"]
                )
        return frame


def _figure(text: str, unit: str) -> object:
    amount = read_amount(text, unit) if text else None
    return text if amount is None else amount.value


def _with_spend(
    place: str,
    table: pd.DataFrame,
    money: Array,
    years: Sequence[str],
    given: ColumnMap,
    notes: list[str],
    problems: Problems,
) -> pd.DataFrame:
    """Return the table with its spend by year after the start, and its start as it is planned."""
    table = table.copy()
    if years:
        spend, planned = from_the_first(money, years)
        table["planned_start"] = planned
    else:
        spend = money
        late = table.index[(spend[:, 0] == 0) & (spend != 0).any(axis=1)].tolist()
        notes.extend(late_starts(place, late, len(table)))
    if given.phasing == "fixed":
        _fix(place, table, problems)
    if years:
        how = (
            "each stays in its years"
            if given.phasing == "fixed"
            else "each may start in any year, its spend in the same steps; phasing fixed keeps it "
            "in its years"
        )
        notes.append(
            f"{place}: money of {years[0]} to {years[-1]} read as planned: the year of a scheme's "
            f"first money is its planned start, and {how}."
        )
    without = ~(spend != 0).any(axis=1)
    if without.any():
        rows = named_rows(table.index[without].tolist())
        many = "1 scheme has" if without.sum() == 1 else f"{int(without.sum()):,} schemes have"
        notes.append(f"{place}: {many} no money in any year ({rows}): no limit holds them.")
    columns = {f"spend_{n + 1}": spend[:, n] for n in range(spend.shape[1])}
    return pd.concat([table, pd.DataFrame(columns, index=table.index)], axis=1)


def _fix(place: str, table: pd.DataFrame, problems: Problems) -> None:
    """Let schemes start in the year of their first money alone."""
    if "planned_start" not in table:
        problems.add(
            place,
            "is to keep its planned years (phasing fixed), and has none.",
            "Give columns by year, or a column planned_start.",
        )
        return
    for name, of_window in (("earliest_start", min), ("latest_start", max)):
        if name not in table:
            table[name] = table["planned_start"]
            continue
        own: Mapping[object, str] = table[name].to_dict()
        for row, label in own.items():
            planned = str(table.at[row, "planned_start"])
            if label and planned and of_window([label, planned]) != label:
                problems.add(
                    spot(place, row, name),
                    f"is {label}, and the scheme is planned in {planned} and fixed there.",
                    "Correct one of them, or let the list be movable.",
                )
        table[name] = table["planned_start"].where(table["planned_start"] != "", table[name])
