"""Every species and shared signal by name: the quantities through which mechanisms interact.

Relative quantities (unit 1) refer to the typical child with active systemic disease, unless stated otherwise.
Usual ranges scale the solver's absolute tolerance. A sum is 0 where no drug or mechanism contributes to it.
"""

from __future__ import annotations

from quotidian.network import Compartment, Covariate, Input, Signal, Species, Sum

# ---- the child
body_weight = Covariate("body_weight", "kg", "body weight", "w", typical=20.0)
age_at_start = Covariate("age_at_start", "year", "age on day 0", "a_0", typical=6.0)
maleness = Covariate("maleness", "1", "1 for a boy, 0 for a girl", "b", typical=0.0)
severity = Covariate(
    "severity", "1", "strength of the drive of the disease; 1 in typical active disease", "s"
)
course = Input("course", "1", "natural course: factor on the drive of the disease", r"\xi", resting=1.0)
infection = Input("infection", "1", "drive of an intercurrent infection", r"\iota", resting=0.0)
macrophage_trigger = Input(
    "macrophage_trigger", "1", "IL-12 stimulus of a chance event that activates macrophages", "u", resting=0.0
)
liver_injury = Input(
    "liver_injury", "1", "release of transaminases due to a chance event, relative rise", "h", resting=0.0
)
age = Signal("age", "year", "age", "a")

# ---- spaces
plasma = Compartment("plasma")
joint = Compartment("joint")

# ---- what drugs do, all of them together
sil6r_held = Sum("sil6r_held", "nM", "sIL-6R bound to drugs", "S_D")
il6_held = Sum("il6_held", "nM", "IL-6 bound to drugs", "L_D")
mil6r_held = Sum("mil6r_held", "1", "membrane IL-6R bound to drugs", "R_D")
joint_block = Sum(
    "joint_block", "1", "drug in the joint relative to K_d, against IL-6 or its receptor", "B_j"
)
joint_trans_block = Sum(
    "joint_trans_block", "1", "drug in the joint relative to K_d, against trans-signalling alone", "B_t"
)
il1_block = Sum("il1_block", "1", "IL-1 blocker relative to its EC50", "B_1")
ifn_block = Sum("ifn_block", "1", "IFN-gamma blocker relative to its EC50", r"B_\gamma")
jak_block = Sum("jak_block", "1", "JAK inhibitor relative to its EC50", "B_J")
joint_suppression = Sum("joint_suppression", "1", "slow suppression of arthritis (methotrexate)", "B_m")
antipyresis = Sum("antipyresis", "1", "antipyretic relative to its EC50", "B_T")
glucocorticoid_dose = Sum("glucocorticoid_dose", "nM", "unbound glucocorticoid drug, as prednisolone", "C_g")
liver_strain = Sum("liver_strain", "1", "relative rise of transaminases due to drugs", r"\theta_L")

# ---- what mechanisms ask of one another, all of them together
fibrinogen_consumption = Sum("fibrinogen_consumption", "1", "extra loss of fibrinogen, relative", r"\chi_F")
platelet_consumption = Sum("platelet_consumption", "1", "extra loss of platelets, relative", r"\chi_P")
red_cell_consumption = Sum("red_cell_consumption", "1", "extra loss of red cells, relative", r"\chi_H")
neutrophil_mobilisation = Sum(
    "neutrophil_mobilisation", "1", "neutrophils mobilised into blood, relative", "m_N"
)
neutrophil_loss = Sum("neutrophil_loss", "1", "extra loss of neutrophils, relative", r"\chi_N")
ferritin_drive = Sum("ferritin_drive", "1", "ferritin due to macrophages, relative to normal", r"\phi_F")
initial_ferritin_drive = Sum(
    "initial_ferritin_drive", "1", "ferritin due to macrophages at the start, relative to normal", r"\phi_0"
)
growth_suppression = Sum("growth_suppression", "1", "reduction of growth by drugs: x in 1/(1 + x)", r"\chi_G")

# ---- the antibody
tocilizumab_infusion = Input("tocilizumab_infusion", "mg/h", "rate of infusion", r"\dot{a}_{iv}")

# ---- plasma binding
sil6r = Species("sil6r", "nM", "free soluble IL-6 receptor", "S", (0.5, 4), plasma)
il6 = Species("il6", "nM", "free IL-6", "L", (1e-4, 0.02), plasma)
il6_sil6r = Species("il6_sil6r", "nM", "IL-6 with sIL-6R", "LS", (0, 1e-3), plasma)
sgp130 = Species("sgp130", "nM", "free soluble gp130", "G", (0.4, 4), plasma)
il6_sil6r_sgp130 = Species("il6_sil6r_sgp130", "nM", "IL-6 with sIL-6R and sgp130", "LSG", (0, 0.1), plasma)
il6_reference = Signal("il6_reference", "pg/mL", "free IL-6 in typical active disease", "L_0")
il6_sil6r_reference = Signal("il6_sil6r_reference", "nM", "complex of IL-6 and sIL-6R at reference", "LS_0")
il6_concentration = Signal("il6_concentration", "pg/mL", "free IL-6 by mass", r"\ell")
il6_production = Signal("il6_production", "1", "IL-6 production relative to typical active disease", "p")
il6_brake = Signal(
    "il6_brake", "1", "fraction of IL-6 production that remains under negative feedback", "b_L"
)

# ---- membrane receptor and signal
mil6r = Species("mil6r", "1", "free membrane IL-6 receptor, 1 in typical active disease", "R", (0, 1))
mil6r_renewal = Signal("mil6r_renewal", "1/h", "renewal of the membrane receptor", "k_r")
classic_signal = Signal("classic_signal", "pg/mL", "signal through membrane IL-6R", r"e_c")
trans_signal = Signal("trans_signal", "pg/mL", "signal through the soluble complex", r"e_t")
il6_rhythm = Signal("il6_rhythm", "1", "sharpness of the daily course of IL-6", r"\kappa_L")
signal_at_start = Signal("signal_at_start", "pg/mL", "daily mean of effective IL-6 at the start", "e_0")
gp130_drive = Signal("gp130_drive", "pg/mL", "effective IL-6 that reaches gp130", "u")
il6_signal = Signal(
    "il6_signal", "pg/mL", "effective IL-6 at gp130: the equivalent free IL-6 without drug", "e"
)
joint_signal = Signal("joint_signal", "1", "effective IL-6 in the joint", "e_j")

# ---- innate loop, joint
initial_activity = Signal("initial_activity", "1", "innate activity in steady state without drug", "M_0")
clock = Signal("clock", "1", "daily drive, mean 1", "c")
innate_activity = Species("innate_activity", "1", "innate activity", "M", (0, 2))
innate_memory = Species(
    "innate_memory", "1", "memory of innate cells, the mean activity of past months", "T", (0, 2)
)
initial_arthritis = Signal("initial_arthritis", "1", "arthritis in steady state without drug", "J_0")
il1 = Species("il1", "1", "IL-1beta at its site of action (latent)", "I", (0, 5))
il1_signal = Signal("il1_signal", "1", "Active IL-1, not blocked by drugs", "I_e")
joint_il6 = Species("joint_il6", "1", "IL-6 produced in the joint", "L_j", (0, 5), joint)
articular_memory = Species("articular_memory", "1", "established arthritis, 0 to 1", "A_s", (0, 1), joint)
joint_infiltrate = Species("joint_infiltrate", "1", "cells that infiltrate the joint", "J_1", (0, 2))
joint_activity = Species("joint_activity", "1", "arthritis", "J", (0, 2))
joint_damage = Species("joint_damage", "1", "irreversible joint damage, 0 to 1", "D_J", (0, 1))
malaise = Species("malaise", "1", "malaise", "B", (0, 3))

# ---- glucocorticoid and the adrenal axis
glucocorticoid_site = Species(
    "glucocorticoid_site", "nM", "glucocorticoid drug at its site of action, as prednisolone", "G", (0, 300)
)
cortisol_unbound = Signal("cortisol_unbound", "nM", "unbound cortisol in plasma", "F_u")
restraint = Signal(
    "restraint", "1", "fraction of inflammatory production that remains under glucocorticoid", "f"
)

# ---- acute phase, temperature
crp_induction = Species("crp_induction", "mg/L", "CRP induction, first transit", "C_1", (0, 200))
crp_synthesis = Species("crp_synthesis", "mg/L", "CRP synthesis, second transit", "C_2", (0, 200))
crp = Species("crp", "mg/L", "C-reactive protein", r"\mathrm{CRP}", (0, 200))
fibrinogen = Species("fibrinogen", "g/L", "fibrinogen", "F_g", (1.5, 8))
esr = Signal("esr", "mm/h", "erythrocyte sedimentation rate", r"\mathrm{ESR}")
albumin = Species("albumin", "g/L", "albumin", r"\mathrm{Alb}", (20, 50))
temperature = Species("temperature", "degC", "body temperature", "T", (35, 41))

# ---- iron and blood
serum_iron = Species("serum_iron", "umol/L", "serum iron", r"\mathrm{Fe}", (2, 30))
iron_share = Signal("iron_share", "1", "serum iron relative to normal", "x_{Fe}")
iron_share_at_start = Signal("iron_share_at_start", "1", "serum iron relative to normal, at the start", "x_0")
ferritin = Species("ferritin", "ug/L", "ferritin", r"\mathrm{Fer}", (10, 20000))
haemoglobin = Signal("haemoglobin", "g/dL", "haemoglobin", r"\mathrm{Hb}")
haemoglobin_in_health = Signal(
    "haemoglobin_in_health", "g/dL", "haemoglobin of a healthy child of the same age", "Hb_0"
)
platelets = Signal("platelets", "1e9/L", "platelets", r"\mathrm{Plt}")
neutrophils = Species("neutrophils", "1e9/L", "neutrophils", "N", (0.5, 20))
# ---- skin and serosa
rash = Species("rash", "1", "share of body surface with rash", r"\rho", (0, 0.01))
serosal_inflammation = Species(
    "serosal_inflammation", "1", "serosal inflammation, the mean drive of past days", r"\sigma", (0, 3)
)

# ---- macrophage activation
macrophage_activation = Species(
    "macrophage_activation", "1", "activated macrophages, 1 in full MAS", "A", (0, 1)
)
ifn_signal = Signal("ifn_signal", "1", "Active IFN-gamma, relative to full MAS", r"\gamma_e")
initial_activation = Signal("initial_activation", "1", "activated macrophages at the start", "A_0")
initial_ifn = Signal("initial_ifn", "1", "IFN-gamma at the start, relative to full MAS", r"\gamma_0")
il18 = Species("il18", "pg/mL", "IL-18, total", r"\mathrm{IL18}", (100, 60000))
ifn_gamma = Species("ifn_gamma", "pg/mL", "IFN-gamma", r"\mathrm{IFN}", (0, 100))
macrophage_pyrogen = Sum(
    "macrophage_pyrogen", "degC", "rise of the set point due to activated macrophages", "x_A"
)

# ---- growth
height_at_start = Covariate("height_at_start", "cm", "height on day 0", "h_0", typical=115.0)
target_height_score = Covariate(
    "target_height_score", "1", "SD score of height that the child would have in health", "z_0", typical=0.0
)
plate_inflammation = Sum(
    "plate_inflammation", "1", "reduction of growth by inflammation: x in 1/(1 + x)", r"\chi_I"
)
igf1_relative = Species("igf1_relative", "1", "IGF-1 relative to health", "x", (0, 2))
height = Species("height", "cm", "height; in a mouse its length", "h", (40, 200))
bone_age = Species("bone_age", "year", "bone age: maturity of growth and puberty", "b", (0, 20))
bone_age_at_start = Signal("bone_age_at_start", "year", "bone age on day 0", "b_0")
growth_pace = Signal(
    "growth_pace", "1/year", "fraction of the remaining growth that a healthy child attains in a year", "s"
)
pace_at_start = Signal("pace_at_start", "1/year", "that fraction on day 0", "s_{(0)}")
puberty = Signal("puberty", "1", "progress of puberty, 0 to 1", "p")
puberty_of_age = Signal("puberty_of_age", "1", "progress of puberty expected at the age", r"\bar{p}")
own_adult_height = Signal("own_adult_height", "cm", "adult height in health", "h_a")
height_of_age = Signal("height_of_age", "cm", "height in health at the age on day 0", r"\bar{h}_0")
height_of_bone_age = Signal(
    "height_of_bone_age", "cm", "height in health at the child's bone age on day 0", r"\bar{h}_b"
)
height_reached_in_health = Signal(
    "height_reached_in_health", "cm", "height in health at the present bone age", r"\bar{h}(b)"
)
median_height = Signal("median_height", "cm", "median height for age", r"h_{50}")
lower_height = Signal("lower_height", "cm", "height one SD below the median for age", r"h_{16}")
