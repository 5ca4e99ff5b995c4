"""Place budgets as text: all places side by side, and one page for a place lead."""

from __future__ import annotations

import xarray as xr

from nelfin.allocations.comparisons import compare_places, what_moved
from nelfin.report.words import money, percent, pounds

WIDTH = 79
WORDS = {
    "streams that begin": "Streams that begin, at their opening",
    "streams that end": "Streams that end",
    "envelope": "Envelope: an even share of its growth",
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
        f"A head {pounds(own['gbp_per_head'])} (all places {pounds(every['gbp_per_head'])}); "
        f"need a head {own['need_index']:.3f} of the system's.",
        f"Target {_whole(own['target_gbp_m'])}: the budget is {_distance(own['dft'])}.",
        "",
        "WHY IT MOVED",
    ]
    moved = what_moved(data, place, year)
    if moved["last year"]:
        lines.append(f"  {'Budget of the year before':<46}{_whole(moved['last year']):>20}")
    for part, words in WORDS.items():
        if abs(moved[part]) >= 5e-7:
            lines.append(f"  {words:<46}{_whole(moved[part]):>20}")
    lines.append(f"  {f'Budget of {year}':<46}{_whole(moved['this year']):>20}")
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
    return "\n".join(lines)


def _whole(value: float) -> str:
    """Return £m as whole pounds, negatives in brackets."""
    return money(round(value * 1e6), 0)


def _distance(dft: float) -> str:
    word = "above" if dft > 0 else "below"
    return f"{percent(abs(dft), 2)} {word} it"
