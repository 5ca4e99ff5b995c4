"""`nelfin capital`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from nelfin.cli.capital_doubt import aim_options, check_doubt, drawn_up
from nelfin.cli.capital_keep import keep_options, kept_to, tell_kept, with_keep
from nelfin.cli.capital_worth import compare_option, kinds_tables, worth_tables
from nelfin.cli.options import (
    allow_option,
    as_records,
    busy,
    check_tables_folder,
    echo_json,
    illustrative_in,
    json_option,
    output_option,
    scenario_argument,
    set_option,
    show,
    tables_force_option,
    write_tables,
)
from nelfin.cli.reading import read_inputs
from nelfin.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from nelfin.data import Inputs
    from nelfin.models.capital import CapitalPlan
    from nelfin.models.capital.case import Case
    from nelfin.models.capital.compared import PlanTables
    from nelfin.models.capital.stress import Chance
    from nelfin.scenario import Scenario


@click.command()
@scenario_argument
@set_option
@allow_option
@click.option(
    "--frontier",
    type=click.Choice(["deprived", "backlog"]),
    help="Benefit against spend that reaches the most deprived, or backlog cleared.",
)
@click.option("--budgets", is_flag=True, help="One priority list for 80 %, flat and 120 % limits.")
@click.option(
    "--futures", is_flag=True, help="One priority list over the futures of data.capital_futures."
)
@aim_options
@click.option("--core", is_flag=True, help="How often each scheme stays in good plans.")
@click.option("--inflation", is_flag=True, help="What costs 10, 20 and 30 % higher do.")
@click.option(
    "--overrun",
    metavar="ID=PCT",
    help="What slips if a scheme costs PCT % more.",
)
@click.option(
    "--draws", type=click.IntRange(0, 10_000), default=0, metavar="N",
    help="How often each scheme stays in the plan, and what slips, over N draws of what schemes "
    "cost. Of --safe it is 200 if it is left out.",
)  # fmt: skip
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Of --core, --draws and --safe."
)
@compare_option
@keep_options
@output_option
@tables_force_option
@json_option
def capital(
    scenario: str | None,
    overrides: tuple[str, ...],
    allow: tuple[Path, ...],
    frontier: Literal["deprived", "backlog"] | None,
    budgets: bool,
    futures: bool,
    core: bool,
    inflation: bool,
    overrun: str | None,
    draws: int,
    seed: int,
    output: Path | None,
    force: bool,
    as_json: bool,
    compare_benefits: bool,
    **more: Any,
) -> None:
    """Draw up the capital plan of SCENARIO, and put it to the test.

    Without an option the plan is printed by category and year. Each option adds a table.
    """
    from nelfin.models.capital.case import case_of
    from nelfin.models.capital.compared import PlanTables, plans_compared
    from nelfin.models.capital.kinds import kinds_of
    from nelfin.models.capital.stress import stays
    from nelfin.report.text.backlog import backlog_text
    from nelfin.scenario import load_scenario
    from nelfin.store.tidy import tidy_tables
    from nelfin.system.backlog import backlog_of
    from nelfin.system.capital import check_schemes
    from nelfin.system.capital_limits import limits_of
    from nelfin.system.rests_on import CAPITAL

    if output is not None:
        check_tables_folder(output, force)
    loaded = load_scenario(scenario, overrides, allow)
    drawn = bool(draws) or more["safe"] is not None
    check_doubt(more, futures, drawn, "capital.relax" if loaded.capital.relax else "")
    inputs = read_inputs(loaded)
    keep, in_force = kept_to(more)
    checked = check_schemes(loaded, inputs, lambda settings: with_keep(settings, keep, more))
    if compare_benefits:
        kinds_of(checked)  # before any search
    case = case_of(checked, limits_of(loaded, inputs))
    if in_force is None and case.settings.begin_from is not None:
        in_force = PlanTables(case.settings.begin_from)
    chance = _chance(loaded, inputs, more["safe"], draws or 200, seed) if drawn else None
    table = _futures(inputs) if futures else None
    none = 0
    with busy("The capital plan, and its tests"):
        called = inputs.called.get("capital_futures", "capital_futures")
        found = drawn_up(case, checked.schemes, more, table, called, chance)
        plan = found.plan
        backlog = backlog_of(plan, case.settings, loaded, inputs)
        tables = _tables_of(plan) | tidy_tables(backlog)
        tables |= (
            _plans_tested(case, frontier, budgets, core, seed)
            | found.tables
            | worth_tables(case, plan)
        )
        if draws and chance is not None:
            tables["stays"], none = stays(case, chance.spread, chance.common_pct, draws, seed)
        tables |= _costs_tested(case, inflation, overrun)
        if compare_benefits:
            tables |= kinds_tables(checked, limits_of(loaded, inputs))
        if in_force is not None:
            tables["changes"] = plans_compared(in_force, plan)
    account = asdict(plan.solve) | found.accounts
    _write(tables, account, output, force)
    if as_json:
        echo_json({"solve": account} | as_records(tables))
    else:
        illustrative = illustrative_in(loaded, inputs, CAPITAL)
        _show(plan, tables, loaded.name, illustrative, backlog_text(backlog), found.words)
    _tell(plan, in_force, f"In {none} of {draws} draws no plan meets the limits." if none else "")


def _chance(
    scenario: Scenario, inputs: Inputs, safe: float | None, draws: int, seed: int
) -> Chance:
    """Return what schemes may cost by the scenario, and how safe limits are to be."""
    from nelfin.models.capital.stress import Chance
    from nelfin.system.spreads import cost_spread

    share = 1.0 if safe is None else safe / 100
    common = scenario.uncertainty.capital_cost_common_pct
    return Chance(share, cost_spread(scenario, inputs), common, draws, seed)


def _show(
    plan: CapitalPlan,
    tables: dict[str, pd.DataFrame],
    name: str,
    illustrative: str,
    backlog: str,
    sentences: list[str],
) -> None:
    from nelfin.report.text.capital import capital_text
    from nelfin.report.text.terminal import wrapped

    text = capital_text(plan, tables, name, illustrative, backlog)
    show("\n\n".join([text, *("\n".join(wrapped(words)) for words in sentences)]))


def _tell(plan: CapitalPlan, in_force: PlanTables | None, said: str) -> None:
    if in_force is not None:
        tell_kept(plan, in_force)
    if said:
        click.echo(said, err=True)


def _write(
    tables: dict[str, pd.DataFrame], account: dict[str, Any], output: Path | None, force: bool
) -> None:
    if output is not None:
        write_tables(tables, output, {"solve.json": json.dumps(account, indent=2) + "\n"}, force)
        click.echo(f"Written to {output}.", err=True)


def _tables_of(plan: CapitalPlan) -> dict[str, pd.DataFrame]:
    names = ("plan", "spend", "limits", "prices", *(["resources"] if len(plan.resources) else []))
    return {name: getattr(plan, name) for name in names}


def _futures(inputs: Inputs) -> pd.DataFrame:
    if inputs.capital_futures.empty:
        raise InputError.one("--futures", "has no futures.", "Name a table: data.capital_futures.")
    return inputs.capital_futures


def _plans_tested(
    case: Case,
    frontier: Literal["deprived", "backlog"] | None,
    budgets: bool,
    core: bool,
    seed: int,
) -> dict[str, pd.DataFrame]:
    """Return the tables of other good plans that are asked for."""
    from nelfin.models.capital import stress

    tables: dict[str, pd.DataFrame] = {}
    if frontier:
        tables["frontier"] = stress.frontier(case, frontier)
    if budgets:
        tables["priority_list"], tables["regret"] = stress.priority_list(case)
        tables["budget_curve"] = stress.budget_curve(case)
    if core:
        tables["core_index"] = stress.core_index(case, seed=seed)
    return tables


def _costs_tested(case: Case, inflation: bool, overrun: str | None) -> dict[str, pd.DataFrame]:
    """Return the tables of costs that rise, as far as they are asked for."""
    from nelfin.models.capital import stress

    tables: dict[str, pd.DataFrame] = {}
    if inflation:
        tables["inflation"] = stress.inflation(case)
    if overrun:
        tables["overrun"] = stress.overrun(case, *_overrun(overrun))
    return tables


def _overrun(text: str) -> tuple[str, float]:
    name, equals, percent = text.rpartition("=")
    try:
        if not equals or not name.strip():
            raise ValueError
        return name.strip(), float(percent.strip().removesuffix("%"))
    except ValueError:
        raise InputError.one(
            f"--overrun {text}", "is not ID=PCT.", "Write, say, --overrun P002=20."
        ) from None
