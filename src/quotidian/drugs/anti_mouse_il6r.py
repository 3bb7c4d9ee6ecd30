"""An antibody to the IL-6 receptor of the mouse, as given to IL-6-transgenic mice.

Tocilizumab binds the human receptor only. The state of this antibody is its concentration in plasma, because
the mouse grows tenfold during treatment. Its clearance is of first order, and it binds membrane and soluble
receptor by mass action.
"""

from __future__ import annotations

from quotidian.network import (
    NOTHING,
    AssignmentRule,
    Flux,
    InitialCondition,
    Module,
    Observable,
    Parameters,
    Part,
    Species,
)
from quotidian.network.flux import itself
from quotidian.network.laws import first_order, net_binding, zero
from quotidian.vocabulary import mil6r, mil6r_held, mil6r_renewal, plasma, sil6r, sil6r_held

k = Parameters(__file__)
k_a, k_on, k_off, k_s = k("k_loss", "1/h"), k("k_on", "1/nM/h"), k("k_off", "1/h"), k("k_bound", "1/h")

antibody = Species("anti_mouse_il6r", "nM", "antibody in plasma", "D_m", (0, 2000), plasma)
on_soluble = Species("anti_mouse_il6r_sil6r", "nM", "antibody with sIL-6R", "DS_m", (0, 40), plasma)
on_membrane = Species("anti_mouse_il6r_mil6r", "1", "membrane receptor with antibody", "DR_m", (0, 1))
soluble_part = Part("anti_mouse_il6r.sil6r_held", "nM", "sIL-6R bound to the drug", "S_m", sil6r_held)
membrane_part = Part(
    "anti_mouse_il6r.mil6r_held", "1", "membrane receptor bound to the drug", "R_m", mil6r_held
)


module = Module(
    "anti_mouse_il6r",
    "Antibody to the mouse IL-6 receptor",
    about="A dose adds a concentration to plasma.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(soluble_part, itself, on_soluble),
        AssignmentRule(membrane_part, itself, on_membrane),
    ),
    fluxes=(
        Flux(antibody >> NOTHING, first_order, antibody, k_a),
        Flux(antibody + sil6r >> on_soluble, net_binding, antibody, sil6r, on_soluble, k_on, k_off),
        Flux(on_soluble >> NOTHING, first_order, on_soluble, k_s),
        Flux(mil6r >> on_membrane, net_binding, antibody, mil6r, on_membrane, k_on, k_off),
        Flux(on_membrane >> NOTHING, first_order, on_membrane, mil6r_renewal),
    ),
    starts=tuple(InitialCondition(species, zero) for species in (antibody, on_soluble, on_membrane)),
    observables=(
        Observable("anti_mouse_il6r", "nM", "antibody against mouse IL-6R in plasma", itself, antibody),
    ),
)
