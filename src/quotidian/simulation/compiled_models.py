"""Compiled models by name, each compiled once in a process as long as it is in use."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from threading import Lock

from quotidian.engine import CompiledModel
from quotidian.models import USUAL
from quotidian.models import model as model_named
from quotidian.network.model_reduction import narrowed

_BUILDING = Lock()  # several threads may request one model, which is traced once
_KEPT: OrderedDict[Hashable, CompiledModel] = OrderedDict()
MOST = 48
"""Models that a process keeps, the latest used; one takes some MB, and any study may need one of its own."""


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
    held, names = frozenset((*USUAL, *drugs)), tuple(observables)
    with _BUILDING:
        return _kept(
            (name, held, names, scenario),
            lambda: CompiledModel(narrowed(_whole(name, held, scenario).model, names)),
        )


def keep_at_most(count: int) -> None:
    """Set the number of compiled models that this process, such as a server, keeps in memory."""
    global MOST
    MOST = count


def _whole(name: str, drugs: frozenset[str], scenario: str) -> CompiledModel:
    return _kept((name, drugs, scenario), lambda: CompiledModel(model_named(name, drugs, scenario)))


def _kept(key: Hashable, make: Callable[[], CompiledModel]) -> CompiledModel:
    """The model of a key, made if it is not kept; the longest unused ones go."""
    if key not in _KEPT:
        _KEPT[key] = make()
    _KEPT.move_to_end(key)
    while len(_KEPT) > MOST:
        _KEPT.popitem(last=False)
    return _KEPT[key]
