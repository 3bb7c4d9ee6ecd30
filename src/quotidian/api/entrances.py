"""Calls of other modules that are public as they are, behind the door of the interface."""

from __future__ import annotations

from quotidian.api.arguments.data import DATE_FORMAT, RENAME
from quotidian.api.arguments.door import door
from quotidian.api.arguments.kinds import FLAG, number, optional, path, text
from quotidian.api.arguments.usual import NUMBERS, REGIMEN_VALUE, SIZE
from quotidian.data import read_events as _read_events
from quotidian.dosing import describe as _describe
from quotidian.interchange.omex.running import run_archive as _run_archive
from quotidian.interchange.petab.reader import read_petab as _read_petab
from quotidian.patients.child import child as _child

Child = door(
    "q.Child", age=SIZE.such_as("6 years"), sex=text("female or male", "female"),
    weight=optional(SIZE), height=optional(SIZE.such_as("115 cm")), severity=number("1.5"),
    il6_share=optional(number("0.8")), random_effects=optional(NUMBERS),
    target_height_z=optional(number("0.0")), duration=optional(SIZE.such_as("3 years")),
)(_child)  # fmt: skip
describe = door(regimen=REGIMEN_VALUE)(_describe)
read_events = door(
    path=path("the path of a data file", "data.csv"), dates=optional(DATE_FORMAT), rename=optional(RENAME),
    sort=FLAG,
)(_read_events)  # fmt: skip
read_petab = door(source=path("the path of a PEtab file", "problem.yaml"))(_read_petab)
run_archive = door(source=path("the path of a COMBINE archive", "run.omex"))(_run_archive)
