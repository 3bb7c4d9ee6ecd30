"""Every species and shared signal by name: the one place where mechanisms meet.

Relative quantities (unit 1) have their reference in the typical child with active systemic disease,
unless said otherwise. Usual ranges scale the solver's absolute tolerance.
"""

from __future__ import annotations

from quotidian.network import Compartment, Covariate, Input, Signal, Species

# ---- the child
body_weight = Covariate("body_weight", "kg", "body weight", "w", typical=20.0)
severity = Covariate("severity", "1", "strength of the disease's own drive; 1 in typical active disease", "s")
course = Input("course", "1", "natural course: the drive relative to the child's own", r"\xi", resting=1.0)

# ---- spaces
central_volume = Signal("central_volume", "L", "central volume of tocilizumab", "V_c")
peripheral_volume = Signal("peripheral_volume", "L", "peripheral volume of tocilizumab", "V_p")
plasma = Compartment("plasma")
central = Compartment("central", central_volume)
peripheral = Compartment("peripheral", peripheral_volume)
joint = Compartment("joint")

# ---- the antibody
tocilizumab_infusion = Input("tocilizumab_infusion", "mg/h", "rate of infusion", r"\dot{a}_{iv}")
tocilizumab_depot = Species("tocilizumab_depot", "mg", "tocilizumab under the skin", "A_{sc}", (0, 160))
tocilizumab = Species("tocilizumab", "nM", "free tocilizumab in plasma", "D", (0, 2000), central)
tocilizumab_peripheral = Species(
    "tocilizumab_peripheral", "nM", "tocilizumab in the periphery", "D_p", (0, 800), peripheral
)
joint_tocilizumab = Species("joint_tocilizumab", "nM", "tocilizumab in the joint", "D_j", (0, 400), joint)

# ---- plasma binding
sil6r = Species("sil6r", "nM", "free soluble IL-6 receptor", "S", (0.5, 4), plasma)
tocilizumab_sil6r = Species("tocilizumab_sil6r", "nM", "tocilizumab with sIL-6R", "DS", (0, 40), plasma)
il6 = Species("il6", "nM", "free IL-6", "L", (1e-4, 0.02), plasma)
il6_sil6r = Species("il6_sil6r", "nM", "IL-6 with sIL-6R", "LS", (0, 1e-3), plasma)
sgp130 = Species("sgp130", "nM", "free soluble gp130", "G", (0.4, 4), plasma)
il6_sil6r_sgp130 = Species(
    "il6_sil6r_sgp130", "nM", "IL-6 with sIL-6R, held by sgp130", "LSG", (0, 0.1), plasma
)
il6_reference = Signal("il6_reference", "pg/mL", "free IL-6 of the typical active child", "L_0")
il6_sil6r_reference = Signal("il6_sil6r_reference", "nM", "complex that goes with it", "LS_0")
il6_concentration = Signal("il6_concentration", "pg/mL", "free IL-6 by mass", r"\ell")
il6_production = Signal("il6_production", "1", "IL-6 production relative to typical active disease", "p")
sil6r_occupancy = Signal("sil6r_occupancy", "1", "share of sIL-6R held by tocilizumab", r"\phi")

# ---- membrane receptor and signal
mil6r = Species("mil6r", "1", "free membrane IL-6 receptor, share of normal", "R", (0, 1))
tocilizumab_mil6r = Species("tocilizumab_mil6r", "1", "membrane receptor with tocilizumab", "DR", (0, 1))
classic_signal = Signal("classic_signal", "pg/mL", "signal through membrane IL-6R", r"e_c")
trans_signal = Signal("trans_signal", "pg/mL", "signal through the soluble complex", r"e_t")
il6_signal = Signal("il6_signal", "pg/mL", "effective IL-6 at gp130: what free IL-6 would do undrugged", "e")
joint_signal = Signal("joint_signal", "1", "effective IL-6 in the joint", "e_j")

# ---- innate loop, joint
initial_activity = Signal("initial_activity", "1", "where innate activity settles undrugged", "M_0")
clock = Signal("clock", "1", "daily drive, mean 1", "c")
innate_activity = Species("innate_activity", "1", "innate activity", "M", (0, 2))
il1 = Species("il1", "1", "IL-1beta at its site of action (latent)", "I", (0, 5))
joint_il6 = Species("joint_il6", "1", "IL-6 made in the joint", "L_j", (0, 5), joint)
joint_activity = Species("joint_activity", "1", "arthritis", "J", (0, 2))
malaise = Species("malaise", "1", "systemic illness as felt", "B", (0, 3))

# ---- acute phase, temperature
crp_induction = Species("crp_induction", "mg/L", "CRP induction, first transit", "C_1", (0, 200))
crp_synthesis = Species("crp_synthesis", "mg/L", "CRP synthesis, second transit", "C_2", (0, 200))
crp = Species("crp", "mg/L", "C-reactive protein", r"\mathrm{CRP}", (0, 200))
fibrinogen = Species("fibrinogen", "g/L", "fibrinogen", "F_g", (1.5, 8))
esr = Signal("esr", "mm/h", "erythrocyte sedimentation rate", r"\mathrm{ESR}")
temperature = Species("temperature", "degC", "body temperature", "T", (35, 41))
