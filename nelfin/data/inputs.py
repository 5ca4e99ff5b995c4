"""Read every table a scenario names, and check that they fit each other and the scenario."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from nelfin.data.specs import PROGRAMME_PARAMETERS, TABLES, WHOLE_SYSTEM
from nelfin.data.tables import read_table
from nelfin.errors import InputError, Problems, nearest
from nelfin.scenario import Scenario
from nelfin.years import start_of

ANY_TRUST = "trusts"
"""In the efficiency table: every trust, by turnover."""

SYSTEM = "system"
"""In the efficiency table: every organisation, by turnover."""


@dataclass(frozen=True)
class Inputs:
    """The tables of one scenario, checked. Each has one row a figure or a thing."""

    allocations: pd.DataFrame
    weighted_populations: pd.DataFrame
    openings: pd.DataFrame
    pace_rules: pd.DataFrame
    population_growth: pd.DataFrame
    population_shares: pd.DataFrame
    prevention_programmes: pd.DataFrame
    organisations: pd.DataFrame
    positions: pd.DataFrame
    efficiency_schemes: pd.DataFrame
    uplift_factors: pd.DataFrame
    projects: pd.DataFrame
    capital_limits: pd.DataFrame
    asset_types: pd.DataFrame

    def places(self) -> list[str]:
        """Return the places in the order of the weighted populations."""
        names = self.weighted_populations["place"].unique()
        return [str(name) for name in names if name != WHOLE_SYSTEM]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def load_inputs(scenario: Scenario) -> Inputs:
    """Read and check every table of a scenario.

    Raises
    ------
    InputError
        With every problem of every table, and of how they fit together.
    """
    problems = Problems()
    tables: dict[str, pd.DataFrame] = {}
    for name, spec in TABLES.items():
        try:
            tables[name] = read_table(getattr(scenario.data, name), spec)
        except InputError as error:
            problems.extend(error)
    problems.raise_if_any()
    inputs = Inputs(**tables)
    found = _Check(scenario, inputs)
    found.run()
    found.problems.raise_if_any()
    return inputs


class _Check:
    """Checks across tables. Each method looks at one thing and notes what is wrong."""

    def __init__(self, scenario: Scenario, inputs: Inputs) -> None:
        self.scenario = scenario
        self.inputs = inputs
        self.years = scenario.years.labels()
        self.problems = Problems()

    def run(self) -> None:
        self.populations()
        self.streams()
        self.need()
        self.openings()
        self.growth()
        self.programmes()
        self.organisations()
        self.prevention_years()
        self.asset_types()
        self.limits()

    def at(self, table: str, row: object = None, column: str = "") -> str:
        """Name a spot in a table's file."""
        path: Path = getattr(self.scenario.data, table)
        parts = [str(path)]
        if row is not None:
            parts.append(f"row {row}")
        if column:
            parts.append(f"column {column}")
        return ", ".join(parts)

    def unknown(self, table: str, column: str, known: list[str], ignore: set[str]) -> None:
        frame = self.inputs.tables()[table]
        for row, value in frame[column].items():
            if value and value not in known and value not in ignore:
                self.problems.add(
                    self.at(table, row, column), f'is "{value}".', nearest(str(value), known)
                )

    def populations(self) -> None:
        frame = self.inputs.weighted_populations
        places, components = self.inputs.places(), frame["component"].unique()
        for year, rows in frame[frame["place"] != WHOLE_SYSTEM].groupby("year"):
            have = set(zip(rows["place"], rows["component"], strict=True))
            for place in places:
                gaps = [c for c in components if (place, c) not in have]
                if gaps:
                    self.problems.add(
                        self.at("weighted_populations"),
                        f"{place} has no {', '.join(gaps)} in {year}.",
                        "Add the rows.",
                    )
        first = min(frame["year"])
        if first > self.years[0]:
            self.problems.add(
                self.at("weighted_populations"),
                f"starts in {first}, after the plan's first year {self.years[0]}.",
                "Add the earlier years or set years.first.",
            )

    def streams(self) -> None:
        streams = self.scenario.allocation.streams
        self.unknown("allocations", "stream", list(streams), set())
        frame = self.inputs.allocations
        in_plan = frame[frame["year"].isin(self.years)]
        for name in streams:
            if name not in set(in_plan["stream"]):
                self.problems.add(
                    self.at("allocations"),
                    f'has no row for the stream "{name}" from {self.years[0]} to {self.years[-1]}.',
                    "Add one, or set years.first to a year it has.",
                )
            if name not in self.scenario.envelope.growth_pct:
                self.problems.add(
                    f"scenario, envelope.growth_pct.{name}", "is missing.", "Add its growth."
                )
        for label, names in {
            "envelope.growth_pct": self.scenario.envelope.growth_pct,
            "prevention.share_of": self.scenario.prevention.share_of,
        }.items():
            for name in names:
                if name not in streams:
                    self.problems.add(
                        f"scenario, {label}", f'names "{name}".', nearest(name, streams)
                    )

    def need(self) -> None:
        frame = self.inputs.weighted_populations
        components = [str(name) for name in frame["component"].unique()]
        totals = frame[frame["weighted_population"] <= 0]
        for name, stream in self.scenario.allocation.streams.items():
            key = f"scenario, allocation.streams.{name}"
            if not stream.need:
                continue
            if stream.need not in components:
                self.problems.add(
                    f"{key}.need", f'is "{stream.need}".', nearest(stream.need, components)
                )
            for row, bad in totals[totals["component"] == stream.need].iterrows():
                self.problems.add(
                    self.at("weighted_populations", row, "weighted_population"),
                    f"is 0 for {bad['place']}, but it sets the target of {name}.",
                    "Give the weighted population.",
                )
            rules = [*self.inputs.pace_rules["rule"], "national"]
            if stream.rule == "national" and name not in set(self.inputs.pace_rules["stream"]):
                self.problems.add(
                    f"{key}.rule",
                    'is "national", but no pace rule is of this stream.',
                    f"Name a rule, such as {self.inputs.pace_rules['rule'].iloc[-1]}.",
                )
            if stream.rule not in rules:
                self.problems.add(
                    f"{key}.rule", f'is "{stream.rule}".', nearest(stream.rule, rules)
                )

    def openings(self) -> None:
        frame = self.inputs.openings
        self.unknown("openings", "place", self.inputs.places(), set())
        names = [*dict.fromkeys(frame["opening"]), "on-target"]
        for name, stream in self.scenario.allocation.streams.items():
            if stream.opening not in names:
                self.problems.add(
                    f"scenario, allocation.streams.{name}.opening",
                    f'is "{stream.opening}".',
                    nearest(stream.opening, names),
                )
        for name, rows in frame.groupby("opening"):
            gaps = sorted(set(self.inputs.places()) - set(rows["place"]))
            if gaps:
                self.problems.add(
                    self.at("openings"), f'"{name}" lacks {", ".join(gaps)}.', "Add the rows."
                )
            if rows["measure"].nunique() > 1:
                self.problems.add(
                    self.at("openings", rows.index[0], "measure"),
                    f'"{name}" mixes cash and distance from target.',
                    "Use one measure in an opening.",
                )

    def growth(self) -> None:
        self.unknown("population_shares", "place", self.inputs.places(), set())
        total = self.inputs.population_shares["share_pct"].sum()
        if total > 100 + 1e-9:
            self.problems.add(
                self.at("population_shares", column="share_pct"),
                f"adds up to {total:g} %.",
                "It must be 100 or less; places left out share the rest.",
            )
        for row, line in self.inputs.population_growth.iterrows():
            if start_of(line["to_year"]) <= start_of(line["from_year"]):
                self.problems.add(
                    self.at("population_growth", row, "to_year"),
                    f"is {line['to_year']}, not after {line['from_year']}.",
                    "Give a later year.",
                )

    def programmes(self) -> None:
        frame = self.inputs.prevention_programmes
        for name, rows in frame.groupby("programme", sort=False):
            gaps = [p for p in PROGRAMME_PARAMETERS if p not in set(rows["parameter"])]
            if gaps:
                self.problems.add(
                    self.at("prevention_programmes"), f"{name} has no {', '.join(gaps)}.", "Add it."
                )
        percents = frame[frame["parameter"].str.endswith("_pct") & (frame["value"] > 100)]
        for row, line in percents.iterrows():
            self.problems.add(
                self.at("prevention_programmes", row, "value"),
                f"is {line['value']:g} %.",
                "It must be 100 or less.",
            )
        lags = frame[(frame["parameter"] == "mean_lag_years") & (frame["value"] <= 0)]
        for row in lags.index:
            self.problems.add(
                self.at("prevention_programmes", row, "value"),
                "is 0.",
                "Give a mean lag above 0 years.",
            )
        total = frame.loc[frame["parameter"] == "share_of_shift_pct", "value"].sum()
        if abs(total - 100) > 1e-6:
            self.problems.add(
                self.at("prevention_programmes", column="value"),
                f"share_of_shift_pct adds up to {total:g} %.",
                "The programmes' shares must add up to 100.",
            )

    def organisations(self) -> None:
        frame = self.inputs.organisations
        names = [str(name) for name in frame["organisation"]]
        kinds = frame["kind"].value_counts()
        if kinds.get("icb", 0) != 1 or kinds.get("trust", 0) < 1:
            self.problems.add(
                self.at("organisations", column="kind"),
                f"names {kinds.get('icb', 0)} ICBs and {kinds.get('trust', 0)} trusts.",
                "Name one ICB and at least one trust.",
            )
        if frame["turnover_gbp_m"].sum() <= 0:
            self.problems.add(
                self.at("organisations", column="turnover_gbp_m"),
                "adds up to 0.",
                "Give turnovers.",
            )
        self.unknown("efficiency_schemes", "organisation", names, {ANY_TRUST, SYSTEM})
        self.unknown("projects", "organisation", names, set())
        self.unknown("projects", "place", self.inputs.places(), set())
        opening = self.inputs.positions
        if self.years[0] not in set(
            opening.loc[opening["measure"] == "opening_underlying", "year"]
        ):
            self.problems.add(
                self.at("positions"),
                f"has no opening_underlying for {self.years[0]}.",
                "Add the underlying position at the start of the plan.",
            )

    def prevention_years(self) -> None:
        section = self.scenario.prevention
        for key in ("start_year", "end_year"):
            label = getattr(section, key)
            if start_of(label) < start_of(self.years[0]) or start_of(label) > start_of("2099/00"):
                self.problems.add(
                    f"scenario, prevention.{key}",
                    f"is {label}, before the plan's first year {self.years[0]} or after 2099/00.",
                    "Give a year of the plan or later.",
                )

    def asset_types(self) -> None:
        known = [str(name) for name in self.inputs.asset_types["asset_type"]]
        self.unknown("projects", "asset_type", known, set())

    def limits(self) -> None:
        frame = self.inputs.capital_limits
        for organisation, rows in frame.groupby("organisation"):
            gaps = [year for year in self.years if year not in set(rows["year"])]
            if gaps:
                self.problems.add(
                    self.at("capital_limits"),
                    f"has no limit for {organisation or 'the system'} in {', '.join(gaps)}.",
                    "Add the years, or shorten the plan with years.last.",
                )
