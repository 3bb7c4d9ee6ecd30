"""Measurements of a child on the scale of their errors, for the likelihood."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quotidian.application.fitting.child_data import ChildRecord
from quotidian.inference.residual import Kind, Observations, Residuals
from quotidian.population import ErrorModel
from quotidian.trials.conduct.assays import clinic_error_models

Floats = NDArray[np.float64]
TINY = 1e-9


def clinic_units() -> dict[str, str]:
    """Unit of each analyte that can be measured in a child."""
    from quotidian.models import DRUGS, model

    known = model("sjia", DRUGS).observables
    return {name: known[name].unit for name in clinic_error_models() if name in known}


def measured(record: ChildRecord, observables: Sequence[str]) -> tuple[Observations, Residuals, Floats]:
    """Observations [1, measurement], their residual errors and sigmas; a count is an interval."""
    errors = clinic_error_models()
    chosen = [errors[name] for name in observables]
    value, censored = record.value.copy(), record.censored.copy()
    limit, kinds = np.full(len(value), np.nan), np.zeros(len(value), dtype=np.int64)
    for place, name in enumerate(record.analyte):
        kinds[place] = observables.index(name)
        _limited(errors[name], place, value, censored, limit)
    residuals = Residuals(
        tuple(_kind(e) for e in chosen), tuple(e.uloq if e.kind == "scale" else 0.0 for e in chosen)
    )
    one = (1, len(value))
    data = Observations(
        value.reshape(one), np.ones(one, bool), kinds.reshape(one), censored.reshape(one), limit.reshape(one)
    )
    return data, residuals, np.array([e.sd for e in chosen])


def _kind(e: ErrorModel) -> Kind:
    assert e.kind != "combined", f"{e.observable} has two sigmas"
    return e.kind


def _limited(e: ErrorModel, place: int, value: Floats, censored: NDArray[np.int64], limit: Floats) -> None:
    """One measurement on the scale of its error, censored where the assay does not count further."""
    y, side = value[place], int(censored[place])
    if not side and y <= e.lloq and np.isfinite(e.lloq) and e.kind != "scale":
        side = 1
    if not side and y >= e.uloq and e.kind != "scale":
        side = -1
    if e.whole and e.kind == "log":  # a count is the interval that is rounded to it
        low, high = np.log(max(y - 0.5, TINY)), np.log(y + 0.5)
        value[place], censored[place] = (low, -1) if side < 0 else (high, 1)
        limit[place] = low if y >= 1 and side == 0 else np.nan
        return
    value[place] = np.log(max(y, TINY)) if e.kind == "log" else y
    censored[place] = 1 if side == 0 and e.kind == "log" and y <= 0 else side
