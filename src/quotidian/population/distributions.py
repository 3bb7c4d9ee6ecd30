"""Distributions of a parameter between subjects, each as a map from standard normal draws to values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidInput

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Normal:
    r"""Normal distribution, :math:`x = \mu + \omega z`, truncated to ``lowest`` and ``highest``."""

    mean: float
    omega: float
    lowest: float = -math.inf
    highest: float = math.inf

    def __post_init__(self) -> None:
        _refuse_negative(self.omega)

    def values(self, z: Floats) -> Floats:
        """Values, [subject], at the standard normal draws ``z``."""
        return np.clip(self.mean + self.omega * z, self.lowest, self.highest)


@dataclass(frozen=True)
class LogNormal:
    r"""Log-normal distribution, :math:`x = m\,e^{\omega z}`.

    Parameters
    ----------
    omega : SD of the natural logarithm.
    median : :math:`m`, in the unit of the parameter; 1 for a factor on the typical value.
    bound : largest :math:`|z|`; beyond it the draw is moved to the bound.
    lowest, highest : limits of the value; beyond them it is moved to the limit.
    """

    omega: float
    median: float = 1.0
    bound: float = math.inf
    lowest: float = 0.0
    highest: float = math.inf

    def __post_init__(self) -> None:
        _refuse_negative(self.omega)

    def values(self, z: Floats) -> Floats:
        """Values, [subject], at the standard normal draws ``z``."""
        within = np.clip(z, -self.bound, self.bound)
        return np.clip(self.median * np.exp(self.omega * within), self.lowest, self.highest)


@dataclass(frozen=True)
class LogitNormal:
    r"""Logit-normal distribution of a share, :math:`x = 1/(1 + e^{-(\mu + \omega z)})`, over ``relative_to``.

    Parameters
    ----------
    location : :math:`\mu`, the logit of the median share.
    omega : SD of the logit.
    relative_to : typical share; the values are factors on it. 1 gives the share itself.
    """

    location: float
    omega: float
    relative_to: float = 1.0

    def __post_init__(self) -> None:
        _refuse_negative(self.omega)

    def values(self, z: Floats) -> Floats:
        """Values, [subject], at the standard normal draws ``z``."""
        share = 1.0 / (1.0 + np.exp(-(self.location + self.omega * z)))
        return np.asarray(share / self.relative_to)


@dataclass(frozen=True)
class Mixture:
    """Two kinds of subjects: ``first`` with probability ``share``, otherwise ``second``."""

    share: float
    first: Normal | LogNormal | LogitNormal
    second: Normal | LogNormal | LogitNormal

    def __post_init__(self) -> None:
        if not 0.0 <= self.share <= 1.0:
            raise InvalidInput(
                f"A mixture cannot have a share of {self.share:g}.",
                "The share is the probability of the first component.",
                "Give a number from 0 to 1.",
            )

    def values(self, z: Floats, u: Floats) -> Floats:
        """Values, [subject], at the standard normal draws ``z`` and the uniform draws ``u`` of the kind."""
        return np.where(u < self.share, self.first.values(z), self.second.values(z))


Distribution: TypeAlias = Normal | LogNormal | LogitNormal | Mixture
"""Distribution of a parameter between subjects."""


def _refuse_negative(omega: float) -> None:
    if not (math.isfinite(omega) and omega >= 0.0):
        raise InvalidInput(
            f"A random effect cannot have an SD of {omega:g}.",
            "A standard deviation is a finite number that is not negative.",
            "Give 0 for a parameter that does not vary between subjects.",
        )
