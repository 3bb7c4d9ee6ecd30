r"""A shelf of pharmacokinetic models for data of any drug: amounts in compartments, concentrations out.

Parameters carry the names that NONMEM users give them (KA, CL, V, Q, V2, VM, KM) and have no values here:
they come from data or from the reader. Units are those of the data; mg, L and h stand for them in the audit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from quotidian.errors import UnknownName, closest
from quotidian.network import (
    NOTHING,
    AssignmentRule,
    Covariate,
    Flux,
    InitialCondition,
    Input,
    Model,
    Module,
    Observable,
    Signal,
    Species,
)
from quotidian.network.flux import itself
from quotidian.network.laws import sqrt


@dataclass(frozen=True)
class PkModel:
    """A model that takes event records.

    Attributes
    ----------
    compartments : species by number of compartment, from 1; doses go there, infusions by ``infusions``.
    observed : observable by number of compartment. dosed, central : compartment of a dose and of an
        observation that name none. parameters : names, in the order of the literature.
        has_values : whether its parameters have values of their own, as those of a file do. spaces : by
        number of compartment, the parameter that turns amounts into what the species is, or "". sizes : of
        these, those that parameters give, as formulas in text.
    """

    name: str
    model: Model
    compartments: tuple[str, ...]
    infusions: tuple[str, ...]
    observed: tuple[str, ...]
    parameters: tuple[str, ...]
    dosed: int
    central: int
    has_values: bool = False
    spaces: tuple[str, ...] = ()
    sizes: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    @property
    def effects(self) -> Mapping[str, Any]:
        """Effects that the model knows of its parameters: none."""
        return {}

    @property
    def amounts(self) -> frozenset[str]:
        """Observables that are amounts, which no scale of concentrations applies to."""
        return frozenset(name for name in self.observed if name.endswith("_amount"))


KA, CL = Covariate("KA", "1/h", "absorption rate constant"), Covariate("CL", "L/h", "clearance")
V, V2 = Covariate("V", "L", "central volume"), Covariate("V2", "L", "peripheral volume")
Q = Covariate("Q", "L/h", "intercompartmental clearance")
VM, KM = Covariate("VM", "mg/h", "largest elimination rate"), Covariate("KM", "mg/L", "half-saturation")
KSS, R0 = Covariate("KSS", "mg/L", "quasi-steady-state constant"), Covariate("R0", "mg/L", "baseline target")
KDEG, KINT = Covariate("KDEG", "1/h", "target degradation"), Covariate("KINT", "1/h", "complex elimination")
DEPOT = Species("depot", "mg", "drug at the site of absorption", "A_d")
CENTRAL = Species("central", "mg", "drug in the central compartment", "A_c")
PERIPHERAL = Species("peripheral", "mg", "drug in the periphery", "A_p")
TARGET = Species("target", "mg/L", "total target", "R")
FREE = Signal("free", "mg/L", "free drug", "C")


def first_order(k: Any, A: Any) -> Any:
    r"""First-order transfer, :math:`v = k A`"""
    return k * A


def cleared(CL: Any, A: Any, V: Any) -> Any:
    r"""Linear clearance, :math:`v = CL\, A / V`"""
    return CL * A / V


def saturated(V_M: Any, A: Any, V: Any, K_M: Any) -> Any:
    r"""Saturable elimination, :math:`v = V_M \frac{A/V}{K_M + A/V}`"""
    return V_M * (A / V) / (K_M + A / V)


def exchanged(Q: Any, A: Any, V: Any, A_p: Any, V_2: Any) -> Any:
    r"""Exchange with the periphery, :math:`v = Q (A/V - A_p/V_2)`"""
    return Q * (A / V - A_p / V_2)


def concentration(A: Any, V: Any) -> Any:
    r"""Concentration, :math:`A / V`"""
    return A / V


def unbound(A: Any, V: Any, R: Any, K_ss: Any) -> Any:
    r"""Free drug by the quasi-steady-state approximation,
    :math:`C = \tfrac12 \left(d + \sqrt{d^2 + 4 K_{ss} A/V}\right)` with :math:`d = A/V - R - K_{ss}`.

    Gibiansky L, et al. J Pharmacokinet Pharmacodyn 2008;35:573, equation 13.
    """
    d = A / V - R - K_ss
    return (d + sqrt(d**2 + 4 * K_ss * A / V)) / 2


def cleared_free(CL: Any, C: Any) -> Any:
    r"""Clearance of free drug, :math:`v = CL\, C`"""
    return CL * C


def internalised(k_int: Any, A: Any, V: Any, C: Any) -> Any:
    r"""Elimination of bound drug, :math:`v = k_{int} (A/V - C) V`"""
    return k_int * (A / V - C) * V


def made(k_deg: Any, R_0: Any) -> Any:
    r"""Production of target, :math:`v = k_{deg} R_0`"""
    return k_deg * R_0


def target_lost(k_deg: Any, R: Any, k_int: Any, A: Any, V: Any, C: Any) -> Any:
    r"""Loss of target, free and bound, :math:`v = k_{deg} (R - B) + k_{int} B` with :math:`B = A/V - C`"""
    return k_deg * (R - (A / V - C)) + k_int * (A / V - C)


def nothing() -> Any:
    r"""Empty at the start, :math:`0`"""
    return 0.0


def _input(species: Species) -> Input:
    return Input(f"infusion_{species.name}", "mg/h", f"infusion into {species.name}")


def _elimination(kind: str) -> tuple[Flux, ...]:
    if kind == "mm":
        return (Flux(CENTRAL >> NOTHING, saturated, VM, CENTRAL, V, KM),)
    if kind == "tmdd":
        return (
            Flux(CENTRAL >> NOTHING, cleared_free, CL, FREE),
            Flux(CENTRAL >> NOTHING, internalised, KINT, CENTRAL, V, FREE),
            Flux(NOTHING >> TARGET, made, KDEG, R0),
            Flux(TARGET >> NOTHING, target_lost, KDEG, TARGET, KINT, CENTRAL, V, FREE),
        )
    return (Flux(CENTRAL >> NOTHING, cleared, CL, CENTRAL, V),)


def _built(
    name: str, title: str, species: tuple[Species, ...], kind: str, parameters: tuple[str, ...]
) -> PkModel:
    fluxes = list(_elimination(kind))
    if DEPOT in species:
        fluxes.append(Flux(DEPOT >> CENTRAL, first_order, KA, DEPOT))
    if PERIPHERAL in species:
        fluxes.append(Flux(CENTRAL >> PERIPHERAL, exchanged, Q, CENTRAL, V, PERIPHERAL, V2))
    fluxes += [Flux(NOTHING >> s, itself, _input(s)) for s in species]
    starts = [InitialCondition(s, nothing) for s in species]
    definitions: tuple[AssignmentRule, ...] = ()
    if kind == "tmdd":
        starts.append(InitialCondition(TARGET, itself, R0))
        definitions = (AssignmentRule(FREE, unbound, CENTRAL, V, TARGET, KSS),)
    shown = [_observable(s, kind) for s in species]
    module = Module(
        name.replace("-", "_"), title, fluxes=tuple(fluxes), starts=tuple(starts), definitions=definitions,
        observables=tuple(shown),
    )  # fmt: skip
    model = Model(name, title, (module,))
    return PkModel(
        name, model, tuple(s.name for s in species), tuple(_input(s).name for s in species),
        tuple(o.name for o in shown), parameters, 1, species.index(CENTRAL) + 1,
    )  # fmt: skip


def _observable(species: Species, kind: str) -> Observable:
    if species is DEPOT:
        return Observable("depot_amount", "mg", "drug at the site of absorption", itself, DEPOT)
    if species is PERIPHERAL:
        return Observable(
            "peripheral_concentration", "mg/L", "drug in the periphery", concentration, PERIPHERAL, V2
        )
    if kind == "tmdd":
        return Observable("free_concentration", "mg/L", "free drug in plasma", itself, FREE)
    return Observable("concentration", "mg/L", "drug in plasma", concentration, CENTRAL, V)


SHELF: Mapping[str, tuple[str, tuple[Species, ...], str, tuple[str, ...]]] = {
    "pk-1cmt": ("One compartment", (CENTRAL,), "linear", ("CL", "V")),
    "pk-2cmt": ("Two compartments", (CENTRAL, PERIPHERAL), "linear", ("CL", "V", "Q", "V2")),
    "pk-1cmt-oral": (
        "One compartment with first-order absorption", (DEPOT, CENTRAL), "linear", ("KA", "CL", "V")
    ),
    "pk-2cmt-oral": (
        "Two compartments with first-order absorption", (DEPOT, CENTRAL, PERIPHERAL), "linear",
        ("KA", "CL", "V", "Q", "V2"),
    ),
    "pk-1cmt-mm": ("One compartment with saturable elimination", (CENTRAL,), "mm", ("VM", "KM", "V")),
    "tmdd-qss": (
        "Target-mediated disposition, quasi-steady state", (CENTRAL,), "tmdd",
        ("CL", "V", "KSS", "R0", "KDEG", "KINT"),
    ),
}  # fmt: skip


@cache
def pk_model(name: str) -> PkModel:
    """A model of the shelf by name. Raises UnknownName."""
    if name not in SHELF:
        raise UnknownName(f"There is no model '{name}' among the built-in models.", closest(name, SHELF))
    return _built(name, *SHELF[name])
