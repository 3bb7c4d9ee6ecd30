"""Reaction networks: species, laws, fluxes, modules, models, and their audit."""

from quotidian.network.flux import Definition, Flux, Observable, Start, Transfer
from quotidian.network.model import Model
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
from quotidian.network.sums import gathered

__all__ = [
    "NOTHING",
    "TIME",
    "Compartment",
    "Covariate",
    "Definition",
    "Flux",
    "Input",
    "Model",
    "Module",
    "Observable",
    "Parameter",
    "Parameters",
    "Part",
    "Signal",
    "Species",
    "Start",
    "Sum",
    "Transfer",
    "gathered",
]
