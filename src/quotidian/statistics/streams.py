"""Addressed random streams: a draw depends on its address, not on the batch or the order of subjects."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidCall, InvalidInput
from quotidian.statistics.normal import normal_quantile

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Words = NDArray[np.uint64]
WordSource: TypeAlias = Callable[[Words, Integers, Integers, Integers, Integers], Words]
"""Computes the words of rows, one row after another: (keys [generator, 2]; of each row the place of its
generator, its subject, first column and number of columns)."""

_LIMIT = 2**63
_EMPTY = [0, 0, 0, 0]  # a buffer of four words, all of them used up
_OWN = threading.local()
_GAP = 4096  # drawing and dropping more words costs more than setting the generator again


@dataclass(frozen=True, slots=True)
class Streams:
    """The random numbers of a study, addressed by (purpose, replicate, subject, column).

    A draw is a pure function of the seed and that address: the arm, the batch, the order, the number of other
    subjects and of other columns do not enter. Arms that use the same address have common random numbers, so
    that their contrast is free of the variability that they share.

    One Philox 4x64-10 generator (Salmon JK et al. Parallel random numbers: as easy as 1, 2, 3. SC 2011,
    doi 10.1145/2063384.2063405) per (seed, replicate, purpose), keyed by BLAKE2b; its second counter word is
    the column, its first runs over the subjects, one 64-bit word each.

    Parameters
    ----------
    seed : whole number from 0 to 2**63 - 1.
    source : computes the words faster than NumPy does, such as machine code; it changes no number.

    Raises
    ------
    InvalidInput if the seed is anything else.
    """

    seed: int
    source: WordSource | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not _whole(self.seed):
            raise InvalidInput(
                f"The seed {self.seed!r} cannot be used.",
                "A seed is a whole number from 0 to 2**63 - 1.",
                "Give such a number, for example 1.",
            )

    def uniform(
        self, purpose: str, replicate: int | Integers, subjects: Sequence[int] | Integers,
        width: int = 1, first: int = 0,
    ) -> Floats:  # fmt: skip
        """Return uniform draws, strictly between 0 and 1, [subject, width], dimensionless.

        Parameters
        ----------
        purpose : what the numbers are for, such as "severity" or "noise.crp".
        replicate : number of the replicate trial, from 0; of all subjects, or [subject].
        subjects : numbers of the subjects, from 0, in any order.
        width : draws per subject; a wider draw begins with the narrower one.
        first : number of the first of them; the draws before it are passed over at no cost.

        Raises
        ------
        InvalidCall for an address that is not of this kind.
        """
        if isinstance(replicate, np.ndarray) or self.source is not None:
            return self._of_several(purpose, replicate, np.asarray(subjects), width, first)
        _check(purpose, replicate, width)
        _check(purpose, replicate, first)
        return _unit(_drawn(_key(self.seed, replicate, purpose), _numbers(subjects), width, first))

    def uniform_of_each(
        self, purpose: str, replicate: int | Integers, subjects: Integers, width: Integers
    ) -> Floats:
        """Return uniform draws of as many columns as each subject needs, one subject after another.

        Those of a subject are the first ``width`` of its row in :meth:`uniform`.

        Parameters
        ----------
        replicate : as in :meth:`uniform`. subjects, width : [subject].
        """
        return self._rows(purpose, replicate, subjects, np.zeros(len(subjects), dtype=np.int64), width)

    def uniform_at(
        self, purpose: str, replicate: int | Integers, subjects: Integers, column: Integers
    ) -> Floats:
        """Return one uniform draw of each address, [address]: that of a subject in one column."""
        return self._rows(purpose, replicate, subjects, column, np.ones(len(subjects), dtype=np.int64))

    def _of_several(
        self, purpose: str, replicate: int | Integers, subjects: Integers, width: int, first: int
    ) -> Floats:
        _check(purpose, 0, width)
        _check(purpose, 0, first)
        columns = (np.full(subjects.shape, number, dtype=np.int64) for number in (first, width))
        return self._rows(purpose, replicate, subjects, *columns).reshape(len(subjects), width)

    def _rows(
        self, purpose: str, replicate: int | Integers, subjects: Integers, first: Integers, width: Integers
    ) -> Floats:
        if not isinstance(replicate, np.ndarray):
            _check(purpose, replicate, 0)
            replicate = np.full(len(subjects), replicate)
        if replicate.shape != subjects.shape:
            raise InvalidCall(
                f"Random numbers were requested for {subjects.size} subjects of {replicate.size} replicates.",
                "Each subject is of one replicate.",
                "Give one replicate for all of them, or an array with one for each.",
            )
        numbers, (each, place) = _numbers(subjects), _distinct(replicate)
        for r in each:
            _check(purpose, r, 0)
        keys = np.array([_key(self.seed, r, purpose) for r in each], dtype=np.uint64).reshape(-1, 2)
        return _unit((self.source or _by_numpy)(keys, place, numbers, first, width))

    def normal(
        self, purpose: str, replicate: int | Integers, subjects: Sequence[int] | Integers,
        width: int = 1, first: int = 0,
    ) -> Floats:  # fmt: skip
        """Return standard normal draws, [subject, width]: the normal quantiles of :meth:`uniform`."""
        return normal_quantile(self.uniform(purpose, replicate, subjects, width, first))


def _key(seed: int, replicate: int, purpose: str) -> list[int]:
    """Two 64-bit words that name a generator; the same on every machine."""
    digest = blake2b(f"{seed}/{replicate}/{purpose}".encode(), digest_size=16).digest()
    return [int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")]


def _distinct(replicate: Integers) -> tuple[list[int], Integers]:
    """The replicates, and the place of each subject's own among them."""
    if np.all(replicate[1:] >= replicate[:-1]):  # as in a trial; sorting them again would take longer
        begins = np.concatenate([np.ones(min(len(replicate), 1), bool), replicate[1:] > replicate[:-1]])
        return replicate[begins].tolist(), np.cumsum(begins) - 1
    each, place = np.unique(replicate, return_inverse=True)
    return each.tolist(), place.astype(np.int64)


def _by_numpy(keys: Words, place: Integers, subject: Integers, first: Integers, width: Integers) -> Words:
    """The words of rows, by NumPy's generator: those of one generator and first column together."""
    found = np.empty(int(width.sum()), dtype=np.uint64)
    begins, order = np.cumsum(width) - width, np.lexsort((first, place))
    new = (np.diff(place[order]) != 0) | (np.diff(first[order]) != 0)
    for own in np.split(order, np.flatnonzero(new) + 1) if len(order) else ():
        columns = np.arange(int(width[own].max()))
        table = _drawn(keys[place[own[0]]].tolist(), subject[own], len(columns), int(first[own[0]]))
        within = columns < width[own, None]
        found[(begins[own, None] + columns)[within]] = table[within]
    return found


def _drawn(key: list[int], asked: Integers, width: int, first: int) -> Words:
    """Words of subjects in any order, [subject, width], of the columns from ``first`` on."""
    ascend = bool(np.all(asked[1:] > asked[:-1]))
    numbers, place = (asked, slice(None)) if ascend else np.unique(asked, return_inverse=True)
    drawn = np.empty((numbers.size, width), dtype=np.uint64)
    for run in _runs(numbers):
        start = int(numbers[run][0])
        within = numbers[run] - start
        count = int(within[-1]) + 1
        for column, words in enumerate(_words(key, range(first, first + width), start, count)):
            drawn[run, column] = words if count == len(within) else words[within]
    return drawn[place]


def _words(key: list[int], columns: range, first: int, count: int) -> Iterator[Words]:
    """The words of subjects first, first + 1, ..., count of them, column by column; four words a counter."""
    skip, generator, counter = first % 4, _generator(), [first // 4, 0, 0, 0]
    whole: Any = {
        "bit_generator": "Philox", "state": {"counter": counter, "key": key},
        "buffer": _EMPTY, "buffer_pos": len(_EMPTY), "has_uint32": 0, "uinteger": 0,
    }  # fmt: skip
    for column in columns:
        counter[1] = column
        generator.state = whole
        yield generator.random_raw(skip + count)[skip:]


def _generator() -> np.random.Philox:
    """This thread's generator: its whole state is set before each draw, a new one would ask for entropy."""
    if not hasattr(_OWN, "generator"):
        _OWN.generator = np.random.Philox(0)
    found: np.random.Philox = _OWN.generator
    return found


def _unit(words: NDArray[np.uint64]) -> Floats:
    r"""Words to the open unit interval: :math:`u = (\lfloor w / 2^{12} \rfloor + 1/2)\, 2^{-52}`, exact."""
    return np.asarray((words >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def _runs(numbers: Integers) -> Iterator[slice]:
    """Stretches of sorted numbers without a wide gap, so that distant numbers cost nothing to reach."""
    if numbers.size and numbers[-1] - numbers[0] < numbers.size + _GAP:
        yield slice(None)
    elif numbers.size:
        cuts = (np.flatnonzero(np.diff(numbers) > _GAP) + 1).tolist()
        yield from (slice(a, b) for a, b in zip([0, *cuts], [*cuts, numbers.size], strict=True))


def _numbers(subjects: Sequence[int] | Integers) -> Integers:
    """Return the subjects' numbers as an array of whole numbers, or refuse them."""
    numbers = np.asarray(subjects)
    if numbers.size == 0:
        return np.empty(0, dtype=np.int64)
    if numbers.ndim != 1 or numbers.dtype.kind not in "iu" or numbers.min() < 0 or numbers.max() >= _LIMIT:
        raise InvalidCall(
            "Random numbers were requested for subjects without a number.",
            "Subjects are numbered 0, 1, 2, ... in a flat list of whole numbers below 2**63.",
            "Pass range(n), or the numbers of the subjects.",
        )
    return numbers.astype(np.int64)


def _check(purpose: str, replicate: int, width: int) -> None:
    if not (isinstance(purpose, str) and purpose and _whole(replicate) and _whole(width)):
        raise InvalidCall(
            f"No stream has the address purpose={purpose!r}, replicate={replicate!r}, width={width!r}.",
            "A purpose is a text that is not empty; replicate and width are whole numbers from 0.",
            'Ask for example for uniform("traits", 0, range(112), 3).',
        )


def _whole(value: object) -> bool:
    """Whether a value is a whole number from 0 to 2**63 - 1 (true and false are not numbers)."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    return whole and 0 <= value < _LIMIT  # type: ignore[operator]
