"""Assemblies: which modules make which model."""

from quotidian.models.assembly import DRUGS, MODELS, USUAL, model, observables
from quotidian.models.scenarios import SCENARIOS, ScenarioRefused

__all__ = ["DRUGS", "MODELS", "SCENARIOS", "USUAL", "ScenarioRefused", "model", "observables"]
