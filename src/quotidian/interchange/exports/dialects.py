"""How each program spells names, numbers and operations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from quotidian.interchange.formula import Formula, Name, Number

SUMS, PRODUCTS, POWERS, ATOMS = range(4)
"""How strongly an operation holds its parts together, from weak to strong. A sign counts as a sum: Fortran
takes no two operators in a row."""


@dataclass(frozen=True)
class Dialect:
    """``power`` is a pattern with {0} and {1}; ``functions`` rename; ``clock`` is the time; ``names`` the
    spelling of each quantity."""

    power: str
    clock: str
    names: Mapping[str, str]
    functions: Mapping[str, str]

    def text(self, f: Formula) -> str:
        """A formula in this spelling."""
        return self._text(f)[0]

    def _text(self, f: Formula) -> tuple[str, int]:
        if isinstance(f, Number):
            return number(f.value), ATOMS if f.value >= 0 else SUMS
        if isinstance(f, Name):
            return (self.clock if f.name == "time" else self.names[f.name]), ATOMS
        if f.op == "^":
            return self._power(f.args[0], f.args[1])
        if f.op not in "+-*/":
            return f"{self.functions.get(f.op, f.op)}({self.text(f.args[0])})", ATOMS
        if len(f.args) == 1:
            return (f"-{self._held(f.args[0], PRODUCTS)}", SUMS) if f.op == "-" else self._text(f.args[0])
        if not f.args:
            return number(float(f.op == "*")), ATOMS
        strength = SUMS if f.op in "+-" else PRODUCTS
        first, *others = f.args
        rest = [self._held(a, strength + 1) for a in others]
        return f" {f.op} ".join([self._held(first, strength), *rest]), strength

    def _power(self, base: Formula, exponent: Formula) -> tuple[str, int]:
        if "(" in self.power:
            return self.power.format(self.text(base), self.text(exponent)), ATOMS
        return self.power.format(self._held(base, ATOMS), self._held(exponent, ATOMS)), POWERS

    def _held(self, f: Formula, least: int) -> str:
        text, strength = self._text(f)
        return text if strength >= least else f"({text})"


def number(value: float) -> str:
    """A number that no program takes for a whole one: 3.0, 1.5e-07."""
    text = repr(float(value))
    return text if "." in text or "e" not in text else text.replace("e", ".0e")


def spelled(names: Iterable[str], kept: frozenset[str]) -> dict[str, str]:
    """Names as words of C and of R: letters first, no word of the program, no two that differ by case."""
    found: dict[str, str] = {}
    taken = {k.lower() for k in kept}
    for name in names:
        word = re.sub(r"\W", "_", name, flags=re.ASCII)
        word = word if word[:1].isalpha() else f"x{word}"
        wanted, count = word, 1
        while wanted.lower() in taken:
            count += 1
            wanted = f"{word}_{count}"
        taken.add(wanted.lower())
        found[name] = wanted
    return found
