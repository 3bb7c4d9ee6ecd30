"""Assemblies: which modules make which model."""

from quotidian.models.assembly import MODELS, model

__all__ = ["MODELS", "model"]
