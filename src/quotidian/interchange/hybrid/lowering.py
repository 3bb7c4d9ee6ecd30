r"""Rewrite the contents of a file until rates, rules and events are all that is left of it.

Reactions become rates: :math:`\dot n_s = \sum_r \pm \nu_{rs} f_s v_r`, and :math:`\dot c_s = \dot n_s / V`
for a concentration in a space of constant size. In a space that changes its size the amount is the state, and
the concentration the rule :math:`c_s = n_s / V`; so growth dilutes, and what events assign to a concentration
is assigned to its amount.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from quotidian.errors import InvalidInput
from quotidian.interchange.contents import Contents, Event, Quantity
from quotidian.interchange.formula import Apply, Formula, Name, Number, names, parts


def lowered(contents: Contents) -> Contents:
    """The same system without reactions, conversion factors, spaces that change, and ``rateOf``.

    Raises InvalidInput for a rate of what has none.
    """
    return _with_rates_of(_with_amounts(_without_reactions(contents), frozenset(contents.rates)))


def amount_of(species: str) -> str:
    """The quantity that holds the amount of a species; no file can have an id with a space in it."""
    return f"amount of {species}"


def changing_spaces(c: Contents) -> frozenset[str]:
    """Compartments whose size is not constant, and which hold a species that is a concentration."""
    spaces = {q.space for q in c.quantities.values() if q.space is not None}
    changed = {*c.rates, *c.rules, *(name for event in c.events for name in event.changes)}
    balanced = {name for b in c.balances for name in names(b.formula) if not c.quantities[name].constant}
    return frozenset(spaces & (changed | balanced))


def _without_reactions(c: Contents) -> Contents:
    """Reactions as rules for their rates, and as rates of amounts."""
    rates: dict[str, list[Formula]] = {}
    for reaction in c.reactions:
        for species, count in reaction.net:
            if not c.quantities[species].fixed:
                factor = [Name(c.factors[species])] if species in c.factors else []
                term = _product([count, *factor, Name(reaction.id)])
                rates.setdefault(species, []).append(term)
    named = {r.id: Quantity(r.id, "rate", r.label, None) for r in c.reactions}
    changing = changing_spaces(c)
    found: dict[str, Formula] = {}
    for species, terms in rates.items():
        total = terms[0] if len(terms) == 1 else Apply("+", tuple(terms))
        space = c.quantities[species].space
        found[species] = total if space is None or space in changing else total / Name(space)
    return replace(
        c,
        quantities={**c.quantities, **named},
        rules={**c.rules, **{r.id: r.law for r in c.reactions}},
        rates={**c.rates, **found},
        reactions=(),
    )


def _product(factors: list[Formula]) -> Formula:
    """Factors without ones; a count of -1 as a sign."""
    flat = [f for factor in factors for f in _factors(factor)]
    others: list[Formula] = [f for f in flat if not isinstance(f, Number)]
    literal = 1.0
    for f in flat:
        literal *= f.value if isinstance(f, Number) else 1.0
    if literal not in (1.0, -1.0) or not others:
        others.insert(0, Number(abs(literal)))
    product = others[0] if len(others) == 1 else Apply("*", tuple(others))
    return -product if literal < 0 else product


def _factors(f: Formula) -> tuple[Formula, ...]:
    return f.args if isinstance(f, Apply) and f.op == "*" else (f,)


def _with_amounts(c: Contents, stated: frozenset[str]) -> Contents:
    """Amounts as the states of species in spaces that change.

    What has a ``stated`` rate keeps it: the rate is that of what the id means.
    """
    changing = changing_spaces(c)
    held = {
        q.id: q.space
        for q in c.quantities.values()
        if q.space in changing and q.id not in c.rules and q.id not in stated
    }
    quantities, rules, rates = dict(c.quantities), dict(c.rules), dict(c.rates)
    for name, space in held.items():
        q, size, amount = c.quantities[name], Name(str(space)), amount_of(name)
        start = None if q.initial is None else q.initial * size
        quantities[amount] = Quantity(amount, "amount", f"amount of {q.label}", start, constant=q.constant)
        rules[name] = Name(amount) / size
        if name in rates:
            rates[amount] = rates.pop(name)
    events = tuple(_in_amounts(event, held, c) for event in c.events)
    return replace(c, quantities=quantities, rules=rules, rates=rates, events=events)


def _in_amounts(event: Event, held: Mapping[str, str | None], c: Contents) -> Event:
    """An event that assigns amounts instead of concentrations.

    The size is that before the event, by which its change then thins, too, a concentration with a rate rule.
    Where the event keeps densities, no change of size thins anything, and what it assigns holds in the new
    size.
    """
    if event.keeps_densities:
        return replace(event, changes=dict(_dense(event.changes, held)))
    changes: dict[str, Formula] = {}
    for name, formula in event.changes.items():
        if name in held:
            changes[amount_of(name)] = formula * Name(str(held[name]))
        else:
            changes[name] = formula
    for name in c.rates:
        space = str(c.quantities[name].space)
        if space in event.changes and name not in held and name not in event.changes:
            changes[name] = Name(name) * Name(space) / event.changes[space]
    return replace(event, changes=changes)


def _dense(changes: Mapping[str, Formula], held: Mapping[str, str | None]) -> Iterator[tuple[str, Formula]]:
    """Assignments that leave each concentration what it is or is assigned, whatever becomes of its space."""
    for name, formula in changes.items():
        if name not in held:
            yield name, formula
    for name, space in held.items():
        if name in changes or space in changes:
            size = changes.get(str(space), Name(str(space)))
            yield amount_of(name), changes.get(name, Name(name)) * size


# ---- rates of change in formulas
def _with_rates_of(c: Contents) -> Contents:
    """``rateOf`` as the name of a rule that gives the rate."""
    rules, quantities = dict(c.rules), dict(c.quantities)

    def rate(name: str) -> Formula:
        if name in c.rates:
            wanted = f"rate of {name}"
            if wanted not in rules:
                rules[wanted] = Number(0.0)  # so that a circle ends
                quantities[wanted] = Quantity(wanted, "rate", wanted, None)
                rules[wanted] = replaced(c.rates[name])
            return Name(wanted)
        if amount_of(name) in c.quantities:
            size = Name(str(c.quantities[name].space))
            return (rate(amount_of(name)) - Name(name) * rate(size.name)) / size
        if name in c.rules:
            raise InvalidInput(
                f"The rate of change of '{name}' is requested, which a rule gives.",
                "SBML allows rateOf only for what has a rate of its own.",
                "Write out its derivative.",
            )
        return Number(0.0)

    def replaced(formula: Formula) -> Formula:
        if not isinstance(formula, Apply):
            return formula
        if formula.op == "rateOf":
            return rate(formula.args[0].name)
        return Apply(formula.op, tuple(replaced(a) for a in formula.args))

    if not any(isinstance(p, Apply) and p.op == "rateOf" for f in c.formulas for p in parts(f)):
        return c
    for name, formula in c.rules.items():
        rules[name] = replaced(formula)
    rates = {name: replaced(formula) for name, formula in c.rates.items()}
    events = tuple(_mapped(event, replaced) for event in c.events)
    starts = {
        q.id: replace(q, initial=None if q.initial is None else replaced(q.initial))
        for q in c.quantities.values()
    }
    balances = tuple(replace(b, formula=replaced(b.formula)) for b in c.balances)
    return replace(
        c, quantities={**quantities, **starts}, rules=rules, rates=rates, events=events, balances=balances
    )


def _mapped(event: Event, new: Callable[[Formula], Formula]) -> Event:
    return replace(
        event,
        trigger=new(event.trigger),
        delay=new(event.delay),
        priority=None if event.priority is None else new(event.priority),
        changes={name: new(formula) for name, formula in event.changes.items()},
    )
