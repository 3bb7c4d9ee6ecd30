r"""Stochastic approximation expectation maximisation (SAEM).

Iteration k draws :math:`\eta` from :math:`p(\eta|y)`, averages the sufficient statistics,
:math:`S_k = S_{k-1} + \gamma_k (S(\eta) - S_{k-1})`, and maximises the likelihood of the complete data:
with :math:`u_i = X_i\theta + \eta_i`,
:math:`\theta = (\sum X_i'\Omega^{-1}X_i)^{-1} \sum X_i'\Omega^{-1} E u_i` and
:math:`\Omega = N^{-1} \sum E(u_i - X_i\theta)(u_i - X_i\theta)'`. Fixed effects of predictors without random
effect follow by Newton steps of the same length. :math:`\gamma_k` is 1 at first and then 1/k.
Delyon B, Lavielle M, Moulines E. Ann Stat 1999;27:94; Kuhn E, Lavielle M. Comput Stat Data Anal 2005;49:1020.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.chains import Chains
from quotidian.inference.coordinates import Coordinates
from quotidian.inference.importance_draws import Draws, NormalProposals, even_normal, normalised
from quotidian.inference.mixed_model import MixedModel, Parameters, inverse_of
from quotidian.inference.mixture import over_classes
from quotidian.inference.modes import modes
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
ROWS = 1000  # smallest number of chains over all subjects; with 200, flat variances drifted towards 0
FIRST_MOVES = 20  # rounds of the chains from the modes, before estimation starts
SETTLED = 15  # iterations between searches for the modes
COOLING = 0.95  # smallest ratio of a variance to its former value during the search
LONGEST = 0.3  # of a Newton step
DAMPED = 0.05  # of the information on a parameter, added to it: directions without information stay
FOR_SLOPES = 20  # chains of each subject whose derivatives a Newton step uses, in turn
KIND_DRAWS = 60  # of importance sampling, for the probabilities of kinds


@dataclass(frozen=True)
class Schedule:
    """Number of iterations that search (gain 1) and that average (gain 1/k)."""

    search: int
    average: int

    def gain(self, k: int) -> float:
        """Gain of iteration k, from 0."""
        return 1.0 if k < self.search else 1.0 / (k - self.search + 1)


USUAL = Schedule(150, 100)  # the maximisation over importance draws that follows does the rest
LONG = Schedule(250, 250)  # where fixed effects act on predictors without random effects, which it holds


@dataclass(eq=False)
class _Statistics:
    """Averages over iterations: of u and u u' of each subject and kind, of probabilities, of Newton terms."""

    mean: Floats  # [kind, subject, effect]
    square: Floats  # [kind, subject, effect, effect]
    weight: Floats  # [kind, subject]
    newton: Floats  # [fixed effect, fixed effect]


@dataclass(frozen=True, eq=False)
class SaemResult:
    """Estimates, shares of the kinds, and the course of the parameters, [iteration, coordinate]."""

    parameters: Parameters
    shares: Floats
    course: Floats


def fit_saem(
    kinds: Sequence[MixedModel], coordinates: Coordinates, start: Parameters, shares: Floats,
    streams: Streams, schedule: Schedule | None = None,
    progress: Callable[[int, Parameters], None] | None = None, rows: int = ROWS,
) -> SaemResult:  # fmt: skip
    """Estimates from ``start``; with several ``kinds`` of subjects also their ``shares`` [kind].

    ``rows`` : smallest number of chains over all subjects.
    """
    per_subject = -(-rows // kinds[0].subjects)
    chains = [Chains(m, streams, per_subject, f"saem.{k}") for k, m in enumerate(kinds)]
    fit = _Fit(kinds, coordinates, chains, streams, per_subject)
    plan = schedule or (LONG if (coordinates.free_theta & ~fit.through_effects).any() else USUAL)
    at, course = start, []
    stats: _Statistics | None = None
    for k in range(plan.search + plan.average):
        if k % SETTLED == 0 and k < plan.search + plan.average // 2:
            for chain in chains:
                chain.settle(at)
        for _ in range(1 if k else FIRST_MOVES):
            for chain in chains:
                chain.move(at)
        if stats is None or k % SETTLED == 0:
            weight = fit.weights(at, shares, k)
        stats = fit.averaged(stats, at, weight, plan.gain(k))
        at, before = fit.maximised(stats, at, k, plan), at
        for chain in chains:
            chain.follow(before, at, not fit.through_effects.all())
        shares = stats.weight.mean(axis=1)
        course.append(coordinates.vector(at))
        if progress is not None:
            progress(k, at)
    return SaemResult(at, shares, np.array(course))


@dataclass(frozen=True, eq=False)
class _Fit:
    kinds: Sequence[MixedModel]
    coordinates: Coordinates
    chains: Sequence[Chains]
    streams: Streams
    per_subject: int

    @property
    def designs(self) -> list[Floats]:
        """X of the predictors with random effects in each kind, [subject, effect, fixed effect]."""
        return [model.design[:, model.random] for model in self.kinds]

    @property
    def through_effects(self) -> NDArray[np.bool_]:
        """Free fixed effects that act on predictors with random effects only."""
        plain = np.zeros_like(self.coordinates.free_theta)
        for model in self.kinds:
            others = np.setdiff1d(np.arange(model.design.shape[1]), model.random)
            plain |= (model.design[:, others] != 0).any(axis=(0, 1))
        return np.asarray(self.coordinates.free_theta & ~plain)

    def weights(self, at: Parameters, shares: Floats, k: int) -> Floats:
        """Probability of each kind for each subject, [kind, subject], by importance sampling."""
        if len(self.kinds) == 1:
            return np.ones((1, self.kinds[0].subjects))
        parts = []
        for model, chain in zip(self.kinds, self.chains, strict=True):
            found = modes(model, at, chain.centre, accuracy=1e-3)
            size = int(model.used.sum())
            z = even_normal(self.streams, "saem.kinds", k, model.everyone(), KIND_DRAWS, size)
            draws = Draws.of(model, at, NormalProposals.at_modes(model, found), z)
            parts.append(normalised(draws.log_weights(at))[1])
        return over_classes(np.stack(parts), shares)[1]

    def averaged(self, old: _Statistics | None, at: Parameters, weight: Floats, gain: float) -> _Statistics:
        """Statistics of the present draws, averaged with the old ones."""
        means, squares = [], []
        for model, chain, x in zip(self.kinds, self.chains, self.designs, strict=True):
            u = np.einsum("nqp,p->nq", x[chain.who], at.theta) + chain.eta
            u = u.reshape(model.subjects, self.per_subject, -1)
            means.append(u.mean(axis=1))
            squares.append(np.einsum("nmq,nmr->nqr", u, u) / self.per_subject)
        new = _Statistics(np.array(means), np.array(squares), weight, np.zeros((0, 0)))
        if old is None:
            return new
        parts = {
            name: getattr(old, name) + gain * (getattr(new, name) - getattr(old, name))
            for name in ("mean", "square", "weight")
        }
        return _Statistics(**parts, newton=old.newton)

    def maximised(self, stats: _Statistics, at: Parameters, k: int, plan: Schedule) -> Parameters:
        """Parameters of the complete data that the statistics describe, in iteration k."""
        gain, cooling = plan.gain(k), k < plan.search // 2
        theta = self._newton(at, stats, gain, k)
        theta = self._regressed(stats, at, theta)
        omega = self._spread(stats, theta, at, cooling) if self.coordinates.free_omega else at.omega
        return Parameters(theta, omega, self._errors(at, stats.weight, gain, cooling))

    def _regressed(self, stats: _Statistics, at: Parameters, theta: Floats) -> Floats:
        own, found = self.through_effects, theta.copy()
        if not own.any():
            return theta
        left, right = np.zeros((int(own.sum()), int(own.sum()))), np.zeros(int(own.sum()))
        for model, x, weight, mean in zip(self.kinds, self.designs, stats.weight, stats.mean, strict=True):
            inverse = inverse_of(at.omega) * np.outer(model.used, model.used)
            rest = mean - np.einsum("nqp,p->nq", x[..., ~own], theta[~own])
            weighted = np.einsum("n,nqa,qr->nra", weight, x[..., own], inverse)
            left += np.einsum("nra,nrb->ab", weighted, x[..., own])
            right += np.einsum("nra,nr->a", weighted, rest)
        found[own] = np.linalg.solve(left, right)
        return found

    def _spread(self, stats: _Statistics, theta: Floats, at: Parameters, cooling: bool) -> Floats:
        """Covariances about the means, of each random effect over the kinds that use it."""
        whole, count = np.zeros_like(at.omega), np.zeros_like(at.omega)
        for k, (model, x) in enumerate(zip(self.kinds, self.designs, strict=True)):
            centre = np.einsum("nqp,p->nq", x, theta)
            cross = np.einsum("nq,nr->nqr", stats.mean[k], centre)
            around = stats.square[k] - cross - cross.swapaxes(1, 2)
            around += np.einsum("nq,nr->nqr", centre, centre)
            used = np.outer(model.used, model.used)
            whole += used * np.einsum("n,nqr->qr", stats.weight[k], around)
            count += used * stats.weight[k].sum()
        omega = np.zeros_like(whole)
        for block in self.kinds[0].blocks:
            omega[np.ix_(block, block)] = whole[np.ix_(block, block)] / count[np.ix_(block, block)]
        for group in self.coordinates.alike:
            omega[group, group] = np.mean(omega[group, group])
        if cooling:
            least = COOLING * np.diag(at.omega)
            scale = np.sqrt(np.maximum(1.0, least / np.diag(omega)))
            omega = np.asarray(omega * scale[:, None] * scale, dtype=np.float64)
        return np.asarray(omega, dtype=np.float64)

    def _newton(self, at: Parameters, stats: _Statistics, gain: float, k: int) -> Floats:
        """A step of the fixed effects that act elsewhere, damped where the chains inform little on it."""
        others = np.flatnonzero(self.coordinates.free_theta & ~self.through_effects)
        if not len(others):
            return at.theta
        turns = max(1, self.per_subject // FOR_SLOPES)
        rows = np.flatnonzero(np.arange(len(self.chains[0].who)) % self.per_subject % turns == k % turns)
        count = len(rows) // self.kinds[0].subjects
        slope, curve = np.zeros(len(others)), np.zeros((len(others), len(others)))
        for model, chain, weight in zip(self.kinds, self.chains, stats.weight, strict=True):
            who, touched = chain.who[rows], (model.design[:, :, others] != 0).any(axis=(0, 2))
            which = np.flatnonzero(touched)
            u = model.predictors(who, chain.eta[rows], at.theta)
            f, first = model.predictor.linearise(who, u, which.tolist())
            s, w = model.scores(who, f, at.sigma), weight[who][:, None] / count
            by_theta = np.einsum("njk,nkp->njp", first, model.design[who][:, which][..., others])
            slope += np.einsum("nj,njp->p", 0.5 * w * s.l_f, by_theta)
            curve += np.einsum("nj,njp,njr->pr", w * s.w, by_theta, by_theta)
        old = stats.newton if stats.newton.size else curve
        stats.newton = old + max(gain, 0.05) * (curve - old)
        own = np.diag(stats.newton)
        ridge = np.diag(DAMPED * own + 1e-8 * own.sum())
        step = -gain * np.linalg.solve(stats.newton + ridge, slope)
        theta = at.theta.copy()
        theta[others] += np.clip(step, -LONGEST, LONGEST)
        return theta

    def _errors(self, at: Parameters, weight: Floats, gain: float, cooling: bool) -> Floats:
        """Residual errors that fit the present draws, averaged with the old ones as variances."""
        free = np.flatnonzero(self.coordinates.free_sigma)
        x = np.log(at.sigma)
        for _ in range(4):
            slope, information = np.zeros(len(x)), 1e-9 * np.eye(len(x))
            for model, chain, w in zip(self.kinds, self.chains, weight, strict=True):
                data = model.data.of(chain.who)
                more = model.residuals.error_slopes(data, chain.f, np.exp(x), w[chain.who])
                slope, information = slope + more[0], information + more[1]
            own = information[np.ix_(free, free)]
            step = np.clip(-np.linalg.solve(own, slope[free]), -0.5, 0.5)
            x[free] += step
            if np.max(np.abs(step), initial=0.0) < 1e-3:
                break
        new = np.exp(2 * x)
        if cooling:
            new = np.maximum(new, COOLING * at.sigma**2)
        return np.asarray(np.sqrt(at.sigma**2 + gain * (new - at.sigma**2)))
