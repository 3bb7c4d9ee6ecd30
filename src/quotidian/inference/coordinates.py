r"""Parameters of a population as one vector without limits, for optimisers.

Fixed effects are unchanged (on the scale of the linear predictors), each block of :math:`\Omega = C C'` as
its lower Cholesky factor with logarithms on the diagonal, and residual errors as logarithms.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.mixed_model import Parameters

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Coordinates:
    """The choice of parameters that are estimated.

    Attributes
    ----------
    fixed : all parameters; those that are not estimated keep these values.
    free_theta, free_sigma : which fixed effects and which sigmas are estimated. free_omega : whether the
        covariance is. alike : numbers of random effects with one common variance, group by group; each is a
        block of its own, and the first of a group stands for the others.
    """

    fixed: Parameters
    free_theta: NDArray[np.bool_]
    free_sigma: NDArray[np.bool_]
    blocks: tuple[tuple[int, ...], ...]
    free_omega: bool = True
    alike: tuple[tuple[int, ...], ...] = ()

    @property
    def elements(self) -> list[tuple[int, int]]:
        """Row and column in C of each estimated element."""
        if not self.free_omega:
            return []
        own = [block for block in self.blocks if block[0] not in self.followers]
        return [(a, b) for block in own for i, a in enumerate(block) for b in block[: i + 1]]

    @property
    def followers(self) -> frozenset[int]:
        """Random effects whose variance is that of another."""
        return frozenset(k for group in self.alike for k in group[1:])

    def held(self) -> Coordinates:
        """The same with nothing estimated."""
        none = np.zeros_like(self.free_theta), np.zeros_like(self.free_sigma)
        return replace(self, free_theta=none[0], free_sigma=none[1], free_omega=False)

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Numbers of estimated fixed effects, elements and sigmas."""
        return int(self.free_theta.sum()), len(self.elements), int(self.free_sigma.sum())

    def vector(self, at: Parameters) -> Floats:
        """The parameters as a vector."""
        c = np.linalg.cholesky(at.omega) if len(at.omega) else at.omega
        own = [np.log(c[a, b]) if a == b else c[a, b] for a, b in self.elements]
        return np.concatenate([at.theta[self.free_theta], own, np.log(at.sigma[self.free_sigma])])

    def parameters(self, x: Floats) -> Parameters:
        """The vector as parameters."""
        n, m, _ = self.sizes
        theta, omega, sigma = (part.astype(np.float64) for part in vars(self.fixed).values())
        theta[self.free_theta] = x[:n]
        sigma[self.free_sigma] = np.exp(x[n + m :])
        if self.free_omega:
            c = np.zeros_like(omega)
            for (a, b), value in zip(self.elements, x[n : n + m], strict=True):
                c[a, b] = np.exp(value) if a == b else value
            for first, *others in self.alike:
                c[others, others] = c[first, first]
            omega = c @ c.T
        return Parameters(theta, omega, sigma)

    def factor_slopes(self, at: Parameters) -> Floats:
        r""":math:`\partial\Omega/\partial x` of each element, [element, effect, effect]."""
        c = np.linalg.cholesky(at.omega) if len(at.omega) else at.omega
        found = np.zeros((len(self.elements), *at.omega.shape))
        groups = {group[0]: group for group in self.alike}
        for place, (a, b) in enumerate(self.elements):
            change = np.zeros_like(c)
            change[a, b] = c[a, b] if a == b else 1.0
            for other in groups.get(a, ())[1:]:
                change[other, other] = c[other, other]
            found[place] = change @ c.T + c @ change.T
        return found
