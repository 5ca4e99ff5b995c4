"""`nelfin capital-solve`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from nelfin.cli.capital_doubt import (
    check_doubt,
    cost_range,
    doubt_options,
    drawn_up,
)
from nelfin.cli.capital_keep import (
    keep_names,
    keep_options,
    keep_settings,
    tell_changes,
)
from nelfin.cli.capital_lists import list_options, read_lists, taken
from nelfin.cli.capital_money import (
    backlog_tables,
    money_options,
    money_settings,
    read_backlog,
)
from nelfin.cli.capital_more import SECTIONS, more_options, more_settings, receipts_told
from nelfin.cli.capital_worth import (
    kinds_tables,
    worth_options,
    worth_settings,
    worth_tables,
)
from nelfin.cli.grouped import GroupedCommand
from nelfin.cli.options import write_tables
from nelfin.cli.reading import tell
from nelfin.cli.shares import GROWTH, SHARE
from nelfin.cli.watching import ended, watched
from nelfin.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


@click.command("capital-solve", cls=GroupedCommand, sections=SECTIONS)
@click.argument("projects", type=click.Path(path_type=Path))
@click.option(
    "--limits",
    required=True,
    type=click.Path(path_type=Path),
    metavar="LIMITS",
    help="Table with the columns year and limit_gbp_m, and organisation if need be.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="DIR",
    help="Folder for the plan.",
)  # fmt: skip
@click.option(
    "--gap", type=SHARE, default="0.5%", show_default=True, metavar="G",
    help="Stop when the plan is proven this close to the best: a fraction, or with a % sign.",
)  # fmt: skip
@click.option(
    "--time-limit", type=float, default=300.0, show_default=True, metavar="S",
    help="Seconds for all of it; then the best plan found is kept, with its true gap.",
)  # fmt: skip
@click.option("--relax", is_flag=True, help="Let every scheme be funded in part.")
@click.option(
    "--discount-rate", type=SHARE, default="3.5%", show_default=True, metavar="R",
    help="Discount rate of benefit: a fraction, or with a % sign.",
)  # fmt: skip
@click.option("--first-year", default="", metavar="Y", help="First year; earlier limits are left.")
@click.option("--solver", type=click.Choice(["highs", "cbc"]), default="highs", show_default=True)
@click.option("--truncate", is_flag=True, help="Let spend run past the last year.")
@click.option(
    "--rules",
    type=click.Path(path_type=Path),
    metavar="RULES",
    help="Floors, caps and targets: columns rule, name, year, amount_gbp_m, now_gbp_m.",
)
@click.option(
    "--over-programming", type=SHARE, default="0%", metavar="P", help="How far to pass each limit."
)
@click.option(
    "--price-growth", type=GROWTH, default="0%", metavar="P", help="Growth of prices a year."
)
@list_options
@more_options
@money_options
@doubt_options
@keep_options
@worth_options
def capital_solve(
    projects: Path,
    limits: Path,
    output: Path,
    gap: float,
    time_limit: float,
    relax: bool,
    discount_rate: float,
    first_year: str,
    solver: Literal["highs", "cbc"],
    truncate: bool,
    rules: Path | None,
    over_programming: float,
    price_growth: float,
    now: str,
    deflator: float | None,
    backlog: Path | None,
    deterioration: float,
    **more: Any,
) -> None:
    """Choose schemes from the table PROJECTS within yearly limits, for most benefit.

    PROJECTS and LIMITS are CSV files or Excel workbooks, of any number of years from 1 to 40 and
    any number of spend columns. PROJECTS may be a list as it was published, with a column a year:
    --columns, --unit, --phasing and --rank-by say what its headings do not. DIR gets plan.csv,
    spend.csv, limits.csv, prices.csv and solve.json, and resources.csv where there are limits of
    resources. Futures add priority_list.csv, futures.csv and future_plans.csv, safe limits
    safety.csv, a range of costs slips.csv, a plan in force changes.csv, benefits to compare
    benefit_kinds.csv and benefit_plans.csv. Ctrl-C ends the search and keeps the best plan so far;
    a second one ends at once.
    """
    from nelfin.data.specs import TABLES
    from nelfin.models.capital import Settings, TableNames
    from nelfin.models.capital.case import case_of
    from nelfin.models.capital.checked import check_capital
    from nelfin.models.capital.kinds import kinds_of
    from nelfin.models.capital.stress import Chance
    from nelfin.store.run_folder import check_folder

    if not time_limit > 0:
        raise InputError.one("--time-limit", f"is {time_limit:g}.", "Give seconds above 0.")
    futures, spread = more["futures"], cost_range(more["cost_range"])
    check_doubt(more, futures is not None, spread is not None, "--relax" if relax else "")
    check_folder(output)
    watch = click.get_current_context().with_resource(watched(time_limit))
    lists = read_lists(projects, limits, rules, **taken(more))
    spec = TABLES["capital_futures"]
    future_table = lists.read("futures", futures, spec) if futures else None
    settings = more_settings(more, lists, str(projects))
    backlog_table = read_backlog(backlog, lists)
    keep, in_force = keep_settings(more, lists.notes)
    tell(lists.notes)
    settings |= money_settings(now, deflator, deterioration) | keep | worth_settings(more)
    if "resources" in settings and first_year and "year" in settings["resources"]:
        table = settings["resources"]
        settings["resources"] = table[table["year"] >= first_year]
    fields = Settings(
        gap_pct=gap,
        time_limit_s=time_limit,
        relax=relax,
        discount_rate_pct=discount_rate,
        solver=solver,
        truncate=truncate,
        rules=lists.rules,
        over_programming_pct=over_programming,
        price_growth_pct=price_growth,
        called=keep_names(
            TableNames(
                str(projects), str(limits), str(rules), str(more["resources"] or "--resources"),
                str(more["groups"] or "--groups"),
                now="--now", criteria_weights="--weight", place_weights="--place-weight",
                gbp_per_qaly="--qaly-value", revenue_beside_cash="--revenue-beside-cash",
                deflator_pct="--deflator", time_limit_s="--time-limit",
            ),
            more,
        ),
        **settings,
    )  # fmt: skip
    checked = check_capital(lists.projects, _from_year(lists.limits, first_year, limits), fields)
    if more["compare_benefits"]:
        kinds_of(checked)  # before any search
    chance = None
    if spread is not None:
        safe = 1.0 if more["safe"] is None else more["safe"] / 100
        chance = Chance(safe, spread, more["cost_common"], more["draws"], more["seed"])
    case = case_of(checked)
    found = drawn_up(
        case,
        checked.schemes,
        more,
        future_table,
        str(futures),
        chance,
        watch,
    )
    plan = found.plan
    tell(receipts_told(plan.projects))
    tables = {"plan": plan.plan, "spend": plan.spend, "limits": plan.limits, "prices": plan.prices}
    if len(plan.resources):
        tables["resources"] = plan.resources
    tables |= worth_tables(case, plan)
    if more["compare_benefits"]:
        tables |= kinds_tables(checked, watch=watch)
    tables |= backlog_tables(plan, backlog_table, fields) | found.tables
    if in_force is not None:
        tables["changes"] = tell_changes(plan, in_force)
    account = asdict(plan.solve) | found.accounts | {"not_read": lists.not_read}
    write_tables(tables, output, {"solve.json": json.dumps(account, indent=2) + "\n"})
    for words in (_account(plan), *found.words):
        click.echo(words, err=True)
    click.echo(f"Written to {output}.", err=True)


def _from_year(limits: pd.DataFrame, first_year: str, file: Path) -> pd.DataFrame:
    from nelfin.years import start_of

    if not first_year:
        return limits
    try:
        start_of(first_year)
    except ValueError:
        raise InputError.one(
            f"--first-year {first_year}", "is not a financial year.", "Write it as in 2026/27."
        ) from None
    if "year" not in limits or first_year not in set(limits["year"]):
        raise InputError.one(
            f"--first-year {first_year}", f"has no limit in {file}.", "Name a year that has one."
        )
    return limits[limits["year"] >= first_year]


def _account(plan: Any) -> str:
    from nelfin.models.capital.limits import of_system
    from nelfin.models.capital.words import points
    from nelfin.report.text.numbers import millions, plural

    status = plan.plan["status"].value_counts()
    part = status.get("part-funded", 0)
    gap = plan.solve.gap
    proof = (
        "How close it is to the best is not known."
        if gap is None
        else f"It is proven within {100 * gap:.2f} % of the best."
    )
    limits = plan.limits[plan.limits["status"] != "closed"]
    system = of_system(limits)
    frame = system if len(system) else limits
    return (
        f"{plural(int(status.get('funded', 0)), 'scheme')}{f' and {part} in part' if part else ''} "
        f"of {len(plan.plan):,} funded: benefit {points(plan.solve.objective)}, "
        f"{millions(frame['used_gbp_m'].sum())} of {millions(frame['limit_gbp_m'].sum())}. "
        f"{proof}{ended(plan.solve)}"
    )
