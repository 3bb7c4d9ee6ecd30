"""The order of the classes of a mixture.

If classes differ by typical values of parameters alone, estimates with two classes exchanged have the same
likelihood. The classes then keep the order that their starting values have.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.effects.declared import CLASS, Effects
from quotidian.inference.effects.structure import Structure

Floats = NDArray[np.float64]


def in_order(whole: Structure, theta: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """theta and shares with the classes in the order of the start.

    The order is that of the first parameter with different typical values of all classes. Nothing changes
    where classes cannot be exchanged: if formulas read the class, or typical values of classes are fixed.
    """
    effects = whole.effects
    if not exchangeable(effects):
        return theta, shares
    places = [
        [k for k, e in enumerate(whole.fixed_effects) if e.parameter is p and e.covariate is None]
        for p in effects.parameters
        if p.others
    ]
    apart = [own for own in places if len({whole.fixed_effects[k].start for k in own}) == len(own)]
    if not apart:
        return theta, shares
    wished = np.argsort(np.argsort([whole.fixed_effects[k].start for k in apart[0]]))
    order = np.argsort(theta[apart[0]], kind="stable")[wished]
    found = theta.copy()
    for own in places:
        found[own] = theta[own][order]
    return found, shares[order]


def exchangeable(effects: Effects) -> bool:
    """Whether two classes can be exchanged without another likelihood."""
    several = [p for p in effects.parameters if p.others]
    read = {name for f in effects.formulas for name in f.columns}
    return bool(several) and CLASS not in read and not any(p.fixed for p in several)
