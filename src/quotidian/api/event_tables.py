"""Event tables from Python: data files read, and predicted by a pharmacokinetic model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from quotidian.api.arguments.data import CARRIED, DOSING, EVENTS, FORMULAS, PK_MODEL, RATES
from quotidian.api.arguments.door import door
from quotidian.api.arguments.kinds import number, optional
from quotidian.application.event_tables.predictions import predict_table
from quotidian.data import EventTable, read_events
from quotidian.data.dosing_records import Dosing
from quotidian.simulation.event_records import Prediction
from quotidian.simulation.event_timeline import Carried

if TYPE_CHECKING:
    import polars as pl

__all__ = ["EventTable", "predict_events", "read_events"]


@door(
    table=EVENTS,
    model=PK_MODEL,
    parameters=optional(RATES),
    dosing=optional(DOSING),
    covariates=FORMULAS,
    carried=CARRIED,
    scale=number("1000.0", above=0.0),
)
def predict_events(
    table: EventTable | str | Path,
    model: str,
    parameters: Mapping[str, float | Sequence[float]] | None = None,
    *,
    dosing: Dosing | None = None,
    covariates: Sequence[str] = (),
    carried: Carried = "backward",
    scale: float = 1.0,
    threads: int | None = None,
) -> pl.DataFrame:
    """Predict every observation of an event table.

    Parameters
    ----------
    table : from :func:`read_events`, or the path of a file.
    model : ``pk-1cmt``, ``pk-2cmt``, ``pk-1cmt-oral``, ``pk-2cmt-oral``, ``pk-1cmt-mm``, ``tmdd-qss``, the
        path of an SBML file, or ``sjia``: each subject is then a child, and TIME is in hours from midnight of
        its first day of treatment.
    parameters : by their NONMEM names (CL, V, KA, Q, V2, VM, KM), one number or one per subject; for an SBML
        file, those that replace its values.
    dosing : bioavailability, lag, duration and rate by number of compartment.
    covariates : formulas, such as ``["CL = 2*(WT/70)**0.75"]``.
    carried : covariates between two records are those of the later (``backward``, as NONMEM) or earlier
        (``forward``).
    scale : factor on concentrations.

    Returns
    -------
    Data frame with a row for each record of EVID 0 or 2: ROW (from 1), ID, TIME, DVID, DV, PRED.

    Raises InvalidInput with row and column for invalid data, NotSolvable for a subject that could
    not be simulated.

    Example: ``q.predict_events("data.csv", "pk-1cmt-oral", {"CL": 2.0, "V": 20.0, "KA": 1.2})``
    """
    events = table if isinstance(table, EventTable) else read_events(table)
    given = {name: np.asarray(value, dtype=np.float64) for name, value in (parameters or {}).items()}
    found = predict_table(
        events, str(model), given, dosing=dosing, covariates=covariates, carried=carried, scale=scale,
        threads=threads,
    )  # fmt: skip
    return prediction_table(events, found)


def prediction_table(events: EventTable, found: Prediction) -> pl.DataFrame:
    """Predictions as a data frame; DVID is that of the file, or else the compartment (CMT)."""
    import polars as pl

    kinds = events.text.column("DVID") if "DVID" in events.text.columns else events.compartment
    rows = found.rows.tolist()
    return pl.DataFrame({
        "ROW": events.number[found.rows],
        "ID": [events.ids[events.subject[row]] for row in rows],
        "TIME": events.time[found.rows],
        "DVID": [kinds[row] for row in rows],
        "DV": pl.Series(events.value[found.rows]).fill_nan(None),
        "PRED": found.values,
    })  # fmt: skip
