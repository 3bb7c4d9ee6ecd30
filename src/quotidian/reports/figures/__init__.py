"""The figures of a virtual trial, each a function of its result."""

from quotidian.reports.figures.bands import bands
from quotidian.reports.figures.chart import chart
from quotidian.reports.figures.comparison import comparison
from quotidian.reports.figures.picture import Picture
from quotidian.reports.figures.responders import responders
from quotidian.reports.figures.staying import staying
from quotidian.reports.figures.thermometer import first_week

__all__ = ["Picture", "bands", "chart", "comparison", "first_week", "responders", "staying"]
