"""Reaction networks: species, laws, fluxes, modules, models, and their audit."""

from quotidian.network.flux import AssignmentRule, Flux, InitialCondition, Observable, Transfer
from quotidian.network.model import Model, model_entries, replaced_constants
from quotidian.network.module import Module, Parameters
from quotidian.network.names import (
    NOTHING,
    TIME,
    Compartment,
    Covariate,
    Input,
    Parameter,
    Part,
    Signal,
    Species,
    Sum,
)
from quotidian.network.sums import sum_module

__all__ = [
    "NOTHING",
    "TIME",
    "AssignmentRule",
    "Compartment",
    "Covariate",
    "Flux",
    "InitialCondition",
    "Input",
    "Model",
    "Module",
    "Observable",
    "Parameter",
    "Parameters",
    "Part",
    "Signal",
    "Species",
    "Sum",
    "Transfer",
    "model_entries",
    "replaced_constants",
    "sum_module",
]
