"""Assemblies: which modules make which model."""

from quotidian.models.assembly import DRUGS, MODELS, USUAL, model, observables

__all__ = ["DRUGS", "MODELS", "USUAL", "model", "observables"]
