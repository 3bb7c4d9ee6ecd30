"""The values of the ledger that move an outcome, ranked by a local or a global measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from quotidian.application.sensitivity.outcome import CourseOutcome, course_outcome, refuse_zero
from quotidian.application.sensitivity.response import Response, checked_names
from quotidian.dosing import Regimen
from quotidian.errors import InvalidInput, UnknownName, closest
from quotidian.evidence import NO_OVERLAY, NoSpread, Overlay
from quotidian.evidence.overlay import entries
from quotidian.inference.ensemble.prior import UncertainValue, uncertain
from quotidian.patients.child import Child
from quotidian.patients.treatment import treatment_request
from quotidian.statistics.global_indices import (
    Index,
    latin_hypercube,
    morris_design,
    morris_effects,
    pawn_index,
    sobol_design,
    sobol_indices,
)
from quotidian.statistics.normal import normal_quantile
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
Method: TypeAlias = Literal["local", "sobol", "morris", "pawn"]
METHODS: tuple[str, ...] = get_args(Method)
SCREENED = 12
"""Values that a global method takes where none is named: those with the largest local effect."""
MOST_RUNS = 200_000
BLOCKS: Mapping[str, Callable[[int], int]] = {
    "sobol": lambda k: k + 2, "morris": lambda k: k + 1, "pawn": lambda k: 1,
}  # fmt: skip
"""Runs of each base point of a design of k values."""
MEASURES: Mapping[str, tuple[str, ...]] = {
    "local": ("elasticity", "change_per_sd"),
    "sobol": ("total", "total_low", "total_high", "first", "first_low", "first_high"),
    "morris": ("strength", "strength_low", "strength_high", "mean", "sd"),
    "pawn": ("pawn", "pawn_low", "pawn_high"),
}
"""Columns of each method; the first ranks."""


@dataclass(frozen=True, kw_only=True)
class SensitivityRequest:
    """Whose outcome, by which method.

    Parameters
    ----------
    outcome : as :func:`quotidian.application.sensitivity.outcome.course_outcome` reads it.
    names : beginnings of names of entries; none for all (local) or the largest local effects (global).
    samples : base points of a global design.

    Raises UnknownName for another method, InvalidInput for fewer than 2 samples or too many runs.
    """

    child: Child
    regimen: Regimen
    outcome: str = "crp"
    method: str = "local"
    names: tuple[str, ...] = ()
    samples: int = 128
    seed: int = 1
    days: float = 84.0
    model: str = "sjia"
    scenario: str = ""
    base: Overlay = NO_OVERLAY

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise UnknownName(f"There is no method '{self.method}'.", closest(self.method, METHODS), "")
        if self.samples < 2:
            raise InvalidInput(
                f"{self.samples} samples are refused.", "A design has 2 or more.", "Ask for 128."
            )

    @property
    def response(self) -> Response:
        """The course as a function of the ledger, with an output an hour."""
        asked = treatment_request(
            self.child, self.regimen, days=self.days, model=self.model, scenario=self.scenario
        )
        return Response(asked, course_outcome(self.outcome, self.model), self.base)


@dataclass(frozen=True)
class Ranking:
    """The values in order of their measure: ``columns`` of numbers, [value] each."""

    request: SensitivityRequest
    outcome: CourseOutcome
    value: float
    names: tuple[str, ...]
    columns: Mapping[str, Floats] = field(default_factory=dict)
    runs: int = 0

    @property
    def measure(self) -> str:
        """The column that ranks."""
        return MEASURES[self.request.method][0]

    @property
    def rows(self) -> list[dict[str, object]]:
        """One row a value: ``name``, ``value``, ``unit``, the columns, and ``meaning``."""
        return [
            {"name": n, "value": float(e.value), "unit": e.unit}
            | {c: float(x[i]) for c, x in self.columns.items()}
            | {"meaning": e.meaning}
            for i, n in enumerate(self.names)
            if (e := entries()[n])
        ]


def rank(
    request: SensitivityRequest, threads: int | None = None, progress: Callable[[float], None] | None = None
) -> Ranking:
    """Compute the ranking. ``progress`` is called with the completed share of the runs, 0 to 1.

    Raises InvalidInput for an outcome of zero (local) or too many runs, SolverFailed for a failed course.
    """
    response = request.response
    names = tuple(n for n in checked_names(response, request.names) if _free(n))
    if not names:
        raise InvalidInput("No value is uncertain.", "The named values are definitions.", "Name others.")
    if request.method == "local" or not request.names:
        value, slopes = response.elasticities(names, threads)
        if request.method == "local":
            refuse_zero(response.outcome, value)
            return _local(request, response.outcome, names, value, slopes)
        effects = np.abs(slopes * [_log_sd(n) for n in names])
        names = tuple(names[i] for i in np.argsort(-effects, kind="stable")[:SCREENED])
    return _global(request, response, names, threads, progress)


def _free(name: str) -> bool:
    """Whether an entry has a value other than 0 that is uncertain."""
    entry = entries()[name]
    return entry.value != 0.0 and not isinstance(entry.uncertainty, NoSpread)


def _log_sd(name: str) -> float:
    """SD of the uncertainty relative to the value, from the prior of the entry one SD up and down."""
    own = uncertain(name, entries()[name])
    low, high = own.at(np.array([-1.0, 1.0]))
    return abs(float(high - low)) / (2.0 * abs(own.median))


def _local(
    request: SensitivityRequest, outcome: CourseOutcome, names: Sequence[str], value: float, slopes: Floats
) -> Ranking:
    order = np.argsort(-np.abs(slopes), kind="stable")
    per_sd = slopes * np.array([_log_sd(name) for name in names])
    columns = {"elasticity": (slopes / value)[order], "change_per_sd": per_sd[order]}
    return Ranking(request, outcome, value, tuple(names[i] for i in order), columns, 1)


def _global(
    request: SensitivityRequest, response: Response, names: tuple[str, ...], threads: int | None,
    progress: Callable[[float], None] | None,
) -> Ranking:  # fmt: skip
    streams, k = Streams(request.seed), len(names)
    _refuse_many(request.samples * BLOCKS[request.method](k), k)
    design = {
        "sobol": lambda: sobol_design(streams, request.samples, k),
        "morris": lambda: morris_design(streams, request.samples, k),
        "pawn": lambda: latin_hypercube(streams, "sensitivity.pawn", request.samples, k),
    }[request.method]()
    priors = [uncertain(name, entries()[name]) for name in names]
    overlays = [NO_OVERLAY, *_overlays(names, priors, design)]
    y = response.values(overlays, threads, _shares(progress, len(overlays)))
    columns = _indices(request.method, design, y[1:], streams)
    order = np.argsort(-columns[MEASURES[request.method][0]], kind="stable")
    ranked = {name: x[order] for name, x in columns.items()}
    return Ranking(
        request, response.outcome, float(y[0]), tuple(names[i] for i in order), ranked, len(design)
    )


def _shares(progress: Callable[[float], None] | None, runs: int) -> Callable[[int], None] | None:
    if progress is None:
        return None
    done, report = 0, progress

    def finished(count: int) -> None:
        nonlocal done
        done += count
        report(done / runs)

    return finished


def _overlays(names: Sequence[str], priors: Sequence[UncertainValue], design: Floats) -> list[Overlay]:
    """The values of the ledger at each row of a design, by the quantiles of their uncertainty."""
    z = np.asarray(normal_quantile(np.clip(design, 1e-9, 1.0 - 1e-9)))
    values = np.column_stack([prior.at(z[:, i]) for i, prior in enumerate(priors)])
    return [Overlay.of(dict(zip(names, row, strict=True))) for row in values.tolist()]


def _indices(method: str, design: Floats, y: Floats, streams: Streams) -> dict[str, Floats]:
    if method == "sobol":
        found = sobol_indices(y, design.shape[1], streams)
        return {**_ends("total", found.total), **_ends("first", found.first)}
    if method == "morris":
        effects = morris_effects(y, design, streams)
        return {**_ends("strength", effects.strength), "mean": effects.mean, "sd": effects.sd}
    return _ends("pawn", pawn_index(design, y, streams))


def _ends(name: str, index: Index) -> dict[str, Floats]:
    return {name: index.estimate, f"{name}_low": index.low, f"{name}_high": index.high}


def _refuse_many(runs: int, inputs: int) -> None:
    if runs > MOST_RUNS:
        raise InvalidInput(
            f"The design has {runs:,} runs of {inputs} values.", f"At most {MOST_RUNS:,} are run.",
            "Ask for fewer samples, or name fewer values.",
        )  # fmt: skip
