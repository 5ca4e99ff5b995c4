"""`nelfin capital-solve`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from nelfin.cli.capital_keep import keep_names, keep_options, keep_settings, tell_changes
from nelfin.cli.capital_worth import kinds_tables, worth_options, worth_settings, worth_tables
from nelfin.cli.options import write_tables
from nelfin.cli.reading import tell
from nelfin.cli.shares import SHARE
from nelfin.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


@click.command("capital-solve")
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
@click.option("--time-limit", type=float, metavar="S", help="Seconds after which to stop.")
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
    "--price-growth", type=SHARE, default="0%", metavar="P", help="Growth of prices a year."
)
@keep_options
@worth_options
def capital_solve(
    projects: Path,
    limits: Path,
    output: Path,
    gap: float,
    time_limit: float | None,
    relax: bool,
    discount_rate: float,
    first_year: str,
    solver: Literal["highs", "cbc"],
    truncate: bool,
    rules: Path | None,
    over_programming: float,
    price_growth: float,
    **more: Any,
) -> None:
    """Choose schemes from the table PROJECTS within yearly limits, for most benefit.

    PROJECTS and LIMITS are CSV files or Excel workbooks, of any number of years from 1 to 40 and
    any number of spend columns. DIR gets plan.csv, spend.csv, limits.csv, prices.csv and
    solve.json; with --from also changes.csv, with --compare-benefits benefit_kinds.csv and
    benefit_plans.csv.
    """
    from nelfin.data.specs import CAPITAL_RULES, TABLES
    from nelfin.data.tables import raw_frame
    from nelfin.models.capital import Settings, TableNames
    from nelfin.models.capital.case import case_of
    from nelfin.models.capital.checked import check_capital
    from nelfin.models.capital.keep import plan_case
    from nelfin.store.run_folder import check_folder

    if time_limit is not None and not time_limit > 0:
        raise InputError.one("--time-limit", f"is {time_limit:g}.", "Give seconds above 0.")
    check_folder(output)
    notes: list[str] = []
    project_table = raw_frame(projects, TABLES["projects"], notes)
    limit_table = raw_frame(limits, TABLES["capital_limits"], notes)
    rule_table = raw_frame(rules, CAPITAL_RULES, notes) if rules else None
    keep, in_force = keep_settings(more, notes)
    tell(notes)
    settings = Settings(
        gap_pct=gap,
        time_limit_s=time_limit,
        relax=relax,
        discount_rate_pct=discount_rate,
        solver=solver,
        truncate=truncate,
        rules=rule_table,
        over_programming_pct=over_programming,
        price_growth_pct=price_growth,
        called=keep_names(TableNames(str(projects), str(limits), str(rules)), more),
        **keep,
        **worth_settings(more),
    )
    limit_table = _from_year(limit_table, first_year, limits)
    checked = check_capital(project_table, limit_table, settings)
    case = case_of(checked)
    plan = plan_case(case)
    tables = {"plan": plan.plan, "spend": plan.spend, "limits": plan.limits, "prices": plan.prices}
    tables |= worth_tables(case, plan)
    if more["compare_benefits"]:
        tables |= kinds_tables(checked)
    click.echo(_account(plan), err=True)
    if in_force is not None:
        tables["changes"] = tell_changes(plan, in_force)
    write_tables(tables, output, {"solve.json": json.dumps(asdict(plan.solve), indent=2) + "\n"})
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
    from nelfin.report.text.numbers import millions, plural

    status = plan.plan["status"].value_counts()
    part = status.get("part-funded", 0)
    gap = plan.solve.gap
    proof = (
        "How close it is to the best is not known."
        if gap is None
        else f"It is proven within {100 * gap:.2f} % of the best."
    )
    ended = " The time ran out." if plan.solve.status == "stopped" else ""
    system = plan.limits[plan.limits["organisation"] == ""]
    frame = system if len(system) else plan.limits
    return (
        f"{plural(int(status.get('funded', 0)), 'scheme')}{f' and {part} in part' if part else ''} "
        f"of {len(plan.plan):,} funded: benefit {plan.solve.objective:,.1f}, "
        f"{millions(frame['used_gbp_m'].sum())} of {millions(frame['limit_gbp_m'].sum())}. "
        f"{proof}{ended}"
    )
