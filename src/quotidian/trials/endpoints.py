"""Trial endpoints as the field defines them, over children. A missing value is refused, never failed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import EngineError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CORE_SET = ("physician_global", "parent_global", "chaq", "active_joints", "limited_joints", "esr")
"""The six variables of the JIA core set: globals 0-10, CHAQ 0-3, counts of joints, mm/h."""

FEVER = 37.5
"""degC; a reading at or above it is fever (absence of fever in TENDER, US label of Actemra, section 14)."""

_ROUNDING = 1e-9  # 1.5 to 1.05 is a fall of 30 % although binary arithmetic finds a shade less
_MOMENT = 1e-6  # days, a tenth of a second: readings meant for the edge of a window fall on it


def jia_acr(baseline: Mapping[str, ArrayLike], now: Mapping[str, ArrayLike], level: float) -> Bools:
    r"""JIA ACR response: at least 3 of 6 better by >= level %, at most 1 worse by more than 30 %.

    With :math:`b` at baseline and :math:`x` now, better: :math:`100 (b - x) \ge level \cdot b`; worse:
    :math:`100 (x - b) > 30\, b`. Giannini EH et al. Arthritis Rheum 1997; 40:1202-1209 (reference recalled);
    for 50, 70 and 90 the limit of worsening stays at 30 % (recalled). A variable that is zero at baseline
    cannot improve, and any rise of it counts as worse.

    Parameters
    ----------
    baseline, now : the variables of CORE_SET, each (children,), >= 0, baseline and now in one unit.
    level : per cent, above 0 and up to 100: 30, 50, 70 or 90.

    Returns
    -------
    Whether each child responds, (children,).

    Raises
    ------
    EngineError for a variable or value that is missing (with the children), negative, or of another shape.
    """
    if not 0.0 < level <= 100.0:
        raise EngineError(
            f"JIA ACR{level:g} does not exist.",
            "The level is the improvement in per cent, above 0 and up to 100.",
            "Use 30, 50, 70 or 90.",
        )
    b, x = _core(baseline, now)
    better = (b > 0.0) & (100.0 * (b - x) >= (level - _ROUNDING) * b)
    worse = 100.0 * (x - b) > (30.0 + _ROUNDING) * b
    return np.asarray((better.sum(axis=0) >= 3) & (worse.sum(axis=0) <= 1))


def jia_acr_flare(reference: Mapping[str, ArrayLike], now: Mapping[str, ArrayLike]) -> Bools:
    r"""JIA ACR30 flare: at least 3 of 6 worse by >= 30 %, at most 1 better by more than 30 %.

    With :math:`b` at the reference visit and :math:`x` now, worse: :math:`100 (x - b) \ge 30\, b` and
    :math:`x > b`; better: :math:`100 (b - x) > 30\, b`. Australian product information of Actemra 2014,
    Clinical Trials (CHERISH). A variable that is zero at the reference and rises is worse.

    Arguments, result and refusals as in `jia_acr`.
    """
    b, x = _core(reference, now)
    worse = (x > b) & (100.0 * (x - b) >= (30.0 - _ROUNDING) * b)
    better = 100.0 * (b - x) > (30.0 + _ROUNDING) * b
    return np.asarray((worse.sum(axis=0) >= 3) & (better.sum(axis=0) <= 1))


def fever_days(
    readings: ArrayLike, days: ArrayLike, at_day: float, window_days: int, threshold: float = FEVER
) -> NDArray[np.int64]:
    """Number of the last days that had any reading at or above the threshold.

    The window (at_day - window_days, at_day] leaves out its start and holds its end; each of its days runs
    likewise, counted back from at_day.

    Parameters
    ----------
    readings : temperatures, (children, times), degC; a reading outside the window may be missing.
    days : when they were taken, (times,), days; every day of the window has at least one.
    at_day : end of the window, day.
    window_days : its length, whole days from 1.
    threshold : degC.

    Returns
    -------
    Days with fever, (children,), 0 to window_days.

    Raises
    ------
    EngineError for a day without a reading, a missing reading (with the children), or shapes that disagree.
    """
    readings, days = np.asarray(readings, dtype=np.float64), np.asarray(days, dtype=np.float64)
    if readings.ndim != 2 or days.shape != readings.shape[1:] or window_days < 1 or window_days % 1:
        raise EngineError(
            "A fever chart cannot be read.",
            f"Readings {readings.shape} must be (children, times), days {days.shape} must be (times,), "
            f"and the window ({window_days} days) whole days from 1.",
            "Give one row a child and one column a reading.",
        )
    febrile = np.empty((readings.shape[0], int(window_days)), dtype=bool)
    for back in range(int(window_days)):
        end = at_day - back
        taken = (days > end - 1.0 + _MOMENT) & (days <= end + _MOMENT)
        febrile[:, back] = _day(readings[:, taken], end) >= threshold
    return np.asarray(febrile.sum(axis=1), dtype=np.int64)


def no_fever(
    readings: ArrayLike, days: ArrayLike, at_day: float, window_days: int, threshold: float = FEVER
) -> Bools:
    """Absence of fever: no reading at or above the threshold in (at_day - window_days, at_day].

    TENDER has two windows: 7 days in the primary endpoint, 14 days in the analysis of systemic features
    (US label of Actemra, section 14). Arguments and refusals as in `fever_days`; result (children,).
    """
    return np.asarray(fever_days(readings, days, at_day, window_days, threshold) == 0)


def jadas(
    physician_global: ArrayLike,
    parent_global: ArrayLike,
    active_joints: ArrayLike,
    *,
    esr: ArrayLike | None = None,
    crp: ArrayLike | None = None,
    version: int = 71,
) -> Floats:
    r"""Juvenile arthritis disease activity score, (children,), 0 to 40, 57 or 101 by version.

    :math:`JADAS = PGA + PtGA + \min(joints, version) + marker`; with ESR clamped to 20-120 mm/h the marker is
    :math:`(ESR - 20)/10`, with CRP clamped to 10-110 mg/L it is :math:`(CRP - 10)/10`. Consolaro A et al.
    Arthritis Rheum 2009 (recalled).

    Parameters
    ----------
    physician_global, parent_global : (children,), 0 to 10.
    active_joints : (children,), counted over the joints of the version.
    esr, crp : one of the two, (children,), mm/h or mg/L.
    version : 10, 27 or 71 joints.

    Raises
    ------
    EngineError for another version, both markers or neither, globals above 10, or missing values.
    """
    marker = esr if crp is None else crp
    if version not in (10, 27, 71) or marker is None or not (esr is None or crp is None):
        raise EngineError(
            f"JADAS{version} cannot be computed.",
            "It counts 10, 27 or 71 joints and takes either ESR or CRP.",
            "Give one version and exactly one of esr and crp.",
        )
    given = {
        "physician_global": physician_global,
        "parent_global": parent_global,
        "active_joints": active_joints,
        "marker": marker,
    }
    pga, ptga, joints, phase = _stack(given, tuple(given), "JADAS")
    if max(pga.max(initial=0.0), ptga.max(initial=0.0)) > 10.0:
        raise EngineError(
            "A global assessment exceeds 10.",
            "JADAS takes visual analogue scales from 0 to 10.",
            "Divide scales of 0 to 100 mm by 10.",
        )
    floor = 20.0 if crp is None else 10.0
    normalised = (np.clip(phase, floor, floor + 100.0) - floor) / 10.0
    return np.asarray(pga + ptga + np.minimum(joints, float(version)) + normalised)


def inactive(score: ArrayLike) -> Bools:
    """Inactive disease by JADAS, any version: score <= 1 (Consolaro 2012, doi 10.1002/art.34373)."""
    (values,) = _stack({"JADAS": score}, ("JADAS",), "Inactive disease")
    return np.asarray(values <= 1.0)


def non_responder(response: ArrayLike, escaped: ArrayLike) -> Bools:
    """Non-responder imputation: a child who escaped to open-label drug counts as no responder, (children,).

    TENDER counts escape as non-response (De Benedetti 2012). Raises EngineError unless both are truth values
    of one shape.
    """
    response, escaped = np.asarray(response), np.asarray(escaped)
    if response.dtype != np.bool_ or escaped.dtype != np.bool_ or response.shape != escaped.shape:
        raise EngineError(
            "Non-responders cannot be imputed.",
            f"Response ({response.dtype}, {response.shape}) and escape ({escaped.dtype}, {escaped.shape}) "
            "must be truth values, one of each per child.",
            "Compute the response of every child first, those who escaped included.",
        )
    return np.asarray(response & ~escaped)


def _core(before: Mapping[str, ArrayLike], now: Mapping[str, ArrayLike]) -> tuple[Floats, Floats]:
    """The core set before and now, each (6, children), of one shape."""
    b, x = _stack(before, CORE_SET, "The earlier visit"), _stack(now, CORE_SET, "The later visit")
    if b.shape != x.shape:
        raise EngineError(
            f"The earlier visit has {b.shape[1]} children and the later one {x.shape[1]}.",
            "A response compares each child with itself.",
            "Pass the same children, in the same order, at both visits.",
        )
    return b, x


def _stack(given: Mapping[str, ArrayLike], names: tuple[str, ...], subject: str) -> Floats:
    """The named variables as (names, children), all present, finite and not negative."""
    if absent := [name for name in names if name not in given]:
        raise EngineError(
            f"{subject} lacks {', '.join(absent)}.",
            f"It needs {', '.join(names)}.",
            "Add the variable; none is optional.",
        )
    rows = [np.atleast_1d(np.asarray(given[name], dtype=np.float64)) for name in names]
    if len({row.shape for row in rows}) != 1 or rows[0].ndim != 1:
        shapes = ", ".join(f"{name} {row.shape}" for name, row in zip(names, rows, strict=True))
        raise EngineError(
            f"{subject} has variables of different shapes.", shapes, "Give one value per child of each."
        )
    for name, row in zip(names, rows, strict=True):
        _refuse(~(np.isfinite(row) & (row >= 0.0)), f"{subject} has no usable value of {name}")
    return np.stack(rows)


def _day(readings: Floats, end: float) -> Floats:
    """Highest reading of one day, (children,), none of it missing."""
    if readings.shape[1] == 0:
        raise EngineError(
            f"The fever chart has no reading in the day that ends at day {end:g}.",
            "Absence of fever can only be read from a chart that has a reading every day of the window.",
            "Record the temperature at least once a day, or ask for a later day or a shorter window.",
        )
    _refuse(
        ~np.all(np.isfinite(readings), axis=1), f"The fever chart lacks a reading in the day to day {end:g}"
    )
    return np.asarray(readings.max(axis=1))


def _refuse(bad: NDArray[np.bool_], what: str) -> None:
    """Refuse the children marked, by their place in the array."""
    if bad.any():
        who = np.flatnonzero(bad)
        more = f" and {who.size - 5} more" if who.size > 5 else ""
        raise EngineError(
            f"{what}: child {', '.join(str(i) for i in who[:5])}{more} (counted from 0).",
            "A value that is missing or negative is no endpoint; to call it a failure would bend the trial.",
            "Report these children apart, or impute them by a stated rule before asking.",
        )
