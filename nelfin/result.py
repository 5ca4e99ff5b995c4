"""The result of a run: what it found, with charts, a summary, and a folder to keep it in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nelfin.errors import InputError, nearest
from nelfin.scenario import Scenario
from nelfin.store.findings import Findings
from nelfin.store.run_folder import open_run_folder, write_run_folder


class Result(Findings):
    """What a run found, to look at and to keep.

    Attributes
    ----------
    name : str
        Name of the scenario.
    data : xarray.Dataset
        Dims `place, year, stream, organisation, project, programme` and others; every variable
        has `units` and `long_name`.
    provenance : dict
        Versions, SHA-256 of every input, times, the solver's account and warnings.
    scenario_toml : str
        The scenario as run, with the source of every figure.
    """

    @classmethod
    def of(cls, findings: Findings) -> Result:
        """Return the result of a run's findings.

        Parameters
        ----------
        findings
            What the run found; what was worked out of it already stays worked out.
        """
        result = cls(findings.name, findings.data, {}, findings.scenario_toml, findings.provenance)
        result._tables = findings._tables
        result._worked_out = findings._worked_out
        return result

    @property
    def charts(self) -> list[str]:
        """Names of the standard charts that this run has."""
        from nelfin.report.charts import cards

        return list(cards(self))

    def chart(self, name: str) -> Any:
        """Return a standard chart by name, an Altair chart to show or to style further.

        Parameters
        ----------
        name
            One of `charts`.

        Raises
        ------
        InputError
            If there is no such chart, or the run has nothing to show in it.
        """
        from nelfin.report.charts import CHARTS

        if name not in CHARTS:
            raise InputError.one("chart", f'"{name}" is not known.', nearest(name, CHARTS))
        card = CHARTS[name].draw(self)
        if isinstance(card, str):
            raise InputError.one("chart", f'"{name}" shows what this run does not have.', card)
        return card.chart.properties(title=card.title, description=f"{card.title}. {card.words}")

    def summary(self) -> str:
        """Return the summary a finance director reads in half a minute."""
        from nelfin.report.text.summary import summary

        return summary(self)

    def save(self, folder: str | Path, force: bool = False, report: bool = True) -> Path:
        """Write the run folder: data, tables, scenario, provenance, page and workbook.

        Everything is written beside the folder first and then renamed, so that a run which dies
        leaves nothing half-made.

        Parameters
        ----------
        folder
            Folder to make.
        force
            Replace a run folder that is there.
        report
            Write `report.html` and `report.xlsx` too.

        Raises
        ------
        InputError
            If the folder exists and `force` is not given.
        OutputError
            If it cannot be written.
        """
        target = Path(folder).absolute()
        write_run_folder(self, target, force, self._write_report if report else lambda _: None)
        return target

    def _write_report(self, folder: Path) -> None:
        from nelfin.report.page import write_page
        from nelfin.report.workbook import write_workbook

        write_page(self, folder / "report.html")
        write_workbook(self, folder / "report.xlsx")


def run(scenario: Scenario, draws: int = 0, seed: int = 0) -> Result:
    """Run a scenario: budgets, prevention, capital and recovery.

    Parameters
    ----------
    scenario
        From `load_scenario`.
    draws
        Draws of the settings that have a range: the result then has variables with the dim
        `draw`, and a table `odds`. 0 for none.
    seed
        Of the draws.

    Returns
    -------
    Result
        Labelled data, tables, charts and where every figure comes from.

    Raises
    ------
    InputError
        If the scenario's tables are wrong, with every problem.
    NoAnswerError
        If no capital plan meets the limits and rules.
    """
    from nelfin.system.run import run_models

    return Result.of(run_models(scenario, draws, seed))


def open_result(folder: str | Path) -> Result:
    """Open a run folder.

    Parameters
    ----------
    folder
        Of a run.

    Raises
    ------
    InputError
        If the folder is not a run folder, a file of it is missing, or a newer version wrote it.
    """
    return Result.of(open_run_folder(Path(folder)))
