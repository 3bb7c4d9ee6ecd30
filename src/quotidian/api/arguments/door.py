"""The door of the public calls: arguments of a wrong kind or name are refused in words.

Every call of ``quotidian`` passes here, so that a mistake says what was given, why it cannot be, and what to
write, in place of the error that Python would raise somewhere within.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from quotidian.api.arguments.kinds import ANY, Kind, Unfit, shown
from quotidian.api.arguments.usual import USUAL
from quotidian.errors import InvalidInput, UnknownName, closest

P = ParamSpec("P")
R = TypeVar("R")


def door(label: str = "", /, **kinds: Kind) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Check the arguments of a call before it begins.

    Parameters
    ----------
    label : of the call in messages; by default ``q.`` and its own name, or class and name of a method.
    kinds : by argument, where it is not one of :data:`quotidian.api.arguments.usual.USUAL`.

    An argument without a kind is not checked; ``__kinds__`` of the call has them all.

    Raises InvalidInput for a value of another kind, UnknownName for an argument that there is not.
    """

    def around(call: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(call)
        known = {n: kinds[n] if n in kinds else USUAL.get(n, ANY) for n in signature.parameters}
        own = call.__qualname__
        title = label or (own if "." in own else f"q.{own}")

        @wraps(call)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            bound = _bound(signature, title, args, kwargs)
            for one, value in bound.arguments.items():
                bound.arguments[one] = _read(title, signature.parameters[one], known[one], value)
            return call(*bound.args, **bound.kwargs)

        setattr(checked, "__kinds__", known)  # noqa: B010
        return checked

    return around


def _read(label: str, parameter: inspect.Parameter, kind: Kind, value: Any) -> Any:
    """The value in plain Python. A default is not read: it may stand for "not given"."""
    name = parameter.name
    if parameter.kind is parameter.VAR_POSITIONAL:
        return tuple(_of_kind(f"{label}({shown(one)}) is refused.", "", kind, one) for one in value)
    return _of_kind(f"{label}: {name}={shown(value)} is refused.", f"{name}=", kind, value)


def _of_kind(what: str, place: str, kind: Kind, value: object) -> object:
    try:
        return kind.read(value)
    except Unfit:
        raise InvalidInput(what, f"It must be {kind.words}.", f"Write {place}{kind.example}.") from None


def _bound(
    signature: inspect.Signature, label: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> inspect.BoundArguments:
    """The arguments by name. Raises UnknownName or InvalidInput where they do not fit the signature."""
    names = [n for n in signature.parameters if n != "self"]
    for name in kwargs:
        if name not in signature.parameters:
            raise UnknownName(
                f"{label} has no argument '{name}'.", closest(name, names), f"It takes {', '.join(names)}."
            )
    try:
        return signature.bind(*args, **kwargs)
    except TypeError as error:
        words = str(error)
        raise InvalidInput(
            f"{label}: {words}.", f"It takes {', '.join(names)}.", "Write the arguments by name: name=value."
        ) from None
