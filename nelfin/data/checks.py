"""Whether the tables fit each other and the scenario. Every problem is found in one go."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nelfin.data.inputs import ANY_TRUST, SYSTEM, Inputs
from nelfin.data.specs import OTHER, PROGRAMME_PARAMETERS, WHOLE_SYSTEM
from nelfin.errors import Problems, nearest
from nelfin.scenario import Scenario, main_stream
from nelfin.years import start_of


def check_together(scenario: Scenario, inputs: Inputs) -> None:
    """Raise an `InputError` with every way the tables do not fit together."""
    found = _Check(scenario, inputs)
    found.run()
    found.problems.raise_if_any()


class _Check:
    """Checks across tables. Each method looks at one thing and notes what is wrong."""

    def __init__(self, scenario: Scenario, inputs: Inputs) -> None:
        self.scenario = scenario
        self.inputs = inputs
        self.years = scenario.years.labels()
        self.problems = Problems()

    def run(self) -> None:
        self.populations()
        self.people()
        self.streams()
        self.envelope()
        self.need()
        self.what_ifs()
        self.openings()
        self.growth()
        self.pace_rules()
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

    def people(self) -> None:
        frame = self.inputs.weighted_populations
        rows = frame[
            (frame["component"] == "registered_population") & (frame["place"] != WHOLE_SYSTEM)
        ]
        if rows.empty:
            self.problems.add(
                self.at("weighted_populations"),
                "has no registered_population.",
                "Add it: need a head, growth and pounds a head rest on it.",
            )
        for row, line in rows[rows["weighted_population"] <= 0].iterrows():
            self.problems.add(
                self.at("weighted_populations", row, "weighted_population"),
                f"is 0, the registered_population of {line['place']}.",
                "Give the people registered there.",
            )

    def envelope(self) -> None:
        streams = self.scenario.allocation.streams
        if OTHER in streams:
            self.problems.add(
                f"scenario, allocation.streams.{OTHER}",
                "is the name of the line that balances to the plan's total.",
                "Give the stream another name.",
            )
        frame = self.inputs.allocations
        first = frame[frame["year"] == self.years[0]]
        published = float(first["allocation_gbp_m"].sum())
        total = self.scenario.envelope.plan_total_gbp_m
        if published > total + 1e-9:
            self.problems.add(
                "scenario, envelope.plan_total_gbp_m",
                f"is {total:,.3f}, less than the streams of {self.years[0]}, {published:,.3f}.",
                "Give the plan's total, or correct the allocations.",
            )
        for row, line in frame[frame["baseline_gbp_m"] == 0].iterrows():
            self.problems.add(
                self.at("allocations", row, "baseline_gbp_m"),
                f"is 0, so {line['stream']} cannot be grown from it.",
                "Give the baseline, or leave it blank for a stream that is new.",
            )
        main = main_stream(self.scenario)
        rows = first[first["stream"] == main]
        if rows.empty:
            self.problems.add(
                self.at("allocations"),
                f"has no row for {main} in the first year {self.years[0]}.",
                "Add it, or set years.first to a year it has.",
            )
        for row in rows.index[rows["baseline_gbp_m"].isna()]:
            self.problems.add(
                self.at("allocations", row, "baseline_gbp_m"),
                f"is empty for {main} in the first year.",
                "Give the baseline: organisations' income growth is measured on it.",
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

    def what_ifs(self) -> None:
        section = self.scenario.allocation
        weights = self.inputs.need_weights
        for final, moved in section.need_weights.items():
            key = f"scenario, allocation.need_weights.{final}"
            known = [str(name) for name in weights["final"].unique()]
            if final not in known:
                self.problems.add(
                    key, "is not a final of the weights of need.", nearest(final, known)
                )
                continue
            rows = weights[weights["final"] == final]
            parts = [str(name) for name in rows["component"].unique()]
            for component in moved:
                if component not in parts:
                    self.problems.add(
                        f"{key}.{component}",
                        "is not one of its components.",
                        nearest(component, parts),
                    )
            total = float(rows.groupby("year")["weight"].sum().min())
            if sum(moved.values()) > total + 1e-9:
                self.problems.add(
                    key,
                    f"adds up to {sum(moved.values()):g}, more than all weights, {total:g}.",
                    "Lower the weights.",
                )
        if section.need_weights or not section.area_cost:
            gaps = sorted(set(self.inputs.places()) - set(self.inputs.area_costs["place"]))
            if gaps:
                self.problems.add(
                    self.at("area_costs"),
                    f"has no multiplier of {', '.join(gaps)}, which a what-if of need uses.",
                    "Add the rows, or take the what-if out.",
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
            elif rows["measure"].iloc[0] == "cash_gbp_m" and rows["value"].sum() <= 0:
                self.problems.add(
                    self.at("openings", column="value"),
                    f'"{name}" adds up to nothing.',
                    "Give each place's cash.",
                )
        for row, line in frame.iterrows():
            cash = line["measure"] == "cash_gbp_m"
            if (cash and line["value"] < 0) or (not cash and line["value"] <= -100):
                self.problems.add(
                    self.at("openings", row, "value"),
                    f"is {line['value']:g}: a place cannot open with less than nothing.",
                    "Give cash of 0 or more, or a distance above -100 %.",
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
        everyone = set(self.inputs.places()) <= set(self.inputs.population_shares["place"])
        if everyone and total < 100 - 1e-9:
            self.problems.add(
                self.at("population_shares", column="share_pct"),
                f"adds up to {total:g} % over all places.",
                "Make it 100, or leave out places that share the rest.",
            )
        self.growth_periods()

    def growth_periods(self) -> None:
        periods: list[tuple[int, int, object]] = []
        people = self.inputs.weighted_populations
        registered = people[people["component"] == "registered_population"]
        there = registered.groupby("year")["weighted_population"].sum().min()
        for row, line in self.inputs.population_growth.iterrows():
            first, last = start_of(line["from_year"]), start_of(line["to_year"])
            for other_first, other_last, other in periods:
                if first < other_last and other_first < last:
                    self.problems.add(
                        self.at("population_growth", row, "from_year"),
                        f"{line['from_year']} to {line['to_year']} overlaps row {other}.",
                        "Give each year's growth once.",
                    )
            periods.append((first, last, row))
            # of those who leave a place has its share; half the system is past any plan
            if -line["people_added"] >= there / 2:
                self.problems.add(
                    self.at("population_growth", row, "people_added"),
                    f"is {line['people_added']:,.0f}; there are {there:,.0f} people.",
                    "Give fewer than half of them when they leave.",
                )
            if start_of(line["to_year"]) <= start_of(line["from_year"]):
                self.problems.add(
                    self.at("population_growth", row, "to_year"),
                    f"is {line['to_year']}, not after {line['from_year']}.",
                    "Give a later year.",
                )

    def pace_rules(self) -> None:
        seen: dict[tuple[str, str], object] = {}
        for row, line in self.inputs.pace_rules.iterrows():
            form = line["form"]
            if form in {"none", "full"}:
                continue
            for column in ("over_cap_pct", "under_slope", "under_cap_pct"):
                if pd.isna(line[column]):
                    self.problems.add(
                        self.at("pace_rules", row, column),
                        f"is empty, but a rule of the form {form} needs it.",
                        "Fill it in.",
                    )
            cap = max(line["over_cap_pct"], line["under_cap_pct"])
            if form == "clipped" and line["under_slope"] + 2 * cap / 100 >= 1:
                self.problems.add(
                    self.at("pace_rules", row, "under_slope"),
                    f"is {line['under_slope']:g} beside a cap of {cap:g} %: such a rule need not "
                    "have one growth at which budgets add up.",
                    "Keep the slope and twice the cap together below 1.",
                )
            key = (str(line["stream"]), str(line["year"]))
            if line["stream"] and line["year"] and key in seen:
                self.problems.add(
                    self.at("pace_rules", row, "year"),
                    f"{key[0]} in {key[1]} has a rule in row {seen[key]} already.",
                    "Keep one rule for a stream and year, or leave the year out.",
                )
            seen.setdefault(key, row)

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
        elif frame.loc[frame["kind"] == "trust", "turnover_gbp_m"].sum() <= 0:
            self.problems.add(
                self.at("organisations", column="turnover_gbp_m"),
                "adds up to 0 over the trusts.",
                "Give the trusts' turnovers: cash and asks are shared by them.",
            )
        self.unknown("capital_limits", "organisation", names, set())
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
