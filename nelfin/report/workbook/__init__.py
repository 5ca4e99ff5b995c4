"""Workbooks for Excel: of a run, of runs side by side, and of the tables that runs rest on."""

from nelfin.report.workbook.comparison_workbook import write_comparison_workbook
from nelfin.report.workbook.input_workbook import write_input_workbook
from nelfin.report.workbook.run_workbook import write_workbook

__all__ = ["write_comparison_workbook", "write_input_workbook", "write_workbook"]
