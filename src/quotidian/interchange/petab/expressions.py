"""Mathematical expressions of PEtab as formulas.

The grammar is that of PEtab 2 (also read in version 1). From weak to strong, operators are ``&&`` and ``||``
(equally strong, from the left), comparisons, ``+ -``, ``* /``, signs and ``!``, and ``^`` (from the right).
True is 1 and false is 0, wherever a number is wanted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from quotidian.errors import InvalidData
from quotidian.interchange.formula import Apply, Formula, Name, Number, evaluate, folded
from quotidian.interchange.functions import FUNCTIONS, log, truth

DEEPEST = 60
"""Levels of brackets: far more than a formula has, far less than the stack."""
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<sign>&&|\|\||==|!=|<=|>=|[<>+\-*/^!(),])|(?P<end>$))",
    re.ASCII,
)
_WORDS: Mapping[str, float] = {"true": 1.0, "false": 0.0, "inf": math.inf, "nan": math.nan}
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("&&", "||"),
    ("<", "<=", ">", ">=", "==", "!="),
    ("+", "-"),
    ("*", "/"),
)
_LOGIC = {"&&": "and", "||": "or"}


def _piecewise(*args: Formula) -> Formula:
    if len(args) % 2 == 0:
        raise TypeError
    return Apply("piecewise", tuple(truth(a) if i % 2 else a for i, a in enumerate(args)))


def _sign(x: Formula) -> Formula:
    return Apply("piecewise", (-1.0, Apply("<", (x, 0.0)), 1.0, Apply("<", (Number(0.0), x)), 0.0))


_CALLS: Mapping[str, Callable[..., Formula]] = {
    **{name.lower(): build for name, build in FUNCTIONS.items() if name.startswith(("ARC", "MIN", "MAX"))},
    **{
        name: FUNCTIONS[name.upper()]
        for name in "exp abs sin cos tan cot sec csc sinh cosh tanh coth sech csch".split()
    },
    "pow": lambda a, b: a**b,
    "sqrt": lambda a: Apply("sqrt", (a,)),
    "ln": log,
    "log": log,
    "log2": lambda a: log(a) / math.log(2.0),
    "log10": lambda a: log(a) / math.log(10.0),
    "sign": _sign,
    "piecewise": _piecewise,
}


def parsed(text: str, where: str) -> Formula:
    """A text as a formula.

    Parameters
    ----------
    where : how a message names the place, such as ``noiseFormula (line 2 of observables.tsv)``.

    Raises InvalidData for what is no expression, with the place in the text.
    """
    return _Parser(text, where).whole()


def calculated(text: str) -> float:
    """The value of an expression without names. Raises InvalidData for one with names, or for none."""
    try:
        return float(evaluate(parsed(text, "the expression"), {}))
    except KeyError as name:
        raise InvalidData(f"'{text}' has no value.", f"It reads {name}.", "Write a number there.") from None


@dataclass
class _Parser:
    """Reads one text from the left; ``at`` is the place of the token, ``next`` that of the one after."""

    text: str
    where: str
    at: int = 0
    next: int = 0
    kind: str = ""
    token: str = ""
    depth: int = 0

    def whole(self) -> Formula:
        """The formula of the whole text."""
        self._advance()
        found = self._level(0)
        if self.kind != "end":
            raise self._refused(f"'{self.token}' is not expected there")
        return found

    def _advance(self) -> None:
        match = _TOKEN.match(self.text, self.next)
        if match is None:
            self.at = self.next
            raise self._refused(f"'{self.text[self.next :].strip()[:10]}' cannot be read")
        self.kind = str(match.lastgroup)
        self.token, self.at, self.next = match[self.kind], match.start(self.kind), match.end()

    def _level(self, level: int) -> Formula:
        if level == len(_LEVELS):
            return self._signed()
        found = self._level(level + 1)
        while self.kind == "sign" and self.token in _LEVELS[level]:
            op = self.token
            self._advance()
            sides = found, self._level(level + 1)
            if op in _LOGIC:
                sides = truth(sides[0]), truth(sides[1])
            found = folded(Apply(_LOGIC.get(op, op), sides))
        return found

    def _signed(self) -> Formula:
        signs = []
        while self.kind == "sign" and self.token in ("+", "-", "!"):
            signs.append(self.token)
            self._advance()
        found = self._power()
        for sign in reversed(signs[-DEEPEST:] if len(signs) <= DEEPEST else self._too_deep()):
            if sign != "+":
                found = folded(Apply("not", (truth(found),)) if sign == "!" else -found)
        return found

    def _power(self) -> Formula:
        base = self._atom()
        if self.kind == "sign" and self.token == "^":
            self._advance()
            self._deeper()
            exponent = self._signed()
            self.depth -= 1
            return folded(base**exponent)
        return base

    def _atom(self) -> Formula:
        kind, token = self.kind, self.token
        if kind == "number":
            self._advance()
            return Number(float(token))
        if kind == "name":
            self._advance()
            if self.kind == "sign" and self.token == "(":
                return self._call(token)
            return Number(_WORDS[token]) if token in _WORDS else Name(token)
        if token != "(":
            raise self._refused("a number, a name or a bracket is missing" if kind == "end" else
                                f"'{token}' is not expected there")  # fmt: skip
        return self._bracket()[0]

    def _bracket(self) -> list[Formula]:
        """What stands between brackets, separated by commas."""
        self._deeper()
        self._advance()
        found = [self._level(0)]
        while self.kind == "sign" and self.token == ",":
            self._advance()
            found.append(self._level(0))
        if self.token != ")":
            raise self._refused("a bracket is not closed")
        self._advance()
        self.depth -= 1
        return found

    def _call(self, name: str) -> Formula:
        if name not in _CALLS:
            raise self._refused(f"there is no function '{name}'")
        arguments = self._bracket()
        try:
            return folded(_CALLS[name](*arguments))
        except TypeError:
            raise self._refused(f"'{name}' does not take {len(arguments)} arguments") from None

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            self._too_deep()

    def _too_deep(self) -> list[str]:
        raise self._refused(f"it has more than {DEEPEST} levels")

    def _refused(self, why: str) -> InvalidData:
        return InvalidData(
            f"{self.where} cannot be read: {self.text.strip()[:80]!r}.",
            f"At character {self.at + 1}, {why}.",
            "Write it in the mathematics of PEtab: + - * / ^, comparisons, && || !, exp, log, piecewise.",
        )
