r"""What a laboratory reports of a sample: the value at the clock hour of the sample, within the limits.

.. math:: y = \mathrm{clip}(b\, x(t_s)\, e^{\sigma n}, \mathrm{LLOQ}, \mathrm{ULOQ})

with :math:`x(t_s)` the model at the hour of the sample, :math:`n` standard normal, :math:`\sigma` the error
of the assay, and :math:`b` the factor between assays: 1 unless an assay is named. A published figure is
compared with the model at the hour of its samples, since some markers have a clock: IL-6 most of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import UnknownName, closest
from quotidian.evidence import NO_OVERLAY, Ledger, Overlay, ledger_beside
from quotidian.population import ErrorModel
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Place = Literal["clinic", "trial"]
SERUM = ("il6", "ferritin", "il18", "cxcl9", "ifn_gamma", "sil2r")
"""Assays of serum that trials report with their error; other readings have their own place in a visit."""
SHOWN_AT_LIMIT = ("crp", "esr")
"""Reported as the lower limit where they are below it; of the other assays half of the limit is kept."""
EARLIEST, LATEST = 7.0, 17.0  # a clinic's day: a draw beyond it is moved to its end


@dataclass(frozen=True)
class Report:
    """Values as reported, [subject], and which of them were below the lower limit."""

    value: Floats
    below: Bools


@cache
def ledger() -> Ledger:
    """Errors and limits of assays, and hours of samples."""
    return ledger_beside(__file__)


@lru_cache(maxsize=8)
def assays(overlay: Overlay = NO_OVERLAY) -> Mapping[str, ErrorModel]:
    """The error model of each assay by the observable that it measures; of neutrophils the limits alone."""
    v = overlay.values(ledger())
    names = [name.removesuffix("_lloq") for name in v if name.endswith("_lloq")]
    return MappingProxyType(
        {
            name: ErrorModel(
                name,
                "log",
                v.get(name, 0.0),
                lloq=v[f"{name}_lloq"],
                uloq=v[f"{name}_uloq"],
                whole=name == "esr",
            )
            for name in names
        }
    )


def sampling_hours(
    streams: Streams, replicate: int, numbers: Sequence[int], occasion: int, place: Place = "clinic"
) -> Floats:
    """Clock hours of the samples of one visit, [subject]: about 10 h in a clinic, 9 h in a trial."""
    v = {name: entry.value for name, entry in ledger().items()}
    if place == "trial":
        return np.full(len(numbers), v["trial_hour"])
    z = streams.normal(f"sample.hour.{occasion}", replicate, np.asarray(numbers))[:, 0]
    return np.clip(v["clinic_hour"] + v["clinic_hour_sd"] * z, EARLIEST, LATEST)


def at_hour(times: ArrayLike, values: ArrayLike, day: float, hours: ArrayLike) -> Floats:
    """The course of each subject at a clock hour of a day, [subject], linear between outputs.

    Parameters
    ----------
    times : [time] hours from midnight of day 0, an hour or less apart. values : [subject, time].
    day : whole days from day 0. hours : clock hours, [subject] or one for all.
    """
    course = np.atleast_2d(np.asarray(values, dtype=np.float64))
    when = 24.0 * day + np.broadcast_to(np.asarray(hours, dtype=np.float64), (len(course),))
    grid = np.asarray(times, dtype=np.float64)
    return np.array([np.interp(hour, grid, own) for hour, own in zip(when, course, strict=True)])


def report(
    name: str, true: Floats, streams: Streams, replicate: int | NDArray[np.int64],
    numbers: Sequence[int] | NDArray[np.int64], occasion: int, assay: int | None = None,
    overlay: Overlay = NO_OVERLAY,
) -> Report:  # fmt: skip
    """What the laboratory reports of true values, [subject]; the error does not depend on the treatment.

    Parameters
    ----------
    name : the observable. true : its values at the hour of the sample.
    assay : number of an assay, for its factor; None has none.

    Raises UnknownName for an observable without an assay.
    """
    if name not in assays():
        raise UnknownName(f"There is no assay for '{name}'.", "", closest(name, assays()))
    model = assays(overlay)[name]
    factor = 1.0 if assay is None else assay_factor(name, streams, assay)
    shown = model.simulate(factor * true, streams, replicate, numbers, occasion)
    below = shown <= model.lloq
    kept = model.lloq if name in SHOWN_AT_LIMIT else 0.5 * model.lloq
    return Report(np.where(below, kept, shown), below)


def assay_factor(name: str, streams: Streams, assay: int) -> float:
    r"""Factor of an assay by its number, :math:`e^{\omega_b n}`; 1 where assays were not compared."""
    key = f"{name}_between_assays"
    if key not in ledger():
        return 1.0
    return float(np.exp(ledger()[key].value * streams.normal(f"assay.{name}", 0, np.array([assay]))[0, 0]))
