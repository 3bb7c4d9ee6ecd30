"""Residual errors: what each observation contributes to the likelihood, with its derivatives."""

from quotidian.inference.residual.moments import SIZES, Kind, moments
from quotidian.inference.residual.observations import Observations
from quotidian.inference.residual.residuals import Residuals, Scores

__all__ = ["SIZES", "Kind", "Observations", "Residuals", "Scores", "moments"]
