"""Workbooks for Excel: of what a run found, and of the tables it rests on."""

from nelfin.report.workbook.input_workbook import write_input_workbook
from nelfin.report.workbook.run_workbook import write_workbook

__all__ = ["write_input_workbook", "write_workbook"]
