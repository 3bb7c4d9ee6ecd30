"""One child's record joined with the model: prior, predictions and likelihood of its measurements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.application.fitting.child_data import ChildRecord
from quotidian.application.fitting.child_measurements import measured
from quotidian.application.fitting.child_predictor import ChildPredictor
from quotidian.application.fitting.child_prior import ChildPrior, child_prior
from quotidian.dosing import Regimen
from quotidian.errors import InvalidInput, RegimenError
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.patients.child import Child
from quotidian.patients.guards import refuse_grown_up
from quotidian.patients.treatment import subjects_of, treatment_events
from quotidian.simulation import RUN_IN_DAYS, reduced_model

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ChildProblem:
    """A child on a regimen with its measurements.

    Attributes
    ----------
    prior : of its effects. predictor : of its measurements. model, at : likelihood and prior of the scores.
    """

    child: Child
    regimen: Regimen
    record: ChildRecord
    prior: ChildPrior
    predictor: ChildPredictor
    model: MixedModel
    at: Parameters

    def objective(self, z: Floats) -> Floats:
        """-2 times the log posterior density of scores [draw, effect], up to a constant."""
        who = np.zeros(len(z), np.int64)
        return self.model.penalised(who, self.predictor.predict(who, z), z, self.at)


def child_problem(
    record: ChildRecord, child: Child, regimen: Regimen, last: float, threads: int | None = None
) -> ChildProblem:
    """The problem of a record.

    Parameters
    ----------
    last : last day that is predicted.

    Raises RegimenError for a dose after death, or beyond the limits of a drug, ImplausibleChild for a child
    that would be followed far into adult life.
    """
    refuse_grown_up([child], last)
    observables = tuple(dict.fromkeys(record.analyte))
    drugs = set(regimen.drugs)
    events = treatment_events(child, regimen, last * 24.0 + 24.0)
    _refuse_doses_after_death(record, [e.time_h for e in events if e.value > 0])
    compiled = reduced_model("sjia", drugs, observables)
    prior = child_prior(list(compiled.model.constants), tuple(drugs))
    if not prior.effects:
        raise InvalidInput(
            f"No random effect of a child acts on {', '.join(observables)}.",
            "The model has no variability between children in what was measured.",
            "Add a measurement that depends on the disease, such as crp.",
        )
    base = subjects_of([child]).table(compiled)[0]
    hours, output = np.unique(record.hour, return_inverse=True)
    column = np.array([observables.index(name) for name in record.analyte])
    data, residuals, sigma = measured(record, observables)
    begin = min(-24.0 * RUN_IN_DAYS, float(hours[0]) - 1.0)
    predictor = ChildPredictor(
        compiled, prior, base, tuple(events), hours, observables, output, column, begin, threads
    )
    size = len(prior.effects)
    model = MixedModel(
        predictor, data, np.zeros((1, size, 1)), np.arange(size), residuals, (tuple(range(size)),)
    )
    at = Parameters(np.zeros(1), prior.correlation, sigma)
    return ChildProblem(child, regimen, record, prior, predictor, model, at)


def _refuse_doses_after_death(record: ChildRecord, hours: Sequence[float]) -> None:
    late = [h for h in hours if h > record.death_h]
    if late:
        raise RegimenError(
            f"The regimen gives a dose on day {late[0] / 24:.1f}, after the child's death.",
            f"Row {record.death_row} of the data states the death on day {record.death_h / 24:g}.",
            "End the regimen before that day, for example with '..56d', or correct the row.",
        )
