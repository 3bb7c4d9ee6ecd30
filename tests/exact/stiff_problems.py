"""Stiff problems with a published end, as networks.

Equations and ends: F. Mazzia, C. Magherini, Test set for initial value problem solvers, release 2.4 (2008);
all four are discussed by E. Hairer, G. Wanner, Solving ordinary differential equations II, chapter IV.10.
The test set gives each in units of its own; here h and nM stand for whatever those are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from quotidian.network import NOTHING, Covariate, Flux, Species
from quotidian.network.flux import itself
from quotidian.network.names import Arrow

from .conftest import first_order, second_order


@dataclass(frozen=True)
class Problem:
    """A network, the values it starts at, how long it runs (h), and where it must arrive.

    ``floor`` is the absolute tolerance (share of each species' usual size) that its smallest value needs.
    """

    name: str
    starts: dict[Species, Covariate]
    fluxes: tuple[Flux, ...]
    end: float
    reference: tuple[float, ...]
    floor: float


def species(count: int, unit: str) -> list[Species]:
    return [Species(f"y_{i}", unit) for i in range(1, count + 1)]


def beginning(states: Sequence[Species], values: dict[int, float]) -> dict[Species, Covariate]:
    """Start covariates, typical of the problem; 0 for species without a value. Numbers count from 1."""
    return {
        s: Covariate(f"{s.name}_0", s.unit, typical=values.get(i, 0.0)) for i, s in enumerate(states, start=1)
    }


def mass_action(number: int, constant: float, arrow: Arrow) -> Flux:
    """A reaction of one or two molecules with its rate constant."""
    taken = [s for s, count in arrow.takes.counts.items() for _ in range(count)]
    law, unit = (first_order, "1/h") if len(taken) == 1 else (second_order, "1/nM/h")
    return Flux(arrow, law, Covariate(f"k_{number}", unit, typical=constant), *taken)


def hires() -> Problem:
    """HIRES: how light builds a plant, 8 species, by the rates of phytochrome's reactions (Schäfer 1975)."""
    y = [NOTHING, *species(8, "nM")]
    inflow = Covariate("inflow", "nM/h", typical=0.0007)
    reactions = (
        (1.71, y[1] >> y[2]),
        (0.43, y[2] >> y[1]),
        (8.32, y[3] >> y[1]),
        (8.32, y[2] >> y[4]),
        (1.71, y[3] >> y[4]),
        (0.43, y[4] >> y[3]),
        (0.69, y[4] >> y[6]),
        (0.035, y[5] >> y[3]),
        (1.71, y[5] >> y[6]),
        (0.43, y[6] >> y[5]),
        (280.0, y[6] + y[8] >> y[7]),
        (0.43, y[7] >> y[5] + y[8]),
        (0.69, y[7] >> y[6] + y[8]),
        (0.69, y[7] >> y[8]),
    )
    return Problem(
        "hires",
        beginning(y[1:], {1: 1.0, 8: 0.0057}),
        (
            Flux(NOTHING >> y[1], itself, inflow),
            *(mass_action(i, k, arrow) for i, (k, arrow) in enumerate(reactions, start=1)),
        ),
        end=321.8122,
        reference=(
            0.7371312573325668e-3,
            0.1442485726316185e-3,
            0.5888729740967575e-4,
            0.1175651343283149e-2,
            0.2386356198831331e-2,
            0.6238968252742796e-2,
            0.2849998395185769e-2,
            0.2850001604814231e-2,
        ),
        floor=1e-12,
    )


def pollu() -> Problem:
    """POLLU: chemistry of air pollution, 20 species, 25 reactions (Verwer 1994)."""
    y = [NOTHING, *species(20, "nM")]
    reactions = (
        (0.35, y[1] >> y[2] + y[3]),
        (26.6, y[2] + y[4] >> y[1]),
        (1.23e4, y[5] + y[2] >> y[6] + y[1]),
        (8.6e-4, y[7] >> 2 * y[5] + y[8]),
        (8.2e-4, y[7] >> y[8]),
        (1.5e4, y[7] + y[6] >> y[8] + y[5]),
        (1.3e-4, y[9] >> y[10] + y[8] + y[5]),
        (2.4e4, y[9] + y[6] >> y[11]),
        (1.65e4, y[11] + y[2] >> y[10] + y[12] + y[1]),
        (9e3, y[11] + y[1] >> y[13]),
        (2.2e-2, y[13] >> y[11] + y[1]),
        (1.2e4, y[10] + y[2] >> y[14] + y[1]),
        (1.88, y[14] >> y[7] + y[5]),
        (1.63e4, y[1] + y[6] >> y[15]),
        (4.8e6, y[3] >> y[4]),
        (3.5e-4, y[4] >> y[16]),
        (1.75e-2, y[4] >> y[3]),
        (1e8, y[16] >> 2 * y[6]),
        (4.44e11, y[16] >> y[3]),
        (1.24e3, y[17] + y[6] >> y[18] + y[5]),
        (2.1, y[19] >> y[2]),
        (5.78, y[19] >> y[1] + y[3]),
        (4.74e-2, y[1] + y[4] >> y[19]),
        (1.78e3, y[19] + y[1] >> y[20]),
        (3.12, y[20] >> y[19] + y[1]),
    )
    return Problem(
        "pollu",
        beginning(y[1:], {2: 0.2, 4: 0.04, 7: 0.1, 8: 0.3, 9: 0.01, 17: 0.007}),
        tuple(mass_action(i, k, arrow) for i, (k, arrow) in enumerate(reactions, start=1)),
        end=60.0,
        reference=(
            0.5646255480022769e-01,
            0.1342484130422339e00,
            0.4139734331099427e-08,
            0.5523140207484359e-02,
            0.2018977262302196e-06,
            0.1464541863493966e-06,
            0.7784249118997964e-01,
            0.3245075353396018e00,
            0.7494013383880406e-02,
            0.1622293157301561e-07,
            0.1135863833257075e-07,
            0.2230505975721359e-02,
            0.2087162882798630e-03,
            0.1396921016840158e-04,
            0.8964884856898295e-02,
            0.4352846369330103e-17,
            0.6899219696263405e-02,
            0.1007803037365946e-03,
            0.1772146513969984e-05,
            0.5682943292316392e-04,
        ),
        floor=1e-20,
    )


def bromous(w: Any, s: Any, q: Any, x: Any, y: Any) -> Any:
    r"""Bromous acid, :math:`v = w s (y + x (1 - q x - y))`"""
    return w * s * (y + x * (1 - q * x - y))


def bromide(w: Any, s: Any, x: Any, y: Any, z: Any) -> Any:
    r"""Bromide, :math:`v = w (z - (1 + x) y) / s`"""
    return w * (z - (1 + x) * y) / s


def cerium(r: Any, x: Any, z: Any) -> Any:
    r"""Cerium, :math:`v = r (x - z)`"""
    return r * (x - z)


def orego() -> Problem:
    """OREGO: the Oregonator, the Belousov-Zhabotinskii reaction going round (Field, Noyes 1974)."""
    x, y, z = species(3, "1")
    w, s = Covariate("w", "1/h", typical=1.0), Covariate("s", "1", typical=77.27)
    q, r = Covariate("q", "1", typical=8.375e-6), Covariate("r", "1/h", typical=0.161)
    return Problem(
        "orego",
        beginning((x, y, z), {1: 1.0, 2: 2.0, 3: 3.0}),
        (
            Flux(NOTHING >> x, bromous, w, s, q, x, y),
            Flux(NOTHING >> y, bromide, w, s, x, y, z),
            Flux(NOTHING >> z, cerium, r, x, z),
        ),
        end=360.0,
        reference=(0.1000814870318523e1, 0.1228178521549917e4, 0.1320554942846706e3),
        floor=1e-10,
    )


def damping(v: Any, y: Any, w: Any, e: Any) -> Any:
    r"""Damped beyond 1, driven within, :math:`v = ((1 - y^2) v - w y) / \epsilon`"""
    return ((1 - y * y) * v - w * y) / e


def vanderpol() -> Problem:
    r"""VDPOL: :math:`\epsilon = 10^{-6}`, that is :math:`\mu = 1000` in time divided by :math:`\mu`."""
    y, v = Species("y_1", "1"), Species("y_2", "1/h")
    w, e = Covariate("w", "1/h", typical=1.0), Covariate("e", "h", typical=1e-6)
    return Problem(
        "vanderpol",
        beginning((y, v), {1: 2.0}),
        (Flux(NOTHING >> y, itself, v), Flux(NOTHING >> v, damping, v, y, w, e)),
        end=2.0,
        reference=(0.1706167732170483e1, -0.8928097010247975e0),
        floor=1e-10,
    )


PROBLEMS = (hires, orego, pollu, vanderpol)
