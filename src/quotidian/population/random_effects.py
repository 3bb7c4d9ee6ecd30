"""Random effects: which parameters vary between subjects, by how much, and how they are correlated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidInput, UnknownName, closest
from quotidian.population.distributions import Distribution, Mixture
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class RandomEffect:
    """Variability of one parameter between subjects.

    Parameters
    ----------
    parameter : its name in the model, such as ``tocilizumab.CL``.
    distribution : of the factor on the typical value, or of the value itself.
    stream : purpose of its random stream; by default its own, named after the parameter. Effects that share
        a stream and a column are one draw.
    column : which draw of the stream.
    component_stream : purpose of the stream that decides the component of a mixture.
    """

    parameter: str
    distribution: Distribution
    stream: str = ""
    column: int = 0
    component_stream: str = ""

    @property
    def address(self) -> tuple[str, int]:
        """Purpose and column of the standard normal draw."""
        return self.stream or f"random_effect.{self.parameter}", self.column

    def values(self, z: Floats, streams: Streams, replicate: int | Integers, numbers: Integers) -> Floats:
        """Values, [subject], at the (correlated) standard normal draws ``z``."""
        if isinstance(self.distribution, Mixture):
            purpose = self.component_stream or f"{self.address[0]}.component"
            return self.distribution.values(z, streams.uniform(purpose, replicate, numbers)[:, 0])
        return self.distribution.values(z)


@dataclass(frozen=True)
class Correlation:
    """Correlation of the standard normal draws behind two parameters."""

    first: str
    second: str
    r: float


@dataclass(frozen=True)
class PopulationModel:
    """Random effects with their correlations. Effects that no correlation names are independent.

    Raises
    ------
    InvalidInput : a parameter occurs twice, or the correlations are inconsistent.
    UnknownName : a correlation of a parameter without a random effect.
    """

    effects: tuple[RandomEffect, ...] = ()
    correlations: tuple[Correlation, ...] = ()

    def __post_init__(self) -> None:
        names = self.parameters
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InvalidInput(
                f"{twice[0]} has two random effects.",
                "A parameter has at most one random effect.",
                "Keep one.",
            )
        for c in self.correlations:
            for name in (c.first, c.second):
                if name not in names:
                    raise UnknownName(f"{name} has no random effect.", "", closest(name, names))
        _ = self._factors  # refuses what is not a correlation matrix

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters that vary."""
        return tuple(effect.parameter for effect in self.effects)

    def __add__(self, other: PopulationModel) -> PopulationModel:
        """Both sets of effects together; a parameter of both is refused."""
        return PopulationModel(self.effects + other.effects, self.correlations + other.correlations)

    def with_effects(self, effects: Iterable[RandomEffect]) -> PopulationModel:
        """The same model, in which these effects replace those of the same parameters."""
        new = {effect.parameter: effect for effect in effects}
        for name in new:
            if name not in self.parameters:
                raise UnknownName(f"{name} has no random effect.", "", closest(name, self.parameters))
        return replace(self, effects=tuple(new.get(e.parameter, e) for e in self.effects))

    def sample(
        self, streams: Streams, replicate: int | Integers, numbers: Sequence[int] | Integers
    ) -> dict[str, Floats]:
        """Values by parameter, [subject] each.

        The values of a subject depend on the seed, its replicate and its number alone: not on the other
        subjects, on their order or on the other effects.

        Parameters
        ----------
        replicate : of all subjects, or [subject].
        numbers : numbers of the subjects, from 0.
        """
        n = np.asarray(numbers)
        drawn: dict[tuple[str, int], Floats] = {}
        for effect in self.effects:
            purpose, column = effect.address
            if effect.address not in drawn:
                drawn[effect.address] = streams.normal(purpose, replicate, n, 1, column)[:, 0]
        z = [drawn[effect.address] for effect in self.effects]
        for members, factor in self._factors:
            block = [z[i] for i in members]
            for row, i in enumerate(members):
                z[i] = _combined(factor[row], block[: row + 1])
        return {
            effect.parameter: effect.values(own, streams, replicate, n)
            for effect, own in zip(self.effects, z, strict=True)
        }

    @cached_property
    def _factors(self) -> tuple[tuple[tuple[int, ...], Floats], ...]:
        """Members and Cholesky factor of each set of correlated effects."""
        return tuple((members, self._factor(members)) for members in self._blocks())

    def _blocks(self) -> Iterator[tuple[int, ...]]:
        """Places of effects that are connected by correlations, in the order of the effects."""
        block = list(range(len(self.effects)))
        for c in self.correlations:
            a, b = (block[self.parameters.index(name)] for name in (c.first, c.second))
            block = [min(a, b) if own in (a, b) else own for own in block]
        for first in sorted(set(block)):
            members = tuple(i for i, own in enumerate(block) if own == first)
            if len(members) > 1:
                yield members

    def _factor(self, members: tuple[int, ...]) -> Floats:
        names = [self.parameters[i] for i in members]
        matrix = np.eye(len(names))
        for c in self.correlations:
            if c.first in names:
                i, j = names.index(c.first), names.index(c.second)
                matrix[i, j] = matrix[j, i] = c.r
        try:
            return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
        except np.linalg.LinAlgError:
            raise InvalidInput(
                f"The correlations of {', '.join(names)} are inconsistent.",
                "Their matrix is not positive definite.",
                "Move them closer to zero.",
            ) from None


def _combined(row: Floats, block: Sequence[Floats]) -> Floats:
    """One row of the Cholesky factor times the draws, term by term.

    A matrix product would round differently in batches of different size.
    """
    return np.asarray(sum(r * z for r, z in zip(row, block, strict=False)))
