"""Results of other calls as arguments: data sets, tables, curves."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from quotidian.api.arguments.kinds import (
    Kind,
    Unfit,
    mapping,
    number,
    optional,
    sequence,
    text,
)


def _data_set(value: Any) -> Any:
    """A data set of xarray, which is imported only by who made one."""
    if type(value).__name__ != "Dataset" or not hasattr(value, "data_vars"):
        raise Unfit
    return value


def _frame(value: Any) -> Any:
    """A frame of Polars; one of pandas or another table of Arrow is converted."""
    if isinstance(value, pl.DataFrame | pl.LazyFrame):
        return value
    if hasattr(value, "columns") and type(value).__module__.startswith("pandas"):
        return pl.DataFrame({str(name): value[name].to_numpy() for name in value.columns})
    if hasattr(value, "__arrow_c_stream__"):
        return pl.DataFrame(value)
    raise Unfit


def _table(value: Any) -> pl.DataFrame:
    found = _frame(value)
    return found.collect() if isinstance(found, pl.LazyFrame) else found


def _positions(value: Any) -> Any:
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise Unfit from None


def _curve(value: Any) -> object:
    """Positions and values, in a sequence or as the columns of a table."""
    return _COLUMNS.read(_table(value).get_columns() if hasattr(value, "columns") else value)


RUN = Kind("a data set that q.simulate returned", "run, after run = q.simulate(...)", _data_set)
FRAME = Kind("a table such as q.trial(...).visits", "q.preparations()", _frame)
TABLE = Kind(FRAME.words, FRAME.example, _table)
DRUG = text("the name of a drug", "tocilizumab")
OBSERVABLE = text("the name of an observable", "crp")
LIMIT = optional(number("10.0"))
_COLUMNS = sequence(
    Kind("numbers", "[0, 1]", _positions), "positions and values", "([0, 1, 2], [5.0, 3.0, 2.0])", 1
)
_CURVE = Kind(_COLUMNS.words, _COLUMNS.example, _curve)
SERIES = mapping(
    _CURVE, "a mapping of labels to (positions, values) or (positions, values, low, high)",
    "{'treated': (days, crp)}",
)  # fmt: skip
AXIS = text("the text of an axis or figure", "CRP, mg/L")
ENDS = sequence(number(), "the two ends of the axis", "(0.0, 100.0)", 2)
