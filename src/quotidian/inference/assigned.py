"""A mixture with each subject in one class, as one model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.event_predictor import Predictor
from quotidian.inference.mixed_model import MixedModel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def assigned(kinds: Sequence[MixedModel], of_subject: Integers) -> MixedModel:
    """The model in which subject i is of class ``of_subject[i]``."""
    if len(kinds) == 1:
        return kinds[0]
    design = np.stack([model.design for model in kinds])[of_subject, np.arange(len(of_subject))]
    predictors = tuple(model.predictor for model in kinds)
    return replace(kinds[0], predictor=_Assigned(predictors, of_subject), design=design, unused=())


@dataclass(frozen=True, eq=False)
class _Assigned:
    """Predictions of each subject by the predictor of its class."""

    predictors: tuple[Predictor, ...]
    of_subject: Integers

    def predict(self, who: Integers, u: Floats) -> Floats:
        """[copy, observation]."""
        return self._joined([(own, p.predict(who[own], u[own])) for own, p in self._parts(who)])

    def linearise(self, who: Integers, u: Floats, which: Sequence[int]) -> tuple[Floats, Floats]:
        """[copy, observation] and [copy, observation, direction]."""
        parts = [(own, p.linearise(who[own], u[own], which)) for own, p in self._parts(who)]
        return (
            self._joined([(own, f) for own, (f, _) in parts]),
            self._joined([(own, slopes) for own, (_, slopes) in parts]),
        )

    def _parts(self, who: Integers) -> list[tuple[Integers, Predictor]]:
        """Copies of each class that has any, and its predictor."""
        places = [np.flatnonzero(self.of_subject[who] == k) for k in range(len(self.predictors))]
        return [(own, p) for own, p in zip(places, self.predictors, strict=True) if len(own)]

    def _joined(self, parts: list[tuple[Integers, Floats]]) -> Floats:
        found = np.empty((sum(len(own) for own, _ in parts), *parts[0][1].shape[1:]))
        for own, values in parts:
            found[own] = values
        return found
