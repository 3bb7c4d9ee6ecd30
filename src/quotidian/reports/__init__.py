"""Reports of a virtual trial: tables, figures, one self-contained page."""

from quotidian.reports.files import write_atomically
from quotidian.reports.report import render_report, write_report
from quotidian.reports.tables import endpoints_csv, print_table

__all__ = ["endpoints_csv", "print_table", "render_report", "write_atomically", "write_report"]
