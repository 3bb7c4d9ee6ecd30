r"""The prior of one child: scores z of its random effects, and the parameters that they make.

:math:`z \sim N(0, R)` with the correlations of the population. A parameter is its typical value times
:math:`m e^{\omega z}`, or a share :math:`1/(1 + e^{-(\mu + \omega z)})`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.patients.population import TYPICAL, PatientPopulation
from quotidian.population import LogitNormal, LogNormal

Floats = NDArray[np.float64]
FITTED = (
    "severity", "joints.il6_share", "joints.k_joint", "joints.half_joints", "acute_phase.crp_ec50",
    "acute_phase.esr_slope", "acute_phase.esr_baseline", "fever.gain", "il6_homeostasis.sil6r_baseline",
    "blood_cells.neutrophil_floor", "blood_cells.platelet_baseline", "red_cells.haemoglobin_at_six",
)  # fmt: skip
"""Effects that are fitted where an analyte depends on them, beside those on drugs that the child is given."""


@dataclass(frozen=True)
class ChildEffect:
    """One effect: the parameter, and its distribution about the typical value.

    ``is_value`` : whether the distribution gives the value itself, else a factor on the typical value.
    """

    parameter: str
    distribution: LogNormal | LogitNormal
    is_value: bool = False

    def size(self, z: Floats) -> tuple[Floats, Floats]:
        """Factor or value, and its derivative, at scores z."""
        d = self.distribution
        if isinstance(d, LogNormal):
            found = d.values(z)
            inside = (np.abs(z) < d.bound) & (found > d.lowest) & (found < d.highest)
            return found, np.where(inside, d.omega * found, 0.0)
        share = 1.0 / (1.0 + np.exp(-(d.location + d.omega * z)))
        return share / d.relative_to, d.omega * share * (1.0 - share) / d.relative_to


@dataclass(frozen=True, eq=False)
class ChildPrior:
    """Effects with the correlation of their scores."""

    effects: tuple[ChildEffect, ...]
    correlation: Floats

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return tuple(e.parameter for e in self.effects)


def child_prior(
    held: Sequence[str], drugs: Sequence[str], population: PatientPopulation = TYPICAL
) -> ChildPrior:
    """The prior of a child of a population.

    Parameters
    ----------
    held : parameters that the model has and that matter to what was measured. drugs : given to the child.
    """
    s = population.values
    known = {e.parameter: e.distribution for e in population.random_effects.effects}
    wanted = [n for n in FITTED if n in held]
    wanted += [n for n in known if n.partition(".")[0] in drugs and n in held]
    effects = []
    for name in wanted:
        if name == "severity":
            effects.append(ChildEffect(name, LogNormal(s["severity"], s["severity_median"])))
        elif name == "joints.il6_share":
            share = LogitNormal(s["il6_share_logit"], s["il6_share_sd"])
            effects.append(ChildEffect(name, share, is_value=True))
        elif isinstance(chosen := known[name], LogNormal | LogitNormal):
            effects.append(ChildEffect(name, chosen))
    return ChildPrior(tuple(effects), _correlation(effects, population))


def _correlation(effects: Sequence[ChildEffect], population: PatientPopulation) -> Floats:
    names = [e.parameter for e in effects]
    found = np.eye(len(names))
    for c in population.random_effects.correlations:
        if c.first in names and c.second in names:
            a, b = names.index(c.first), names.index(c.second)
            found[a, b] = found[b, a] = c.r
    return found
