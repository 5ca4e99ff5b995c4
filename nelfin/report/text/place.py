"""Place budgets as text: all places side by side, and one page for a place lead."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import xarray as xr

from nelfin.allocations.comparisons import compare_places, place_totals, what_moved
from nelfin.report.text.terminal import cut, table_text, title_text, wrapped
from nelfin.report.text.words import millions, money, percent, pounds

WORDS = {
    "streams that begin": "Streams that begin, at their opening",
    "streams that end": "Streams that end",
    "envelope": "Envelope: an even share of its growth",
    "ring-fence": "Ring-fences: off the top, on their own need",
    "need": "Need: the weighted population moved",
    "pace": "Pace of change towards target",
}


def places_table(data: xr.Dataset, name: str, year: str, opening: str) -> str:
    """Return all places side by side, at most 80 columns wide."""
    frame = compare_places(data, year)
    heads = ["place", "budget, £m", "share, %", "target, £m", "from target, %", "a head, £",
             "weighted, £"]  # fmt: skip
    rows = [
        [
            str(place),
            money(line["budget_gbp_m"]),
            money(100 * line["share"]),
            money(line["target_gbp_m"]),
            money(100 * line["dft"]),
            money(line["gbp_per_head"], 0),
            money(line["gbp_per_weighted_head"], 0),
        ]
        for place, line in frame.iterrows()
    ]
    held = float(data["system_held"].sel(year=year).sum())
    whole = float(data["envelope"].sel(year=year).sum())
    main = str(data.attrs["main_stream"]).replace("_", " ")
    notes = [
        f"Held at system level {millions(held)}; envelope {millions(whole)}.",
        "From target: budget over target, less one; brackets are below target.",
        f"Weighted: pounds of {main} a weighted head.",
    ]
    return "\n\n".join([
        title_text(name, f", place budgets {year}", _word(opening)),
        table_text(heads, rows, ruled=[-1]),
        _lines(*notes),
    ])  # fmt: skip


def place_page(data: xr.Dataset, place: str, year: str, opening: str) -> str:
    """Return one page for a place lead: the budget, why it moved to the pound, and the others."""
    frame = compare_places(data, year)
    own, every = frame.loc[place], frame.loc["All places"]
    said = [
        f"Budget £{_whole(own['budget_gbp_m'])}, {percent(own['share'])} of all places.",
        f"Target £{_whole(own['target_gbp_m'])}: the budget is {_distance(own['dft'])}.",
    ]
    if own["ring_fence_gbp_m"] >= 5e-7:
        said.append(f"Ring-fenced within the budget £{_whole(own['ring_fence_gbp_m'])}.")
    parts = [
        title_text(place, f", {year}", _word(opening)),
        _lines(*said),
        _moves(data, place, year),
        _streams(data, place, year),
        _measures(data, frame, place, year),
        _distances(data, place),
        _others(frame, place),
    ]
    if "public_health_grant_gbp_m" in own:
        of = data["public_health_grant"].attrs["year"]
        grant, formula = own["public_health_grant_gbp_m"], own["public_health_formula_gbp_m"]
        told = (
            f"{millions(grant)} of {millions(every['public_health_grant_gbp_m'])}. Shared by "
            f"avoidable mortality it would be {millions(formula)}."
        )
        parts.append(_lines(f"PUBLIC HEALTH GRANT OF THE COUNCIL, {of}", told))
    return "\n\n".join(parts)


def _word(opening: str) -> str:
    return f"Opening position {opening}." if opening else ""


def _lines(*sentences: str) -> str:
    return "\n".join(line for text in sentences for line in wrapped(text))


def _moves(data: xr.Dataset, place: str, year: str) -> str:
    """Return what moved the budget, line by line, to the pound."""
    moved = what_moved(data, place, year)
    moves = [("Budget of the year before", moved["last year"])] if moved["last year"] else []
    moves += [(words, moved[part]) for part, words in WORDS.items() if abs(moved[part]) >= 5e-7]
    moves.append((f"Budget of {year}", moved["this year"]))
    rows = [[words, _whole(float(value))] for words, value in moves]
    return table_text(["", "£"], rows, title="WHY IT MOVED", ruled=[-1])


def _streams(data: xr.Dataset, place: str, year: str) -> str:
    """Return the budget, target and distance of each stream that the place shares."""
    here = data[["budget", "target", "dft"]].sel(place=place, year=year)
    rows: list[list[str]] = []
    for name in here["stream"].values:
        now = here.sel(stream=name)
        if float(now["budget"]) > 0:
            amounts = (_whole(float(now[part])) for part in ("budget", "target"))
            distance = money(100 * float(now["dft"]), 2)
            rows.append([str(name).replace("_", " "), *amounts, distance])
    heads = ["stream", "budget, £", "target, £", "from target, %"]
    return table_text(heads, rows, title="BY STREAM")


def _measures(data: xr.Dataset, frame: pd.DataFrame, place: str, year: str) -> str:
    """Return pounds a head and need by component: the place, all places, and its rank."""
    main = str(data.attrs["main_stream"]).replace("_", " ")
    series: list[tuple[str, pd.Series, Callable[[float], str]]] = [
        ("Budget a head", frame["gbp_per_head"], pounds),
        (f"{main.capitalize()} a weighted head", frame["gbp_per_weighted_head"], pounds),
    ]
    index = data["need_index"].sel(year=year)
    for component in index["component"].values:
        if component != "registered_population":
            need = index.sel(component=component).to_series()
            need["All places"] = 1.0
            words = f"Need a head: {str(component).replace('_', ' ')}"
            series.append((words, need, "{:.3f}".format))
    if "out_of_hospital_share" in frame:
        series.append(("Spend outside hospital", frame["out_of_hospital_share"], percent))
    rows = []
    for words, values, shown in series:
        others = values.drop("All places")
        rank = int((others > others[place]).sum()) + 1
        figures = (shown(values[place]), shown(values["All places"]))
        rows.append([words, *figures, f"{rank} of {len(others)}"])
    heads = ["measure", cut(place, 20), "all places", "rank"]
    return table_text(heads, rows, title="A HEAD")


def _distances(data: xr.Dataset, place: str) -> str:
    distance = place_totals(data)["dft"].sel(place=place)
    figures = [money(100 * float(value)) for value in distance]
    heads = ["", *map(str, distance["year"].values)]
    return table_text(heads, [["all streams", *figures]], title="DISTANCE FROM TARGET, %")


def _others(frame: pd.DataFrame, place: str) -> str:
    order = frame.drop("All places").sort_values("dft", kind="stable")
    rows = [
        [
            f"{'>' if other == place else ' '} {other}",
            money(line["budget_gbp_m"]),
            money(line["gbp_per_head"], 0),
            money(100 * line["dft"]),
        ]
        for other, line in order.iterrows()
    ]
    heads = ["  place", "budget, £m", "a head, £", "from target, %"]
    return table_text(heads, rows, title="BESIDE THE OTHERS, the furthest below target first")


def _whole(value: float) -> str:
    """Return £m as whole pounds, negatives in brackets."""
    return money(round(value * 1e6), 0)


def _distance(dft: float) -> str:
    word = "above" if dft > 0 else "below"
    return f"{percent(abs(dft), 2)} {word} it"


def sensitivity_table(table: pd.DataFrame, name: str, opening: str) -> str:
    """Return how far each place's budget moves with each change, £m, at most 80 columns wide."""
    year = str(table["year"].iloc[0])
    table = table[table["measure"] == "budget_move"]
    places = list(dict.fromkeys(table["place"]))
    rows: list[list[str]] = []
    begins: list[int] = []
    heading = ""
    for (kind, case), lines in table.groupby(["kind", "case"], sort=False):
        above, label = case_words(str(kind), str(case))
        if above != heading:
            begins.append(len(rows))
            rows.append([above.upper(), *[""] * len(places)])
            heading = above
        moves = lines.set_index("place")["value"]
        rows.append([label, *(money(float(moves[place]), 2) for place in places)])
    parts = [
        title_text(name, f": how far budgets of {year} move", _word(opening)),
        table_text(["£m", *map(str, places)], rows, ruled=begins),
    ]
    notes = [text for text in dict.fromkeys(table["note"]) if text]
    parts += [_lines(*notes)] if notes else []
    parts.append("A weight rises by one point in every year; the others scale so the sum stays.")
    return "\n\n".join(parts)


def case_words(kind: str, case: str) -> tuple[str, str]:
    """Return the heading and the label of a case of the sensitivity table."""
    final, mark, component = case.partition(": ")
    if not mark:
        return kind, case.removeprefix("nhse-")
    words = final.removeprefix("final_").replace("_", " ")
    return f"{kind}, {words}", component.removesuffix(" +1 point").replace("_", " ")
