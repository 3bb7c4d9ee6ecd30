"""Diagnostics of a fit: residuals, simulated copies, predictive checks, profiles."""

from quotidian.inference.diagnostics.combinations import Combination, combinations
from quotidian.inference.diagnostics.copies import simulated, simulated_classes
from quotidian.inference.diagnostics.discrepancies import Discrepancies, discrepancies, limits
from quotidian.inference.diagnostics.normality import Normality, Slope, normality, slope
from quotidian.inference.diagnostics.predictive import PredictiveCheck, bins_of, predictive_check
from quotidian.inference.diagnostics.profile import Profile, profile
from quotidian.inference.diagnostics.survival_check import SurvivalCheck, survival_check
from quotidian.inference.diagnostics.weighted import (
    conditional_residuals,
    individual_residuals,
    residual_shrinkage,
)

__all__ = [
    "Combination", "Discrepancies", "Normality", "PredictiveCheck", "Profile", "Slope", "SurvivalCheck",
    "bins_of", "combinations", "conditional_residuals", "discrepancies", "individual_residuals", "limits",
    "normality", "predictive_check", "profile", "residual_shrinkage", "simulated",
    "simulated_classes", "slope", "survival_check",
]  # fmt: skip
