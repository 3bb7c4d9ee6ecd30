"""Error models: how a measurement differs from the true value, to simulate one and to score one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidInput
from quotidian.statistics.normal import normal_log_cdf, normal_log_interval, normal_log_pdf
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
_TINY = np.finfo(np.float64).tiny
Kind: TypeAlias = Literal["additive", "proportional", "combined", "log", "scale"]


@dataclass(frozen=True)
class ErrorModel:
    r"""Residual error of one observable, with :math:`n` standard normal and :math:`f` the true value.

    ========================  ==================================================================
    ``additive``              :math:`y = f + \sigma n`
    ``proportional``          :math:`y = f + \sigma f n`
    ``combined``              :math:`y = f + \sqrt{\sigma^2 + (\sigma_p f)^2}\, n`
    ``log``                   :math:`y = f e^{\sigma n}`
    ``scale``                 :math:`y = f + 2 \sigma \sqrt{u (1 - u)}\, n` with :math:`u = f/S`
    ========================  ==================================================================

    A scale runs from 0 to its upper limit :math:`S`; its error vanishes at both ends.

    Parameters
    ----------
    observable : its name.
    kind : one of the above.
    sd : :math:`\sigma`, in the unit of the observable; a pure number for ``proportional`` and ``log``.
    proportional_sd : :math:`\sigma_p` of ``combined``.
    lloq, uloq : lower and upper limit of quantification. A value beyond a limit is reported as the limit.
    whole : whether whole numbers are reported.
    stream : name of the random stream, by default the observable's. Observables with the same stream have the
        same standard normal draw.
    """

    observable: str
    kind: Kind
    sd: float
    proportional_sd: float = 0.0
    lloq: float = -math.inf
    uloq: float = math.inf
    whole: bool = False
    stream: str = ""

    def __post_init__(self) -> None:
        if not (self.sd >= 0.0 and self.proportional_sd >= 0.0 and self.lloq < self.uloq):
            raise InvalidInput(
                f"The error model of {self.observable} is impossible.",
                "Standard deviations are not negative, and the lower limit is below the upper one.",
                "Correct sd, proportional_sd, lloq or uloq.",
            )
        if self.kind == "scale" and not math.isfinite(self.uloq):
            raise InvalidInput(
                f"The scale of {self.observable} has no upper end.",
                "The error of a scale depends on its length.",
                "Give the upper end as uloq.",
            )

    def simulate(
        self, true: Floats, streams: Streams, replicate: int | NDArray[np.int64],
        numbers: Sequence[int] | NDArray[np.int64], occasion: int,
    ) -> Floats:  # fmt: skip
        """Measurements of one occasion, [subject]; the error does not depend on the treatment.

        Parameters
        ----------
        true : true values, [subject].
        replicate, numbers : of the subjects, as in :meth:`Streams.normal`.
        occasion : number of the visit, such as its week.
        """
        purpose = f"noise.{self.stream or self.observable}.{occasion}"
        return self.measured(true, streams.normal(purpose, replicate, np.asarray(numbers))[:, 0])

    def measured(self, true: Floats, noise: Floats) -> Floats:
        """Measurements at standard normal draws ``noise``, in the shape of ``true``."""
        relative = self.kind == "log"
        y = true * np.exp(self.sd * noise) if relative else true + self.residual_sd(true) * noise
        return np.clip(np.round(y) if self.whole else y, self.lloq, self.uloq)

    def residual_sd(self, true: ArrayLike) -> Floats:
        """SD of the error at a true value; for ``log`` that of the logarithm."""
        f = np.asarray(true, dtype=np.float64)
        if self.kind == "proportional":
            return self.sd * np.abs(f)
        if self.kind == "combined":
            return np.hypot(self.sd, self.proportional_sd * f)
        if self.kind == "scale":
            u = np.clip(f / self.uloq, 0.0, 1.0)
            return np.asarray(2.0 * self.sd * np.sqrt(u * (1.0 - u)))
        return np.full_like(f, self.sd)

    def log_likelihood(self, observed: ArrayLike, predicted: ArrayLike) -> Floats:
        r"""Log-likelihood of each observation given the predicted true value, natural logarithm.

        Quantified: the log-density. At or below the lower limit (method M3 of Beal SL. Ways to fit a PK model
        with some data below the quantification limit. J Pharmacokinet Pharmacodyn 2001; 28:481-504, doi
        10.1023/A:1012299115260): :math:`\ln \Phi((L - f)/\sigma)`; likewise above the upper limit. A whole
        number: the probability of the interval that is rounded to it.

        Parameters
        ----------
        observed, predicted : arrays that broadcast, in the unit of the observable.
        """
        reported = np.clip(np.asarray(observed, dtype=float), self.lloq, self.uloq)
        y, f = np.broadcast_arrays(reported, np.asarray(predicted, dtype=float))
        half = 0.5 if self.whole else 0.0
        low, high = self._standard(y - half, f, -math.inf), self._standard(y + half, f, math.inf)
        inside = normal_log_interval(low, high) if self.whole else self._log_density(y, f)
        below, above = y <= self.lloq, y >= self.uloq
        inside = np.where(below, normal_log_cdf(high), inside)
        return np.where(above & ~below, normal_log_cdf(-low), inside)

    def _log_density(self, y: Floats, f: Floats) -> Floats:
        """Log-density of a quantified value; minus infinity where a model without error rules it out."""
        sd = self.residual_sd(f)
        slope = np.log(np.maximum(y, _TINY)) if self.kind == "log" else 0.0
        density = normal_log_pdf(self._standard(y, f, math.inf)) - slope
        return np.where(sd > 0.0, density - np.log(np.maximum(sd, _TINY)), -np.inf)

    def _standard(self, y: Floats, f: Floats, tie: float) -> Floats:
        """How many SD a reading lies above its prediction; ``tie`` where both agree and the SD is zero."""
        sd, above = self.residual_sd(f), y - f
        if self.kind == "log":
            with np.errstate(divide="ignore"):
                above = np.log(np.maximum(y, 0.0)) - np.log(f)
        certain = np.where(above == 0.0, tie, np.copysign(np.inf, above))
        return np.where(sd > 0.0, above / np.where(sd > 0.0, sd, 1.0), certain)
