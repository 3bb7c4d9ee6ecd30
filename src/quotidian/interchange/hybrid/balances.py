"""Algebraic rules: each is solved for the one quantity that nothing else in the file determines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from quotidian.errors import InvalidInput
from quotidian.interchange.contents import Balance, Contents
from quotidian.interchange.formula import Apply, Formula, Name, Number, names, substituted, written

ZERO, ONE = Number(0.0), Number(1.0)


def balanced(c: Contents) -> Contents:
    """Algebraic rules as assignment rules.

    Raises InvalidInput for a rule in which no quantity is left to be determined, or none in a linear way.
    """
    rules = dict(c.rules)
    fired = {name for event in c.events for name in event.changes}
    for balance in _easiest_first(c):
        full = _in_full(balance.formula, rules)
        unknowns = [
            name
            for name in names(full)
            if name in c.quantities
            and not c.quantities[name].constant
            and name not in rules
            and name not in c.rates
        ]
        for name in sorted(unknowns, key=lambda n: (n in fired, _is_boundary(c, n))):
            parts = linear(full, name)
            if parts is not None and parts[0] != ZERO:
                rules[name] = -parts[1] / parts[0]
                break
        else:
            raise _unsolved(balance, unknowns)
        if name in fired:
            raise InvalidInput(
                f"The {balance.where} determines '{name}', which an event assigns as well.",
                "The file does not state which value applies after the event.",
                "Let only one of them determine it.",
            )
    return replace(c, rules=rules, balances=())


def _is_boundary(c: Contents, name: str) -> bool:
    """Whether it is a species that reactions leave alone: it is given rather than determined."""
    return c.quantities[name].kind == "species" and c.quantities[name].fixed


def _easiest_first(c: Contents) -> Iterator[Balance]:
    """Those with the fewest unknowns first."""

    def unknowns(b: Balance) -> int:
        free = (n for n in names(_in_full(b.formula, c.rules)) if n in c.quantities)
        return sum(1 for n in free if not c.quantities[n].constant and n not in c.rates)

    yield from sorted(c.balances, key=unknowns)


def _in_full(formula: Formula, rules: Mapping[str, Formula]) -> Formula:
    return substituted(formula, lambda n: _in_full(rules[n], rules) if n in rules else None)


def _unsolved(balance: Balance, unknowns: list[str]) -> InvalidInput:
    if not unknowns:
        return InvalidInput(
            f"The {balance.where} determines nothing.",
            f"Every quantity of 0 = {written(balance.formula)[:120]} has a rate or a rule, or is constant.",
            "Remove it, or leave one of its quantities to it.",
        )
    return InvalidInput(
        f"The {balance.where} cannot be solved for {' or '.join(repr(n) for n in unknowns[:4])}.",
        f"It is 0 = {written(balance.formula)[:120]}, which is not linear in that quantity.",
        "Solve it by hand, and write an assignment rule.",
    )


def linear(formula: Formula, x: str) -> tuple[Formula, Formula] | None:
    """Slope and rest of a formula that is linear in ``x``; None where it is not."""
    if x not in names(formula):
        return ZERO, formula
    if isinstance(formula, Name):
        return ONE, ZERO
    assert isinstance(formula, Apply)
    parts = [linear(a, x) for a in formula.args]
    if any(p is None for p in parts):
        return None
    known = [p for p in parts if p is not None]
    match formula.op:
        case "+":
            return _sum([s for s, _ in known]), _sum([r for _, r in known])
        case "-" if len(known) == 1:
            return _negative(known[0][0]), _negative(known[0][1])
        case "-":
            (s, r), (t, q) = known
            return _sum([s, _negative(t)]), _sum([r, _negative(q)])
        case "*":
            moving = [i for i, (s, _) in enumerate(known) if s != ZERO]
            if len(moving) > 1:
                return None
            others = [r for i, (_, r) in enumerate(known) if i not in moving]
            s, r = known[moving[0]]
            return _product([s, *others]), _product([r, *others])
        case "/" if known[1][0] == ZERO:
            (s, r), (_, below) = known
            return (ZERO if s == ZERO else s / below), (ZERO if r == ZERO else r / below)
    return None


def _sum(terms: list[Formula]) -> Formula:
    kept = [t for t in terms if t != ZERO]
    return ZERO if not kept else kept[0] if len(kept) == 1 else Apply("+", tuple(kept))


def _product(factors: list[Formula]) -> Formula:
    if ZERO in factors:
        return ZERO
    kept = [f for f in factors if f != ONE]
    return ONE if not kept else kept[0] if len(kept) == 1 else Apply("*", tuple(kept))


def _negative(x: Formula) -> Formula:
    return Number(-x.value) if isinstance(x, Number) else -x
