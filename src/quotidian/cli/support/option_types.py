"""Options as numbers: what is not one, or lies outside its range, is refused with an example."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from quotidian.errors import InvalidQuantity
from quotidian.units import plain_number

T = TypeVar("T")
MOST_THREADS = 1024
MOST_DIGITS = 19


def maybe(read: Callable[[str, str, str], T], option: str, text: str | None, example: str) -> T | None:
    """Read an option that may be left out."""
    return None if text is None else read(option, text, example)


def number(option: str, text: str, example: str, most: float = math.inf) -> float:
    """A finite number above zero and up to ``most``.

    Raises
    ------
    InvalidQuantity : the text is not such a value.
    """
    value = plain_number(text)
    if not (math.isfinite(value) and 0 < value <= most):
        limit = "" if most == math.inf else f" and up to {most:g}"
        why = f"It takes a number above zero{limit}, without unit."
        raise InvalidQuantity(f"{option} cannot be '{text}'.", why, f"Write for example {option} {example}.")
    return value


def whole(option: str, text: str, example: str, least: int = 1, most: int | None = None) -> int:
    """A whole number from ``least`` up to ``most``, or up to 19 digits.

    Raises
    ------
    InvalidQuantity : the text is not such a value.
    """
    digits = text.strip().removeprefix("+")
    read = digits.isascii() and digits.isdigit()
    long = read and len(digits) > MOST_DIGITS
    if not read or long or not least <= int(digits) <= (int(digits) if most is None else most):
        open_end = f"up, of at most {MOST_DIGITS} digits" if long else "up"
        end = open_end if most is None else f"to {most:,}"
        raise InvalidQuantity(
            f"{option} cannot be '{text}'.",
            f"It takes a whole number from {least} {end}.",
            f"Write for example {option} {example}.",
        )
    return int(digits)


def threads(text: str | None) -> int | None:
    """The option ``--threads``, if it is given: up to ``MOST_THREADS``; errors as :func:`whole`."""
    count = maybe(whole, "--threads", text, "2")
    if count is not None and count > MOST_THREADS:
        raise InvalidQuantity(
            f"--threads cannot be {count:,}.",
            f"It takes 1 to {MOST_THREADS:,}; more than there are processors gains nothing.",
            "Leave it out to use all processors.",
        )  # fmt: skip
    return count


def wholes(option: str, text: str, example: str) -> list[int]:
    """Whole numbers comma-separated, each once, ascending; errors as :func:`whole`."""
    parts = [part for part in text.split(",") if part.strip()] or [text]
    try:
        return sorted({whole(option, part, example) for part in parts})
    except InvalidQuantity:
        why = "It takes whole numbers from 1 up, comma-separated."
        raise InvalidQuantity(
            f"{option} cannot be '{text}'.", why, f"Write for example {option} {example}."
        ) from None


def whole_from_zero(option: str, text: str, example: str, most: int | None = None) -> int:
    """A whole number of at least zero; errors as :func:`whole`."""
    return whole(option, text, example, least=0, most=most)


def interval(option: str, text: str, example: str) -> float:
    """A length of time above zero, in hours, from a text such as ``1h``, ``15 min`` or ``1 day``.

    Raises
    ------
    InvalidQuantity : the text is not such a value.
    """
    from quotidian.dosing.durations import hours

    try:
        value = hours(text)
    except InvalidQuantity as error:
        raise _unread(option, error, example) from None
    if value <= 0:
        what = f"{option} cannot be '{text}'."
        raise InvalidQuantity(
            what, "Time between two outputs must be above zero.", f"Write for example {option} {example}."
        )
    return value


def _unread(option: str, error: InvalidQuantity, example: str) -> InvalidQuantity:
    return InvalidQuantity(f"{option}: {error.what}", error.why, f"Write for example {option} {example}.")


def days(option: str, text: str) -> list[float]:
    """Days comma-separated, such as ``30,90``; nothing for an empty text.

    Raises
    ------
    InvalidQuantity : one of them is not a number.
    """
    found = [plain_number(day) for day in text.split(",") if day.strip()]
    if not all(map(math.isfinite, found)):
        why = "It takes days from the first dose, comma-separated."
        raise InvalidQuantity(f"{option} cannot be '{text}'.", why, f"Write for example {option} 30,90.")
    return found
