"""Tables in the terminal: within 80 columns whatever the names, and figures whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xarray as xr

import nelfin
from nelfin.cli.options import with_bold_heads
from nelfin.data import Inputs
from nelfin.models.best_mix import BestMix
from nelfin.report.text.capital import SECTIONS, capital_text
from nelfin.report.text.comparison import causes_text, comparison_text
from nelfin.report.text.odds import odds_text
from nelfin.report.text.places import place_page, places_table
from nelfin.report.text.prevention import best_mix_text, prevention_text
from nelfin.report.text.recovery import recovery_text
from nelfin.report.text.runs import runs_text
from nelfin.report.text.seek import seek_text
from nelfin.report.text.sensitivity import sensitivity_table
from nelfin.report.text.summary import summary
from nelfin.report.text.sweeps import sweep_text
from nelfin.report.text.terminal import clean, cut, table_text, title_text, wrapped
from nelfin.result import Result
from nelfin.scenario import Scenario
from nelfin.store.sweeps import Sweep
from nelfin.system.compare import Comparison
from nelfin.system.joint import Joint, join
from nelfin.system.seek import Goal, GoalMet

pytestmark = pytest.mark.unit

Cells = Callable[[str], int]

HOSTILE = {
    "long": "x" * 4_000,
    "wordy": "Barking and Dagenham, Havering and Redbridge " * 90,
    "right to left": "\u05d1\u05d9\u05ea \u05d7\u05d5\u05dc\u05d9\u05dd " * 400,
    "wide": "\u5317\u4eac\u533b\u9662" * 1_000,
    "emoji": "\U0001f3e5\U0001f468\U0001f3fd\u200d\u2695\ufe0f " * 600,
    "flags and accents": "\U0001f1ec\U0001f1e7e\u0301" * 900,
    "controls": "New\x1b[2Jham\r\n\u202eback\x07" * 100,
    "empty": "",
}
HUGE = 123_456_789_012.3


def name_of(kind: str, at: int) -> str:
    """Return a hostile name that is not like the others."""
    return f"{at} {HOSTILE[kind]}"


def fits(text: str, cells: Cells) -> None:
    for line in text.split("\n"):
        assert cells(line) <= 79, line
        assert line == line.rstrip(), line
    assert all(letter.isprintable() or letter in "\n\u00a0\u200c" for letter in text)


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Keep the figures of every table that is printed."""
    kept: list[list[str]] = []

    def kept_too(
        heads: Sequence[str], rows: Sequence[Sequence[str]], align: str = "", **more: Any
    ) -> str:
        kinds = (align or "l").ljust(len(heads), "r")
        kept.append([row[at] for row in rows for at, kind in enumerate(kinds) if kind == "r"])
        return table_text(heads, rows, align, **more)

    for name in (
        "capital",
        "comparison",
        "places",
        "prevention",
        "runs",
        "sensitivity",
        "summary",
        "sweeps",
        "terminal",
    ):
        module = import_module(f"nelfin.report.text.{name}")
        monkeypatch.setattr(module, "table_text", lambda heads, rows, align="", title="", **more:
                            kept_too(heads, rows, align, title=title, **more))  # fmt: skip
    return kept


def whole(text: str, tables: list[list[str]]) -> None:
    """Each figure of each table stands in the text, with no letter before or after it."""
    assert tables
    for figure in (figure for table in tables for figure in table if figure):
        assert re.search(rf"(?<!\S){re.escape(figure)}(?!\S)", text), figure


@pytest.fixture(scope="module")
def joint(scenario: Scenario, inputs: Inputs) -> Joint:
    return join(scenario, inputs)


def renamed(data: xr.Dataset, kind: str, dim: str) -> xr.Dataset:
    names = [name_of(kind, at) for at in range(data.sizes[dim])]
    return data.assign_coords({dim: xr.Variable((dim,), names)})


def scaled(data: xr.Dataset, *names: str) -> xr.Dataset:
    """Return data with figures of twenty letters and more, some negative."""
    return data.assign({name: data[name] * -HUGE for name in names})


def texts_of_places(result: Result, kind: str) -> Iterator[str]:
    data = scaled(renamed(result.data, kind, "place"), "budget", "target")
    title = name_of(kind, 0)
    yield places_table(data, title, "2025/26", f"illustrative: {title}")
    data = renamed(result.data, kind, "place")
    yield place_page(data, str(data["place"].values[3]), "2025/26", f"illustrative: {title}")


def test_pages_of_places_fit(
    result: Result, cells: Cells, kind: str, tables: list[list[str]]
) -> None:
    for text in texts_of_places(result, kind):
        fits(text, cells)
        assert "llustrative: " in text
        whole(text, tables)
        tables.clear()


def test_the_table_of_sensitivities_fits(cells: Cells, kind: str, tables: list[list[str]]) -> None:
    rows = [
        ["2025/26", name_of(kind, place), what, case, "budget_move", HUGE * (place - 3), note]
        for what, case, note in (
            ("need weight", f"final_core: {HOSTILE[kind]} +1 point", ""),
            ("opening", name_of(kind, 9), ""),
            ("rule", "nhse-core-2025-26", name_of(kind, 8)),
        )
        for place in range(12)
    ]
    columns = ["year", "place", "kind", "case", "measure", "value", "note"]
    text = sensitivity_table(pd.DataFrame(rows, columns=columns), HOSTILE[kind], "given: x.csv")
    fits(text, cells)
    whole(text, tables)


def test_positions_fit(joint: Joint, cells: Cells, kind: str, tables: list[list[str]]) -> None:
    recovery = scaled(renamed(joint.recovery, kind, "organisation"), "recovery_bridge")
    shift = scaled(joint.prevention, *(str(name) for name in joint.prevention.data_vars
                                       if joint.prevention[name].dims == ("year",)))  # fmt: skip
    for name, array in joint.prevention.data_vars.items():
        shift[name].attrs |= array.attrs
    by_year = pd.DataFrame({"year": ["2025/26", "2026/27"], "extra_spend_gbp_m": HUGE,
                            "cash_gbp_m": -HUGE, "net_cash_gbp_m": 0.0,
                            "cut_gbp_m": HUGE})  # fmt: skip
    mix = pd.DataFrame({"programme": [name_of(kind, at) for at in range(3)], "share_pct": 33.3})
    causes = pd.DataFrame(
        [[year, name_of(kind, cause), HOSTILE[kind], HUGE * (cause - 1), HOSTILE[kind]]
         for cause in range(4) for year in ("2025/26", "2026/27")],
        columns=["year", "cause", "measure", "value", "unit"],
    )  # fmt: skip
    odds = pd.DataFrame(
        [[measure, f"20{at}/{at + 1}", HUGE] for at in range(25, 37)
         for measure in ("reported_p10", "reported_p50", "reported_p90", "odds_of_balance",
                         "odds_without_support")],
        columns=["measure", "year", "value"],
    )  # fmt: skip
    path = {f"20{at}/{at + 1}": -HUGE for at in range(25, 37)}
    goal = Goal("system_reported", ">=", 0.0, "2027/28")
    met = GoalMet(goal, "envelope.growth_pct." + kind, 1e15, -1e-15, path, path)
    for made in (
        lambda: recovery_text(recovery, HOSTILE[kind], HOSTILE[kind]),
        lambda: prevention_text(shift, HOSTILE[kind], HOSTILE[kind]),
        lambda: best_mix_text(BestMix(mix, by_year, HUGE, HUGE), "qalys"),
        lambda: causes_text(causes),
        lambda: odds_text(odds, 1_000),
        lambda: seek_text(met, "% a year " * 40),
    ):
        tables.clear()
        text = made()
        fits(text, cells)
        whole(text, tables)


def test_comparisons_fit(cells: Cells, kind: str, tables: list[list[str]]) -> None:
    names = [f"{HOSTILE[kind]} (1)", "middle", f"{HOSTILE[kind]} (3)"]
    settings = [
        ["a.b_pct", "%", "4.0", "x", "5.0", "--set"],
        [f"key.{kind}", HOSTILE[kind], *[HOSTILE[kind]] * 4],
    ]
    cells_ = [["capital_limits", HOSTILE[kind], "limit_gbp_m", "£m", "1", "2", "3", "–"]] * 20
    headline = [["In balance from", "year", "none", "none", HOSTILE[kind]],
                ["Capital used", "£m", HUGE, 1.0, -HUGE]]  # fmt: skip
    schemes = [[f"P{at}", HOSTILE[kind], "", "2031/32", "–", "not funded", -HUGE, moved, "Why."]
               for at, moved in enumerate(["out", "in", "later"] * 6)]  # fmt: skip
    results = [["budget", name_of(kind, at), "2031/32", "£m", HUGE, 1.0, -HUGE, -2 * HUGE]
               for at in range(25)]  # fmt: skip
    found = Comparison(
        names,
        pd.DataFrame(settings, columns=["setting", "unit", *names, "why"]),
        pd.DataFrame(cells_, columns=["table", "row", "column", "unit", *names, "why"]),
        pd.DataFrame(headline, columns=["figure", "unit", *names]),
        pd.DataFrame(schemes, columns=["project_id", "name", "organisation", *names, *MOVED]),
        pd.DataFrame(results, columns=["measure", "of", "year", "unit", *names, "change"]),
        [f"Tables differ: {HOSTILE[kind]}."],
    )
    text = comparison_text(found)
    fits(text, cells)
    whole(text, tables)
    for count, words in (
        (7, "that differ"), (3, "that are not funded alike"), (17, "that are smaller"),
    ):  # fmt: skip
        assert f"and {count} more {words}; -o writes all." in text
    assert "4.0" in text.split()


MOVED = ("spend_change_gbp_m", "moved", "reason")
CHANGE = {"where": "capital_limits", "row": "x" * 90, "figure": "a_pct", "from": "1", "to": "2"}


def test_lists_of_runs_and_cases_fit(
    cells: Cells, kind: str, tables: list[list[str]], tmp_path: Path
) -> None:
    run = {
        "folder": HOSTILE[kind] or "x", "kind": "run", "started": "2026-11-26T10:00", "note": "",
        "cases": None, "balance_from": "2029/30", "reported_gbp_m": -HUGE, "schemes_funded": 171.0,
        "furthest_under_target": HOSTILE[kind], "dft": -0.042, "called": HOSTILE[kind] or "x",
        "by": HOSTILE[kind], "remark": "", "base": HOSTILE[kind], "changed": 9, "changes": [CHANGE],
    }  # fmt: skip
    sweep = run | {"kind": "sweep", "cases": 2.0, "remark": "run.json cannot be read"}
    text = runs_text(pd.DataFrame([run, sweep]))
    fits(text, cells)
    whole(text, tables)
    assert "(4.2)" in text.split()
    tables.clear()

    class Kept(Sweep):
        @property
        def cases(self) -> pd.DataFrame:
            return pd.DataFrame(
                {"case": [0, 1], "a.rule": ["none", HOSTILE[kind]], "a.growth_pct": [1e15, -2.5],
                 f"return of {HOSTILE[kind]}": [1, 2]}
            )  # fmt: skip

        def table(self, measure: str | None = None, *_: Any, **__: Any) -> pd.DataFrame:
            return pd.DataFrame(
                {"case": [0, 1], "measure": measure, "year": "2032/33", "value": [HUGE, -HUGE]}
            )

    text = sweep_text(Kept(tmp_path, {"cases": 2}))
    fits(text, cells)
    whole(text, tables)


def test_the_capital_plan_and_its_tests_fit(
    joint: Joint, cells: Cells, kind: str, tables: list[list[str]]
) -> None:
    name = HOSTILE[kind]
    schemes = joint.plan.plan.head(30).assign(
        category=[name_of(kind, at % 4) for at in range(30)], spend_gbp_m=HUGE, cdel_gbp_m=-HUGE
    )
    limits = joint.plan.limits.assign(organisation=name, limit_gbp_m=HUGE, used_gbp_m=-HUGE)
    prices = joint.plan.prices.assign(gain_of_1m_more=HUGE, loss_of_1m_less=float("nan"))
    plan = replace(joint.plan, plan=schemes, limits=limits, prices=prices)
    about: dict[str, Any] = {"project_id": name_of(kind, 1), "name": name, "benefit": HUGE,
                             "verdict": "core", "gap": 0.001, "schemes": 10**12}  # fmt: skip
    found = {
        "frontier": about | {"point": 1, "benefit_given_up": HUGE, "second_gbp_m": HUGE},
        "priority_list": about | {"rank": 1, "tier": name, "benefit_per_gbp_m": HUGE},
        "regret": about | {"budget": name, "share_of_limit": 1.2, "best": HUGE, "regret_pct": 0.1},
        "core_index": about,
        "stays": about | {"spend_gbp_m": HUGE, "in_plan": 1.0},
        "inflation": about | {"case": name, "benefit_lost_pct": -HUGE, "dropped": 10**12},
        "overrun": about | {"before": "2025/26", "after": "", "change": name},
        "changes": about | {"before": "2025/26", "after": name, "why": f"Displaced by {name}."},
        "worth": about | {"npsv_gbp_m": HUGE, "benefit_cost_ratio": HUGE, "npsv_per_gbp_m": -HUGE},
        "benefit_kinds": about | {"score": "2025/26", "npsv": "not funded", "plans_in": 1},
        "benefit_plans": about | {"best_by": "npsv", "cdel_gbp_m": HUGE, "npsv_worth": -HUGE},
    }
    assert set(found) == set(SECTIONS)
    frames = {key: pd.DataFrame([row, row]) for key, row in found.items()}
    text = capital_text(plan, frames, name, name)
    fits(text, cells)
    whole(text, tables)
    assert "2025/26" in text.split()


def test_the_summary_fits(result: Result, cells: Cells, kind: str, tables: list[list[str]]) -> None:
    data = scaled(renamed(result.data, kind, "place"), "budget", "target")
    kept = {name: result.table(name) for name in result.tables}
    again = Result(HOSTILE[kind], data, kept, result.scenario_toml, result.provenance)
    text = summary(again)
    fits(text, cells)
    whole(text, tables)
    assert "Opening position illustrative: " in text


@pytest.fixture(params=HOSTILE)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_name_folds_and_is_cut_after_three_lines() -> None:
    rows = [["Barking, Havering and Redbridge University Hospitals NHS Trust", "1" * 40]]
    lines = table_text(["trust", "£m"], rows).split("\n")[2:]
    assert [line[:37].rstrip() for line in lines] == [
        "Barking, Havering and Redbridge",
        "  University Hospitals NHS Trust",
    ]
    lines = table_text(["trust", "£m"], [["word " * 100, "1.0"]]).split("\n")[2:]
    assert len(lines) == 3
    assert lines[-1].endswith("word…")


def test_figures_line_up_and_brackets_hang() -> None:
    lines = table_text(["a", "£m"], [["x", "1,234.5"], ["y", "(31.0)"], ["z", "–"]]).split("\n")
    assert lines[2].rstrip().endswith("1,234.5")
    assert lines[2].index(".") == lines[3].index(".")
    assert lines[3].endswith("(31.0)")
    assert len(lines[4]) == 79


def test_words_do_not_run_into_the_figure_before_them() -> None:
    wide = "word " * 30
    line = table_text(["a", "b", "c"], [[wide, "1,000.0", wide]], "lrl").split("\n")[2]
    assert "1,000.0  word" in line


def test_years_that_do_not_fit_follow_below_alike() -> None:
    years = [f"20{at}/{at + 1}" for at in range(23, 33)]
    rows = [["Reported", *["(1,234.5)"] * 9, "1.0"], ["Total", *["0.0"] * 10]]
    text = table_text(["step", *years], rows, title="BRIDGE, £m", ruled=[-1])
    assert text.count("BRIDGE, £m") == 1
    first, second = text.split("\n\n")
    assert [line.split() for line in (first.split("\n")[1], second.split("\n")[0])] == [
        ["step", *years[:5]],
        ["step", *years[5:]],
    ]
    # a line below the headings and one above the total
    assert [line[0] for line in second.split("\n")] == ["s", "─", "R", "─", "T"]
    assert first.split("\n")[1].index("2023/24") == second.index("2028/29")


def test_a_table_without_rows_has_its_headings() -> None:
    assert table_text(["place", "£m"], [], ruled=[-1]).split() == ["place", "£m", "─" * 79]


def test_a_figure_wider_than_the_screen_is_whole_all_the_same() -> None:
    assert "9" * 90 in table_text(["a", "b"], [["name", "9" * 90]]).split()


def test_letters_that_move_the_cursor_or_turn_the_line_are_spelt() -> None:
    assert clean("a\x1b[2Jb\tc\nd\u202ee\u00a0%") == "a\\x1b[2Jb c d\\u202ee\u00a0%"
    assert cut("Tower Hamlets", 8) == "Tower H…"
    assert cut("\u5317\u4eac\u533b\u9662", 6) == "\u5317\u4eac…"


def test_a_per_cent_sign_stays_with_its_figure() -> None:
    for width in range(20, 60):
        text = wrapped("The plan is proven within 0.11\u00a0% of the best.", width)
        assert any("0.11\u00a0%" in line for line in text)


def test_the_title_keeps_what_it_is_about(cells: Cells) -> None:
    top, line, said = title_text("y" * 500, ", 2023/24", "Given.", corner="£m").split("\n")
    assert top.endswith("…, 2023/24  £m")
    assert cells(top) == cells(line) == 79
    assert said == "Given."


def test_headings_are_bold_and_rows_are_not() -> None:
    text = table_text(["place", "£m"], [["Newham", "(1.0)"]], title="PLACES", ruled=[-1])
    page = f"{title_text('System', '', 'Said.')}\n\nWHY\n  Because.\n\n{text}\n\nA note."
    bold = [line for line in with_bold_heads(page).split("\n") if "\x1b[1m" in line]
    assert [re.sub(r"\x1b\[\d+m", "", line).split()[0] for line in bold] == [
        "System", "WHY", "PLACES", "place",
    ]  # fmt: skip
    assert re.sub(r"\x1b\[\d+m", "", with_bold_heads(page)) == page


def test_no_other_way_to_set_out_columns_is_left() -> None:
    by_hand = re.compile(r"\{[^{}]*:[^{}]?[<>^]\{?\w+\}?\}|\.(?:l|r)just\(|\.center\(")
    root = Path(nelfin.__file__).parent
    found = [
        f"{path.relative_to(root)}: {line.strip()}"
        for path in sorted(root.rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if by_hand.search(line)
    ]
    # letters for columns not named, no cells
    assert found == ['report/text/terminal.py: kinds = (align or "l").ljust(len(heads), "r")']
