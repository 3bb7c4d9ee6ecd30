"""Event tables: dosing and observation records of many subjects in one table, as NONMEM defines them.

Columns: ID, TIME, and as needed DATE, AMT, RATE, II, ADDL, SS, EVID, CMT, DV, MDV, CENS, LIMIT; every other
column may serve as a covariate. A row without EVID is a dose where it has an amount, else an observation.
NONMEM 7 users guides, part V and VI (PREDPP data items).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.data.cells import numbers, refusal
from quotidian.data.table_text import TableText
from quotidian.errors import InvalidData

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
ITEMS = ("ID", "TIME", "DATE", "AMT", "RATE", "II", "ADDL", "SS", "EVID", "CMT", "DV", "MDV", "CENS", "LIMIT")
OBSERVATION, DOSE, OTHER, RESET, RESET_AND_DOSE = range(5)


@dataclass(frozen=True)
class EventTable:
    """Records of many subjects; arrays run over the rows, in the order of the file.

    Attributes
    ----------
    ids : [subject] as written. subject : [row] number of the subject.
    occasion : [row] stretch of a subject in which time ascends; a reset may begin another.
    time : in the unit of the file. amount, rate, interval : AMT, RATE, II. additional, steady, evid : ADDL,
        SS, EVID. compartment : CMT as written, "" where it is missing.
    value : DV, not-a-number where there is none. missing : MDV is 1. censored, limit : CENS, LIMIT.
    text : the table as read, for covariates. number : [row] of the file, from 1; not in order where the rows
        were sorted.
    """

    ids: tuple[str, ...]
    subject: Integers
    occasion: Integers
    time: Floats
    amount: Floats
    rate: Floats
    interval: Floats
    additional: Integers
    steady: Integers
    evid: Integers
    compartment: tuple[str, ...]
    value: Floats
    missing: NDArray[np.bool_]
    censored: Integers
    limit: Floats
    text: TableText
    number: Integers

    def __repr__(self) -> str:
        observed, doses = self.counted.size, int(np.isin(self.evid, (DOSE, RESET_AND_DOSE)).sum())
        size = f"{len(self.ids)} subjects, {len(self.time)} records"
        return f"<EventTable {self.text.name}: {size}, {observed} of them observations, {doses} doses>"

    @property
    def predicted(self) -> Integers:
        """Rows that have a prediction: observations and records of another kind (EVID 0 and 2)."""
        return np.flatnonzero((self.evid == OBSERVATION) | (self.evid == OTHER))

    @property
    def counted(self) -> Integers:
        """Rows that count in a likelihood: EVID 0, MDV 0, and a value."""
        return np.flatnonzero((self.evid == OBSERVATION) & ~self.missing & np.isfinite(self.value))

    def place(self, row: int) -> int:
        """Place of a row in the file, from 0, for messages."""
        return int(self.number[row]) - 1

    def covariate(self, name: str) -> Floats:
        """A column as a covariate, [row]; a missing value is that of the row before in the subject.

        Raises InvalidData for a column that the table lacks, a cell that is not a number, and a first record
        without a value.
        """
        if name not in self.text.columns:
            raise InvalidData(
                f"There is no column {name} in '{self.text.name}'.",
                "The covariate model uses it.",
                f"Add a column {name}, or change the covariate model.",
            )
        values = numbers(self.text, name)
        there = np.isfinite(values)
        source = np.maximum.accumulate(np.where(there, np.arange(len(values)), -1))
        bare = np.flatnonzero((source < 0) | (self.subject[source] != self.subject))
        if bare.size:
            why, remedy = "There is no earlier value to carry forward.", "Write its first value."
            raise refusal(self.place(int(bare[0])), name, ".", why, remedy)
        return values[source]
