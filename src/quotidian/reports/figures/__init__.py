"""The figures of a virtual trial, each a function of its result."""

from quotidian.reports.figures.bands import bands
from quotidian.reports.figures.chart import chart
from quotidian.reports.figures.comparison import comparison
from quotidian.reports.figures.responders import responders
from quotidian.reports.figures.responsive_figure import Picture
from quotidian.reports.figures.thermometer import first_week
from quotidian.reports.figures.time_to_event import staying

__all__ = ["Picture", "bands", "chart", "comparison", "first_week", "responders", "staying"]
