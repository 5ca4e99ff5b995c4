"""Place budgets as text: all places side by side, and one page for a place lead."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import xarray as xr

from nelfin.allocations.comparisons import compare_places, what_moved
from nelfin.report.words import millions, money, percent, pounds

WIDTH = 79
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
    title = f"{name[:50]}, place budgets {year}"
    lines = [f"{title}{'£m unless said'.rjust(WIDTH - len(title))}", "=" * WIDTH]
    if opening:
        lines.append(f"Opening position {opening}.")
    lines.append(
        f"{'place':<22}{'budget':>10}{'share':>9}{'target':>10}{'a head':>9}"
        f"{'weighted':>10}{'distance':>10}"
    )
    for place, line in frame.iterrows():
        lines.append(
            f"{str(place)[:21]:<22}{money(line['budget_gbp_m']):>10}{percent(line['share']):>9}"
            f"{money(line['target_gbp_m']):>10}{pounds(line['gbp_per_head']):>9}"
            f"{pounds(line['gbp_per_weighted_head']):>10}{percent(line['dft']):>10}"
        )
    held = float(data["system_held"].sel(year=year).sum())
    whole = float(data["envelope"].sel(year=year).sum())
    lines.append(f"Held at system level {money(held)}; envelope {money(whole)}.")
    main = str(data.attrs["main_stream"]).replace("_", " ")
    lines.append(f"weighted: pounds of {main} a weighted head; distance: from target.")
    return "\n".join(lines)


def place_page(data: xr.Dataset, place: str, year: str, opening: str) -> str:
    """Return one page for a place lead: the budget, why it moved to the pound, and the others."""
    frame = compare_places(data, year)
    own, every = frame.loc[place], frame.loc["All places"]
    title = f"{place[:50]}, {year}"
    lines = [f"{title}{'£ unless said'.rjust(WIDTH - len(title))}", "=" * WIDTH]
    if opening:
        lines.append(f"Opening position {opening}.")
    lines += [
        "",
        f"Budget {_whole(own['budget_gbp_m'])}, {percent(own['share'])} of all places.",
        f"Target {_whole(own['target_gbp_m'])}: the budget is {_distance(own['dft'])}.",
    ]
    if own["ring_fence_gbp_m"] >= 5e-7:
        lines.append(f"Ring-fenced within the budget {_whole(own['ring_fence_gbp_m'])}.")
    lines += ["", "WHY IT MOVED"]
    moved = what_moved(data, place, year)
    if moved["last year"]:
        lines.append(f"  {'Budget of the year before':<46}{_whole(moved['last year']):>20}")
    for part, words in WORDS.items():
        if abs(moved[part]) >= 5e-7:
            lines.append(f"  {words:<46}{_whole(moved[part]):>20}")
    lines.append(f"  {f'Budget of {year}':<46}{_whole(moved['this year']):>20}")
    lines += ["", *_streams(data, place, year)]
    lines += ["", *_measures(data, frame, place, year)]
    lines += ["", "DISTANCE FROM TARGET, ALL STREAMS"]
    ratio = (data["budget"].sum("stream") / data["target"].sum("stream") - 1).sel(place=place)
    path = [f"{label} {percent(float(ratio.sel(year=label)))}" for label in ratio["year"].values]
    lines += ["  " + "   ".join(path[i : i + 4]) for i in range(0, len(path), 4)]
    lines += ["", "BESIDE THE OTHERS"]
    order = frame.drop("All places").sort_values("dft", kind="stable")
    for other, line in order.iterrows():
        mark = ">" if other == place else " "
        lines.append(
            f"{mark} {str(other)[:26]:<27}{money(line['budget_gbp_m']):>9} £m"
            f"{pounds(line['gbp_per_head']):>9} a head{percent(line['dft']):>10} from target"
        )
    if "public_health_grant_gbp_m" in own:
        of = data["public_health_grant"].attrs["year"]
        lines += ["", f"PUBLIC HEALTH GRANT OF THE COUNCIL, {of}"]
        grant, formula = own["public_health_grant_gbp_m"], own["public_health_formula_gbp_m"]
        lines.append(
            f"  {millions(grant)} of {millions(every['public_health_grant_gbp_m'])}. Shared by "
            f"avoidable mortality it would be {millions(formula)}."
        )
    return "\n".join(lines)


def _streams(data: xr.Dataset, place: str, year: str) -> list[str]:
    """Return the budget, target and distance of each stream that the place shares."""
    here = data[["budget", "target", "dft"]].sel(place=place, year=year)
    lines = [f"BY STREAM{'budget':>29}{'target':>16}{'distance':>12}"]
    for name in here["stream"].values:
        now = here.sel(stream=name)
        if float(now["budget"]) > 0:
            cells = (_whole(float(now["budget"])), _whole(float(now["target"])))
            words = str(name).replace("_", " ")[:20]
            distance = percent(float(now["dft"]), 2)
            lines.append(f"  {words:<20}{cells[0]:>16}{cells[1]:>16}{distance:>12}")
    return lines


def _measures(data: xr.Dataset, frame: pd.DataFrame, place: str, year: str) -> list[str]:
    """Return pounds a head and need by component: the place, all places, and its rank."""
    main = str(data.attrs["main_stream"]).replace("_", " ")
    rows: list[tuple[str, pd.Series, Callable[[float], str]]] = [
        ("Budget a head", frame["gbp_per_head"], pounds),
        (f"{main.capitalize()} a weighted head", frame["gbp_per_weighted_head"], pounds),
    ]
    index = data["need_index"].sel(year=year)
    for component in index["component"].values:
        if component != "registered_population":
            series = index.sel(component=component).to_series()
            series["All places"] = 1.0
            words = f"Need a head: {str(component).replace('_', ' ')}"
            rows.append((words, series, "{:.3f}".format))
    if "out_of_hospital_share" in frame:
        rows.append(("Spend outside hospital", frame["out_of_hospital_share"], percent))
    lines = [f"{'A HEAD':<40}{place[:16]:>16}{'all places':>12}{'rank':>8}"]
    for words, series, shown in rows:
        others = series.drop("All places")
        rank = int((others > others[place]).sum()) + 1
        every = shown(series["All places"])
        lines.append(
            f"  {words[:38]:<38}{shown(series[place]):>16}{every:>12}{rank:>3} of {len(others)}"
        )
    return lines


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
    title = f"{name[:40]}: how far budgets of {year} move"
    lines = [f"{title}{'£m'.rjust(WIDTH - len(title))}", "=" * WIDTH]
    if opening:
        lines.append(f"Opening position {opening}.")
    across = 7
    for begin in range(0, len(places), across):
        some = places[begin : begin + across]
        lines += ["", " " * 23 + "".join(f"{_short(place):>8}" for place in some)]
        heading = ""
        for (kind, case), rows in table.groupby(["kind", "case"], sort=False):
            above, label = case_words(str(kind), str(case))
            if above != heading:
                lines.append(above.upper())
                heading = above
            moves = rows.set_index("place")["value"]
            cells = "".join(f"{money(float(moves[place]), 2):>8}" for place in some)
            lines.append(f"  {label[:21]:<21}{cells}")
    notes = [text for text in dict.fromkeys(table["note"]) if text]
    lines += ["", *notes] if notes else []
    lines += ["", "A weight rises by one point in every year; the others scale so the sum stays."]
    return "\n".join(lines)


def case_words(kind: str, case: str) -> tuple[str, str]:
    """Return the heading and the label of a case of the sensitivity table."""
    final, mark, component = case.partition(": ")
    if not mark:
        return kind, case.removeprefix("nhse-")
    words = final.removeprefix("final_").replace("_", " ")
    return f"{kind}, {words}", component.removesuffix(" +1 point").replace("_", " ")


def _short(place: str) -> str:
    """Return a place's name in seven letters, or its initials."""
    words = [word for word in place.split() if word.lower() not in {"and", "of", "the"}]
    return (
        place
        if len(place) <= 7
        else place[:7]
        if len(words) == 1
        else "".join(word[0] for word in words[:7])
    )
