"""Every endpoint by its name, collected from the files of ``definitions``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules

from quotidian.errors import InvalidCall
from quotidian.trials.endpoints import definitions
from quotidian.trials.endpoints.endpoint import Endpoint

ORDER = (
    "responses", "systemic_signs", "disease_activity", "acute_phase", "blood_cells", "mas", "discontinuation",
    "glucocorticoid", "growth", "dose_finding", "exposure", "entry",
)  # fmt: skip
"""Order of the files in tables; any other file of the folder comes after them, by name."""


def _files() -> tuple[str, ...]:
    found = {module.name for module in iter_modules(definitions.__path__)}
    return (*(name for name in ORDER if name in found), *sorted(found.difference(ORDER)))


def _declared() -> Iterator[Endpoint]:
    for name in _files():
        yield from import_module(f"{definitions.__name__}.{name}").ENDPOINTS


def _by_name() -> dict[str, Endpoint]:
    """All endpoints. Raises InvalidCall where two files declare one name."""
    found: dict[str, Endpoint] = {}
    for endpoint in _declared():
        if endpoint.name in found:
            raise InvalidCall(
                f"The endpoint '{endpoint.name}' is declared twice.",
                "Tables and study files find an endpoint by its name.",
                "Rename one of the two in trials/endpoints/definitions.",
            )
        found[endpoint.name] = endpoint
    return found


ENDPOINTS: Mapping[str, Endpoint] = _by_name()
"""All of them. A design may name those it reports; a study file that names another one is refused."""
