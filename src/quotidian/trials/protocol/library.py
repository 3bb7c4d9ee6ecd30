"""Published designs, read from ``published/designs``: one YAML file per trial, in the format of a study
file.

The dataclasses of ``design.py`` are the schema. Study files of users are checked line by line elsewhere;
here an invalid file is a fault of the program.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from quotidian.errors import LedgerError, UnknownName, closest
from quotidian.evidence.reading import read_mapping
from quotidian.trials.protocol.design import Trial

_DESIGNS = Path(__file__).parents[1] / "published" / "designs"
ORDER = (
    "yokota-2005", "woo-2005", "yokota-2008", "tender", "tender-extension", "japan-long-term", "jigsaw-118",
    "infants", "tender-growth", "moscow-cohort", "japan-from-15", "canakinumab-single",
    "canakinumab-withdrawal", "canakinumab-febrile", "canakinumab-afebrile", "anakinra", "tofacitinib-open",
    "german-register", "ra-iv", "pjia-iv",
)  # fmt: skip


@cache
def names() -> tuple[str, ...]:
    """Names of the published designs, in the order of reports."""
    return tuple(name for name in ORDER if (_DESIGNS / f"{name}.yaml").is_file())


def design_text(name: str) -> str:
    """The file of the published design of that name. Raises UnknownName with the nearest name."""
    if name not in names():
        raise UnknownName(f"There is no trial '{name}'.", closest(name, names()))
    return (_DESIGNS / f"{name}.yaml").read_text(encoding="utf-8")


@cache
def design(name: str) -> Trial:
    """The published design of that name. Raises UnknownName with the nearest name."""
    if name not in names():
        raise UnknownName(f"There is no trial '{name}'.", closest(name, names()))
    trial = build(Trial, read_mapping(_DESIGNS / f"{name}.yaml"), name)
    assert isinstance(trial, Trial)
    return trial


def build(kind: Any, value: Any, where: str) -> Any:
    """A value of a declared type from plain YAML. Raises LedgerError with the invalid position."""
    origin = get_origin(kind)
    if dataclasses.is_dataclass(kind):
        return _build_fields(kind, value, where)
    if origin in (Union, types.UnionType):
        return _first_fit(get_args(kind), value, where)
    if origin is tuple and isinstance(value, list):
        return tuple(build(get_args(kind)[0], one, f"{where}.{i}") for i, one in enumerate(value))
    if origin in (Mapping, dict) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        if isinstance(value, dict):
            return {key: build(get_args(kind)[1], one, f"{where}.{key}") for key, one in value.items()}
    elif origin is Literal and value in get_args(kind):
        return value
    elif kind is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    elif isinstance(kind, type) and type(value) is kind:
        return value
    raise LedgerError(
        f"The field {where} of the design cannot be {value!r}.", f"It must be {kind}.", "Correct the file."
    )


def _build_fields(kind: Any, value: Any, where: str) -> Any:
    hints = get_type_hints(kind)
    if not isinstance(value, dict) or (unknown := set(value) - set(hints)):
        raise LedgerError(
            f"The field {where} of the design is invalid.",
            f"It may contain: {', '.join(hints)}." if not isinstance(value, dict) else f"Unknown: {unknown}.",
            "Correct the file.",
        )
    return kind(**{key: build(hints[key], one, f"{where}.{key}") for key, one in value.items()})


def _first_fit(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    fault: LedgerError | None = None
    for kind in kinds:
        if kind is type(None):
            if value is None:
                return None
            continue
        try:
            return build(kind, value, where)
        except LedgerError as error:
            fault = error
    raise fault or LedgerError(f"The field {where} of the design is empty.", "", "Correct the file.")
