r"""Adult patients: age, sex, weight and height of their own, and no growth.

Weight is log-normal, :math:`w = w_m e^{\sigma_w z}`. Height is that of the growth reference at its end, 20
years. A patient keeps its sex, its random effects on the disposition of drugs and its threshold of
antibodies as drawn; the disease is the typical one of the model unless more effects are named.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from quotidian.evidence import Ledger
from quotidian.indications.indication import MakePatients, Numbers, Replicate
from quotidian.models import DRUGS
from quotidian.patients import growth
from quotidian.patients.child import Child
from quotidian.patients.population import MAX_Z
from quotidian.statistics.normal import normal_quantile
from quotidian.statistics.streams import Streams

SPREAD_OF_DISPOSITION = tuple(f"tocilizumab.omega_{name}" for name in ("CL", "V_c", "V_p", "V_m"))
"""Values by which adults differ from children in their variability, by name in the ledger of a disease."""
DISPOSITION = tuple(f"{drug}." for drug in DRUGS)


def adult_patients(
    body: Ledger, effects: tuple[str, ...] = DISPOSITION, severity: bool = False
) -> MakePatients:
    """Makes adults with the weights and ages of ``body``, who keep some random effects.

    The ledger holds ``weight_median`` (kg), ``weight_spread`` (SD of the logarithm), ``age_mean``,
    ``age_sd``, ``youngest`` and ``oldest`` (years). ``effects`` are beginnings of the names of those kept;
    with ``severity`` the severity of the disease is kept, too.
    """
    return partial(_adults, {name: entry.value for name, entry in body.items()}, effects, severity)


def _adults(
    body: Mapping[str, float],
    effects: tuple[str, ...],
    severity: bool,
    drawn: Sequence[Child],
    streams: Streams,
    replicate: Replicate,
    numbers: Numbers,
) -> list[Child]:
    deviation = body["weight_spread"] * streams.normal("adult.weight", replicate, numbers)[:, 0]
    ages = _ages(body, streams.uniform("adult.age", replicate, numbers)[:, 0])
    z = np.clip(streams.normal("adult.height", replicate, numbers)[:, 0], -MAX_Z, MAX_Z)
    return [
        Child(
            float(ages[i]),
            one.sex,
            body["weight_median"] * math.exp(deviation[i]),
            growth.quantile("height", growth.OLDEST, one.sex, float(z[i])),
            severity=one.severity if severity else 1.0,
            random_effects={
                name: factor for name, factor in one.random_effects.items() if name.startswith(effects)
            },
            antibody_threshold=one.antibody_threshold,
        )
        for i, one in enumerate(drawn)
    ]


def _ages(body: Mapping[str, float], u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Normal ages cut at the youngest and the oldest, years, by their quantiles."""

    def below(x: float) -> float:
        return 0.5 * math.erfc((body["age_mean"] - x) / (body["age_sd"] * math.sqrt(2)))

    low, high = below(body["youngest"]), below(body["oldest"])
    return np.asarray(body["age_mean"] + body["age_sd"] * normal_quantile(low + (high - low) * u))
