"""SED-ML as our own values: Level 1, Versions 1 to 4.

Read are uniform time courses and steady states, tasks, repeated tasks over ranges, changes of attributes,
computed changes, data generators and reports. What else would change a number is refused with its line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from quotidian.errors import InvalidInput
from quotidian.interchange.formula import Formula
from quotidian.interchange.mathml import read_text
from quotidian.interchange.omex.targets import Target, target
from quotidian.interchange.omex.xml_tree import Element
from quotidian.units import plain_number

T = TypeVar("T")
TIME = "urn:sedml:symbol:time"


@dataclass(frozen=True)
class Variable:
    """What a formula reads: the time, or a quantity of a task or model."""

    id: str
    task: str
    place: Target | None


@dataclass(frozen=True)
class Calculation:
    """A formula of variables and fixed parameters."""

    formula: Formula
    variables: tuple[Variable, ...]
    parameters: Mapping[str, float]


@dataclass(frozen=True)
class Change:
    """A new value of an attribute or quantity: text, or a calculation."""

    place: Target
    value: str | Calculation
    line: int


@dataclass(frozen=True)
class SedModel:
    """A model by its source, with changes."""

    id: str
    language: str
    source: str
    changes: tuple[Change, ...]
    line: int


@dataclass(frozen=True)
class TimeCourse:
    """``steps`` equal steps from ``start`` to ``end`` are shown; the model begins at ``begin``. A steady
    state has None for ``steps``."""

    begin: float
    start: float
    end: float
    steps: int | None
    algorithm: str


@dataclass(frozen=True)
class Task:
    """A simulation of a model; ``ranges`` and ``settings`` repeat it with other values."""

    id: str
    model: str
    simulation: str
    ranges: Mapping[str, tuple[float, ...] | Calculation] | None = None
    master_range: str = ""
    settings: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Report:
    """Columns by label, each a data generator."""

    id: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Experiment:
    """A whole file."""

    models: Mapping[str, SedModel]
    simulations: Mapping[str, TimeCourse]
    tasks: Mapping[str, Task]
    generators: Mapping[str, Calculation]
    reports: tuple[Report, ...]
    warnings: tuple[str, ...]


def experiment(root: Element) -> Experiment:
    """The contents of a SED-ML document. Raises InvalidInput, with its line, for what is not supported."""
    if root.name != "sedML" or root.attributes.get("level") != "1":
        raise InvalidInput(
            "The file is not SED-ML of Level 1.", f"Its root is <{root.name}>.", "Name a SED-ML file."
        )
    tasks = {t.id: t for t in (_task(e) for e in root.all("task"))}
    repeated = [_repeated(e, tasks) for e in root.all("repeatedTask")]
    reports = [_report(e) for e in root.all("report")]
    plots = [e for name in ("plot2D", "plot3D", "figure") for e in root.all(name)]
    return Experiment(
        _by_id(root, "model", _model), dict(_simulations(root)),
        tasks | {t.id: t for t in repeated},
        _by_id(root, "dataGenerator", _calculation), tuple(reports),
        (f"{len(plots)} plots are not drawn",) if plots else (),
    )  # fmt: skip


def _by_id(root: Element, name: str, read: Callable[[Element], T]) -> dict[str, T]:
    return {e.attributes.get("id", ""): read(e) for e in root.all(name)}


def refused(
    e: Element, why: str, remedy: str = "Rewrite it, or run it with another program."
) -> InvalidInput:
    """The refusal of an element."""
    return InvalidInput(
        f"The SED-ML element <{e.name}> '{e.attributes.get('id', '')}' (line {e.line}) cannot be used.",
        f"{why}.", remedy,
    )  # fmt: skip


def number(e: Element, name: str) -> float:
    """An attribute as a number. Raises InvalidInput where it is missing or none."""
    value = plain_number(e.attributes.get(name, ""))
    if not math.isfinite(value):
        raise refused(e, f"Its {name} is '{e.attributes.get(name, '')}'", "State a finite number.")
    return value


def _model(e: Element) -> SedModel:
    changes = e.child("listOfChanges")
    return SedModel(
        e.attributes.get("id", ""), e.attributes.get("language", ""), e.attributes.get("source", ""),
        tuple(_change(c) for c in (changes.children if changes else [])), e.line,
    )  # fmt: skip


def _change(e: Element) -> Change:
    place = target(e.attributes.get("target", ""))
    if e.name == "changeAttribute":
        return Change(place, e.attributes.get("newValue", ""), e.line)
    if e.name in ("computeChange", "setValue"):
        return Change(place, _calculation(e), e.line)
    raise refused(e, "It rewrites the model's XML", "Put the changed model into the archive.")


def _calculation(e: Element) -> Calculation:
    math = e.child("math")
    if math is None:
        raise refused(e, "It has no formula")
    parameters = {p.attributes.get("id", ""): number(p, "value") for p in e.all("parameter")}
    where = f"<{e.name}> '{e.attributes.get('id', '')}' (line {e.line})"
    return Calculation(
        read_text(math.as_math(), where), tuple(_variable(v) for v in e.all("variable")), parameters
    )


def _variable(e: Element) -> Variable:
    symbol = e.attributes.get("symbol", "")
    if symbol and symbol.lower() not in (TIME, "time"):
        raise refused(e, f"The symbol '{symbol}' is not known")
    place = None if symbol else target(e.attributes.get("target", ""))
    task = e.attributes.get("taskReference", "") or e.attributes.get("modelReference", "")
    return Variable(e.attributes.get("id", ""), task, place)


def _simulations(root: Element) -> Iterator[tuple[str, TimeCourse]]:
    listed = root.child("listOfSimulations")
    for e in listed.children if listed else []:
        algorithm = e.child("algorithm")
        kisao = algorithm.attributes.get("kisaoID", "") if algorithm else ""
        if e.name == "steadyState":
            yield e.attributes.get("id", ""), TimeCourse(0.0, 0.0, 0.0, None, kisao)
        elif e.name == "uniformTimeCourse":
            yield e.attributes.get("id", ""), _course(e, kisao)
        elif e.name not in ("notes", "annotation"):
            raise refused(e, "Only uniform time courses and steady states are run")


def _course(e: Element, kisao: str) -> TimeCourse:
    key = "numberOfSteps" if "numberOfSteps" in e.attributes else "numberOfPoints"
    steps = number(e, key)
    begin, start, end = (number(e, k) for k in ("initialTime", "outputStartTime", "outputEndTime"))
    if not (0 <= steps <= 1_000_000 and steps == int(steps) and begin <= start <= end < float("inf")):
        raise refused(e, f"It has {steps:g} steps from {start:g} to {end:g}", "Correct it.")
    return TimeCourse(begin, start, end, int(steps), kisao)


def _task(e: Element) -> Task:
    return Task(
        e.attributes.get("id", ""), e.attributes.get("modelReference", ""),
        e.attributes.get("simulationReference", ""),
    )  # fmt: skip


def _repeated(e: Element, tasks: Mapping[str, Task]) -> Task:
    inner = e.all("subTask")
    if len(inner) != 1 or inner[0].attributes.get("task", "") not in tasks:
        raise refused(e, "Only one plain task can be repeated")
    if e.attributes.get("resetModel", "false").lower() not in ("true", "1"):
        raise refused(e, "Its model is not reset between repetitions", 'Set resetModel="true".')
    task = tasks[inner[0].attributes["task"]]
    listed, changes = e.child("listOfRanges"), e.child("listOfChanges")
    ranges = {r.attributes.get("id", ""): _range(r) for r in (listed.children if listed else [])}
    main = e.attributes.get("range", "")
    if main not in ranges or isinstance(ranges[main], Calculation):
        raise refused(e, f"Its range '{main}' has no values")
    settings = tuple(_change(c) for c in (changes.children if changes else []))
    return Task(e.attributes.get("id", ""), task.model, task.simulation, ranges, main, settings)


def _range(e: Element) -> tuple[float, ...] | Calculation:
    if e.name == "vectorRange":
        try:
            return tuple(float(v.text) for v in e.all("value"))
        except ValueError:
            raise refused(e, "One of its values is not a number", "Correct it.") from None
    if e.name == "functionalRange":
        return _calculation(e)
    if e.name != "uniformRange":
        raise refused(e, "Such a range is not known")
    key = "numberOfSteps" if "numberOfSteps" in e.attributes else "numberOfPoints"
    start, end, steps = number(e, "start"), number(e, "end"), int(number(e, key))
    kind = e.attributes.get("type", "linear")
    impossible = kind not in ("linear", "log") or (kind == "log" and min(start, end) <= 0)
    if impossible or not 0 < steps <= 10_000:
        raise refused(
            e, f"It has {steps} steps from {start:g} to {end:g} and the type '{kind}'", "Correct it."
        )
    if kind == "log":
        return tuple(start * (end / start) ** (i / steps) for i in range(steps + 1))
    return tuple(start + (end - start) * i / steps for i in range(steps + 1))


def _report(e: Element) -> Report:
    columns = [
        (d.attributes.get("label") or d.attributes.get("id", ""), d.attributes.get("dataReference", ""))
        for d in e.all("dataSet")
    ]
    labels = [label for label, _ in columns]
    if len(set(labels)) < len(labels):
        raise refused(e, "Two of its columns have the same label", "Give each its own.")
    return Report(e.attributes.get("id", ""), tuple(columns))
