"""What is worth measuring: each measurement, and each value, by the variance of an outcome it removes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.application.executors import Executor, Progress
from quotidian.application.learning.knowledge import Knowledge
from quotidian.application.learning.learnt_values import learnt_prior
from quotidian.application.learning.worth_in_children import ChildReadings, readings
from quotidian.application.learning.worth_in_trials import TrialRows, trial_rows
from quotidian.application.learning.worth_request import MODEL, WorthRequest
from quotidian.application.trial_run import parts_of
from quotidian.evidence import Overlay
from quotidian.inference.ensemble.worth import removed, removed_together
from quotidian.models import DRUGS
from quotidian.models import model as model_named
from quotidian.trials.endpoints.registry import ENDPOINTS

Floats = NDArray[np.float64]
CENTRAL = (0.025, 0.975)


@dataclass(frozen=True)
class Share:
    """A measurement or a value: the share of the variance that it removes, of 1, and the SE of the share.

    The SE is None for several measurements together.
    """

    name: str
    removed: float
    error: float | None


@dataclass(frozen=True)
class Worth:
    """The answer.

    Attributes
    ----------
    expected, low, high : mean and central 95 % of the outcome over members, in ``unit``, from parameter
        uncertainty alone. measurements, values : the largest share first.
    surrogate_share : variance of the surrogate's own error over that of the outcome; None without a trial.
    """

    request: WorthRequest
    unit: str
    expected: float
    low: float
    high: float
    measurements: tuple[Share, ...]
    values: tuple[Share, ...]
    surrogate_share: float | None = None
    failed: int = 0


def worth(
    request: WorthRequest, known: Knowledge, *, workers: int = 1, executor: Executor | None = None,
    progress: Progress | None = None,
) -> Worth:  # fmt: skip
    """Run the members and compare. Raises InvalidInput for more members than there are."""
    members = known.overlays(request.members)
    scores = _scores(known)
    if request.key is None:
        found = readings(request, members, progress, workers)
        last = len(found.names) - 1
        y, logarithm = found.outcome(last)
        unit = model_named(MODEL, DRUGS).observables[request.outcome].unit
        shown = np.exp(y) if logarithm else y
        return _answer(request, unit, shown, _in_children(request, found, y), _values(known, y, scores))
    first, second = parts_of(progress, 0.8)
    centre = Overlay.of(dict(zip(known.names, _centre(known).tolist(), strict=True)))
    rows = trial_rows(
        request.key, members, centre, scores[: request.members], request.seed, executor, workers, first
    )
    y = rows.expected[:, rows.outcome]
    row = rows.summaries.rows[rows.outcome]
    found = readings(request, members, second, workers)
    shares = [*_in_trial(rows, y), *_in_children(request, found, y)]
    unit = ENDPOINTS[request.key.endpoint].unit
    own = float(rows.error[rows.outcome] / max(y.var(), 1e-300))
    return _answer(request, unit, row.from_scale(y), shares, _values(known, y, scores), own, rows.failed)


def _answer(
    request: WorthRequest, unit: str, shown: Floats, measurements: Sequence[Share], values: Sequence[Share],
    surrogate: float | None = None, failed: int = 0,
) -> Worth:  # fmt: skip
    low, high = np.quantile(shown, CENTRAL)
    return Worth(
        request,
        unit,
        float(shown.mean()),
        float(low),
        float(high),
        _ordered(measurements),
        _ordered(values),
        surrogate,
        failed,
    )


def _ordered(shares: Sequence[Share]) -> tuple[Share, ...]:
    return tuple(sorted(shares, key=lambda one: -one.removed))


def _in_trial(rows: TrialRows, y: Floats) -> list[Share]:
    """Each row of the trial, measured once more at its published size, and all rows together."""
    share, error = removed(y, rows.expected, np.diag(rows.summaries.covariance))
    whole = removed_together(y, rows.expected, rows.summaries.covariance)
    each = [
        Share(f"{key} ({row.n} children)", float(share[i]), float(error[i]))
        for i, (key, row) in enumerate(zip(rows.keys, rows.summaries.rows, strict=True))
    ]
    return [Share(f"all {len(each)} rows of {rows.keys[0].trial} together", whole, None), *each]


def _in_children(request: WorthRequest, found: ChildReadings, y: Floats) -> list[Share]:
    """Each biomarker at each visit in so many children."""
    places = range(len(found.names) - (request.key is None))
    pairs = [found.signal(place, request.children) for place in places]
    signals, sampling = np.column_stack([m for m, _ in pairs]), np.array([s for _, s in pairs])
    share, error = removed(y, signals, sampling)
    names = [f"{found.names[i]}, week {found.weeks[i]} ({request.children} children)" for i in places]
    return [Share(name, float(share[i]), float(error[i])) for i, name in enumerate(names)]


def _values(known: Knowledge, y: Floats, scores: Floats) -> list[Share]:
    """Each value, if it were known exactly."""
    own = scores[: len(y)]
    share, error = removed(y, own, np.zeros(own.shape[1]))
    return [Share(name, float(share[i]), float(error[i])) for i, name in enumerate(known.names)]


def _centre(known: Knowledge) -> Floats:
    """Values at the mean of the members on their scales, [value]."""
    prior = learnt_prior(known.names)
    raw = prior.scores(known.values)
    return np.asarray(prior.at(raw.mean(axis=0, keepdims=True))[0])


def _scores(known: Knowledge) -> Floats:
    """Scores of the members, of mean 0 and SD 1, [member, value]."""
    raw = learnt_prior(known.names).scores(known.values)
    return np.asarray((raw - raw.mean(axis=0)) / np.maximum(raw.std(axis=0), 1e-12))
