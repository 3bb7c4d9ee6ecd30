"""Assemblies: which modules make which model."""

from quotidian.drugs.registry import DRUGS
from quotidian.models.assembly import MODELS, USUAL, model, observables
from quotidian.models.scenarios import SCENARIOS, ScenarioRefused

__all__ = ["DRUGS", "MODELS", "SCENARIOS", "USUAL", "ScenarioRefused", "model", "observables"]
