"""Letters that a console cannot show, in letters that every console has.

A console of ASCII gets ``10^9/L`` for 10⁹/L and ``ug`` for µg. Letters without such a form are escaped.
"""

from __future__ import annotations

import codecs

NAME = "quotidian.plain"
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_PLAIN = {
    "µ": "u", "μ": "u", "°": "deg", "·": "*", "×": "x", "–": "-", "—": "-", "−": "-", "±": "+-", "≤": "<=",
    "≥": ">=", "…": "...", "‘": "'", "’": "'", "“": "'", "”": "'", "\u00a0": " ", "\u202f": " ", "→": "->",
    "✓": "+", "✕": "x", "Δ": "Delta ",
}  # fmt: skip


def plain(text: str) -> str:
    """The text in ASCII: ``µg·day/mL`` as ug*day/mL, ``²`` as ^2, other letters as Python escapes them."""
    found, raised = "", False
    for letter in text:
        power = letter.translate(_RAISED)
        is_power = power != letter
        found += ("" if raised else "^") + power if is_power else _PLAIN.get(letter, letter)
        raised = is_power
    return found.encode("ascii", errors="backslashreplace").decode("ascii")


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return plain(error.object[error.start : error.end]), error.end


def register() -> str:
    """Register the handler of letters that an encoding lacks; its name, for ``errors`` of a stream."""
    codecs.register_error(NAME, _replaced)
    return NAME
