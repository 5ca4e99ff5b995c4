"""Every number in the sentences of the page against the tables, each in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd
import pytest
from facts import Facts, plain
from markup import Block, Markup
from sentences import families, rests, tokens
from systems import write_system

import nelfin
from nelfin.report.charts import CHARTS, RESTS_ON
from nelfin.report.charts.pictures import titled_charts
from nelfin.report.page import write_page
from nelfin.report.text.origin import run_words
from nelfin.result import Result
from nelfin.scenario.names import in_sentence, plain_name, setting_name
from nelfin.system.compare import Comparison

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Told:
    """A page with what it is of."""

    page: Markup
    result: Result
    first: Result | None = None
    compared: Comparison | None = None


@pytest.fixture(scope="module", params=["with draws", "small", "compared"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A page with draws; one of a small system without; and that beside another run of it."""
    if request.param == "with draws":
        folder, result = (request.getfixturevalue(name) for name in ("run_folder", "result"))
        return Told(Markup(folder / "report.html"), result)
    folder = tmp_path_factory.mktemp("told")
    file = write_system(folder / "system", places=3, schemes=120)
    # never in balance, and cash that breaks even, to have the other wordings too
    other = {
        "recovery.pressures_pct": 3.0,
        "prevention.new_money_pct": 20.0,
        "prevention.pool_pct": 80.0,
    }
    result = nelfin.run(nelfin.load_scenario(file, other))
    if request.param == "small":
        write_page(result, folder / "report.html")
        return Told(Markup(folder / "report.html"), result)
    first = nelfin.run(nelfin.load_scenario(file))
    write_page(result, folder / "report.html", [first])
    compared = nelfin.compare(first, result)
    return Told(Markup(folder / "report.html"), result, first, compared)


def of_grounds(block: Block) -> bool:
    """Say whether a block counts the figures that a chart rests on."""
    said = r"\d (assumption|illustrative|given)" if block.article else "$."
    return re.search(said, block.text) is not None


def test_every_sentence_says_the_numbers_of_the_tables(told: Told) -> None:
    for family in families(told.result, told.compared, told.first):
        mine = [block for block in told.page.blocks if family.has(block) and not of_grounds(block)]
        said = [number for block in mine for number in tokens(block.text)]
        assert said == list(family.numbers), (family, [block.text for block in mine])


def test_no_number_of_the_page_is_left_out_of_the_test_above(told: Told) -> None:
    every = families(told.result, told.compared, told.first)
    numbered = [block for block in told.page.blocks if re.search(r"\d", block.text)]
    assert len(numbered) > 100
    for block in numbered:
        owners = [family for family in every if family.has(block)]
        assert len(owners) == (0 if of_grounds(block) else 1), block
        read = "".join(tokens(block.text))
        assert re.findall(r"\d", block.text) == re.findall(r"\d", read), block


def test_names_are_those_of_the_tables(told: Told) -> None:
    """What the numbers are read without is a name as it was given, cut short if it is long."""
    result = told.result
    known = {result.name, *map(plain_name, result.provenance["inputs"])}
    known |= set(result.table("need")["place"])
    known |= set(result.table("plan")["name"]) | set(result.data["organisation"].values)
    known |= set(told.compared.names) if told.compared else set()
    for block in told.page.blocks:
        assert {name for name in block.names if not name.endswith("…")} <= known, block


def test_figures_that_a_chart_rests_on_are_counted(told: Told) -> None:
    facts, counted = Facts(told.result), 0
    for block in told.page.blocks:
        if block.tag == "p" and of_grounds(block):
            assert tokens(block.text) == rests(facts, block), block
            whole = [
                one
                for one in told.page.blocks
                if one.article == block.article
                and one.section == block.section
                and one.text.startswith("Rests on")
            ]
            assert [tokens(one.text) for one in whole] == [rests(facts, block, whole=True)], block
            counted += 1
    assert counted == sum(block.text.startswith("Rests on") for block in told.page.blocks) > 10


def test_pictures_count_the_illustrative_figures_they_rest_on(told: Told) -> None:
    sources, drawn = told.result.table("sources"), titled_charts(told.result)
    assert set(drawn) == set(told.result.charts)
    for name, chart in drawn.items():
        spec = chart.to_dict()
        whole, _, source = spec["description"].rpartition(" Source: ")
        begin, _, note = whole.rpartition("Rests on illustrative figures: ")
        assert begin, name
        run = run_words(told.result)
        title, _, words = begin.strip().partition(f" {run}. ")
        shown = re.match(r"Shown: all (?:places|organisations)\. ", words)
        params = [one.get("value") for one in spec.get("params", []) if "value" in one]
        assert bool(shown) == any(str(value).startswith("All ") for value in params), name
        begin = f"{title} {words.removeprefix(shown[0] if shown else '')}"
        counted = re.findall(r"([\d,]+) (published|derived|assumption|illustrative)", source)
        assert sum(int(count.replace(",", "")) for count, _ in counted) > 0
        said = [
            block
            for block in told.page.blocks
            if block.article == name
            and block.tag == "aria-label"
            and not block.text.startswith("Table behind")
        ]
        assert begin.strip() == said[0].text.removesuffix(" The table behind it follows.")
        lines = " ".join(spec["title"]["subtitle"])
        assert f"{spec['title']['text']}. {lines}" == spec["description"]
        made_up = sources[sources["status"] == "illustrative"]
        for group in note.strip(".").split("; "):
            if rows := re.fullmatch(r"(\d+) of (\d+) (?:rows of )?([a-z ]+)", group):
                table = rows[3].replace("capital schemes", "projects").replace(" ", "_")
                both = [(frame["where"] == table).sum() for frame in (made_up, sources)]
                assert [int(rows[1]), int(rows[2])] == both
            elif more := re.fullmatch(r"(\d+) more settings?", group):
                named = note.partition(f"; {group}")[0].split("; ")
                sections = {part for part in RESTS_ON[CHARTS[name].section] if part.endswith(".")}
                mine = made_up[made_up["where"] == "scenario"]["figure"]
                count = sum(figure.startswith(tuple(sections)) for figure in mine)
                assert int(more[1]) == count - len(named)
            else:
                assert group in {in_sentence(setting_name(key)) for key in made_up["figure"]}


def test_tables_of_a_comparison_equal_it_cell_by_cell(told: Told) -> None:
    tables = {table.holds: table for table in told.page.tables}
    if told.compared is None:
        assert not {"differs", "headline", "results"} & set(tables)
        return
    differs = [row[1:-1] for row in tables["differs"].rows]
    own = [each[told.compared.names] for each in (told.compared.settings, told.compared.cells)]
    assert [[cell.text for cell in row] for row in differs] == pd.concat(own).values.tolist()
    assert len(tables["headline"].rows) == len(told.compared.headline)
    results = told.compared.results
    assert len(tables["results"].rows) == len(results) > 1
    lines = results.to_numpy(dtype=object).tolist()
    for row, line in zip(tables["results"].rows, lines, strict=True):
        for cell, value in zip(row, line, strict=True):
            if isinstance(value, str):
                assert cell.text == value
            else:
                assert (cell.value, cell.text) == (value, plain(value, 2))
