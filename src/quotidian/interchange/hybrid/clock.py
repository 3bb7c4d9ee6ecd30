"""The clock of a model in an experiment that does not begin at time 0."""

from __future__ import annotations

from dataclasses import replace

from quotidian.errors import InvalidData
from quotidian.interchange.contents import Contents
from quotidian.interchange.formula import Formula, Name, names, substituted


def shifted(c: Contents, start: float) -> Contents:
    """The model whose clock shows ``start`` where ours shows 0."""
    if start == 0.0 or not _reads_time(c):
        return c

    def late(f: Formula) -> Formula:
        return substituted(f, lambda n: Name("time") + start if n == "time" else None)

    return replace(
        c,
        quantities={n: replace(q, initial=None if q.initial is None else late(q.initial))
                    for n, q in c.quantities.items()},
        reactions=tuple(replace(r, law=late(r.law), net=tuple((s, late(f)) for s, f in r.net))
                        for r in c.reactions),
        rules={n: late(f) for n, f in c.rules.items()},
        rates={n: late(f) for n, f in c.rates.items()},
        balances=tuple(replace(b, formula=late(b.formula)) for b in c.balances),
        events=tuple(
            replace(e, trigger=late(e.trigger), delay=late(e.delay),
                    priority=None if e.priority is None else late(e.priority),
                    changes={n: late(f) for n, f in e.changes.items()})
            for e in c.events
        ),
    )  # fmt: skip


def _reads_time(c: Contents) -> bool:
    return any("time" in names(f) for f in c.formulas)


def refuse_clock(c: Contents) -> None:
    """Refuse a model that reads the time, where it has to settle before a run."""
    if _reads_time(c):
        raise InvalidData(
            f"{c.name} cannot reach a steady state before the run.",
            "It depends on time, which has no value before time 0.",
            "Replace what depends on time by a parameter, or begin without a steady state.",
        )
