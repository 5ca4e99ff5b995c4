"""The pack of one place: its budget, what moved it to the pound, and what else the plan does there.

The other places stand in it only where a figure of this one cannot be read without them.
"""

from __future__ import annotations

import pandas as pd

from nelfin.report.packs.basis import basis_section
from nelfin.report.packs.parts import (
    ON_TARGET,
    Cell,
    Drawing,
    Pack,
    Section,
    Table,
    a_head,
    count,
    gbp_m,
    in_text,
    per_cent,
    rests_on,
    whole,
)
from nelfin.report.packs.risks import budget_risks
from nelfin.report.packs.schemes import schemes_section
from nelfin.report.packs.words import CHANGES, STREAMS
from nelfin.report.page.place_leads import PlaceLead, place_leads
from nelfin.report.text.names import short
from nelfin.report.text.numbers import millions, parts_that_add, percent, pounds, whole_pounds
from nelfin.report.text.origin import run_words
from nelfin.report.text.places import CHANGES as CHANGE_LABELS
from nelfin.report.text.places import POUND
from nelfin.scenario.names import plain_name
from nelfin.store.findings import Findings
from nelfin.system.headline import headline_of
from nelfin.system.place_figures import place_figures
from nelfin.system.rests_on import PLACES, PREVENTION

HALF_A_POUND = 5e-7
"""£m."""


def place_pack(result: Findings, place: str) -> Pack:
    """Return the pack of a place.

    Parameters
    ----------
    result
        A run.
    place
        A place of it.
    """
    leads = place_leads(result)
    lead = next(each for each in leads if each.place == place)
    others = [each.place for each in leads if each.place != place]
    headline = headline_of(result)
    parts = tuple(dict.fromkeys((*PLACES, *PREVENTION)))
    sections = [
        _short(result, lead, len(leads)),
        _budget(result, lead),
        _streams(result, place),
        _need(result, lead),
        *budget_risks(result, place),
        _prevention(result, place),
        schemes_section(result, "place", place),
        basis_section(result, parts, f"What is told of {short(place)}", others, printed=30),
    ]
    about = (
        f"Budget and plan of the place, {headline.years[0]} to {headline.years[-1]}. £m unless "
        "said; brackets are negative."
    )
    return Pack(place, about, run_words(result), sections)


def _short(result: Findings, lead: PlaceLead, places: int) -> Section:
    headline = headline_of(result)
    year = headline.budget_year
    sentences = [
        f"The budget of {short(lead.place)} for {year} is £{whole_pounds(lead.budget)}. It is the "
        "place's share of the money that the system gets for its people, worked out by the "
        "national rules.",
        f"The target is the share that people's need for care would give: "
        f"£{whole_pounds(lead.target)}. The budget is {_apart(lead)}.",
    ]
    before = lead.moves[0][1]
    if _begins(lead):
        more = "more" if lead.budget >= before else "less"
        change = f"It is £{whole_pounds(abs(lead.budget - before))} {more} than the year before."
        sentences.append(" ".join([change, *_joined(result, lead.place)]))
    else:
        sentences.append(f"{year} is the plan's first year: nothing is told of the one before.")
    mark = headline.marks.get("places", "").removeprefix("illustrative: ")
    if mark:
        sentences.append(
            f"No spend by place is published. Where the places start from is illustrative "
            f"({mark}), and so the budget and "
            "its distance from target are illustrative too."
        )
    need = place_figures(result).compared["need_index"]
    facts: list[tuple[str, Cell]] = [
        (f"Budget {year}", in_text(lead.budget)),
        ("Target", in_text(lead.target)),
        ("From target", per_cent(lead.dft)),
        ("Share of all places", per_cent(lead.share)),
        (f"A head, {_rank(lead.per_head_rank, places)}", a_head(lead.per_head)),
        ("Need a head", count(float(need[lead.place]), 3)),
    ]
    return Section("short", "In short", sentences, facts, statuses=rests_on(result, PLACES))


def _joined(result: Findings, place: str) -> list[str]:
    """Say which streams the budget holds that the first year does not."""
    headline = headline_of(result)
    if not headline.joined:
        return []
    budgets = result.data["budget"].sel(place=place, year=headline.budget_year)
    named = ", ".join(
        f"{millions(float(budgets.sel(stream=name)))} of {plain_name(name)}"
        for name in headline.joined
    )
    return [
        f"It holds {named}, which {headline.years[0]} does not: the two years are not like for "
        "like."
    ]


def _begins(lead: PlaceLead) -> bool:
    """Say whether the moves begin with the budget of the year before."""
    return lead.moves[0][0] not in CHANGE_LABELS.values() and len(lead.moves) > 1


def _apart(lead: PlaceLead) -> str:
    gap = lead.budget - lead.target
    if abs(gap) < HALF_A_POUND:
        return "at it"
    side = "above" if gap > 0 else "below"
    return f"{percent(abs(lead.dft), 2)} {side} it, £{whole_pounds(abs(gap))}"


def _rank(rank: int, of: int) -> str:
    return f"{rank} of {of}"


def _budget(result: Findings, lead: PlaceLead) -> Section:
    """Return the budget by year, and what moved it."""
    by_year, moved = _by_year(result, lead.place), _moved(result, lead)
    return Section(
        "budget", "The budget, and what moved it",
        drawings=[by_year[0], moved[0]], tables=[moved[1], by_year[1]],
    )  # fmt: skip


def _by_year(result: Findings, place: str) -> tuple[Drawing, Table]:
    """Return budget, target, distance and need of each year; each line adds up to the pound."""
    figures = place_figures(result)
    mine = figures.totals.sel(place=place)
    years = [str(year) for year in mine["year"].values]
    values = {name: mine[name].to_series() for name in
              ("budget", "target", "dft", "per_head", "need_index")}  # fmt: skip
    rows: list[list[Cell]] = []
    for year in years:
        budget, target = (float(values[name][year]) for name in ("budget", "target"))
        (apart,) = parts_that_add([budget - target], budget, POUND, target)
        rows.append([
            year, whole(budget), whole(target), whole(budget - target, apart),
            per_cent(float(values["dft"][year])), a_head(float(values["per_head"][year])),
            count(float(values["need_index"][year]), 3),
            "published" if year <= figures.year else "assumption",
        ])  # fmt: skip
    first, last = years[0], years[-1]
    words = (
        f"Bars show the budget, upright marks the target. From target: "
        f"{percent(float(values['dft'][first]))} in {first}, "
        f"{percent(float(values['dft'][last]))} in {last}."
    )
    drawing = Drawing(
        "columns",
        "Budget and target by year",
        words,
        years,
        {"Budget": values["budget"].tolist(), "Target": values["target"].tolist()},
        "£m",
        marks="Target",
    )
    heads = ["Year", "Budget, £", "Target, £", "Above target, £", "From target", "A head",
             "Need index", "Money of the system"]  # fmt: skip
    note = (
        "From target is the budget over the target, less one. The need index is need a head beside "
        f"that of all places, 1.000. To {figures.year} the system's money is published; after it "
        "grows at the rates assumed below."
    )
    table = Table("Budget by year, to the pound", heads, rows, note=note)
    return drawing, table


def _moved(result: Findings, lead: PlaceLead) -> tuple[Drawing, Table]:
    """Return what moved the budget: parts that add as printed, each with what it is."""
    year = headline_of(result).budget_year
    known = {label: CHANGES[part] for part, label in CHANGE_LABELS.items()}
    begins = _begins(lead)
    levels = {0, len(lead.moves) - 1} if begins else {len(lead.moves) - 1}
    rows: list[list[Cell]] = [
        [_label(words), whole(value, shown), known.get(words, "")]
        for words, value, shown in lead.moves
    ]
    steps = [_label(words) for words, _, _ in lead.moves]
    tenths = _in_tenths(lead, begins)
    changes = [step for at, step in enumerate(zip(steps, tenths, strict=True)) if at not in levels]
    largest = max(changes, key=lambda step: abs(step[1]), default=None)
    told = f" The largest part is {largest[0]}, {millions(largest[1])}." if largest else ""
    first = f"From {millions(lead.moves[0][1])} to" if begins else "To"
    drawing = Drawing(
        "steps",
        f"What moved the budget in {year}",
        f"{first} {millions(lead.budget)}; the parts add up to the pound.{told}",
        steps,
        {"£m": tenths},
        "£m",
        marked=frozenset(steps[at] for at in levels),
    )
    table = Table(
        f"What moved the budget in {year}, to the pound",
        ["Part", "£", "What it is"],
        rows,
        strong=frozenset(levels),
    )
    return drawing, table


def _in_tenths(lead: PlaceLead, begins: bool) -> list[float]:
    """Return the moves in £m, so that they add up to one decimal too."""
    values = [value for _, value, _ in lead.moves]
    parts = values[int(begins) : -1]
    shown = parts_that_add(parts, values[-1], start=values[0] if begins else 0.0)
    return [*values[: int(begins)], *shown, values[-1]]


def _label(words: str) -> str:
    return words.partition(":")[0].partition(",")[0]


def _streams(result: Findings, place: str) -> Section:
    """Return budget and target of each stream of money, which add up to those of the place."""
    figures = place_figures(result)
    own = figures.compared.loc[place]
    here = result.data[["budget", "target", "dft"]].sel(place=place, year=figures.year)
    amounts = [
        parts_that_add(here[part].fillna(0.0).to_numpy().tolist(), own[f"{part}_gbp_m"], POUND)
        for part in ("budget", "target")
    ]
    rows: list[list[Cell]] = []
    for name, budget, target in zip(here["stream"].values, *amounts, strict=True):
        now = here.sel(stream=name)
        if float(now["budget"]) > 0:
            rows.append([
                plain_name(str(name)).capitalize(), whole(float(now["budget"]), budget),
                whole(float(now["target"]), target), per_cent(float(now["dft"]), 2),
                STREAMS.get(str(name), ""),
            ])  # fmt: skip
    rows.append([
        "All streams", whole(float(own["budget_gbp_m"])), whole(float(own["target_gbp_m"])),
        per_cent(float(own["dft"]), 2), "",
    ])  # fmt: skip
    heads = ["Stream of money", "Budget, £", "Target, £", "From target", "What it pays for"]
    caption = f"Budget by stream of money, {figures.year}"
    table = Table(caption, heads, rows, frozenset({len(rows) - 1}))
    return Section("streams", "Streams of money", tables=[table])


def _need(result: Findings, lead: PlaceLead) -> Section:
    """Return need a head by kind of care, and how far the places are from their targets."""
    place = lead.place
    figures = place_figures(result)
    index = result.data["need_index"].sel(year=figures.year)
    rows: list[list[Cell]] = []
    for component in index["component"].values:
        if component != "registered_population":
            need = index.sel(component=component).to_series()
            rank = int((need > need[place]).sum()) + 1
            words = str(component).removeprefix("final_").replace("_", " ").capitalize()
            if str(component).startswith("final_"):
                words = f"All need, {words.lower()} stream"
            rows.append([words, count(float(need[place]), 3), _rank(rank, len(need))])
    people = float(figures.totals["people"].sel(place=place, year=figures.year))
    sentences = [
        f"{people:,.0f} people are registered with practices of {short(place)} in {figures.year}. "
        "Need a head says how much care they are expected to need, by age, illness and "
        "deprivation; 1.000 is what people of all places together need. The budget a head is "
        f"{pounds(lead.per_head)}; all places together have {pounds(lead.per_head_all)}."
    ]
    own = figures.compared.loc[place]
    if "public_health_grant_gbp_m" in own:
        years = result.data["public_health_grant"].attrs["year"]
        grant, formula = own["public_health_grant_gbp_m"], own["public_health_formula_gbp_m"]
        sentences.append(
            f"Beside the budget, and no part of it: the council's public health grant of {years} "
            f"is {millions(grant)}; shared by avoidable deaths it would be {millions(formula)}."
        )
    if "out_of_hospital_share" in own and not pd.isna(own["out_of_hospital_share"]):
        sentences.append(f"{percent(own['out_of_hospital_share'])} of spend is outside hospital.")
    heads = ["Need for", "Need a head", "Rank, most first"]
    table = Table(f"Need a head, {figures.year}", heads, rows, wide=False)
    sentences.append(
        "Targets share out one sum: what one place has above its target, others have below theirs. "
        "So the distances of the other places are told too, and no more of them."
    )
    distances = _distances(result, lead)
    title = "Need, and the other places"
    return Section("need", title, sentences, drawings=[distances], tables=[table])


def _distances(result: Findings, lead: PlaceLead) -> Drawing:
    frame = headline_of(result).places
    at = list(frame.index).index(lead.place) + 1
    rank = _rank(at, len(frame))
    words = f"{short(lead.place)} is at {percent(lead.dft)}, {rank} from the furthest below."
    if not (frame["dft"].abs() >= ON_TARGET).any():
        words = "Every place stands at its target."
    return Drawing(
        "bars",
        f"From target, all places, {headline_of(result).budget_year}",
        words,
        [str(place) for place in frame.index],
        {"From target": (100 * frame["dft"].round(9)).tolist()},
        "% from target",
        marked=frozenset({lead.place}),
    )


def _prevention(result: Findings, place: str) -> Section:
    """Return what the shift into prevention spends in the place, and what comes back."""
    title = f"Prevention in {short(place)}"
    data = result.data
    if "prevention_place_spend" not in data:
        return Section("prevention", title, ["This run has no figures of prevention by place."])
    mine = data.sel(place=place)
    spend, cash, health = (
        mine[f"prevention_place_{name}"].to_series() for name in ("spend", "cash", "qalys")
    )
    years = [str(year) for year in data["year"].values]
    last = years[-1]
    if not (spend.abs() > 5e-4).any():
        return Section("prevention", title, ["The plan spends nothing more on prevention here."])
    sentences = [
        f"The plan spends {millions(float(spend[last]))} more on prevention in {short(place)} in "
        f"{last} than at its start; {millions(float(cash[last]))} comes back in cash that year. "
        "The place has its share of the system's plan; no plan of its own is known."
    ]
    rows: list[list[Cell]] = [
        [year, gbp_m(float(spend[year])), gbp_m(float(cash[year])), count(float(health[year]))]
        for year in years
    ]
    drawing = Drawing(
        "columns",
        "Spend and cash back by year",
        f"Spend reaches {millions(float(spend.max()))} a year, cash back "
        f"{millions(float(cash.max()))}.",
        years,
        {"Spent more": spend.tolist(), "Cash back": cash.tolist()},
        "£m",
        marks="Cash back",
    )
    heads = ["Year", "Spent more, £m", "Cash back, £m", "Years of full health gained"]
    table = Table("Prevention by year", heads, rows, wide=False)
    return Section(
        "prevention", title, sentences, (), [drawing], [table], rests_on(result, PREVENTION)
    )
