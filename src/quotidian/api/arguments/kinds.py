"""What an argument of a public call may be: each kind reads a value, or refuses it in words."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np

LONGEST = 40
"""Characters of a value that a message shows in full; of a longer one it names the type."""


class Unfit(Exception):
    """A value that is not of a kind."""


@dataclass(frozen=True)
class Kind:
    """A kind of argument.

    Parameters
    ----------
    words : what it is, to follow "It must be". example : a value in the notation of Python, for the remedy.
    read : the value in plain Python; raises Unfit.
    """

    words: str
    example: str
    read: Callable[[Any], Any]

    def such_as(self, example: str) -> Kind:
        """The same kind with a text as its example."""
        return replace(self, example=repr(example))


def shown(value: object) -> str:
    """A value as a message shows it: itself if it is short, otherwise its type."""
    text = repr(value)
    if len(text) <= LONGEST and "\n" not in text and " object at " not in text:
        return text
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def either(words: str, example: str, *kinds: Kind) -> Kind:
    """A value of any of these kinds, the first that fits."""

    def read(value: object) -> object:
        for kind in kinds:
            with suppress(Unfit):
                return kind.read(value)
        raise Unfit

    return Kind(words, example, read)


def optional(kind: Kind) -> Kind:
    """A value of a kind, or None."""
    return Kind(f"None, or {kind.words}", kind.example, lambda v: None if v is None else kind.read(v))


def whole(least: int, most: int | None = None, example: int = 1) -> Kind:
    """A whole number in a range, also one of NumPy."""

    def read(value: Any) -> int:
        plain = not isinstance(value, bool | np.bool_) and isinstance(value, Integral)
        if not plain or int(value) < least or int(value) > (value if most is None else most):
            raise Unfit
        return int(value)

    words = f"a whole number from {least}" + ("" if most is None else f" to {most:,}")
    return Kind(words, str(max(least, example)), read)


def number(example: str = "1.0", *, above: float = -math.inf, below: float = math.inf) -> Kind:
    """A finite number strictly between two ends, also one of NumPy."""

    def read(value: Any) -> float:
        plain = not isinstance(value, bool | np.bool_) and isinstance(value, Real)
        if not plain or not math.isfinite(value) or not above < value < below:
            raise Unfit
        return float(value)

    ends = [f"above {above:g}"] * math.isfinite(above) + [f"below {below:g}"] * math.isfinite(below)
    return Kind(f"a number {' and '.join(ends)}".strip(), example, read)


def instance(words: str, example: str, *types: type) -> Kind:
    """A value of some types."""

    def read(value: object) -> object:
        if not isinstance(value, types):
            raise Unfit
        return value

    return Kind(words, example, read)


def sequence(of: Kind, words: str, example: str, least: int = 0) -> Kind:
    """A list, tuple, array or other sequence of values of a kind, as a list."""

    def read(value: object) -> list[object]:
        found = [of.read(one) for one in _items(value)]
        if len(found) < least:
            raise Unfit
        return found

    return Kind(words, example, read)


def _items(value: Any) -> list[Any]:
    """What a sequence holds; a text, a mapping, a table, and a set, which has no order, are none."""
    plain = value.tolist() if isinstance(value, np.ndarray) else value
    if isinstance(plain, str | bytes | Mapping | Set) or hasattr(plain, "columns"):
        raise Unfit
    if not hasattr(plain, "__iter__"):
        raise Unfit
    return list(plain)


def mapping(of: Kind, words: str, example: str, least: int = 0) -> Kind:
    """Values of a kind by name."""

    def read(value: object) -> dict[str, object]:
        if not isinstance(value, Mapping) or len(value) < least:
            raise Unfit
        if not all(isinstance(name, str) for name in value):
            raise Unfit
        return {name: of.read(one) for name, one in value.items()}

    return Kind(words, example, read)


def _path(value: object) -> Path:
    if not isinstance(value, str | os.PathLike) or not os.fspath(value):
        raise Unfit
    return Path(value)


ANY = Kind("any value", "...", lambda value: value)
TEXT = instance("a text", "'...'", str)
FLAG = instance("True or False", "True", bool, np.bool_)
PATH = Kind("the path of a file, as a text or a pathlib.Path", "'file'", _path)


def text(words: str, example: str) -> Kind:
    """A text of some content."""
    return instance(words, f"{example!r}", str)


def path(words: str, example: str) -> Kind:
    """The path of something."""
    return Kind(words, f"{example!r}", _path)


def texts(words: str, example: str, least: int = 0) -> Kind:
    """A list of texts."""
    return sequence(TEXT, words, example, least)
