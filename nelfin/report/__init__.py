"""What people look at: summary, charts, the page and the workbook."""

from nelfin.report.page import write_page
from nelfin.report.slides import write_charts
from nelfin.report.template import write_template
from nelfin.report.workbook import write_workbook

__all__ = ["write_charts", "write_page", "write_template", "write_workbook"]
