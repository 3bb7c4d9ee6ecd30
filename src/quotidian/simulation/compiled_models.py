"""Compiled models by name, each compiled once in a process."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from threading import Lock

from quotidian.engine import CompiledModel
from quotidian.models import USUAL
from quotidian.models import model as model_named
from quotidian.network.model_reduction import narrowed

_BUILDING = Lock()  # several threads may request one model, which is traced once


def compiled_model(name: str, drugs: Iterable[str] = (), scenario: str = "") -> CompiledModel:
    """The compiled model of that name, with the usual drugs and those named.

    Raises UnknownName for an unknown model, drug or scenario.
    """
    with _BUILDING:
        return _whole(name, frozenset((*USUAL, *drugs)), scenario)


def reduced_model(
    name: str, drugs: Iterable[str], observables: Iterable[str], scenario: str = ""
) -> CompiledModel:
    """A compiled model of only the states that these observables need, for many subjects over years.

    Raises UnknownName as :func:`compiled_model` does, and for an unknown observable.
    """
    with _BUILDING:
        return _reduced(name, frozenset((*USUAL, *drugs)), tuple(observables), scenario)


@cache
def _whole(name: str, drugs: frozenset[str], scenario: str) -> CompiledModel:
    return CompiledModel(model_named(name, drugs, scenario))


@cache
def _reduced(name: str, drugs: frozenset[str], observables: tuple[str, ...], scenario: str) -> CompiledModel:
    return CompiledModel(narrowed(_whole(name, drugs, scenario).model, observables))
