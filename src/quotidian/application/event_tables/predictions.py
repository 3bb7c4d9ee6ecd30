"""Predictions of an event table by any model: of children, built in, or of an SBML file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from quotidian.application.event_tables.children import MODELS, predict_children
from quotidian.application.fitting.structural_models import pk_model_of
from quotidian.data import EventTable
from quotidian.data.dosing_records import Dosing
from quotidian.errors import InvalidInput
from quotidian.simulation.event_records import Prediction, predict_events
from quotidian.simulation.event_timeline import Carried

Floats = NDArray[np.float64]


def predict_table(
    table: EventTable,
    model: str,
    parameters: Mapping[str, float | Floats],
    *,
    dosing: Dosing | None = None,
    covariates: Sequence[str] = (),
    carried: Carried = "backward",
    scale: float = 1.0,
    threads: int | None = None,
) -> Prediction:
    """Predict every record of EVID 0 and 2.

    Parameters
    ----------
    model : ``sjia``, a name of the shelf, or an SBML file. others : as in
        :func:`quotidian.simulation.event_records.predict_events`; a model of children takes none of them.

    Raises UnknownName for a model that is none of these, InvalidInput for what the model cannot use,
    NotSolvable for a subject that could not be followed.
    """
    if model not in MODELS:
        pk = pk_model_of(model)
        return predict_events(
            table, pk, parameters, dosing=dosing, covariates=covariates, carried=carried, scale=scale,
            threads=threads,
        )  # fmt: skip
    given = dosing or Dosing()
    if parameters or covariates or scale != 1.0 or vars(given) != vars(Dosing()):
        raise InvalidInput(
            f"The model {model} takes no parameters, formulas, dosing items or scale.",
            "Its parameters are those of its ledger, and differ between children by columns of the table.",
            f"Leave them out; a column such as X:{model}.parameter changes a parameter of a child.",
        )
    return predict_children(table, model, threads=threads)
