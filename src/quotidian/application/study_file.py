"""Reading of a study file as a design: it is checked against the schema, then for consistency; errors
state the line.

The schema is that of the dataclasses in ``trials/protocol/design.py``; published designs use the same one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from quotidian.application.old_study_fields import present_names
from quotidian.application.yaml_positions import Lined, read_lined
from quotidian.errors import QuotidianError, closest
from quotidian.indications.registry import INDICATIONS
from quotidian.models import USUAL, model, observables
from quotidian.trials.endpoints.registry import ENDPOINTS
from quotidian.trials.protocol.design import Arm, Period, Population, Steroid, Trial
from quotidian.trials.protocol.fault import Fault
from quotidian.trials.protocol.library import design, names
from quotidian.trials.protocol.own_endpoint import OwnEndpoint
from quotidian.trials.protocol.ranges import PERIOD, RANGES
from quotidian.trials.protocol.rules import Entry, Escalation, Escape, IntervalExtension, Stop, Taper
from quotidian.trials.protocol.safety import SafetyLimit
from quotidian.trials.protocol.sampling import Kinetics
from quotidian.trials.protocol.validation import faults

_PARTS = (
    Trial, Arm, Period, Population, Steroid, Kinetics, Entry, Escape, Escalation, Taper, IntervalExtension,
    Stop, SafetyLimit, OwnEndpoint,
)  # fmt: skip


Note: TypeAlias = Callable[[str], None]
_EXTRA = ("unexpected_keyword_argument", "extra_forbidden")


@cache
def _schema() -> TypeAdapter[Trial]:
    """The dataclasses as pydantic validates them, without unknown fields or numbers in quotes."""
    for part in _PARTS:
        setattr(part, "__pydantic_config__", ConfigDict(extra="forbid"))  # noqa: B010
    return TypeAdapter(Trial)


def json_schema() -> str:
    """The schema of study files, as JSON Schema text, with the range of each number and its reason."""
    schema = _schema().json_schema()
    for one in (*RANGES, *(replace(one, place=("period", *one.place)) for one in PERIOD)):
        part = "".join(word.capitalize() for word in one.place[0].split("_"))
        field = schema["$defs"][part]["properties"][one.place[1]]
        number = next((kind for kind in field.get("anyOf", ()) if kind["type"] != "null"), field)
        number |= {"minimum": one.low, "maximum": one.high}
        field["description"] = one.because
    return json.dumps(schema, indent=2, ensure_ascii=False)


def no_note(text: str) -> None:
    """Ignore notes on earlier names."""


def read_study(path: Path, note: Note = no_note) -> Trial:
    """The design in a study file; ``note`` is called for each name of an earlier version in it.

    Raises InvalidInput for the first error, with its line and a remedy.
    """
    return design_from(read_lined(path), note)


def design_from(lined: Lined, note: Note = no_note) -> Trial:
    """The design in values with line numbers. Raises InvalidInput as :func:`read_study` does."""
    lined, notes = present_names(lined)
    for text in notes:
        note(text)
    text = json.dumps(_whole(lined.value), default=str)  # a date is a text
    try:
        trial = _schema().validate_json(text, strict=True)  # no truth value or quoted text is a number
    except ValidationError as error:
        raise _misfit(lined, error) from None
    _refuse_published_name(lined, trial)
    for fault in sorted(faults_of(trial), key=lambda f: lined.line(f.place)):
        raise lined.refusal(fault.place, fault.what, fault.why, fault.remedy)
    return trial


def _whole(value: Any) -> Any:
    """The value, in which numbers such as 12.0 are whole."""
    if isinstance(value, dict):
        return {key: _whole(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _refuse_published_name(lined: Lined, trial: Trial) -> None:
    """Refuse another design under the name of a published trial, whose results would stand beside it."""
    if trial.name in names() and trial != design(trial.name):
        raise lined.refusal(
            ("name",), f"'{trial.name}' is the name of a published trial, and this is another design.",
            "The published results of that trial would stand beside the results of this study.",
            "Choose another name.",
        )  # fmt: skip


def faults_of(trial: Trial) -> list[Fault]:
    """All errors of a design."""
    return list(faults(trial, ENDPOINTS, _observables(trial)))


def _observables(trial: Trial) -> Mapping[str, object]:
    """Names known to the model with the drugs of the study; with all drugs if those of the study cannot be
    read."""
    if trial.indication not in INDICATIONS:
        return {}
    try:
        drugs = trial.drugs
    except QuotidianError:  # reported where it occurs
        return observables(trial.model)
    return model(trial.model, {*USUAL, *drugs}).observables


def _misfit(lined: Lined, error: ValidationError) -> QuotidianError:
    """The first error of the file: unknown names before missing ones, then by lines."""

    def rank(one: ErrorDetails) -> tuple[bool, int]:
        return one["type"] not in _EXTRA, lined.line(_place(lined, one["loc"]))

    first = min(error.errors(), key=rank)
    place, name = _place(lined, first["loc"]), str(first["loc"][-1])
    if first["type"] in _EXTRA:
        return lined.refusal(
            (*place, name), f"'{name}' is not a field here.", "", closest(name, _fields(place))
        )
    if first["type"] in ("missing", "missing_argument"):
        return lined.refusal(place, f"'{name}' is missing.", "A study cannot be run without it.")
    return lined.refusal(
        place, f"{'.'.join(map(str, place))}: {first['msg']}.", f"Given: {first['input']!r}."
    )


def _place(lined: Lined, loc: Sequence[str | int]) -> tuple[str | int, ...]:
    """The position of an error in the file, without the names of alternatives."""
    place: tuple[str | int, ...] = ()
    for step in loc:
        if (*place, step) in lined.lines:
            place = (*place, step)
    return place


def _fields(place: Sequence[str | int]) -> list[str]:
    """Names that are allowed at a position: those of its part, or of the whole file."""
    parts = {"arms": Arm, "periods": Period, "safety": SafetyLimit} | {p.__name__.lower(): p for p in _PARTS}
    return [f.name for f in fields(parts.get(str(place[0]), Trial) if place else Trial)]
