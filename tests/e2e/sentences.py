"""Every number that the sentences of the page must say, worked out from the tables of the result.

Nothing here calls what writes the sentences. A family is one sentence, or several of a kind: where
it stands, how it begins, and its numbers in their order, as they must be shown.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import pandas as pd
from activity_sentences import activity_families
from comparison_sentences import comparison_family
from facts import Facts, millions, odds, percent, plain
from families import Family, chart_says, tokens
from markup import Block
from programme_sentences import programme_families
from recovery_sentences import recovery_families

from nelfin.result import Result
from nelfin.scenario.names import setting_name
from nelfin.system.compare import Comparison

STATUSES = ("published", "derived", "assumption", "illustrative", "given")
UNPUBLISHED = STATUSES[2:]


def families(result: Result, compared: Comparison | None, first: Result | None) -> list[Family]:
    """Return the families of sentences that the page of a result must have."""
    facts = Facts(result)
    found = [
        Family("", "", "title", ".*: plan ", [facts.first, facts.last]),
        Family("", "", "p", "Plan ", [facts.first, facts.last]),
        Family("", "", "p", "Long lists", _long_lists(facts)),
        *_headline(facts), *_places(facts), *_prevention(facts), *activity_families(facts),
        *recovery_families(facts),
        *_capital(facts), *programme_families(facts), *_assumptions(facts), *_provenance(facts),
    ]  # fmt: skip
    found += _changes(facts)
    if compared is not None and first is not None:
        found += comparison_family(facts, compared, first)
    return [family for family in found if family.numbers]


def _long_lists(facts: Facts) -> list[str]:
    lists = [facts.plan, facts.sources]
    if "portfolio_plan" in facts.result.tables:
        lists.insert(1, facts.table("portfolio_plan"))
    return [f"{len(rows):,}" for rows in lists]


def _headline(facts: Facts) -> Iterator[Family]:
    def says(begins: str, *numbers: str, tag: str = "p") -> Family:
        return Family("headline", "", tag, begins, numbers)

    last, places = facts.last, facts.places()
    balance, under = facts.lasting(facts.reported), facts.lasting(facts.underlying)
    at = balance or last
    sound = _sound(facts)
    likely = [odds(facts.draws["odds_of_balance", at])] if facts.drawn and sound else []
    yield says("(from|not by) 20", sound or last, *likely)
    for begins, year, position in (
        ("Reported: ", balance, facts.reported), ("Underlying, ", under, facts.underlying),
    ):  # fmt: skip
        yield says(begins, *([year] if year else []), plain(position[last]), last)
    bodies = facts.bodies()[at].sort_values()
    yield says("Who carries the deficit", at, tag="h3")
    if len(facts.short(at)):
        yield says(r" \(", plain(bodies.iloc[0]))
    if facts.heads_for():
        yield says("20.* heads for ", *facts.heads_for())
    if balance and facts.underlying[balance] < 0:
        yield says("One-off savings ", millions(facts.one_off(balance)), balance)
    if facts.drawn and at not in facts.known():
        year, draws = at, f"{facts.result.provenance['draws']:,}"
        yield says(
            r"In (under |over )?\d+\u00a0% of ",
            odds(facts.draws["odds_of_balance", year]), draws, year,
        )  # fmt: skip
    lowest = float(places["dft"].iloc[0])
    if lowest < -0.0005:
        yield says(" by ", percent(-lowest))
    yield says("Budgets against target", facts.year, tag="caption")
    cells = zip(places["budget"][:6], places["dft"][:6], strict=True)
    shown = [text for budget, dft in cells for text in (plain(budget), percent(dft))]
    yield says("", *map(plain, bodies[:6]), *shown, tag="td")
    more = [str(len(each) - 6) for each in (bodies, places) if len(each) > 6]
    yield says("(And |Opening )", *more, *_opening(facts))
    limit, years = facts.limits["limit_gbp_m"].sum(), len(facts.years)
    yield says("What £", f"£{plain(limit / years, 0)}m", tag="h3")
    started = int((facts.plan["status"] != "not funded").sum())
    schemes = len(facts.plan)
    yield says(r"[\d,]+ of ", f"{started:,}", f"{schemes:,}")
    used, spend = facts.plan["cdel_gbp_m"].sum(), facts.plan["spend_gbp_m"].sum()
    outside = [millions(spend - used)] if spend - used > 0.05 else []
    yield says("They use ", millions(used), millions(limit), str(years), *outside)
    made_up = facts.count("illustrative", "projects")
    yield says("Of all schemes", *([f"{made_up:,}"] if made_up else []))
    asked = facts.asked()
    yield says("£", millions(asked["out"].sum()))
    yield says(r"[\d,]+ schemes wait", f"{schemes - started:,}")
    waiting = facts.plan.loc[facts.plan["status"] == "not funded", "project_id"]
    largest = asked.sum(axis="columns")[waiting].nlargest(3)
    yield says(", £", *map(millions, largest), tag="li")
    yield says(r"[\d,]+ assumptions", f"{facts.count('assumption'):,}")
    figures, some = facts.count("illustrative"), facts.count("illustrative", "initiatives")
    yield says(
        "illustrative Made up", *([f"{figures:,}"] if figures else []),
        *([f"{made_up:,}", f"{schemes:,}"] if made_up else []),
        *([str(some), str((facts.sources["where"] == "initiatives").sum())] if some else []),
    )  # fmt: skip
    given = [f"{facts.count('given'):,}"] if facts.count("given") else []
    beside = (f"{facts.count(status):,}" for status in ("published", "derived"))
    yield says("Beside them ", *beside, *given)


def _sound(facts: Facts) -> str:
    """Return the year from which system, underlying and every body hold a balance."""
    bridge = facts.table("recovery_bridge")
    worst = bridge[bridge["step"] == "reported"].groupby("year")["value"].min()
    worst = worst.combine(facts.reported, min).combine(facts.underlying, min)
    return facts.lasting(worst[facts.years])


def _opening(facts: Facts) -> list[str]:
    """Return the numbers in the name of the opening position, where it is illustrative."""
    key = f"allocation.streams.{facts.attrs['main_stream']}.opening"
    mine = facts.sources[facts.sources["figure"] == key]
    year = re.sub(r"(20\d\d)-(\d\d)", r"\1/\2", str(mine["value"].iloc[0]))
    return tokens(year) if "illustrative" in set(mine["status"]) else []


def rests(facts: Facts, block: Block, whole: bool = False) -> list[str]:
    """Return the counts of the figures that a chart rests on, by the groups its text names."""
    counts, tables = [], []
    for group in re.split(r",\s+", block.text.strip(" .\n")):
        label = re.split(r" \d", group)[0]
        name = {"capital schemes": "projects"}.get(label, label.replace(" ", "_"))
        rows = facts.sources["where"] == name
        if label.startswith("settings of "):
            begin = f"{label.removeprefix('settings of ')}."
            rows = facts.sources["figure"].str.startswith(begin)
            rows &= facts.sources["where"] == "scenario"
        assert rows.any(), f"{label} is no group of figures"
        status = facts.sources.loc[rows, "status"]
        counts.append([int((status == word).sum()) for word in UNPUBLISHED])
        tables.append(name if name in ("projects", "initiatives") else "")
    if whole:  # capital schemes and initiatives apart
        parts = ([row for row, of in zip(counts, tables, strict=True) if of == apart]
                 for apart in ("", "projects", "initiatives"))  # fmt: skip
        counts = [[sum(column) for column in zip(*part, strict=True)] for part in parts]
    return [str(number) for row in counts for number in row if number]


def _in_pounds(moves: list[float]) -> list[int]:
    """Return the budgets before and now in whole pounds, and between them parts that add up."""
    before, *parts, now = moves
    down = [math.floor(part) for part in parts]
    missing = round(now) - round(before) - sum(down)
    lost = sorted(range(len(parts)), key=lambda at: down[at] - parts[at])
    for at in lost[:missing]:
        down[at] += 1
    return [round(before), *down, round(now)]


def _places(facts: Facts) -> Iterator[Family]:
    year, places, moves = facts.year, facts.places(), facts.moves()
    yield Family("places", "", "p", "Opening ", _opening(facts))
    money = facts.series_by("envelope", "envelope", "stream").unstack("year")
    begun = money[(money[facts.first] == 0) & (money[year] > 0)][year]
    if len(begun):
        said = [year, *map(millions, begun), facts.first]
        yield Family("places", "", "p", "Budgets of 20", said)
    per_head = places["budget"] * 1e6 / places["people"]
    rank = per_head.rank(ascending=False, method="min").astype(int)
    every = places["budget"].sum() * 1e6 / places["people"].sum()
    share = places["budget"] / places["budget"].sum()
    for name, line in places.iterrows():
        place = str(name)
        yield Family("places", place, "h3", ", ", [year])
        yield Family("places", place, "dt", "A head", [
            str(rank[name]), str(len(places)), f"£{plain(every, 0)}",
        ])  # fmt: skip
        yield Family("places", place, "dd", "", [
            plain(line["budget"]), plain(line["target"]), percent(line["dft"]),
            percent(share[name]), f"£{plain(per_head[name], 0)}",
        ])  # fmt: skip
        whole = _in_pounds([1e6 * value for value in moves.loc[name]])
        yield Family("places", place, "th", "Budget of 20", [year])
        yield Family("places", place, "td", "", [plain(value, 0) for value in whole if value])
    yield from chart_says("places", "budgets", [
        year, percent(places["dft"].iloc[0]), percent(places["dft"].iloc[-1]),
    ], chosen=[
        text for at, line in enumerate(places.itertuples(), start=1)
        for text in (millions(line.budget), year, millions(line.target), percent(line.dft),
                     str(at), str(len(places)))
    ])  # fmt: skip
    span = facts.gaps.max() - facts.gaps.min()
    first, last = facts.first, facts.last
    of_data = [str(name) for name in facts.result.data["place"].values]
    yield from chart_says("places", "distance", [
        percent(span[first]), first, percent(span[last]), last,
    ], chosen=[
        text for name in of_data for at in (first, last)
        for text in (percent(facts.gaps.at[name, at]), at)
    ])  # fmt: skip
    whole = moves.sum()
    moves = moves.loc[places.index]
    yield from chart_says(
        "places", "what_moved",
        [millions(whole["before"]), millions(whole["now"]), year],
        f"What moved the budgets in {year}",
        [text for line in moves.itertuples()
         for text in (millions(line.before), millions(line.now), year)],
    )  # fmt: skip
    yield from chart_says(
        "places", "budget_change", [millions(moves["pace"].abs().max())],
        f"Need and pace by place in {year}",
        [text for line in moves.itertuples()
         for text in (millions(line.need), millions(line.pace))],
    )  # fmt: skip
    table = facts.table("sensitivity")
    table = table[table["measure"] == "budget_move"].dropna(subset="value")
    far = [table, *(table[table["place"] == place] for place in places.index)]
    most = [frame.loc[frame["value"].abs().idxmax()] for frame in far]
    said = [[year, millions(line["value"]), *_case(str(line["case"]))] for line in most]
    yield from chart_says(
        "places", "sensitivity", said[0], chosen=[text for own in said[1:] for text in own]
    )


def _case(case: str) -> list[str]:
    """Return the numbers in the name of a case of what budgets rest on."""
    return tokens(re.sub(r"(20\d\d)-(\d\d)", r"\1/\2", case.removesuffix(" +1 point")))


def _prevention(facts: Facts) -> Iterator[Family]:
    last = facts.last
    by = {name: facts.series("prevention", f"prevention_{name}") for name in (
        "share", "extra_spend", "cash", "net_cash", "cut", "capacity", "society",
    )}  # fmt: skip
    extra, net = by["extra_spend"], by["net_cash"]
    active = extra.abs().cumsum() > 0
    back = net - by["cut"]
    even = next((year for year in facts.years if back[year] >= 0 and active[year]), "")
    so_far = back.cumsum()
    paid = next((year for year in facts.years if so_far[year] >= 0 and active[year]), "")
    below = facts.attrs["prevention_mature_cash_return"]
    never = [f"£{plain(below, 2)}", "£1"] if below < 1 and not paid else []
    yield Family("prevention", "", "p", "Share of spend ", [
        plain(by["share"].iloc[0]), percent(by["share"][last] / 100),
        millions(extra[last]), last, millions(by["cash"][last]), millions(net[last]),
        *([even] if even else never),
    ])  # fmt: skip
    if by["cut"][last] > 0.05:
        yield Family(
            "prevention", "", "p", r".* is cut from treatment", [millions(by["cut"][last])]
        )
    rows = facts.table("prevention_programmes")["programme"].nunique()
    without = facts.attrs["prevention_programmes_without_qalys"]
    if without:
        yield Family("prevention", "", "p", "Health gained ", [str(rows - without), str(rows)])
    yield Family("prevention", "", "p", "Apart from cash", [
        millions(by["capacity"][last]), millions(by["society"][last]),
    ])  # fmt: skip
    if facts.drawn:
        low, middle, high = (facts.draws[f"net_cash_p{p}", last] for p in (10, 50, 90))
        yield Family("prevention", "", "p", "Of the draws ", [
            millions(low), last, millions(middle), millions(high),
            odds(facts.draws["odds_of_payback", last]),
        ])  # fmt: skip
        if not low <= net[last] <= high:
            yield Family("prevention", "", "p", "The plan's own ", [millions(net[last])])
    yield from chart_says("prevention", "prevention", [millions(net[last]), last])
    yield from chart_says("prevention", "break_even", [
        even or last, *([paid] if paid else never), facts.first,
        millions(facts.attrs["prevention_npv_gbp_m"]),
        millions(facts.attrs["prevention_return_after_plan_gbp_m"]),
    ])  # fmt: skip


def _capital(facts: Facts) -> Iterator[Family]:
    def says(begins: str, *numbers: str) -> Family:
        return Family("capital", "", "p", begins, numbers)

    plan, limits, asked, years = facts.plan, facts.limits, facts.asked().sum(), len(facts.years)
    status, schemes = plan["status"].value_counts(), len(plan)
    used, spend = plan["cdel_gbp_m"].sum(), plan["spend_gbp_m"].sum()
    part = [str(status["part-funded"])] if "part-funded" in status else []
    limit = limits["limit_gbp_m"].sum()
    yield says(
        r"[\d,]+ schemes?.* of .* use ",
        f"{status['funded']:,}", *part, str(schemes), millions(used), millions(limit),
        *([millions(spend - used)] if spend - used > 0.05 else []),
        millions(asked.sum()), millions(asked["in"]),
        *([millions(asked["after"])] if asked["after"] > 0.05 else []), millions(asked["out"]),
    )  # fmt: skip
    price = limits.set_index("year")["price_per_gbp_m"][facts.first]
    yield says("£1m more ", "£1m", facts.first, plain(price), percent(facts.solve["gap"], 2))
    yield from (says(words, *numbers) for words, numbers in facts.backlog()[0].items())
    if facts.drawn:
        dear = facts.draws["capital_used_p90"] - facts.spend.groupby("year")["cdel_gbp_m"].sum()
        within = facts.draws["odds_within_limits_so_far", facts.last]
        ends = ("mean", "p10", "p90")
        waiting = [facts.draws[f"schemes_waiting_{end}", facts.last] for end in ends]
        lost = [facts.draws[f"capital_benefit_lost_{end}", facts.last] for end in ends]
        yield says(
            "With costs drawn", facts.last, f"{waiting[0]:,.1f}",
            *[f"{value:,.0f}" for value in waiting[1:]],
            *[percent(value / plan["benefit"].sum()) for value in lost],
        )  # fmt: skip
        first = facts.result.table("slips").iloc[0]
        yield says(
            ".* loses most", *tokens(first["name"]), odds(first["waits"]),
            f"{first['mean_years']:.1f}",
        )  # fmt: skip
        yield says("If nothing waited", odds(within), millions(dear.max()))
    started = f"{int((plan['status'] != 'not funded').sum()):,}"
    printed = ["30"] if int(started.replace(",", "")) > 30 else []
    yield says("Printed: ", *printed, started, f"{schemes:,}")
    owner = plan.set_index("project_id")["organisation"]
    spending = facts.spend.groupby("project_id")["spend_gbp_m"].sum()
    of_owner = [spending[owner.reindex(spending.index) == name] for name in owner.unique()]
    yield from chart_says(
        "capital", "timeline", _spent(spending),
        chosen=[text for part in of_owner for text in _spent(part)],
    )  # fmt: skip
    yield from chart_says("capital", "capital", [
        millions(facts.spend["cdel_gbp_m"].sum()), str(years),
    ])  # fmt: skip
    yield from chart_says("capital", "capital_price", ["£1m"])
    yield from chart_says("capital", "capital_categories", [
        millions(value) for value in (asked.sum(), asked["in"], asked["after"], asked["out"])
    ])  # fmt: skip
    yield from chart_says("capital", "backlog", facts.backlog()[1])
    curve = facts.curve()
    ends = [
        (percent(end["share_of_limit"], 0), millions(end["limit"]), plain(end["benefit"], 0))
        for end in (curve.iloc[0], curve.iloc[-1])
    ]
    yield from chart_says("capital", "budget_curve", [
        *ends[0], *ends[1], plain(facts.solve["objective"], 0), millions(limit),
    ])  # fmt: skip
    yield from chart_says("capital", "capital_frontier", list(_two_aims(facts)))


def _spent(spending: pd.Series) -> list[str]:
    """Return the numbers of what schemes spend, £m a scheme: how many show, and their sum."""
    if spending.empty:
        return []
    count, most = f"{len(spending):,}", ["35"] if len(spending) > 35 else []
    return [*most, count, count, millions(spending.sum())]


def _two_aims(facts: Facts) -> Iterator[str]:
    table = facts.table("capital_frontier").set_index(["aim", "point", "measure"])["value"]
    for aim in ("deprived", "backlog"):
        for point in (1, table[aim].index.get_level_values("point").max(), 0):
            yield millions(table[aim, point, "reached"])
            yield plain(table[aim, point, "benefit"], 0)


def _assumptions(facts: Facts) -> Iterator[Family]:
    counts = [str(facts.count(status)) for status in STATUSES if facts.count(status)]
    yield Family("assumptions", "", "p", "Figures by status", counts)
    numbers = []
    for table in ("projects", "initiatives"):
        if made_up := facts.count("illustrative", table):
            numbers += [str(made_up), str((facts.sources["where"] == table).sum())]
    yield Family("assumptions", "", "p", r"\d+ of ", numbers)
    yield Family("assumptions", "", "p", "Not printed", [f"{len(facts.sources):,}"])


def _provenance(facts: Facts) -> Iterator[Family]:
    about, solve = facts.result.provenance, facts.solve
    solves = [each for each in (solve, about["portfolio"]) if each is not None]
    yield Family("provenance", "", "p", "Run started ", [
        *tokens(about["started"]),
        *(text for each in solves for text in (
            percent(each["gap"], 2), f"{each['variables']}", f"{each['constraints']}",
            plain(each["seconds"]),
        )),
    ])  # fmt: skip
    versions = [number for pair in about["versions"].items() for number in tokens(" ".join(pair))]
    yield Family("provenance", "", "p", "Versions: ", versions)
    for tag in ("summary", "aria-label", "th"):
        yield Family("provenance", "", tag, "SHA-256", ["256"])
    hashes = [number for text in about["inputs"].values() for number in tokens(text)]
    yield Family("provenance", "", "td", "[0-9a-f]{64}$", hashes)
    yield Family("provenance", "", "p", "Contains public sector information", ["3.0"])


def _changes(facts: Facts) -> Iterator[Family]:
    said = []
    for row in facts.table("changes").to_dict("records"):
        assert row["where"] == "scenario"
        said += tokens(f"{setting_name(row['figure'])} {row['unit']} {row['from']} {row['to']}")
    yield Family("changes", "", "li", "", said)
