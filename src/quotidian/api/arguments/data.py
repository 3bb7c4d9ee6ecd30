"""Data files, fits and their questions as arguments."""

from __future__ import annotations

from quotidian.api.arguments.kinds import (
    Kind,
    either,
    instance,
    mapping,
    number,
    path,
    sequence,
    text,
    texts,
    whole,
)
from quotidian.application.fitting.child_data import ChildRecord
from quotidian.application.fitting.child_fit import ChildFit
from quotidian.application.fitting.population_fit import PopulationFit
from quotidian.data import EventTable
from quotidian.data.dosing_records import Dosing
from quotidian.inference.effects import Effects
from quotidian.interchange.petab.problem import Problem
from quotidian.population import ErrorModel

_RATE = either("a number or one per subject", "2.0", number(), sequence(number(), "numbers", "[2.0]", 1))
_PAIR = sequence(number(), "two numbers", "(0.1, 10.0)", 2)


def _file_or(words: str, example: str, *types: type) -> Kind:
    """A value of these types, or the path of a file."""
    return either(words, repr(example), instance(words, example, *types), path(words, example))


EVENTS = _file_or("the path of a data file, or the result of q.read_events", "data.csv", EventTable)
PROBLEM = _file_or("the path of a PEtab file, or the result of q.read_petab", "problem.yaml", Problem)
EFFECTS = _file_or("the path of an effects file (docs/fitting.md)", "effects.yaml", Effects)
CHILD_DATA = _file_or(
    "the path of a file with the columns DAY, ANALYTE, VALUE, UNIT", "anna.csv", ChildRecord
)
POPULATION_FIT = _file_or("a result of q.fit_population, or its folder", "out/fit", PopulationFit)
CHILD_FIT = instance("a result of q.fit_child", "q.fit_child('anna.csv', child, 'tocilizumab-iv')", ChildFit)
PK_MODEL = either(
    "the name of a built-in model, or the path of an SBML file", "'pk-1cmt'",
    text("a name", "pk-1cmt"), path("a path", "model.xml"),
)  # fmt: skip
RATES = mapping(_RATE, "a mapping of names to numbers, one or one per subject", "{'CL': 2.0, 'V': 20.0}")
BOUNDS = mapping(_PAIR, "a mapping of names to a lower and an upper bound", "{'CL': (0.1, 10.0)}")
DOSING = instance("a Dosing, of quotidian.data.dosing_records", "Dosing(lag={1: 0.5})", Dosing)
FORMULAS = texts("a list of formulas", "['CL = 2*(WT/70)**0.75']")
CARRIED = text("backward or forward", "backward")
ERROR = instance(
    "an ErrorModel, of quotidian.population", "ErrorModel('DV', 'proportional', 0.2)", ErrorModel
)
RENAME = mapping(text("a text", "DV"), "a mapping of columns to data items", "{'CONC': 'DV'}")
DATE_FORMAT = text("the format of a date", "month/day/year")
DATE = text("a date", "2024-03-01")
THRESHOLD = text("a threshold", "DV < 10")
TARGET = text("a target", "trough >= 20 ug/mL")
GRID = text("doses and intervals to try", "8-12 mg/kg, every 1-4 weeks")
ANALYTES = texts("a list of analytes", "['tocilizumab', 'crp']", 1)
VISITS = sequence(whole(1, example=4), "a list of whole weeks", "(4, 8)", 1)
