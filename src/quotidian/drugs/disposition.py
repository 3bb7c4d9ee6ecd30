"""Disposition of a drug: depot, one or two compartments, linear and saturable clearance, scaled by weight.

The entries of the drug's ledger determine the structure: ``Q`` and ``V_p`` give a peripheral compartment,
``V_m`` and ``K_m`` a saturable path, ``k_a`` and ``bioavailability`` a depot. Volumes and clearances refer to
the reference weight; each has an exponent of body weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from quotidian.drugs.module_parts import ModuleParts, symbol
from quotidian.network import (
    NOTHING,
    AssignmentRule,
    Compartment,
    Flux,
    Input,
    Observable,
    Parameter,
    Parameters,
    Signal,
    Species,
    Transfer,
)
from quotidian.network.laws import by_weight
from quotidian.vocabulary import body_weight


def infused(rate: Any, m_D: Any) -> Any:
    r"""Infusion, :math:`v = \dot a_{iv} / m_D`"""
    return rate / m_D


def absorbed(k_a: Any, A: Any) -> Any:
    r"""Absorption from the depot, :math:`v = k_a A`"""
    return k_a * A


def arrives(F: Any, k_a: Any, A: Any, m_D: Any) -> Any:
    r"""Absorption into plasma, :math:`v = F k_a A / m_D`"""
    return F * k_a * A / m_D


def linear(D: Any, CL: Any) -> Any:
    r"""Linear clearance, :math:`v = CL\, D`"""
    return CL * D


def hastened(CL: Any, a: Any, A: Any, D: Any) -> Any:
    r"""Linear clearance, increased by antibodies against the drug, :math:`v = CL (1 + a A)\, D`"""
    return CL * (1 + a * A) * D


def saturable(V_m: Any, D: Any, K_m: Any) -> Any:
    r"""Saturable clearance, :math:`v = V_m D / (K_m + D)`"""
    return V_m * D / (K_m + D)


def exchange(Q: Any, D: Any, D_p: Any) -> Any:
    r"""Exchange with the periphery, :math:`v = Q (D - D_p)`"""
    return Q * (D - D_p)


def per_weight(total: Any, w: Any) -> Any:
    r"""By body weight, :math:`\Sigma/w`"""
    return total / w


def by_mass(D: Any, m_D: Any) -> Any:
    r"""Concentration by mass, :math:`D m_D`"""
    return D * m_D


@dataclass(frozen=True)
class Disposition:
    """The disposition of a drug: its species in plasma, its molar mass, and its parts of the module."""

    plasma: Species
    molar_mass: Parameter
    parts: ModuleParts


@dataclass(frozen=True)
class _Drug:
    """A drug under construction."""

    k: Parameters
    name: str
    tag: str
    usual: float

    def has(self, *names: str) -> bool:
        """Whether the ledger has these entries."""
        return all(name in self.k.ledger for name in names)

    def by_weight(self, name: str, unit: str, power: str, of: Signal) -> AssignmentRule:
        """Scale a volume, clearance or capacity from the reference weight to the subject."""
        w_ref = self.k("reference_weight", "kg")
        return AssignmentRule(of, by_weight, self.k(name, unit), body_weight, w_ref, self.k(power, "1"))

    def volume(self, name: str, place: str) -> tuple[Compartment, AssignmentRule]:
        """Make a compartment and the rule for its volume."""
        size = Signal(f"{self.name}.{place}_volume", "L", f"{place} volume of {self.name}", name)
        space = Compartment(f"{self.name}_{place}_space", size)
        return space, self.by_weight(name, "L", "volume_exponent", size)


def disposition(
    k: Parameters,
    drug: str,
    *,
    usual: float,
    tag: str = "",
    depot: str = "under the skin",
    infusion: Input | None = None,
    against: Input | None = None,
    form: str = "free",
) -> Disposition:
    """Build the disposition from the dose to plasma.

    Parameters
    ----------
    k : the drug's ledger. drug : name of its module and of its species in plasma.
    usual : highest usual concentration, nM. tag : suffix of its symbols. depot : site of the depot.
    infusion : rate of infusion, mg/h, if the drug is infused.
    against : antibodies against it, if modelled.
    form : "free" of its target, or "total" with what is bound to plasma proteins.
    """
    d = _Drug(k, drug, tag, usual)
    m_D = k("molar_mass", "mg/nmol")
    space, volume = d.volume("V_c", "central")
    plasma = Species(drug, "nM", f"{form} {drug} in plasma", symbol("D", tag), (0, usual), space)
    parts = [
        ModuleParts((volume,), species=(plasma,)),
        _inflow(infusion, plasma, m_D),
        _from_depot(d, depot, plasma, m_D),
        _clearance(d, plasma, against),
        _capacity(d, plasma),
        _periphery(d, plasma),
    ]
    concentration = Observable(drug, "ug/mL", f"{form} {drug} in plasma", by_mass, plasma, m_D)
    return Disposition(plasma, m_D, _joined(parts, concentration))


def _joined(parts: list[ModuleParts], concentration: Observable) -> ModuleParts:
    return ModuleParts(
        tuple(d for part in parts for d in part.definitions),
        tuple(f for part in parts for f in part.fluxes),
        tuple(s for part in parts for s in part.species),
        (concentration,),
    )


def _inflow(infusion: Input | None, plasma: Species, m_D: Parameter) -> ModuleParts:
    if infusion is None:
        return ModuleParts()
    return ModuleParts(fluxes=(Transfer(NOTHING >> plasma, infused, infusion, m_D),))


def _from_depot(d: _Drug, where: str, plasma: Species, m_D: Parameter) -> ModuleParts:
    if not d.has("k_a", "bioavailability"):
        return ModuleParts()
    k_a, F = d.k("k_a", "1/h"), d.k("bioavailability", "1")
    depot = Species(f"{d.name}_depot", "mg", f"{d.name} {where}", symbol("A", d.tag, "d"), (0, 160))
    leaves = Flux(depot >> NOTHING, absorbed, k_a, depot)
    return ModuleParts(
        fluxes=(leaves, Transfer(NOTHING >> plasma, arrives, F, k_a, depot, m_D)), species=(depot,)
    )


def _clearance(d: _Drug, plasma: Species, against: Input | None) -> ModuleParts:
    CL = Signal(f"{d.name}.clearance", "L/h", "linear clearance of the child", "CL")
    loss = (
        Transfer(plasma >> NOTHING, linear, plasma, CL)
        if against is None
        else Transfer(plasma >> NOTHING, hastened, CL, d.k("antibody_clearance", "1"), against, plasma)
    )
    return ModuleParts((d.by_weight("CL", "L/h", "clearance_exponent", CL),), (loss,))


def _capacity(d: _Drug, plasma: Species) -> ModuleParts:
    if not d.has("V_m", "K_m"):
        return ModuleParts()
    V_m = Signal(f"{d.name}.capacity", "nmol/h", "capacity of saturable clearance", "V_m")
    power = "capacity_exponent" if d.has("capacity_exponent") else "clearance_exponent"
    loss = Transfer(plasma >> NOTHING, saturable, V_m, plasma, d.k("K_m", "nM"))
    return ModuleParts((d.by_weight("V_m", "nmol/h", power, V_m),), (loss,))


def _periphery(d: _Drug, plasma: Species) -> ModuleParts:
    if not d.has("Q", "V_p"):
        return ModuleParts()
    space, volume = d.volume("V_p", "peripheral")
    Q = Signal(f"{d.name}.exchange", "L/h", "exchange between compartments", "Q")
    periphery = Species(
        f"{d.name}_peripheral",
        "nM",
        f"{d.name} in the periphery",
        symbol("D", d.tag, "p"),
        (0, 0.4 * d.usual),
        space,
    )
    moves = Transfer(plasma >> periphery, exchange, Q, plasma, periphery)
    definitions = (volume, d.by_weight("Q", "L/h", "clearance_exponent", Q))
    return ModuleParts(definitions, (moves,), (periphery,))
