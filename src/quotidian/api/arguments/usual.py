"""Arguments that several public calls share, and what each may be."""

from __future__ import annotations

from collections.abc import Mapping

from quotidian.api.arguments.kinds import (
    FLAG,
    Kind,
    either,
    instance,
    mapping,
    number,
    optional,
    path,
    sequence,
    text,
    texts,
    whole,
)
from quotidian.dosing import Regimen
from quotidian.patients.child import Child

A_CHILD = 'q.Child(age="6 years", sex="female", weight="20 kg")'
CHILD = instance("a child", A_CHILD, Child)
CHILDREN = either(
    "a child, or a list of at least one", A_CHILD, CHILD, sequence(CHILD, "children", f"[{A_CHILD}]", 1)
)
REGIMEN = instance("a regimen, its name or free form", "'tocilizumab-iv:8mg/kg/2wk'", str, Regimen)
REGIMEN_VALUE = instance("a regimen", "q.regimens.tocilizumab_iv, or q.regimen('...')", Regimen)
REGIMEN_TEXT = text("the text of a regimen, its name or free form", "tocilizumab-iv:8mg/kg/2wk")
REGIMENS = either(
    "a regimen or its text, a list of them, or a mapping of labels to them, and not empty",
    "'tocilizumab-iv', ['none', 'tocilizumab-iv'] or {'untreated': 'none'}",
    REGIMEN,
    sequence(REGIMEN, "regimens", "['none']", 1),
    mapping(REGIMEN, "regimens by label", "{'untreated': 'none'}", 1),
)
WEEKS = either(
    "a number of weeks, or a text with its unit", "'12 weeks'", number(), text("a text", "12 weeks")
)
INTERVAL = either("a number of hours, or a text with its unit", "'1 day'", number(), text("a text", "1 day"))
SIZE = either("a number, or a text with its unit", "'20 kg'", number(), text("a text", "20 kg"))
DAYS = sequence(number(), "a list of days", "[30, 90]")
NUMBERS = mapping(number(), "numbers by name", "{'joints.k_joint': 2.0}")
PARAMETERS = mapping(
    either("a number", "6", number(), text("a text", "6 mL/h")),
    "a mapping of names of the ledger to numbers, or texts with a unit; q.parameters() lists them",
    "{'drugs.tocilizumab.CL': '6 mL/h'}",
)
OBSERVABLES = texts("a list of names; q.observables() has them", "['crp', 'temperature']", 1)
DAILY = text("a text: mean, max, min or a clock time, separated by commas", "mean,max")
COURSE = text("'steady', 'drawn' or 'drawn' with a seed", "drawn:7")
NEW_FOLDER = path("the path of a folder to write", "out/run")
WORD = text("a text with words to search for", "tocilizumab")

USUAL: Mapping[str, Kind] = {
    "alpha": number("0.05", above=0.0, below=1.0),
    "child": CHILD,
    "children": CHILDREN,
    "course": COURSE,
    "daily": DAILY,
    "every": INTERVAL,
    "flares": DAYS,
    "from_day": number("-7"),
    "infections": DAYS,
    "members": whole(0),
    "model": text("the name of a model", "sjia"),
    "narrow": FLAG,
    "observables": optional(OBSERVABLES),
    "output": NEW_FOLDER,
    "parameters": optional(PARAMETERS),
    "progress": FLAG,
    "regimen": REGIMEN,
    "replicates": whole(1),
    "scenario": text("the name of a scenario, or several joined with '+'", "sgp130-low"),
    "seed": whole(0),
    "threads": optional(whole(1, example=2)),
    "week": optional(whole(0, example=12)),
    "weeks": WEEKS,
}
"""Kinds by name of the argument."""
