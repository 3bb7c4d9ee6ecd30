"""Print a law: it is called with SymPy symbols and keeps the order in which it is written."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from math import isclose, pi
from typing import Any

from quotidian.network.flux import Law, Use, call, formula

LONGEST = 60
"""Most operations of a law that is printed from its arithmetic; a longer one, such as a series, is printed
as its docstring states it, in the symbols of the page."""

_MATH = re.compile(r":math:`([^`]*)`")


def expression(use: Use) -> Any:
    """The law as a SymPy expression, with its arguments as symbols.

    Terms and factors keep the order of the law. Numbers become exact
    (``6.283185307179586`` is :math:`2\\pi`).
    """
    import sympy

    with sympy.evaluate(False):
        result = call(use, {a.name: sympy.Symbol(a.name) for a in use.arguments})
        return _tidy(sympy.sympify(result))


def latex(use: Use, symbols: Mapping[str, str]) -> str:
    """The law as LaTeX, with ``symbols`` by name of argument."""
    import sympy

    law = expression(use)
    stated = _MATH.findall(formula(use.law))
    if sum(1 for _ in sympy.preorder_traversal(law)) > LONGEST and stated:
        return _plain(_renamed(stated[-1], use, symbols))
    names = {sympy.Symbol(a.name): symbols[a.name] for a in use.arguments}
    settings = {"order": "none", "symbol_names": names, "fold_func_brackets": True, "ln_notation": True}
    return _plain(_printer()(settings).doprint(law))


def _renamed(stated: str, use: Use, symbols: Mapping[str, str]) -> str:
    """The formula of a docstring with the symbols of the arguments in place of the law's own names."""
    names = inspect.signature(use.law).parameters
    own = {name: symbols[a.name] for name, a in zip(names, use.arguments, strict=False)}
    longest_first = sorted(own, key=len, reverse=True)
    written = {name: re.sub(r"_(\w{2,})$", r"_\\{?\1\\}?", name) for name in longest_first}
    pattern = "|".join(f"(?P<n{i}>{written[name]})" for i, name in enumerate(longest_first))

    def symbol(found: re.Match[str]) -> str:
        return own[longest_first[int((found.lastgroup or "n0")[1:])]]

    renamed = re.sub(rf"(?<![\w\\])(?:{pattern})(?!\w|(?<=e)\^)", symbol, stated)
    return re.sub(r"(?<![\w\\])e\^", r"\\mathrm{e}^", renamed)


def words(law: Law) -> str:
    """The words of a law's docstring before its formula: ``Net association, mass action``."""
    return formula(law).split(":math:")[0].strip(" ,:")


@cache
def _printer() -> Any:
    """SymPy's printer with an upright e, so that a model may have a quantity of that name."""
    from sympy.printing.latex import LatexPrinter

    class Printer(LatexPrinter):  # type: ignore[misc]
        def _print_ExpBase(self, x: Any, exp: Any = None) -> str:
            text: str = super()._print_ExpBase(x, exp)
            return text.replace("e^{", r"\mathrm{e}^{", 1)

    return Printer


def _tidy(x: Any) -> Any:
    """Make numbers exact, and nested sums one sum."""
    if x.is_Float:
        return _exact(x)
    if not x.args:
        return x
    parts = [_tidy(part) for part in x.args]
    if x.is_Add:
        parts = [term for part in parts for term in (part.args if part.is_Add else (part,))]
    return x.func(*parts, evaluate=False)


def _exact(x: Any) -> Any:
    import sympy

    number = float(x)
    turns = Fraction(number / pi).limit_denominator(12)
    if number.is_integer():
        return sympy.Integer(int(number))
    if turns and isclose(float(turns) * pi, number, rel_tol=1e-15):
        return sympy.Mul(sympy.Rational(turns.numerator, turns.denominator), sympy.pi, evaluate=False)
    return x


def _plain(text: str) -> str:
    """Remove what Markdown would interpret."""
    return re.sub(r"\\[,;:!]", " ", text).replace("*", r"\ast ")
