"""The recovery roll-forward against a calculation written from the methods alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from recovery_cases import compare, written

import nelfin

pytestmark = pytest.mark.property

BODIES = ["Barts Health", "BHRUT", "Homerton", "ELFT", "NELFT", "NEL ICB"]
OWNERS = [*BODIES, "trusts", "system"]
YEARS = [f"{year}/{year - 1999}" for year in range(2023, 2033)]
STAGES = ["opportunity", "in progress", "fully developed"]
PARTS = [
    "core",
    "primary_medical",
    "other_primary_care",
    "running_cost",
    "specialised",
    "other commissioners",
    "other",
]

SCHEMES = """\
scheme,year,organisation,full_year_gbp_m,delivery_pct,stage,recurrent_pct,months,whole_ask
Beds,2023/24,BHRUT,30,100,,50,12,
Theatres,2024/25,trusts,80,,in progress,60,7,
Agency,2025/26,system,120,85,opportunity,40,3,yes
Estate,2026/27,Barts Health,55,,fully developed,100,9,
Drugs,2026/27,NEL ICB,25,70,in progress,90,12,
Rotas,2026/27,system,140,,opportunity,0,5,
Back office,2027/28,trusts,200,,fully developed,75,4,
Wards,2028/29,Homerton,60,,opportunity,50,6,
Procurement,2029/30,system,700,90,fully developed,50,12,
"""

POSITIONS = """\
organisation,year,month,measure,value_gbp_m,item
trusts,2022/23,,underlying,-90,
NEL ICB,2022/23,,underlying,-15,
system,2023/24,,plan,-31,
system,2023/24,,forecast,-30,
trusts,2023/24,,forecast,-45,
BHRUT,2023/24,,forecast,-40,
system,2023/24,,forecast,-99,second paper
ELFT,2023/24,,one_off,-6,strikes at its own sites
trusts,2023/24,,one_off,-8,strikes
Barts Health,2024/25,,outturn,1,
BHRUT,2024/25,,outturn,-50,
Homerton,2024/25,,outturn,-12,
ELFT,2024/25,,outturn,2,
NELFT,2024/25,,outturn,3,
NEL ICB,2024/25,,outturn,-4,
system,2024/25,3,outturn,-80,
system,2024/25,,plan,-35,
BHRUT,2024/25,,deficit_support,20,
NEL ICB,2024/25,,one_off,11,sale of land
system,2025/26,,plan,-30,
BHRUT,2025/26,,plan,-60,
trusts,2025/26,,plan,-41,
system,2026/27,,plan,-41,
Homerton,2026/27,,deficit_support,12,
system,2027/28,,deficit_support,30,
trusts,2028/29,,one_off,-25,fire
NEL ICB,2028/29,,one_off,7,grant
"""

PRESSURES = """\
driver,organisation,year,cost_gbp_m
Drugs,NEL ICB,,9
Pay award,trusts,2024/25,31
Energy,system,2027/28,150
Estate,Barts Health,,4
"""

PLACES = """\
organisation,place,share_pct
Barts Health,Newham,30
Barts Health,Tower Hamlets,35
BHRUT,Havering,55
BHRUT,Redbridge,40
Homerton,City and Hackney,90
NEL ICB,Barking and Dagenham,20
"""

INCOME = """\
organisation,stream,year,income_gbp_m
Barts Health,core,2021/22,900.0
Barts Health,specialised,2025/26,360.0
Barts Health,other,2023/24,450
BHRUT,core,2024/25,540.0
BHRUT,running_cost,2024/25,0.6
Homerton,core,2030/31,288.0
ELFT,core,2022/23,360.0
ELFT,other commissioners,2032/33,120
NELFT,core,2023/24,354.0
NEL ICB,primary_medical,2024/25,240.0
NEL ICB,other_primary_care,2025/26,225
NEL ICB,running_cost,2025/26,18.6
"""

OWN = {
    "efficiency_schemes": SCHEMES,
    "positions": POSITIONS,
    "pressures": PRESSURES,
    "organisation_places": PLACES,
    "organisation_income": INCOME,
}

SURPLUS = {
    "recovery.repayment_rule": "surplus",
    "recovery.efficiency_pct": 9.0,
    "recovery.efficiency_delivery_pct": 100.0,
}

CASES: dict[str, tuple[list[str], dict[str, Any]]] = {
    "as embedded": ([], {}),
    "support": ([], {"recovery.support_gbp_m": 100.0}),
    "fixed repayment": ([], {"recovery.repayment_gbp_m": 20.0}),
    "repayment from a surplus": ([], SURPLUS),
    "repayment until nothing is owed": ([], SURPLUS | {"recovery.repayment_cap_pct": 2.5}),
    "convergence given": (
        [],
        {
            "envelope.convergence_rule": "given",
            "envelope.convergence_pct.core": -0.6,
            "envelope.convergence_pct.specialised": 0.3,
            "envelope.convergence_pct.running_cost": -1.0,
        },
    ),
    "convergence to fair shares": (
        ["organisation_places"],
        {
            "envelope.convergence_rule": "fair-share",
            "envelope.distance_from_target_pct.core": 2.4,
            "envelope.distance_from_target_pct.primary_medical": -1.1,
            "envelope.fair_share_year": "2029/30",
        },
    ),
    "convergence clipped": (
        [],
        {
            "envelope.convergence_rule": "clipped",
            "envelope.distance_from_target_pct.core": 3.1,
            "envelope.distance_from_target_pct.specialised": -1.4,
        },
    ),
    "national agency rule and bank staff": (
        [],
        {
            "recovery.agency_rule": "national",
            "recovery.bank_share_pct": 6.0,
            "recovery.bank_premium_pct": 8.0,
        },
    ),
    "agency as given": (
        [],
        {"recovery.agency_target_pct": 1.1, "recovery.agency_year": "2027/28"},
    ),
    "schemes of their own": (["efficiency_schemes"], {}),
    "support that needs schemes developed": (
        ["efficiency_schemes", "positions"],
        {"recovery.support_needs_developed_pct": 60.0, "recovery.support_gbp_m": 80.0},
    ),
    "planned to 2026/27": ([], {"years.planned_to": "2026/27"}),
    "planned to no year": ([], {"years.planned_to": ""}),
    "growth of each stream": (
        ["organisation_income"],
        {
            "envelope.growth_pct.core": 2.1,
            "envelope.growth_pct.primary_medical": 4.7,
            "envelope.growth_pct.other_primary_care": -0.5,
            "envelope.growth_pct.running_cost": -2.0,
            "envelope.growth_pct.specialised": 6.3,
            "recovery.other_income_growth_pct": 1.2,
        },
    ),
    "no pressures": (["pressures"], {"recovery.pressures_pct": 0.0}),
    "another marginal cost": (
        [],
        {
            "recovery.marginal_cost_pct": 35.0,
            "recovery.marginal_cost_later_pct": 100.0,
            "recovery.marginal_cost_years": 12.5,
        },
    ),
    "cost that never moves further": (
        [],
        {"recovery.marginal_cost_pct": 95.0, "recovery.planned_share_pct": 70.0},
    ),
    "activity in every way": (
        ["positions", "efficiency_schemes"],
        {
            "activity.extra_pct": 7.0,
            "activity.urgent_extra_pct": -3.0,
            "activity.stay_saved_pct": 31.0,
            "activity.beds_closed_pct": 60.0,
            "activity.beds_filled_pct": 25.0,
            "activity.primary_care_gap_closed_pct": 40.0,
        },
    ),
    "every table of their own": (list(OWN), SURPLUS | {"recovery.support_gbp_m": 30.0}),
    "a shorter plan": (
        ["positions", "organisation_places"],
        {"years.last": "2027/28", "prevention.passed_on_pct": 20.0, "capital.relax": True},
    ),
}


@pytest.mark.parametrize("name", list(CASES))
def test_every_step_of_every_bridge(name: str, tmp_path: Path) -> None:
    tables, overrides = CASES[name]
    files = written(tmp_path, {table: OWN[table] for table in tables})
    compare(nelfin.load_scenario(overrides=overrides | files))


def drawn_positions(rng: np.random.Generator) -> list[str]:
    """Draw what is known: of all bodies, of the system and some bodies, of one body, or nothing."""
    lines = ["system,2022/23,,underlying,-100,"]
    if rng.random() < 0.5:
        lines = ["trusts,2022/23,,underlying,-80,", "NEL ICB,2022/23,,underlying,-10,"]
    for year in YEARS[:6]:
        for measure in ("outturn", "forecast", "plan"):
            kind = rng.integers(4)
            some = list(rng.choice(BODIES[:5], rng.integers(4), replace=False))
            whose = [BODIES, ["system", *some], some[:1], []][kind]
            if kind == 1 and rng.random() < 0.5:
                whose = [*whose, str(rng.choice(["trusts", "NEL ICB"]))]
            for body in whose:
                lines.append(f"{body},{year},,{measure},{rng.uniform(-60, 10)},")
            lines.append(f"system,{year},{rng.integers(1, 12)},{measure},-77,")
            lines.append(f"system,{year},,{measure},-88,second paper")
    for n in range(4):
        measure = rng.choice(["one_off", "deficit_support"])
        where = f"{rng.choice(OWNERS)},{rng.choice(YEARS)}"
        lines.append(f"{where},,{measure},{rng.uniform(-20, 40)},item {n}")
    return lines


def drawn_tables(rng: np.random.Generator) -> dict[str, str]:
    schemes = [
        f"S{n},{rng.choice(YEARS)},{rng.choice(OWNERS)},{rng.uniform(0, 150)},"
        f"{rng.choice(['', '70'])},{rng.choice(STAGES)},{rng.uniform(0, 100)},"
        f"{rng.integers(1, 13)},{rng.choice(['', '', 'yes', 'no'])}"
        for n in range(7)
    ]
    pressures = [
        f"D{n},{rng.choice(OWNERS)},{rng.choice(['', *YEARS])},{rng.uniform(-5, 30)}"
        for n in range(3)
    ]
    income = [
        f"{body},{part},{rng.choice(['2020/21', '2022/23', *YEARS])},"
        f"{rng.uniform(1, MOST.get(part, 4))}"
        for body in BODIES
        for part in rng.choice(PARTS, rng.integers(1, 5), replace=False)
    ]
    lines = {
        "positions": drawn_positions(rng),
        "efficiency_schemes": schemes,
        "pressures": pressures,
        "organisation_income": income,
    }
    return {name: "\n".join([OWN[name].splitlines()[0], *rows]) for name, rows in lines.items()}


MOST = {"core": 450, "specialised": 80, "primary_medical": 50, "other_primary_care": 25,
        "other commissioners": 1500, "other": 1500}  # fmt: skip
"""Income drawn by part: the bodies together have no more of a stream than there is."""


def drawn_settings(rng: np.random.Generator) -> dict[str, Any]:
    ranges = {
        "support_gbp_m": (-20, 100),
        "repayment_gbp_m": (0, 30),
        "repayment_cap_pct": (0, 3),
        "efficiency_pct": (0, 12),
        "efficiency_delivery_pct": (50, 100),
        "pressures_pct": (-1, 3),
        "agency_target_pct": (0, 5),
        "bank_share_pct": (0, 9),
        "bank_premium_pct": (0, 20),
        "marginal_cost_pct": (0, 100),
        "marginal_cost_later_pct": (1, 100),
        "marginal_cost_years": (0.3, 30),
        "other_income_growth_pct": (-2, 5),
    }
    choices: dict[str, list[Any]] = {
        "recovery.repayment_rule": ["fixed", "surplus"],
        "recovery.agency_rule": ["national", "given"],
        "recovery.agency_year": ["2020/21", "2023/24", "2027/28", "2040/41"],
        "recovery.agency_share_pct": [0.0, 4.0],
        "recovery.support_needs_developed_pct": [0.0, 50.0, 90.0],
        "years.planned_to": ["", "2023/24", "2025/26", "2032/33"],
        "envelope.convergence_rule": ["none", "given", "fair-share", "clipped"],
        "envelope.fair_share_year": ["2025/26", "2027/28", "2030/31"],
    }
    found: dict[str, Any] = {
        f"recovery.{name}": float(rng.uniform(*span)) for name, span in ranges.items()
    }
    found |= {key: some[rng.integers(len(some))] for key, some in choices.items()}
    for key in ("convergence_pct.core", "distance_from_target_pct.core"):
        found[f"envelope.{key}"] = float(rng.uniform(-4, 4))
    activity = {
        "extra_pct": (-15, 15),
        "urgent_extra_pct": (-5, 5),
        "outside_pct": (0, 100),
        "stay_saved_pct": (0, 40),
        "beds_closed_pct": (0, 50),
        "beds_filled_pct": (0, 50),
        "primary_care_gap_closed_pct": (0, 100),
    }
    return found | {
        f"activity.{name}": float(rng.uniform(*span)) for name, span in activity.items()
    }


@pytest.mark.parametrize("seed", range(12))
def test_every_step_of_drawn_bridges(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    scenario = nelfin.load_scenario(overrides=written(tmp_path, drawn_tables(rng)))
    compare(nelfin.changed(scenario, drawn_settings(rng)))
