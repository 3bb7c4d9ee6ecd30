"""Figures of the check of a population fit."""

from quotidian.reports.figures.fit_check.covariates import covariate_figure
from quotidian.reports.figures.fit_check.discrepancies import discrepancy_figure
from quotidian.reports.figures.fit_check.goodness import goodness_figure
from quotidian.reports.figures.fit_check.predictive import predictive_figure
from quotidian.reports.figures.fit_check.profiles import profile_figure
from quotidian.reports.figures.fit_check.survival import survival_figure

__all__ = [
    "covariate_figure", "discrepancy_figure", "goodness_figure", "predictive_figure", "profile_figure",
    "survival_figure",
]  # fmt: skip
