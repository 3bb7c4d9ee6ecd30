"""One child's measurements become its random effects: modes, Laplace, importance resampling, bands."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.application.fitting.child_data import ChildRecord
from quotidian.application.fitting.child_predictor import ChildPredictor
from quotidian.application.fitting.child_prior import ChildPrior, priors
from quotidian.dosing import Regimen
from quotidian.errors import ComputationFailed, RegimenError
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.resampling import Resampled, distinct_modes, resampled
from quotidian.inference.residual import Kind, Observations, Residuals
from quotidian.inference.secant_modes import secant_modes
from quotidian.patients.child import Child
from quotidian.patients.treatment import subjects_of, treatment_events
from quotidian.population import ErrorModel
from quotidian.simulation import RUN_IN_DAYS, reduced_model
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct.assays import clinic_error_models

Floats = NDArray[np.float64]
CANDIDATES, STARTS = 32, 2  # draws of the prior that are tried, and the best that searches begin from
DRAWS, KEPT = 600, 200  # proposals of importance resampling, and draws of the posterior that are kept
UNUSUAL = 3.0  # SD of the population
INFORMED = 0.8  # share of the prior's SD below which the data say something of an effect


@dataclass(frozen=True, eq=False)
class ChildFit:
    """What a child's measurements say.

    Attributes
    ----------
    names : parameters fitted. prior : of the most probable kind. score, score_sd : [effect] posterior mean
        and SD of z. value, value_sd : [effect] of the factors or values. sir : verdict of the resampling.
    hours, observables, bands : [time], names, [low/median/high, time, observable]: 5, 50 and 95 %.
    ofv : objective at the mode. modes : score and posterior probability of each mode.
    """

    names: tuple[str, ...]
    score: Floats
    score_sd: Floats
    value: Floats
    value_sd: Floats
    mode: Floats
    ofv: float
    sir: dict[str, Any]
    modes: list[dict[str, Any]]
    hours: Floats
    observables: tuple[str, ...]
    bands: Floats
    draws: Floats
    record: ChildRecord
    notes: tuple[str, ...]
    seconds: float

    @property
    def informed(self) -> NDArray[np.bool_]:
        """[effect] whether the data narrow the effect."""
        return np.asarray(self.score_sd < INFORMED)

    @property
    def silent(self) -> tuple[str, ...]:
        """Parameters that these data say nothing about."""
        return tuple(n for n, known in zip(self.names, self.informed, strict=True) if not known)


def clinic_units() -> dict[str, str]:
    """Unit of each analyte that can be measured in a child."""
    from quotidian.models import DRUGS, model

    known = model("sjia", DRUGS).observables
    return {name: known[name].unit for name in clinic_error_models() if name in known}


def fit_child(
    record: ChildRecord, child: Child, regimen: Regimen, *, until_day: float | None = None, seed: int = 1,
    threads: int | None = None,
) -> ChildFit:  # fmt: skip
    """Fit a child's random effects to its measurements.

    Parameters
    ----------
    until_day : end of the bands; None: four weeks after the last measurement, or the day of death.

    Raises RegimenError for a dose after death or beyond the limits of a drug, ComputationFailed where no mode
    was found.
    """
    begun = time.perf_counter()
    last = max(float(record.hour.max()) / 24.0 + 28.0, 1.0) if until_day is None else until_day
    kinds = child_kinds(record, child, regimen, max(last, float(record.hour.max()) / 24.0), threads)
    last, streams = min(last, record.death_h / 24.0), Streams(seed)
    found: list[tuple[ChildKind, Floats, float, Floats]] = []
    for kind in kinds:
        found += [(kind, *mode) for mode in _modes_of(kind, streams, [one[1] for one in found])]
    if not found:
        raise ComputationFailed(
            "No parameters explain these measurements.",
            "Every search ended where the child could not be followed.",
            "Check units and times of the measurements.",
        )
    logs = np.array([_log_evidence(kind, value, h) for kind, _, value, h in found])
    weights = np.exp(logs - logs.max()) / np.exp(logs - logs.max()).sum()
    best = int(np.argmax(weights))
    chosen = found[best][0]
    own = [i for i, one in enumerate(found) if one[0] is chosen]
    draws = resampled(
        chosen.model, chosen.at, np.array([found[i][1] for i in own]), np.array([found[i][3] for i in own]),
        weights[own], streams, DRAWS, KEPT,
    )  # fmt: skip
    grid = np.unique(np.concatenate([24.0 * np.arange(0.0, last + 1.0), [24.0 * last]])) + 9.0
    grid = grid[grid <= 24.0 * last + 9.0]
    bands = _bands(chosen.predictor, draws.kept, grid)
    value, spread = _natural(chosen.prior, draws)
    notes = [*record.notes, *_notes(draws, weights, found, chosen)]
    return ChildFit(
        chosen.prior.names, draws.mean, draws.sd, value, spread, found[best][1], found[best][2],
        {"draws": draws.proposals, "ess": draws.ess, "pareto_k": draws.pareto_k, "trusted": draws.trusted},
        [
            {"febrile": k.prior.febrile, "ofv": float(v), "probability": float(w),
             "scores": dict(zip(k.prior.names, map(float, z), strict=True))}
            for (k, z, v, _), w in zip(found, weights, strict=True)
        ],
        grid, chosen.predictor.observables, bands, draws.kept, record, tuple(notes),
        time.perf_counter() - begun,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class ChildKind:
    """A kind of child: its prior, and the model of its measurements."""

    prior: ChildPrior
    predictor: ChildPredictor
    model: MixedModel
    at: Parameters


def child_kinds(
    record: ChildRecord, child: Child, regimen: Regimen, last: float, threads: int | None
) -> list[ChildKind]:
    """The kinds of children that a record can be of.

    Parameters
    ----------
    last : last day that is predicted.

    Raises RegimenError for a dose after death, or beyond the limits of a drug.
    """
    observables = tuple(dict.fromkeys(record.analyte))
    drugs = set(regimen.drugs)
    events = treatment_events(child, regimen, last * 24.0 + 24.0)
    _refuse_doses_after_death(record, [e.time_h for e in events if e.value > 0])
    compiled = reduced_model("sjia", drugs, observables)
    base = subjects_of([child]).table(compiled)[0]
    hours, output = np.unique(record.hour, return_inverse=True)
    column = np.array([observables.index(name) for name in record.analyte])
    data, residuals, sigma = _observations(record, observables)
    held = list(compiled.named_parameters(base))
    found = []
    for prior in priors(held, tuple(drugs)):
        begin = min(-24.0 * RUN_IN_DAYS, float(hours[0]) - 1.0)
        predictor = ChildPredictor(
            compiled, prior, base, tuple(events), hours, observables, output, column, begin, threads
        )
        size = len(prior.effects)
        model = MixedModel(
            predictor, data, np.zeros((1, size, 1)), np.arange(size), residuals, (tuple(range(size)),)
        )
        found.append(ChildKind(prior, predictor, model, Parameters(np.zeros(1), prior.correlation, sigma)))
    return found


def _observations(record: ChildRecord, observables: Sequence[str]) -> tuple[Observations, Residuals, Floats]:
    """Measurements on the scale of their errors; a count is the interval that is rounded to it."""
    errors = clinic_error_models()
    chosen = [errors[name] for name in observables]
    value, censored = record.value.copy(), record.censored.copy()
    limit, kinds = np.full(len(value), np.nan), np.zeros(len(value), dtype=np.int64)
    for place, name in enumerate(record.analyte):
        e, kinds[place] = errors[name], observables.index(name)
        _limited(e, place, value, censored, limit)
    residual = Residuals(
        tuple(_kind(e) for e in chosen), tuple(e.uloq if e.kind == "scale" else 0.0 for e in chosen)
    )
    one = (1, len(value))
    data = Observations(
        value.reshape(one), np.ones(one, bool), kinds.reshape(one), censored.reshape(one), limit.reshape(one)
    )
    return data, residual, np.array([e.sd for e in chosen])


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
        low, high = np.log(max(y - 0.5, 1e-9)), np.log(y + 0.5)
        value[place], censored[place] = (low, -1) if side < 0 else (high, 1)
        limit[place] = low if y >= 1 and side == 0 else np.nan
        return
    tiny = 1e-9
    value[place] = np.log(max(y, tiny)) if e.kind == "log" else y
    censored[place] = 1 if side == 0 and e.kind == "log" and y <= 0 else side


def _refuse_doses_after_death(record: ChildRecord, hours: Sequence[float]) -> None:
    late = [h for h in hours if h > record.death_h]
    if late:
        raise RegimenError(
            f"The regimen gives a dose on day {late[0] / 24:.1f}, after the child's death.",
            f"Row {record.death_row} of the data states the death on day {record.death_h / 24:g}.",
            "End the regimen before that day, for example '...:8w', or correct the row.",
        )


def _modes_of(
    kind: ChildKind, streams: Streams, known: Sequence[Floats]
) -> list[tuple[Floats, float, Floats]]:
    """Distinct modes of a kind: scores, objective and Hessian of each.

    The search begins at zero and at the best draws of the prior, or at the modes of another kind.
    """
    size = kind.predictor.effects
    if known:
        start = np.array(known[:2])
    else:
        root = np.linalg.cholesky(kind.prior.correlation)
        z = streams.normal("child.start", 0, np.arange(CANDIDATES), size) @ root.T
        f = kind.predictor.predict(np.zeros(CANDIDATES, dtype=np.int64), z)
        values = kind.model.penalised(np.zeros(CANDIDATES, dtype=np.int64), f, z, kind.at)
        order = np.argsort(values, kind="stable")
        start = np.concatenate([np.zeros((1, size)), z[order[:STARTS]]])
    found = secant_modes(kind.model, kind.at, start)
    sound = np.isfinite(found.objective)
    return distinct_modes(found.eta[sound], found.objective[sound], found.hessian[sound])


def _log_evidence(kind: ChildKind, objective: float, hessian: Floats) -> float:
    """Laplace's approximation of the probability of data and kind, up to a constant."""
    determinants = np.linalg.slogdet(kind.at.omega)[1] + np.linalg.slogdet(hessian)[1]
    return float(np.log(max(kind.prior.share, 1e-300)) - 0.5 * (objective + determinants))


def _bands(predictor: ChildPredictor, kept: Floats, grid: Floats) -> Floats:
    """5, 50 and 95 % of the course; a draw that was kept several times is run once."""
    own, place = np.unique(kept, axis=0, return_inverse=True)
    return np.asarray(np.quantile(predictor.course(own, grid)[place.ravel()], (0.05, 0.5, 0.95), axis=0))


def _natural(prior: ChildPrior, draws: Resampled) -> tuple[Floats, Floats]:
    sizes = np.stack([e.size(draws.kept[:, k])[0] for k, e in enumerate(prior.effects)], axis=1)
    return np.median(sizes, axis=0), sizes.std(axis=0)


def _notes(
    draws: Resampled,
    weights: Floats,
    found: Sequence[tuple[ChildKind, Floats, float, Floats]],
    chosen: ChildKind,
) -> list[str]:
    notes = []
    odd = [n for n, z in zip(chosen.prior.names, draws.mean, strict=True) if abs(z) > UNUSUAL]
    if odd:
        notes.append(
            f"These measurements make an unusual child: {', '.join(odd)} beyond {UNUSUAL:g} SD. Check units, "
            "times and the regimen."
        )
    if not draws.trusted:
        notes.append(
            f"Importance resampling is not to be trusted (effective draws {draws.ess:.0f}, Pareto k "
            f"{draws.pareto_k:.2f}): intervals are rough."
        )
    others = [(w, k) for w, (k, _, _, _) in zip(weights, found, strict=True) if k is not chosen and w > 0.05]
    if others:
        kind = "without fever" if chosen.prior.febrile else "with fever"
        notes.append(
            f"A child {kind} would explain the data too (probability {sum(w for w, _ in others):.0%})."
        )
    if sum(k is chosen and w > 0.05 for w, (k, _, _, _) in zip(weights, found, strict=True)) > 1:
        notes.append("Several sets of parameters explain the data; fit.json lists them under modes.")
    return notes
