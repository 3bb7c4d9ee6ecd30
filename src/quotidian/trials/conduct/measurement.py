"""Measurements at a visit: observables of the model with measurement error, in the units of the case
report forms."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.evidence import NO_OVERLAY, Ledger, Overlay, ledger_beside
from quotidian.patients.laboratory import assays
from quotidian.population import ErrorModel
from quotidian.statistics.streams import Streams
from quotidian.trials.criteria import CORE_SET

Floats = NDArray[np.float64]
Numbers: TypeAlias = Sequence[int] | NDArray[np.int64]
Replicate: TypeAlias = int | NDArray[np.int64]  # of all children, or [child]
SCALE = {"physician_global": 10.0, "parent_global": 10.0, "chaq": 3.0}
COUNTS = ("active_joints", "limited_joints")
ALL_JOINTS = 71.0
HALF = 0.5  # a mark on a scale of 0 to 10 is recorded to the nearest half
NONE_CHANCE = {"physician_global": "physician_none", "parent_global": "parent_none"}


@cache
def errors() -> Ledger:
    """The ledger of measurement errors."""
    return ledger_beside(__file__)


@lru_cache(maxsize=8)
def error_models(overlay: Overlay = NO_OVERLAY) -> Mapping[str, ErrorModel]:
    r"""The error model of every measured observable, by name.

    The error of a rating scale is largest in the middle and zero at its ends, where raters agree. Both
    joint counts share one random stream, since one examiner counts both. ESR, CRP and the limits of
    neutrophils are those of the laboratory (patients/laboratory.py). The variance of the neutrophil count
    is the sum of day-to-day variation and error of the counter, :math:`\sigma^2 = \omega_{wN}^2 +
    \epsilon_N^2`.
    """
    sd = overlay.values(errors())
    laboratory = assays(overlay)
    cells = math.hypot(sd["neutrophils_within"], sd["neutrophils_assay"])
    models = [
        *(ErrorModel(name, "scale", sd[name], lloq=0.0, uloq=length) for name, length in SCALE.items()),
        *(
            ErrorModel(name, "log", sd["joints"], lloq=0.0, uloq=ALL_JOINTS, whole=True, stream="joints")
            for name in COUNTS
        ),
        laboratory["esr"],
        laboratory["crp"],
        replace(laboratory["neutrophils"], sd=cells),
        ErrorModel("temperature", "additive", sd["temperature"]),
    ]
    return MappingProxyType({model.observable: model for model in models})


def core_set(
    true: dict[str, Floats], streams: Streams, replicate: Replicate, numbers: Numbers, visit: int,
    overlay: Overlay = NO_OVERLAY,
) -> dict[str, Floats]:  # fmt: skip
    """The variables of the core set in ``true`` as measured at one visit, [child] each.

    The error of a child at a visit is the same in every arm.
    """
    models, address = error_models(overlay), (streams, replicate, numbers, visit)
    read = {name: models[name].simulate(true[name], *address) for name in CORE_SET if name in true}
    return read | {name: marked(name, read[name], *address, overlay) for name in NONE_CHANCE if name in read}


def marked(
    name: str, read: Floats, streams: Streams, replicate: Replicate, numbers: Numbers, visit: int,
    overlay: Overlay = NO_OVERLAY,
) -> Floats:  # fmt: skip
    """Global assessments as recorded, [child], to the nearest half.

    A mark below 0.5 is recorded as 0 with a probability that differs between physicians and parents.
    """
    u = streams.uniform(f"mark.{name}.{visit}", replicate, np.asarray(numbers))[:, 0]
    none = (read < HALF) & (u < overlay.value(errors()[NONE_CHANCE[name]]))
    return np.where(none, 0.0, np.round(read / HALF) * HALF)


def crp(
    true: Floats, streams: Streams, replicate: Replicate, numbers: Numbers, visit: int,
    overlay: Overlay = NO_OVERLAY,
) -> Floats:  # fmt: skip
    """CRP of one visit as the laboratory reports it, [child], mg/L."""
    return error_models(overlay)["crp"].simulate(true, streams, replicate, numbers, visit)


def neutrophils(
    true: Floats, streams: Streams, replicate: Replicate, numbers: Numbers, visit: int,
    overlay: Overlay = NO_OVERLAY,
) -> Floats:  # fmt: skip
    """Neutrophil count of one visit, [child], 1e9/L; errors of different visits are independent."""
    return error_models(overlay)["neutrophils"].simulate(true, streams, replicate, numbers, visit)


def readings(
    true: Floats, streams: Streams, replicate: Replicate, numbers: Numbers, first: int,
    overlay: Overlay = NO_OVERLAY,
) -> Floats:  # fmt: skip
    """Temperature readings, [child, reading]; ``first`` is the number of the first reading since the start
    of the run-in."""
    noise = streams.normal("noise.temperature", replicate, np.asarray(numbers), true.shape[1], first)
    return error_models(overlay)["temperature"].measured(true, noise)


def withdrawn(
    streams: Streams, replicate: Replicate, numbers: Numbers, weeks: float, overlay: Overlay = NO_OVERLAY
) -> NDArray[np.bool_]:
    r"""Children who have withdrawn for a reason outside the model, [child].

    The probability :math:`1 - e^{-h_w t}` is the same in all arms.
    """
    hazard = overlay.value(errors()["withdrawal"])
    left = streams.uniform("withdrawal", replicate, np.asarray(numbers))[:, 0] < -np.expm1(-hazard * weeks)
    return np.asarray(left)
