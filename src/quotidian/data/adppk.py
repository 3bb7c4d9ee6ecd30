"""ADPPK, the population pharmacokinetic data set of CDISC (ADaM, version 1.0), as an event table.

Its variables have other names than the data items of NONMEM: the subject is USUBJID, the time since the first
dose AFRLT, the value AVAL unless DV is given, and a value below the limit of quantification ALLOQ has BLQFN 1
(or BLQFL Y). All other variables keep their names.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quotidian.data.cells import refusal
from quotidian.data.table_text import MISSING, TableText
from quotidian.errors import InvalidData

SUBJECTS = ("USUBJID", "SUBJID", "SUBJIDN")
BELOW = {"BLQFN": "1", "BLQFL": "Y"}
"""Flags of a value below the limit of quantification, and their value there."""


def is_adppk(text: TableText) -> bool:
    """Whether a table names subject and time as ADPPK does, and not as NONMEM."""
    columns = set(text.columns)
    return bool(columns & set(SUBJECTS)) and "AFRLT" in columns and not columns & {"ID", "TIME"}


def from_adppk(text: TableText) -> TableText:
    """The same rows with ID, TIME, DV and CENS; other columns unchanged.

    Raises InvalidData for a value below a limit that the row does not state.
    """
    names = {next(name for name in SUBJECTS if name in text.columns): "ID", "AFRLT": "TIME"}
    if "DV" not in text.columns and "AVAL" in text.columns:
        names["AVAL"] = "DV"
    columns = tuple(names.get(name, name) for name in text.columns)
    flag = next((name for name in BELOW if name in text.columns), None)
    if flag is None or "CENS" in columns:
        return replace(text, columns=columns)
    if "DV" not in columns:
        raise InvalidData(f"'{text.name}' has {flag}, and neither DV nor AVAL.", "", "Add the values.")
    return _censored(replace(text, columns=columns), flag)


def _censored(text: TableText, flag: str) -> TableText:
    """With CENS 1 and the limit in DV, as the event table states a value below it."""
    flags, values = text.column(flag), list(text.column("DV"))
    limits = text.column("ALLOQ") if "ALLOQ" in text.columns else (".",) * len(text)
    below = [flags[row].upper() == BELOW[flag] for row in range(len(text))]
    for row in np.flatnonzero(below).tolist():
        if limits[row] in MISSING:
            why = f"{flag} says that the value lies below the limit of quantification."
            raise refusal(row, "ALLOQ", limits[row], why, "Write that limit.")
        values[row] = limits[row]
    return text.with_columns({"DV": tuple(values), "CENS": tuple("1" if b else "0" for b in below)})
