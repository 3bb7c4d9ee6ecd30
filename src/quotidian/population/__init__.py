"""Population models: differences between subjects, and errors of measurement."""

from quotidian.population.distributions import Distribution, LogitNormal, LogNormal, Mixture, Normal
from quotidian.population.error_models import ErrorModel
from quotidian.population.random_effects import Correlation, PopulationModel, RandomEffect

__all__ = [
    "Correlation",
    "Distribution",
    "ErrorModel",
    "LogNormal",
    "LogitNormal",
    "Mixture",
    "Normal",
    "PopulationModel",
    "RandomEffect",
]
