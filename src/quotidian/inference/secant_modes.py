r"""Modes of one subject from several starts, with exact derivatives at a few of the points only.

Between exact derivatives J of the predictions f, a step s changes them by Broyden's update,
:math:`J + (f_1 - f_0 - J s)\, s' / (s's)` (Broyden CG. Math Comput 1965;19:577), which costs one run without
tangents. A search ends only at a point with exact derivatives, where the decrease that a step could bring,
:math:`g' H^{-1} g`, is below the accuracy; this is the squared distance to the mode in posterior SD.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.modes import FLATTEST, Look, Modes, Search, learnt

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
SECANTS = 3  # steps between exact derivatives
MOST_STEPS = 60
PATIENCE = 5  # refused steps in a row from a point with exact derivatives
NEAR = 0.3  # of the posterior SD in every direction: searches that are closer end at one mode


def secant_modes(
    model: MixedModel, at: Parameters, start: Floats, subject: int = 0, accuracy: float = 1e-2
) -> Modes:
    """Modes of a subject from each start [copy, effect].

    Parameters
    ----------
    accuracy : largest decrease of the objective that a step could still bring.

    A search that comes near a better one ends there; its objective is infinite, as is a failed one's.
    """
    count = len(start)
    search = Search(model, at, np.full(count, subject), None)
    eta, now = start.copy(), _looked(search, np.arange(count), start)
    past = _Exact(start.copy(), now.g.copy(), np.zeros((count, *at.omega.shape)))
    damping = np.zeros(count)
    age, refused, steps = np.zeros(count, dtype=int), np.zeros(count, dtype=int), 0
    active = _going_on(np.flatnonzero(np.isfinite(now.value)), now, eta, age, accuracy)
    while len(active) and steps < MOST_STEPS:
        steps += 1
        here = now.at(active)
        step = search.step(here.g, here.b + past.more[active], damping[active])
        new = _tried(search, active, eta[active] + step, here, step)
        better = new.value < here.value
        good, bad = active[better], active[~better]
        eta[good] += step[better]
        now.put(good, new.at(better))
        damping[good] = np.where(damping[good] < 0.05, 0.0, damping[good] / 5)
        sure = bad[age[bad] == 0]
        damping[sure] = np.maximum(damping[sure] * 5, 1.0)
        past.more[sure] = 0.0
        refused[good], refused[sure] = 0, refused[sure] + 1
        age[good] += 1
        small = decrease(now.at(active)) < accuracy
        due = active[(age[active] > 0) & (~better | small | (age[active] >= SECANTS))]
        if len(due):
            now.put(due, _looked(search, due, eta[due]))
            past.learn(due, now.at(due), eta[due])
            age[due] = 0
        active = _going_on(active[refused[active] < PATIENCE], now, eta, age, accuracy)
    return Modes(eta, now.value, now.h, steps)


@dataclass(frozen=True, eq=False)
class _Exact:
    """Of each copy: the last point with exact derivatives, the gradient there, and S of :mod:`.modes`."""

    eta: Floats
    g: Floats
    more: Floats

    def learn(self, places: Integers, here: Look, eta: Floats) -> None:
        """Move to points with exact derivatives."""
        gone = eta - self.eta[places]
        moved = np.any(gone != 0.0, axis=1)
        own, change = places[moved], (here.g - self.g[places])[moved]
        self.more[own] = learnt(self.more[own], here.b[moved], gone[moved], change)
        self.g[places], self.eta[places] = here.g, eta


def decrease(here: Look) -> Floats:
    r""":math:`g' H^{-1} g` of each copy."""
    return np.asarray(np.einsum("nq,nq->n", here.g, np.linalg.solve(here.h, here.g[..., None])[..., 0]))


def _looked(search: Search, places: Integers, eta: Floats) -> Look:
    """The evaluation with exact derivatives."""
    return _definite(search.look(places, eta), search.sd)


def _definite(here: Look, sd: Floats) -> Look:
    """H with eigenvalues of at least a part of the prior's; censored values can make some negative."""
    values, vectors = np.linalg.eigh(here.h * sd[:, None] * sd)
    curved = np.maximum(np.abs(values), FLATTEST)
    h = np.einsum("nqr,nr,nsr->nqs", vectors, curved, vectors) / (sd[:, None] * sd)
    return replace(here, h=h)


def _tried(search: Search, places: Integers, eta: Floats, here: Look, step: Floats) -> Look:
    """The evaluation after a step, from predictions alone."""
    model, who = search.model, search.who[places]
    f = model.predictor.predict(who, model.predictors(who, eta, search.at.theta))
    length = np.maximum(np.einsum("nq,nq->n", step, step), 1e-300)
    missed = f - here.f - np.einsum("njq,nq->nj", here.slopes, step)
    slopes = here.slopes + np.einsum("nj,nq->njq", missed / length[:, None], step)
    return _definite(search.judged(places, eta, f, slopes), search.sd)


def _going_on(active: Integers, now: Look, eta: Floats, age: Integers, accuracy: float) -> Integers:
    """Searches that have not ended; one near a better one loses its objective."""
    for i in active:
        away = eta - eta[i]
        near = np.einsum("nq,qr,nr->n", away, now.h[i], away) < NEAR**2 * eta.shape[1]
        near[i] = False
        if np.any(near & (now.value <= now.value[i])):
            now.value[i] = np.inf
    ended = (decrease(now.at(active)) < accuracy) & (age[active] == 0)
    kept: Integers = active[np.isfinite(now.value[active]) & ~ended]
    return kept
