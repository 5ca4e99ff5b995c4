"""`nelfin capital`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from nelfin.cli.capital_keep import keep_options, keep_settings, with_keep
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
from nelfin.cli.reading import read_inputs, tell
from nelfin.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from nelfin.models.capital.case import Case


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
@click.option("--core", is_flag=True, help="How often each scheme stays in good plans.")
@click.option("--inflation", is_flag=True, help="What costs 10, 20 and 30 % higher do.")
@click.option(
    "--overrun",
    metavar="ID=PCT",
    help="What slips if a scheme costs PCT % more.",
)
@click.option(
    "--draws", type=click.IntRange(0, 10_000), default=0, metavar="N",
    help="How often each scheme stays in the plan, over N draws of what schemes cost.",
)  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Of --core and --draws.")
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
    from nelfin.models.capital import stress
    from nelfin.models.capital.case import case_of
    from nelfin.models.capital.compared import PlanTables, plans_compared
    from nelfin.models.capital.keep import plan_case
    from nelfin.report.text.capital import capital_text, changed_words
    from nelfin.scenario import load_scenario
    from nelfin.system.capital import check_schemes, limits_of
    from nelfin.system.draws import cost_spread
    from nelfin.system.rests_on import CAPITAL

    if output is not None:
        check_tables_folder(output, force)
    loaded = load_scenario(scenario, overrides, allow)
    inputs = read_inputs(loaded)
    notes: list[str] = []
    keep, in_force = keep_settings(more, notes)
    tell(notes)
    checked = check_schemes(loaded, inputs, lambda settings: with_keep(settings, keep, more))
    case = case_of(checked, limits_of(loaded, inputs))
    if in_force is None and case.settings.begin_from is not None:
        in_force = PlanTables(case.settings.begin_from)
    spread = cost_spread(loaded, inputs) if draws else None
    none = 0
    with busy("The capital plan, and its tests"):
        plan = plan_case(case)
        tables = {name: getattr(plan, name) for name in ("plan", "spend", "limits", "prices")}
        tables |= _plans_tested(case, frontier, budgets, core, seed)
        if spread is not None:
            common = loaded.uncertainty.capital_cost_common_pct
            tables["stays"], none = stress.stays(case, spread, common, draws, seed)
        tables |= _costs_tested(case, inflation, overrun)
        tables |= worth_tables(case, plan)
        if compare_benefits:
            tables |= kinds_tables(checked, limits_of(loaded, inputs))
        if in_force is not None:
            tables["changes"] = plans_compared(in_force, plan)
    if output is not None:
        texts = {"solve.json": json.dumps(asdict(plan.solve), indent=2) + "\n"}
        write_tables(tables, output, texts, force)
        click.echo(f"Written to {output}.", err=True)
    if as_json:
        echo_json({"solve": asdict(plan.solve)} | as_records(tables))
    else:
        show(capital_text(plan, tables, loaded.name, illustrative_in(loaded, inputs, CAPITAL)))
    if in_force is not None:
        click.echo(changed_words(plan, in_force.plan), err=True)
    if none:
        click.echo(f"In {none} of {draws} draws no plan meets the limits.", err=True)


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
