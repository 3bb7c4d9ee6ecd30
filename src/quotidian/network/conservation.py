"""Find conserved totals: weighted sums of species that no reaction changes, in exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import TypeAlias

from quotidian.network.flux import Flux, Transfer
from quotidian.network.model import Model

Column: TypeAlias = dict[str, Fraction]
"""Change of each species by one event of a flux, in the unit of the species."""


@dataclass(frozen=True)
class Total:
    """A sum of species with positive weights: whole numbers, or relative to the first where volumes enter."""

    weights: tuple[tuple[str, float], ...]

    @property
    def species(self) -> tuple[str, ...]:
        """Names of the species in it."""
        return tuple(name for name, _ in self.weights)

    def __str__(self) -> str:
        """``a + 2 c``."""
        return " + ".join(name if weight == 1 else f"{weight:g} {name}" for name, weight in self.weights)


def totals(model: Model, exchange: bool = True) -> tuple[Total, ...]:
    """Find the totals that no flux of the model changes, whatever its rate.

    Parameters
    ----------
    model : transfers are weighted by the volumes of its typical subject.
    exchange : if False, synthesis and elimination are left out; the totals are then the moieties, which
        binding and transport conserve.

    Returns
    -------
    The minimal sums; every conserved sum with positive weights is a combination of these. A conserved
    difference (two species that only appear together) is not listed.
    """
    fluxes = [f for f in model.fluxes if exchange or (f.arrow.takes.counts and f.arrow.makes.counts)]
    columns = stoichiometry(fluxes, model.typical)
    mentioned = {s.name: s for f in fluxes for s in f.arrow.species if s in f.arrow.net}
    return tuple(Total(_scaled(total)) for total in _semiflows(columns, list(mentioned)))


def stoichiometry(fluxes: Iterable[Flux], volumes: Mapping[str, float]) -> list[Column]:
    """Net change of each species per event of each flux; a transfer's sides are divided by their volumes."""
    columns = []
    for flux in fluxes:
        column = {s.name: Fraction(count) for s, count in flux.arrow.net.items()}
        for s in flux.arrow.net:
            if isinstance(flux, Transfer) and s.volume is not None:
                column[s.name] /= Fraction(volumes[s.volume.name])
        columns.append(column)
    return columns


def _semiflows(columns: list[Column], names: list[str]) -> list[Column]:
    """Positive solutions w of w N = 0 with the fewest species, by Farkas' algorithm.

    Start from each species by itself. For one column of N after the other, keep the sums that it leaves
    unchanged and join every sum that it raises to every one that it lowers, so that both cancel.
    """
    sums: list[Column] = [{name: Fraction(1)} for name in names]
    for column in columns:
        change = [sum((w * column[n] for n, w in s.items() if n in column), Fraction(0)) for s in sums]
        changed = list(zip(sums, change, strict=True))
        raised, lowered = [(s, c) for s, c in changed if c > 0], [(s, c) for s, c in changed if c < 0]
        sums = [s for s, c in changed if c == 0]
        if new := [_joined(up, -fall, down, rise) for up, rise in raised for down, fall in lowered]:
            joined = sums + new
            sums = [s for s in joined if not any(t is not s and _within(t, s, joined) for t in joined)]
    ordered = [{name: s[name] for name in names if name in s} for s in sums]
    return sorted(ordered, key=lambda s: [names.index(name) for name in s])


def _joined(a: Column, times: Fraction, b: Column, and_times: Fraction) -> Column:
    both = {name: times * weight for name, weight in a.items()}
    for name, weight in b.items():
        both[name] = both.get(name, Fraction(0)) + and_times * weight
    return both


def _within(small: Column, large: Column, order: list[Column]) -> bool:
    """Whether the first has only species of the second; of two with the same species the earlier stays."""
    if small.keys() == large.keys():
        return next(s is small for s in order if s is small or s is large)
    return small.keys() <= large.keys()


def _scaled(total: Column) -> tuple[tuple[str, float], ...]:
    """The smallest whole numbers where these are small; else relative to the first weight."""
    first = next(iter(total.values()))
    relative = {name: weight / first for name, weight in total.items()}
    whole = lcm(*(w.denominator for w in relative.values()))
    if whole <= 1000:
        counts = {name: int(w * whole) for name, w in relative.items()}
        common = gcd(*counts.values())
        return tuple((name, float(count // common)) for name, count in counts.items())
    return tuple((name, float(w)) for name, w in relative.items())
