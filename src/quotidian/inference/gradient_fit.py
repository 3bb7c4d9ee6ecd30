"""Population fits that minimise an approximation of the marginal likelihood: FOCEI and Laplace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.coordinates import Coordinates
from quotidian.inference.focei_objective import Gradient, focei_gradient
from quotidian.inference.laplace_objective import laplace_gradient
from quotidian.inference.mixed_model import MixedModel
from quotidian.inference.mixture import over_classes, shares_of
from quotidian.inference.quasi_newton import Minimum, minimise

Floats = NDArray[np.float64]
LOST = 1e10  # objective if the solution of a subject failed


@dataclass(eq=False)
class FoceiFunction:
    """The FOCEI objective of a population as a function of its coordinates; it follows the modes.

    A subject can have two modes. The search for modes starts from those of the point that was kept last
    (:meth:`keep`), so that a trial at which a mode is lost does not change the objective of later trials.

    Parameters
    ----------
    kinds : models of the kinds of subjects. shares : probability of each kind; the objective of a subject is
        then :math:`-2 \\ln \\sum_k p_k e^{-O_k/2}`, and logits of the shares are the last coordinates.
    """

    kinds: Sequence[MixedModel]
    coordinates: Coordinates
    accuracy: float = 1e-5
    last: list[Gradient] = field(default_factory=list)
    at: Floats | None = None
    tried: tuple[list[Gradient], Floats] | None = None

    def split(self, x: Floats) -> tuple[Floats, Floats]:
        """Coordinates, and probabilities of the kinds."""
        n = len(x) - (len(self.kinds) - 1)
        return x[:n], shares_of(x[n:])

    def __call__(self, x: Floats) -> tuple[float, Floats]:
        """Objective and gradient; a large number if the solution of a subject failed."""
        values, slopes = self.by_subject(x)
        if not (np.isfinite(values).all() and np.isfinite(slopes).all()):
            return LOST, np.zeros(len(x))
        return float(values.sum()), slopes.sum(axis=0)

    def by_subject(self, x: Floats) -> tuple[Floats, Floats]:
        """Objective [subject] and gradient [subject, coordinate]."""
        own, shares = self.split(x)
        at = self.coordinates.parameters(own)
        found = []
        with np.errstate(all="ignore"):
            for number, model in enumerate(self.kinds):
                start, lacking = self._begin(number, own)
                try:
                    found.append(focei_gradient(model, self.coordinates, at, start, lacking, self.accuracy))
                except np.linalg.LinAlgError:
                    count = len(x)
                    return np.full(model.subjects, np.inf), np.zeros((model.subjects, count))
        if all(np.isfinite(g.objective).all() for g in found):
            self.tried = found, own.copy()
            if not self.last:
                self.keep()
        return mixed(found, shares)

    def keep(self) -> None:
        """Follow the modes of the point that was evaluated last."""
        if self.tried is not None:
            self.last, self.at = self.tried

    def _begin(self, number: int, own: Floats) -> tuple[Floats, Floats | None]:
        """Start of the search for modes: the last modes, moved along their derivatives."""
        model = self.kinds[number]
        if not self.last or self.at is None:
            return np.zeros((model.subjects, model.effects)), None
        g = self.last[number]
        moved = np.einsum("nqx,x->nq", g.eta_slopes, own - self.at)
        moved = np.where(np.isfinite(moved), np.clip(moved, -0.5, 0.5), 0.0)
        return g.eta + moved, g.lacking


def mixed(found: Sequence[Gradient], shares: Floats) -> tuple[Floats, Floats]:
    """Objective and gradient of each subject over the kinds it may be of."""
    if len(found) == 1:
        return found[0].objective, found[0].slopes
    objective, weight = over_classes(np.stack([g.objective for g in found]), shares)
    slopes = np.einsum("kn,knx->nx", weight, np.stack([g.slopes for g in found]))
    logits = -2.0 * (weight[:-1] - shares[:-1, None]).T
    return objective, np.concatenate([slopes, logits], axis=1)


def fit_focei(
    function: FoceiFunction, start: Floats, *, accuracy: float = 1e-4,
    progress: Callable[[int, float], None] | None = None,
) -> Minimum:  # fmt: skip
    """Minimise the FOCEI objective from coordinates ``start``."""
    return minimise(function, start, accuracy=accuracy, progress=progress, keep=function.keep)


@dataclass(frozen=True, eq=False)
class LaplaceFunction:
    """The bounded Laplace objective of a population of one class, at the modes that ``focei`` follows."""

    focei: FoceiFunction

    @property
    def coordinates(self) -> Coordinates:
        """Of the parameters."""
        return self.focei.coordinates

    def __call__(self, x: Floats) -> tuple[float, Floats]:
        """Objective and gradient; a large number if the solution of a subject failed."""
        value, _ = self.focei(x)
        if value >= LOST or self.focei.tried is None:
            return LOST, np.zeros(len(x))
        (found,), at = self.focei.tried[0], self.coordinates.parameters(x)
        with np.errstate(all="ignore"):
            values, slopes = laplace_gradient(self.focei.kinds[0], self.coordinates, at, found)
        if not (np.isfinite(values).all() and np.isfinite(slopes).all()):
            return LOST, np.zeros(len(x))
        return float(values.sum()), slopes.sum(axis=0)

    def keep(self) -> None:
        """Follow the modes of the point that was evaluated last."""
        self.focei.keep()


def fit_laplace(
    function: LaplaceFunction, first: Minimum, progress: Callable[[int, float], None] | None = None
) -> Minimum:
    """Minimise the Laplace objective from the FOCEI minimum ``first`` and its inverse Hessian."""
    return minimise(
        function, first.x, accuracy=1e-3, inverse=first.inverse, progress=progress, keep=function.keep
    )


def hessian(function: FoceiFunction | LaplaceFunction, x: Floats, step: float = 1e-3) -> Floats:
    """Second derivative of the objective by differences of its exact gradient, [coordinate, coordinate]."""
    found = np.empty((len(x), len(x)))
    function(x)
    function.keep()
    for k, e in enumerate(step * np.eye(len(x))):
        found[k] = (function(x + e)[1] - function(x - e)[1]) / (2 * step)
    return 0.5 * (found + found.T)
