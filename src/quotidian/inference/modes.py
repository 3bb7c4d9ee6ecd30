r"""Modes of the random effects: the most probable ones of each subject, by damped Newton steps.

:math:`\hat\eta_i` minimises :math:`\tfrac12(L_i(\eta) + \eta' \Omega^{-1} \eta)`. Steps solve
:math:`(1 + \lambda) |B|\,\delta = -g` in units of the prior SD, with
:math:`B = \tfrac12 \sum_j l''_j f_j' f_j'^T + \Omega^{-1} + S`, all subjects at once; first derivatives are
exact; l'' is by the mean of the observation. :math:`|B|` has the absolute eigenvalues of B. S, the part of
the second derivatives of the mean, is learnt from the changes of the gradient by symmetric rank-one updates
(Dennis JE, Gay DM, Welsch RE. ACM Trans Math Softw 1981;7:348), so that convergence is faster than linear.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.mixed_model import MixedModel, Parameters, inverse_of, quadratic

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
MOST_STEPS = 60
PATIENCE = 12  # refused steps in a row
FORGETS = 2  # refused steps in a row after which the estimate S is reset
NOISE = 1e-8  # of an objective, because solutions have the error of their tolerance
LONGEST = 2.0  # longest step, in prior SD; the expansion is not valid beyond it
FLATTEST, NEAR, FLATTER = 0.1, 0.01, 1e-3  # curvature, of the prior's own; where the gradient is below NEAR


@dataclass(frozen=True, eq=False)
class Modes:
    """Modes of copies.

    Attributes
    ----------
    eta : [copy, effect]. objective : [copy] :math:`L + \\eta' \\Omega^{-1} \\eta` there. hessian : [copy,
        effect, effect], H of the last step. steps : number of steps of the slowest copy.
    """

    eta: Floats
    objective: Floats
    hessian: Floats
    steps: int


def modes(
    model: MixedModel, at: Parameters, start: Floats | None = None, *, who: Integers | None = None,
    accuracy: float = 1e-5, curvature: Floats | None = None, variance_at: Floats | None = None,
) -> Modes:  # fmt: skip
    """Modes of subjects ``who`` (everyone), from ``start`` [copy, effect] (zero).

    Parameters
    ----------
    accuracy : a copy is done when its step is below this part of the prior SD.
    curvature : [copy, effect, effect] known difference between the second derivative and H.
    variance_at : predictions at which variances are held, see :meth:`Residuals.scores`.
    """
    who = model.everyone() if who is None else who
    search = Search(model, at, who, variance_at)
    eta = np.zeros((len(who), model.effects)) if start is None else start.copy()
    more = np.zeros((len(who), *at.omega.shape)) if curvature is None else curvature.copy()
    now = search.look(np.arange(len(who)), eta)
    damping, refused = np.zeros(len(who)), np.zeros(len(who), dtype=int)
    active, steps = np.flatnonzero(np.isfinite(now.value)), 0
    while len(active) and steps < MOST_STEPS:
        steps += 1
        here = now.at(active)
        step = search.step(here.g, here.b + more[active], damping[active])
        small = np.max(np.abs(step) / search.sd, axis=1, initial=0.0) < accuracy
        done = small & (damping[active] == 0.0) & (search.expected(here) < 10.0 * accuracy)
        new = search.look(active, eta[active] + step)
        better = new.value <= here.value + NOISE * (1 + np.abs(here.value))
        good, bad = active[better], active[~better]
        more[good] = learnt(more[good], new.b[better], step[better], (new.g - here.g)[better])
        eta[good] += step[better]
        now.put(good, new.at(better))
        damping[good] = np.where(damping[good] < 0.05, 0.0, damping[good] / 5)
        damping[bad] = np.maximum(damping[bad] * 5, 1.0)
        refused[good], refused[bad] = 0, refused[bad] + 1
        more[active[(refused[active] > FORGETS) | (small & ~done)]] = 0.0
        active = active[~(done & better) & (refused[active] < PATIENCE)]
    return Modes(eta, now.value, now.h, steps)


@dataclass(frozen=True, eq=False)
class Look:
    """Of copies: objective, gradient of its half, expected (h) and observed (b) second derivative.

    f, slopes : predictions [copy, observation], and their derivatives [copy, observation, effect].
    """

    value: Floats
    g: Floats
    h: Floats
    b: Floats
    f: Floats
    slopes: Floats

    def at(self, places: NDArray[np.generic]) -> Look:
        """Those at ``places``."""
        return Look(*(own[places] for own in vars(self).values()))

    def put(self, places: Integers, other: Look) -> None:
        """Set those at ``places``."""
        for own, new in zip(vars(self).values(), vars(other).values(), strict=True):
            own[places] = new


def learnt(more: Floats, b: Floats, step: Floats, change: Floats) -> Floats:
    r"""S after a step; symmetric rank-one update: :math:`S + r r'/(r' s)` with :math:`r = y - (B + S) s`."""
    r = change - np.einsum("nqr,nr->nq", b + more, step)
    along = np.einsum("nq,nq->n", r, step)
    sizes = np.linalg.norm(r, axis=1) * np.linalg.norm(step, axis=1)
    usable = np.abs(along) > 1e-3 * sizes
    update = np.einsum("nq,nr->nqr", r, r) / np.where(usable, along, 1.0)[:, None, None]
    return more + np.where(usable[:, None, None], update, 0.0)


@dataclass(frozen=True, eq=False)
class Search:
    """Evaluations of the objective of copies of subjects ``who``, and steps towards its minimum."""

    model: MixedModel
    at: Parameters
    who: Integers
    variance_at: Floats | None

    @property
    def sd(self) -> Floats:
        """Of the prior, [effect]."""
        return np.asarray(np.sqrt(np.diag(self.at.omega)))

    def look(self, places: Integers, eta: Floats) -> Look:
        """The evaluation of copies at ``places`` for ``eta``; infinite for a failed solution."""
        model, who = self.model, self.who[places]
        u = model.predictors(who, eta, self.at.theta)
        return self.judged(places, eta, *model.predictor.linearise(who, u, model.random.tolist()))

    def judged(self, places: Integers, eta: Floats, f: Floats, slopes: Floats) -> Look:
        """The evaluation for predictions with these derivatives."""
        model, who = self.model, self.who[places]
        inverse = inverse_of(self.at.omega)
        held = None if self.variance_at is None else self.variance_at[places]
        with np.errstate(all="ignore"):
            s = model.scores(who, f, self.at.sigma, held, by_sigma=False)
            value = s.l.sum(axis=1) + quadratic(eta, inverse)
            g = 0.5 * np.einsum("nj,njq->nq", s.l_f, slopes) + eta @ inverse
            h, b = (
                np.einsum("nj,njq,njr->nqr", weight, slopes, slopes) + inverse
                for weight in (s.w, 0.5 * s.l_mm)
            )
        sound = np.isfinite(value) & np.isfinite(g).all(axis=1)
        sound &= np.isfinite(h).all(axis=(1, 2)) & np.isfinite(b).all(axis=(1, 2))
        g = np.where(sound[:, None], g, 0.0)
        h, b = (np.where(sound[:, None, None], x, np.eye(len(inverse))) for x in (h, b))
        return Look(np.where(sound, value, np.inf), g, h, b, f, slopes)

    def expected(self, here: Look) -> Floats:
        """Length of the step that the expected second derivative proposes, in prior SD, [copy]."""
        step = np.linalg.solve(here.h, here.g[..., None])[..., 0]
        return np.asarray(np.max(np.abs(step) / self.sd, axis=1, initial=0.0))

    def step(self, g: Floats, b: Floats, damping: Floats) -> Floats:
        """Steps in units of the prior SD, limited to the range in which the expansion is valid."""
        sd = self.sd
        values, vectors = np.linalg.eigh(b * sd[:, None] * sd)
        near = np.max(np.abs(g * sd), axis=1, initial=0.0) < NEAR
        curved = np.maximum(np.abs(values), np.where(near, FLATTER, FLATTEST)[:, None])
        curved *= 1.0 + damping[:, None]
        along = np.einsum("nqr,nq->nr", vectors, g * sd)
        step = -np.einsum("nqr,nr->nq", vectors, along / curved)
        size = np.max(np.abs(step), axis=1, initial=0.0)
        return np.asarray(sd * step * np.minimum(1.0, LONGEST / np.maximum(size, 1e-300))[:, None])
