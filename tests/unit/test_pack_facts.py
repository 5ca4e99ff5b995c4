"""What packs tell, against the tables of the run, and as a reader with a calculator adds it up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from nelfin.errors import InputError
from nelfin.report.packs import find_body, find_place
from nelfin.report.packs.board import board_pack
from nelfin.report.packs.body import body_pack
from nelfin.report.packs.drawings import chart_of, svg_of
from nelfin.report.packs.parts import Drawing, Figure, Pack, Section, Table, by_year, text_of
from nelfin.report.packs.place import place_pack
from nelfin.report.text.origin import run_words
from nelfin.report.text.places import CHANGES
from nelfin.result import Result

pytestmark = pytest.mark.unit

PLACE, BODY = "Havering", "BHRUT"


@pytest.fixture(scope="module")
def place(result: Result) -> Pack:
    return place_pack(result, PLACE)


@pytest.fixture(scope="module")
def body(result: Result) -> Pack:
    return body_pack(result, BODY)


@pytest.fixture(scope="module")
def board(result: Result) -> Pack:
    return board_pack(result)


def read(text: str) -> float:
    """Read a printed number as a reader with a calculator does."""
    value = float(text.strip("()").replace(",", ""))
    return -value if text.startswith("(") else value


def section(pack: Pack, key: str) -> Section:
    return next(each for each in pack.sections if each.key == key)


def table(pack: Pack, key: str, begins: str) -> Table:
    return next(each for each in section(pack, key).tables if each.caption.startswith(begins))


def columns(shown: Table) -> dict[str, list[Any]]:
    return {
        head: [row[at].value if isinstance(row[at], Figure) else row[at] for row in shown.rows]
        for at, head in enumerate(shown.heads)
    }


def printed(shown: Table, at: int) -> list[float]:
    return [read(text_of(row[at])) for row in shown.rows]


def changed(
    result: Result, drop: tuple[str, ...] = (), draws: int | None = None, **tables: pd.DataFrame
) -> Result:
    """Return a run with other tables: some changed, some left out."""
    kept = {name: result.table(name) for name in result.tables if name not in drop}
    provenance = result.provenance | ({} if draws is None else {"draws": draws})
    return Result(result.name, result.data, kept | tables, result.scenario_toml, provenance)


def of_place(result: Result, measure: str) -> pd.Series:
    frame = result.table("place_budgets")
    frame = frame[(frame["place"] == PLACE) & (frame["measure"] == measure)]
    return frame.groupby("year")["value"].sum()


def test_budgets_by_year_are_those_of_the_run_and_add_up_to_the_pound(
    result: Result, place: Pack
) -> None:
    shown = table(place, "budget", "Budget by year")
    values = columns(shown)
    budget, target = of_place(result, "budget"), of_place(result, "target")
    assert values["Year"] == list(budget.index)
    assert values["Budget, £"] == pytest.approx(budget.tolist(), abs=1e-9)
    assert values["Target, £"] == pytest.approx(target.tolist(), abs=1e-9)
    for had, share, apart in zip(*(printed(shown, at) for at in (1, 2, 3)), strict=True):
        assert had - share == apart
    last = result.data.attrs["last_published_year"]
    stands = dict(zip(values["Year"], values["Money of the system"], strict=True))
    assert {year for year, status in stands.items() if status == "published"} == {
        year for year in budget.index if year <= last
    }


def test_what_moved_the_budget_leads_from_one_year_to_the_next_as_printed(
    result: Result, place: Pack
) -> None:
    shown = table(place, "budget", "What moved")
    amounts, values = printed(shown, 1), columns(shown)["£"]
    assert amounts[0] + sum(amounts[1:-1]) == amounts[-1]
    year = result.data.attrs["last_published_year"]
    frame = result.table("budget_change")
    frame = frame[(frame["place"] == PLACE) & (frame["year"] == year)]
    parts = frame.groupby("change")["value"].sum()
    told = dict(zip([text_of(row[0]) for row in shown.rows], values, strict=True))
    for part in ("restated", "envelope", "need", "pace"):
        assert told[CHANGES[part].partition(":")[0]] == pytest.approx(parts[part], abs=1e-9)
    assert all(text_of(row[2]) for row in shown.rows[1:-1]), "each part says what it is"
    (drawn,) = section(place, "budget").drawings[1].series.values()
    assert sum(drawn[1:-1]) + drawn[0] == pytest.approx(drawn[-1], abs=0.11)


def test_streams_add_up_to_the_budget_and_the_target(place: Pack) -> None:
    shown = table(place, "streams", "Budget by stream")
    for at in (1, 2):
        amounts = printed(shown, at)
        assert sum(amounts[:-1]) == amounts[-1]


def test_no_other_place_is_told_of_but_how_far_it_is_from_target(
    result: Result, place: Pack
) -> None:
    others = [str(name) for name in result.data["place"].values if name != PLACE]
    need = section(place, "need")
    assert {*need.drawings[0].labels} == {PLACE, *others}
    assert list(need.drawings[0].series) == ["From target"]
    for each in place.sections:
        rows = [row for shown in each.tables for row in shown.rows]
        if each.key == "capital":  # names of schemes are what they are
            rows = [row[1:] for row in rows]
        told = [
            *each.sentences, *each.sources, *(what for what, _, _ in each.unpublished),
            *(text_of(value) for _, value in each.facts),
            *(text_of(cell) for row in rows for cell in row),
            *([] if each.key == "need" else [d.told for d in each.drawings]),
        ]  # fmt: skip
        assert [(name, text) for name in others for text in told if name in text] == []


def test_the_prevention_of_a_place_is_its_share(result: Result, place: Pack) -> None:
    values = columns(table(place, "prevention", "Prevention by year"))
    frame = result.table("prevention_places")
    for head, measure in (("Spent more, £m", "spend"), ("Cash back, £m", "cash")):
        mine = frame[
            (frame["place"] == PLACE) & (frame["measure"] == f"prevention_place_{measure}")
        ]
        assert values[head] == mine["value"].tolist()


@pytest.mark.parametrize(("name", "column"), [(PLACE, "place"), (BODY, "organisation")])
def test_every_scheme_is_there_once_in_or_out(
    result: Result, place: Pack, body: Pack, name: str, column: str
) -> None:
    plan = result.table("plan")
    mine = plan[plan[column] == name]
    pack = place if column == "place" else body
    inside, out = table(pack, "capital", "Schemes in"), table(pack, "capital", "Schemes that wait")
    funded = mine[mine["status"] != "not funded"]
    assert sorted(columns(inside)["Scheme"]) == sorted(funded["name"])
    assert sorted(columns(out)["Scheme"]) == sorted(mine[mine["status"] == "not funded"]["name"])
    at = list(inside.heads).index("Spend, £m")
    assert sum(printed(inside, at)) == pytest.approx(round(funded["spend_gbp_m"].sum(), 1))
    made_up = result.table("projects").set_index("project_id").loc[mine["project_id"], "status"]
    told = columns(inside)["Figures"] + columns(out)["Figures"]
    assert sorted(told) == sorted(made_up), "each says what its figures are"
    count = (made_up == "illustrative").sum()
    assert section(pack, "capital").statuses == [("illustrative", count, "capital schemes")]


def test_a_place_without_schemes_and_a_run_without_moves_say_so(result: Result) -> None:
    plan = result.table("plan").assign(place="")
    none = result.table("sensitivity").assign(value=0.0)
    pack = place_pack(changed(result, plan=plan, sensitivity=none), PLACE)
    assert section(pack, "capital").sentences == [f"No scheme of the capital plan names {PLACE}."]
    assert "would" not in [each.key for each in pack.sections]


@pytest.mark.parametrize("whose", [BODY, ""])
def test_the_bridge_of_each_year_is_the_runs_and_adds_up_as_printed(
    result: Result, body: Pack, board: Pack, whose: str
) -> None:
    pack, key = (body, "bridge") if whose else (board, "balance")
    shown = table(pack, key, "The bridge of each year")
    frame = result.table("recovery_bridge")
    frame = frame[frame["organisation"] == whose] if whose else frame
    wide = frame.pivot_table(index="step", columns="year", values="value", aggfunc="sum")
    labels = [text_of(row[0]) for row in shown.rows]
    ends = [labels.index(name) for name in ("Opening underlying", "Closing underlying", "Reported")]
    for at, year in enumerate(shown.heads[1:], start=1):
        values = [row[at].value for row in shown.rows if isinstance(row[at], Figure)]
        assert values == pytest.approx([wide.at[_down(label), year] for label in labels])
        amounts = printed(shown, at)
        for start, end in (ends[:2], ends[1:]):
            steps = sum(amounts[start + 1 : end])
            assert amounts[start] + steps == pytest.approx(amounts[end], abs=1e-6)


def _down(label: str) -> str:
    return label[:1].lower() + label[1:]


def test_the_bridge_over_all_years_adds_up_as_drawn(body: Pack) -> None:
    drawing = section(body, "bridge").drawings[0]
    (values,) = drawing.series.values()
    ends = [at for at, label in enumerate(drawing.labels) if label in drawing.marked]
    shown = [round(value, 1) for value in values]
    for start, end in pairwise(ends):
        assert sum(shown[start:end]) == pytest.approx(shown[end], abs=1e-6)


def test_savings_are_printed_as_in_the_bridge_and_add_up(body: Pack) -> None:
    savings = table(body, "savings", "Savings by year")
    bridge = table(body, "bridge", "The bridge of each year")
    of_bridge = {text_of(row[0]): [text_of(cell) for cell in row[1:]] for row in bridge.rows}
    first = [text_of(cell) for cell in savings.rows[0][1:]]
    assert first == of_bridge["Recurrent efficiency"]
    for at in range(1, len(savings.heads)):
        amounts = printed(savings, at)
        assert sum(amounts[:-1]) == pytest.approx(amounts[-1], abs=1e-6)


def test_positions_of_an_organisation_say_where_only_a_share_is_known(
    result: Result, body: Pack
) -> None:
    values = columns(table(body, "positions", "Position by year"))
    frame = result.table("recovery_bridge")
    mine = frame[(frame["organisation"] == BODY) & (frame["step"] == "reported")]
    assert values["Reported"] == mine["value"].tolist()
    shared = str(result.data.attrs["shared_positions"])
    years = [part.split()[0] for part in shared.split("; ") if BODY in part]
    told = dict(zip(values["Year"], values["Share"], strict=True))
    assert years
    assert [year for year, mark in told.items() if mark == "illustrative"] == years


def test_income_by_place_is_told_where_it_is_put_in(result: Result, body: Pack) -> None:
    assert "organisation_places" in " ".join(section(body, "income").sentences)
    sources = result.table("sources")
    more = pd.DataFrame(
        [["organisation_places", f"{BODY}, {name}", share, "%", "given", "board papers"]
         for name, share in ((PLACE, "60"), ("Redbridge", "25"))],
        columns=sources.columns,
    )  # fmt: skip
    pack = body_pack(changed(result, sources=pd.concat([sources, more])), BODY)
    shown = table(pack, "income", "Income by place")
    (whole,) = [
        row[1].value
        for row in table(pack, "income", "Income by where").rows
        if row[0] == "All income" and isinstance(row[1], Figure)
    ]
    values = columns(shown)
    assert values["Place"] == [PLACE, "Redbridge", "No place of the system"]
    assert values["£m"] == pytest.approx([0.6 * whole, 0.25 * whole, 0.15 * whole])


def test_a_limit_of_its_own_stands_beside_what_an_organisation_uses(result: Result) -> None:
    limits = result.table("limits").assign(organisation=BODY, limit_gbp_m=30.0)
    pack = body_pack(changed(result, limits=limits), BODY)
    assert set(columns(table(pack, "capital", "Use of"))["Limit, £m"]) == {30.0}
    (drawing,) = section(board_pack(changed(result, limits=limits)), "capital").drawings
    assert set(drawing.series["Limit"]) == {30.0}, "without one of the system, they are its"


def test_the_boards_tables_add_up_as_printed(result: Result, board: Pack) -> None:
    for key, begins, places in (
        ("bodies", "Reported by", range(1, 11)), ("places", "Place budgets", (1, 2)),
        ("capital", "What is asked", (1, 2, 3)),
    ):  # fmt: skip
        shown = table(board, key, begins)
        for at in places:
            amounts = printed(shown, at)
            assert sum(amounts[:-1]) == pytest.approx(amounts[-1], abs=1e-6), (key, at)
    reported = result.data["system_reported"].values.tolist()
    system = table(board, "bodies", "Reported by").rows[-1][1:]
    assert [cell.value for cell in system if isinstance(cell, Figure)] == pytest.approx(reported)


def test_the_boards_risks_are_the_odds_of_the_run(result: Result, board: Pack) -> None:
    odds = result.table("odds")
    wanted = odds[odds["measure"] == "odds_of_balance"].set_index("year")["value"]
    shown = table(board, "risks", "Odds by year")
    told = dict(zip(shown.heads[1:], shown.rows[0][1:], strict=True))
    for year, cell in told.items():
        assert (cell.value if isinstance(cell, Figure) else None) == wanted.get(year), year
    moves = table(board, "risks", "What moves")
    assert all("." not in text_of(row[0]) for row in moves.rows), "no setting by its code name"


def test_a_run_without_draws_says_that_there_are_no_odds(result: Result) -> None:
    drop = ("odds", "odds_by_organisation", "tornado")
    bare = changed(result, drop, draws=0)
    for pack, key in ((body_pack(bare, BODY), "short"), (board_pack(bare), "risks")):
        told = " ".join(section(pack, key).sentences)
        assert "no draws" in told
        assert "--draws" in told
        assert not any("dds" in name for name, _ in section(pack, "short").facts)


def test_the_basis_counts_every_figure_once(result: Result, board: Pack) -> None:
    sources = result.table("sources")
    where = sources["where"].where(sources["where"].isin(["projects", "initiatives"]), "others")
    counts, schemes, initiatives = (
        sources.loc[where == rows, "status"].value_counts()
        for rows in ("others", "projects", "initiatives")
    )
    told = section(board, "short").statuses
    assert told == [
        ("assumption", counts["assumption"], "figures"),
        ("illustrative", counts["illustrative"], "figures"),
        ("illustrative", schemes["illustrative"], "capital schemes"),
        ("illustrative", initiatives["illustrative"], "initiatives"),
    ]
    basis = section(board, "basis")
    assert f"{schemes['illustrative']:,} illustrative capital schemes" in basis.sentences[0]
    assert [status for _, _, status in basis.unpublished] == sorted(
        [status for _, _, status in basis.unpublished], reverse=True
    ), "the illustrative ones first"


def test_names_are_found_whatever_their_capitals_and_the_nearest_is_suggested(
    result: Result,
) -> None:
    assert find_place(result, " hAVERING ") == PLACE
    assert find_body(result, "bhrut") == BODY
    with pytest.raises(InputError, match=r'--place Haverng: is not in this run. Did you mean "Hav'):
        find_place(result, "Haverng", "--place")
    with pytest.raises(InputError, match="Known here: BHRUT, Barts Health, ELFT"):
        find_body(result, "Havering", "--body")


def drawings(*packs: Pack) -> Iterator[Drawing]:
    for pack in packs:
        for each in pack.sections:
            yield from each.drawings


def test_each_kind_of_chart_is_as_altairs_schema_has_it(
    place: Pack, body: Pack, board: Pack
) -> None:
    kinds = {drawing.kind: drawing for drawing in drawings(place, body, board)}
    assert set(kinds) == {"lines", "columns", "bars", "steps"}
    for drawing in kinds.values():
        assert chart_of(drawing).to_dict()["config"]["font"]
    picture = svg_of(kinds["bars"])
    assert picture.startswith("<svg")
    assert "Verdana" not in picture


def test_years_of_a_long_plan_are_told_once_each() -> None:
    for count in (1, 10, 12, 13, 25, 36):
        years = [f"20{at:02}/{at + 1:02}" for at in range(count)]
        cells = [Figure(float(at), str(at)) for at in range(count)]
        tables = by_year("Caption", "£m", [("row", cells)], years, strong=[-1])
        assert [year for shown in tables for year in shown.heads[1:]] == years
        assert [cell for shown in tables for cell in shown.rows[0][1:]] == cells
        sizes = [len(shown.heads) for shown in tables]
        assert max(sizes) - min(sizes) <= len(tables)
        assert len({shown.caption for shown in tables}) == len(tables)


def test_a_run_with_a_name_of_its_own_is_told_by_it(result: Result) -> None:
    named = changed(result)
    named.provenance["run"] = {"name": "Slower growth"}
    for run, words in ((result, f"“{result.name}”"), (named, f"“Slower growth” ({result.name})")):
        assert run_words(run).startswith(f"Run {words} of ")
