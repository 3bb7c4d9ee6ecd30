"""What the trial's staff write down: the model's observables, with error, in the units of the forms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.evidence import Ledger, ledger_beside
from quotidian.statistics.streams import Streams
from quotidian.trials.endpoints import CORE_SET

Floats = NDArray[np.float64]
Numbers: TypeAlias = Sequence[int] | NDArray[np.int64]
Replicate: TypeAlias = int | NDArray[np.int64]  # of all children, or [child]
SCALE = {"physician_global": 10.0, "parent_global": 10.0, "chaq": 3.0}
COUNTS = {"active_joints", "limited_joints"}
ALL_JOINTS = 71.0


@cache
def errors() -> Ledger:
    """The ledger of measurement errors."""
    return ledger_beside(__file__)


def core_set(
    true: dict[str, Floats], streams: Streams, replicate: Replicate, numbers: Numbers, visit: int
) -> dict[str, Floats]:
    r"""The six variables of one visit as measured, [child] each.

    Scales get an error that is largest in the middle and none at the ends; joints and ESR a relative one;
    joints are whole. On a scale of length :math:`S`, :math:`\hat x = x + 2 \sigma \sqrt{u (1 - u)}\, n` with
    :math:`u = x/S`: nobody disagrees that a well child is well.
    The error of child and visit is the same whatever the arm.
    """
    n = np.asarray(numbers)

    def luck(purpose: str) -> Floats:
        return streams.normal(f"noise.{purpose}.{visit}", replicate, n)[:, 0]

    sd = {name: entry.value for name, entry in errors().items()}
    measured: dict[str, Floats] = {}
    for name in CORE_SET:
        x = true[name]
        if name in SCALE:
            u = np.clip(x / SCALE[name], 0.0, 1.0)
            spread = 2.0 * sd[name] * np.sqrt(u * (1.0 - u))
            measured[name] = np.clip(x + spread * luck(name), 0.0, SCALE[name])
        elif name in COUNTS:
            # one luck for both counts: the same hands find both
            measured[name] = np.clip(np.round(x * np.exp(sd["joints"] * luck("joints"))), 0.0, ALL_JOINTS)
        else:
            measured[name] = x * np.exp(sd[name] * luck(name))
    return measured


def crp(true: Floats, streams: Streams, replicate: Replicate, numbers: Numbers, visit: int) -> Floats:
    """CRP of one visit as the laboratory reports it, [child], mg/L."""
    luck = streams.normal(f"noise.crp.{visit}", replicate, np.asarray(numbers))[:, 0]
    return np.asarray(true * np.exp(errors()["crp"].value * luck))


def neutrophils(true: Floats, streams: Streams, replicate: Replicate, numbers: Numbers, visit: int) -> Floats:
    r"""Neutrophils of one visit as counted, [child], 1e9/L: :math:`\hat N = N e^{\sigma n}`,
    :math:`\sigma^2 = \omega_{wN}^2 + \epsilon_N^2`.

    The day's own variation of the child and the counter's error; no visit knows of another.
    """
    sd = math.hypot(errors()["neutrophils_within"].value, errors()["neutrophils_assay"].value)
    luck = streams.normal(f"noise.neutrophils.{visit}", replicate, np.asarray(numbers))[:, 0]
    return np.asarray(true * np.exp(sd * luck))


def readings(true: Floats, streams: Streams, replicate: Replicate, numbers: Numbers, first: int) -> Floats:
    """Temperatures as read, [child, reading]; ``first`` numbers the readings since the run-in began."""
    n, width = np.asarray(numbers), true.shape[1]
    luck = streams.normal("noise.temperature", replicate, n, width, first)
    return np.asarray(true + errors()["temperature"].value * luck)


def withdrawn(streams: Streams, replicate: Replicate, numbers: Numbers, weeks: float) -> NDArray[np.bool_]:
    r"""Who has left for a reason outside the model: chance :math:`1 - e^{-h_w t}`, alike in all arms."""
    hazard = errors()["withdrawal"].value
    left = streams.uniform("withdrawal", replicate, np.asarray(numbers))[:, 0] < -np.expm1(-hazard * weeks)
    return np.asarray(left)
