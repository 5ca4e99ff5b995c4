"""The page: one HTML file that opens without a network."""

from nelfin.report.page.render import write_page

__all__ = ["write_page"]
