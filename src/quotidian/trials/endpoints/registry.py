"""Every endpoint by its name, collected from the files of ``definitions``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import TypeAlias

from quotidian.errors import InvalidCall
from quotidian.trials.endpoints import definitions
from quotidian.trials.endpoints.endpoint import Endpoint
from quotidian.trials.endpoints.family import EndpointFamily
from quotidian.trials.protocol.design import Trial

Declaration: TypeAlias = Endpoint | EndpointFamily
ORDER = (
    "responses", "systemic_signs", "disease_activity", "acute_phase", "blood_cells", "liver", "mas",
    "discontinuation", "glucocorticoid", "growth", "dose_finding", "exposure", "entry",
)  # fmt: skip
"""Order of the files in tables; any other file of the folder comes after them, by name."""


class EndpointRegistry(Mapping[str, Endpoint]):
    """Endpoints by name. A member of a family is found for any number, but not listed: there is no last one.

    Raises InvalidCall where two declarations have one name.
    """

    def __init__(self, declared: Sequence[Declaration]) -> None:
        self._declared = tuple(declared)
        self._families = tuple(one for one in self._declared if isinstance(one, EndpointFamily))
        self._single: dict[str, Endpoint] = {}
        for one in self._declared:
            if isinstance(one, Endpoint):
                self._add(one)

    def _add(self, endpoint: Endpoint) -> None:
        if endpoint.name in self:
            raise InvalidCall(
                f"The endpoint '{endpoint.name}' is declared twice.",
                "Tables and study files find an endpoint by its name.",
                "Rename one of the two in trials/endpoints/definitions.",
            )
        self._single[endpoint.name] = endpoint

    def __getitem__(self, name: str) -> Endpoint:
        """The endpoint of that name, single or of a family. Raises KeyError."""
        if name in self._single:
            return self._single[name]
        for family in self._families:
            if (member := family.find(name)) is not None:
                return member
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        """Names of the single endpoints."""
        return iter(self._single)

    def __len__(self) -> int:
        """How many single endpoints."""
        return len(self._single)

    def of_trial(self, trial: Trial) -> Iterator[Endpoint]:
        """Every endpoint in the order of tables, of families those whose number the design has."""
        for one in self._declared:
            if isinstance(one, EndpointFamily):
                yield from one.of_trial(trial)
            else:
                yield one


def _files() -> tuple[str, ...]:
    found = {module.name for module in iter_modules(definitions.__path__)}
    return (*(name for name in ORDER if name in found), *sorted(found.difference(ORDER)))


def endpoints_by_file() -> Mapping[str, tuple[Endpoint, ...]]:
    """The single endpoints by the file that declares them, in the order of tables."""
    declared = {name: import_module(f"{definitions.__name__}.{name}").ENDPOINTS for name in _files()}
    return {name: tuple(one for one in own if isinstance(one, Endpoint)) for name, own in declared.items()}


def _declared() -> Iterator[Declaration]:
    for name in _files():
        yield from import_module(f"{definitions.__name__}.{name}").ENDPOINTS


ENDPOINTS = EndpointRegistry(tuple(_declared()))
"""All of them. A design may name those it reports; a study file that names another one is refused."""
