"""The figures of a run worked out from its tables alone, and numbers as the page must show them."""

from __future__ import annotations

import re
from decimal import Decimal

import pandas as pd

from nelfin.result import Result

PARTS = ("restated", "envelope", "ring-fence", "need", "pace")
"""What moves a budget that is there already, in the order of the page."""


def plain(value: float, places: int = 1) -> str:
    """Return a number as the page must show it, negatives in brackets."""
    rounded = Decimal(float(value)).quantize(Decimal(1).scaleb(-places))
    text = f"{abs(rounded):,}"
    return f"({text})" if rounded < 0 else text


def millions(value: float) -> str:
    text = plain(value)
    return f"(£{text[1:-1]}m)" if text.startswith("(") else f"£{text}m"


def percent(fraction: float, places: int = 1) -> str:
    return f"{plain(100 * fraction, places)}\u00a0%"


def odds(share: float) -> str:
    """Return odds as the page must show them: neither never nor always unless it is so."""
    if 0 < share < 0.01:
        return "1\u00a0%"
    return "99\u00a0%" if 0.99 < share < 1 else percent(share, 0)


class Facts:
    """The figures of a run by its tables."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.table = result.table
        self.attrs = result.data.attrs
        self.solve = result.provenance["capital"]
        position = self.series("system_position", "system_reported")
        self.reported, self.years = position, list(position.index)
        self.first, self.last = self.years[0], self.years[-1]
        self.underlying = self.series("system_position", "system_underlying")
        self.year = str(self.attrs["last_published_year"])
        self.plan, self.limits = self.table("plan"), self.table("limits")
        self.spend, self.sources = self.table("spend"), self.table("sources")
        self.drawn = "odds" in result.tables
        if self.drawn:
            self.draws = self.table("odds").set_index(["measure", "year"])["value"]

    def series(self, table: str, measure: str) -> pd.Series:
        """Return a measure of a table by year, of all that it is of together."""
        frame = self.table(table)
        return frame[frame["measure"] == measure].groupby("year")["value"].sum()

    def series_by(self, table: str, measure: str, name: str) -> pd.Series:
        """Return a measure of a table by a name and year."""
        frame = self.table(table)
        return frame[frame["measure"] == measure].groupby([name, "year"])["value"].sum()

    def lasting(self, position: pd.Series) -> str:
        """Return the year from which no year shows a deficit."""
        deficits = [at for at, value in enumerate(position) if plain(value).startswith("(")]
        begin = max(deficits, default=-1) + 1
        return self.years[begin] if begin < len(self.years) else ""

    def one_off(self, year: str) -> float:
        bridge = self.table("recovery_bridge")
        mine = (bridge["step"] == "non-recurrent efficiency") & (bridge["year"] == year)
        return float(bridge.loc[mine, "value"].sum())

    def known(self) -> dict[str, str]:
        """Return what the position of each known year stands on."""
        parts = [part for part in str(self.attrs["known_years"]).split(", ") if part]
        return {part[:7]: part[8:] for part in parts}

    def bodies(self) -> pd.DataFrame:
        """Return what each body reports, a row a body and a column a year."""
        bridge = self.table("recovery_bridge")
        mine = bridge[bridge["step"] == "reported"]
        return mine.set_index(["organisation", "year"])["value"].unstack("year")

    def short(self, year: str) -> pd.Series:
        """Return the reported positions of the bodies in deficit in a year, the worst first."""
        bridge = self.table("recovery_bridge")
        mine = bridge[(bridge["step"] == "reported") & (bridge["year"] == year)]
        position = mine.set_index("organisation")["value"]
        return position[position.map(lambda value: plain(value).startswith("("))].sort_values()

    def heads_for(self) -> list[str]:
        """Return the numbers of where the last year with months is heading."""
        table = self.table("months")
        ends = table[(table["organisation"] == "system") & (table["month"] == 12)]
        if ends.empty:
            return []
        ends = ends[ends["year"] == ends["year"].max()].set_index("measure")
        at, value = re.findall(r"\d+", str(ends.loc["forecast", "note"])), ends["value"]
        return [str(ends["year"].iloc[0]), plain(value["forecast"]), *at, plain(value["year plan"])]

    def places(self) -> pd.DataFrame:
        """Return the place budgets, the furthest below target first."""
        table = self.table("place_budgets")
        total = table.groupby(["measure", "place", "year"])["value"].sum()
        need = self.table("need")
        need = need[(need["measure"] == "weighted_population") & (need["year"] == self.year)]
        people = need[need["component"] == "registered_population"].set_index("place")["value"]
        budget, target = (total[name].unstack("year") for name in ("budget", "target"))
        frame = pd.DataFrame(
            {"budget": budget[self.year], "target": target[self.year], "people": people}
        )
        frame["dft"] = frame["budget"] / frame["target"] - 1
        self.gaps = budget / target - 1
        return frame.sort_values("dft")

    def moves(self) -> pd.DataFrame:
        """Return what moved the budgets, a row a place and a column a step, in their order."""
        at = self.years.index(self.year)
        cells = self.table("place_budgets").set_index(["measure", "stream", "place", "year"])
        budget = cells["value"].unstack("year").loc["budget"]
        now, before = budget[self.year], budget[self.years[at - 1]]
        opening = cells["value"].unstack("year").loc["opening", self.year].reindex(now.index)
        table = self.table("budget_change")
        table = table[table["year"] == self.year]
        parts = table.groupby(["place", "change"])["value"].sum().unstack("change")
        frame = pd.DataFrame({
            "before": before.groupby("place").sum(),
            "begun": opening[before == 0].groupby("place").sum(),
            "ended": -before[opening.isna()].groupby("place").sum(),
            **{part: parts[part] for part in PARTS},
            "now": now.groupby("place").sum(),
        })  # fmt: skip
        return frame.fillna(0.0)

    def asked(self) -> pd.DataFrame:
        """Return what schemes ask for: in the plan, after it and left out; a row a scheme."""
        projects = self.table("projects").set_index("project_id")
        profile = projects[[name for name in projects if re.fullmatch(r"spend_\d+", name)]]
        profile = profile.fillna(0.0)
        plan = self.plan.set_index("project_id")
        whole, rows = profile.sum(axis="columns"), {}
        for name, line in profile.iterrows():
            share, start = plan.at[name, "funded_share"], plan.at[name, "start_year"]
            room = self.years.index(start) if share > 0 else len(self.years)
            inside = line.iloc[: len(self.years) - room].sum() * share
            rows[name] = [inside, whole[name] * share - inside, whole[name] * (1 - share)]
        return pd.DataFrame.from_dict(rows, orient="index", columns=["in", "after", "out"])

    def backlog(self) -> tuple[dict[str, list[str]], list[str]]:
        """Return the numbers told of the backlog by how their sentence begins, and of its chart."""
        table = self.table("backlog")
        table = table.assign(measure=table["measure"].str.removeprefix("backlog_"))
        sums = table.groupby(["measure", "year"])["value"].sum()
        since = str(sums["opening"].index.min())
        end = {n: millions(sums[n, self.last]) for n in ("left", "left_real", "left_without")}
        last = table[(table["measure"] == "left") & (table["year"] == self.last)]
        worst = last.loc[last["band"].isin(["high", "significant"]), "value"].sum()
        beyond = sums["not_there"].sum()
        opening, cleared = millions(sums["opening", since]), millions(sums["cleared"].sum())
        told = {
            "Backlog of maintenance": [opening, since, cleared, end["left"], self.last,
                                       end["left_real"], since, end["left_without"]],
            "The system's own plan states": ["£650.0m"],
        }  # fmt: skip
        if beyond > 0.05:
            told["Schemes say that they clear"] = [millions(beyond)]
        return told, [end["left"], self.last, millions(worst), end["left_without"]]

    def count(self, status: str, table: str = "") -> int:
        """Count figures of a status: those of a long table, or without a table all others."""
        where = self.sources["where"]
        mine = where == table if table else ~where.isin(["projects", "initiatives"])
        return int((self.sources.loc[mine, "status"] == status).sum())

    def curve(self) -> pd.DataFrame:
        table = self.table("budget_curve")
        wide = table.pivot(index="share_of_limit", columns="measure", values="value")
        return wide.dropna().reset_index()
