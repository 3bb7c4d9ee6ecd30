"""Reading of a study file as a design: it is checked against the schema, then for consistency; errors
state the line.

The schema is that of the dataclasses in ``trials/protocol/design.py``; published designs use the same one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from quotidian.application.old_study_fields import present_names
from quotidian.application.yaml_positions import Lined, read_lined
from quotidian.errors import QuotidianError, closest
from quotidian.evidence.reading import read_mapping
from quotidian.indications.registry import INDICATIONS
from quotidian.models import USUAL, model, observables
from quotidian.trials.endpoints.registry import ENDPOINTS
from quotidian.trials.protocol.design import Arm, Period, Population, Steroid, Trial
from quotidian.trials.protocol.fault import Fault
from quotidian.trials.protocol.library import design, names
from quotidian.trials.protocol.own_endpoint import OwnEndpoint
from quotidian.trials.protocol.ranges import ARM, MATCHED, PERIOD, RANGES, Range
from quotidian.trials.protocol.rules import Entry, Escalation, Escape, IntervalExtension, Stop, Taper
from quotidian.trials.protocol.safety import SafetyLimit
from quotidian.trials.protocol.sampling import Kinetics
from quotidian.trials.protocol.validation import faults

_PARTS = (
    Trial, Arm, Period, Population, Steroid, Kinetics, Entry, Escape, Escalation, Taper, IntervalExtension,
    Stop, SafetyLimit, OwnEndpoint,
)  # fmt: skip


_WORDS = Path(__file__).with_name("study_words.yaml")
Note: TypeAlias = Callable[[str], None]
_EXTRA = ("unexpected_keyword_argument", "extra_forbidden")


@cache
def _schema() -> TypeAdapter[Trial]:
    """The dataclasses as pydantic validates them, without unknown fields or numbers in quotes."""
    for part in _PARTS:
        setattr(part, "__pydantic_config__", ConfigDict(extra="forbid"))  # noqa: B010
    return TypeAdapter(Trial)


@cache
def study_schema() -> Mapping[str, Any]:
    """The schema of study files, as JSON Schema: of each field its words, unit and help, and the range of
    each number with its reason.

    ``x-`` begins the words of forms (study_words.yaml).
    """
    schema = _schema().json_schema()
    fields_of = {"Trial": schema["properties"]} | {n: p["properties"] for n, p in schema["$defs"].items()}
    fields_of["Match"] = {name: {"type": "number"} for name in MATCHED}
    fields_of["Population"]["match"] |= {"properties": fields_of["Match"], "additionalProperties": False}
    for part, name, one in _ranges():
        _state_range(fields_of[part][name], one)
    for part, own in read_mapping(_WORDS).items():
        for name, words in own.items():
            _state_words(fields_of[part][name], words)
            fields_of[part][name] = fields_of[part].pop(name)  # in the order of the words
    titles = {name: one.title for name, one in INDICATIONS.items()}
    schema["properties"]["indication"] |= {"enum": list(titles), "x-words": titles}
    schema["properties"]["endpoints"]["items"]["examples"] = list(ENDPOINTS)
    return MappingProxyType(schema)


def _ranges() -> Iterator[tuple[str, str, Range]]:
    """Every range of the schema with its part and field."""
    for one in RANGES:
        part = one.place[0] if one.place[1:] else "trial"
        yield "".join(word.capitalize() for word in part.split("_")), one.place[-1], one
    for part, own in (("Period", PERIOD), ("Arm", ARM)):
        yield from ((part, one.place[0], one) for one in own)
    yield from (("Match", name, Range((name,), *limits)) for name, limits in MATCHED.items())


def _state_range(field: dict[str, Any], one: Range) -> None:
    number = next((kind for kind in field.get("anyOf", ()) if kind["type"] != "null"), field)
    number |= {"minimum": one.low, "maximum": one.high}
    field["description"] = f"{one.low:g} to {one.high:g}: {one.because}"


def _state_words(field: dict[str, Any], words: Mapping[str, Any]) -> None:
    said = (words.get("help", ""), field.get("description", ""))
    field |= {"title": words["label"], "description": " ".join(text for text in said if text)}
    field |= {f"x-{name}": value for name, value in words.items() if name != "label"}


def json_schema() -> str:
    """The schema of study files as text; see :func:`study_schema`."""
    return json.dumps(dict(study_schema()), indent=2, ensure_ascii=False)


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
    trial, found = _read(lined)
    for fault in found:
        raise lined.refusal(fault.place, fault.what, fault.why, fault.remedy)
    assert trial is not None
    return trial


def checked(lined: Lined) -> tuple[Trial | None, tuple[Fault, ...]]:
    """The design, None where the values do not fit the schema, and all errors with their places."""
    return _read(present_names(lined)[0])


def _read(lined: Lined) -> tuple[Trial | None, tuple[Fault, ...]]:
    """The design and all errors, the first of the file first."""
    text = json.dumps(_whole(lined.value), default=str)  # a date is a text
    try:
        trial = _schema().validate_json(text, strict=True)  # no truth value or quoted text is a number
    except ValidationError as error:
        return None, _misfits(lined, error)
    found = [*_published_name(trial), *sorted(faults_of(trial), key=lambda f: lined.line(f.place))]
    return trial, tuple(found)


def _whole(value: Any) -> Any:
    """The value, in which numbers such as 12.0 are whole."""
    if isinstance(value, dict):
        return {key: _whole(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _published_name(trial: Trial) -> Iterator[Fault]:
    """Another design under the name of a published trial, whose results would stand beside it."""
    if trial.name in names() and trial != design(trial.name):
        yield Fault(
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


def _misfits(lined: Lined, error: ValidationError) -> tuple[Fault, ...]:
    """Values that do not fit the schema: unknown names before missing ones, then by lines."""

    def rank(one: ErrorDetails) -> tuple[bool, int]:
        return one["type"] not in _EXTRA, lined.line(_place(lined, one["loc"]))

    return tuple(_misfit(lined, one) for one in sorted(error.errors(), key=rank))


def _misfit(lined: Lined, one: ErrorDetails) -> Fault:
    place, name = _place(lined, one["loc"]), str(one["loc"][-1])
    if one["type"] in _EXTRA:
        return Fault((*place, name), f"'{name}' is not a field here.", "", closest(name, _fields(place)))
    if one["type"] in ("missing", "missing_argument"):
        return Fault((*place, name), f"'{name}' is missing.", "A study cannot be run without it.", "")
    return Fault(place, f"{'.'.join(map(str, place))}: {one['msg']}.", f"Given: {one['input']!r}.", "")


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
