"""Arthritis due to innate activity, and established arthritis, which has a drive of its own (the articular
drive).

Innate activity causes arthritis in every child. Months of arthritis build a memory in the joint (arthritis
becomes *established*), which maintains arthritis when the systemic disease is inactive. Cells enter the
joint first, and arthritis follows. Irreversible damage accumulates and never decreases.
"""

from __future__ import annotations

from typing import Any

from quotidian.network import (
    NOTHING,
    AssignmentRule,
    Flux,
    InitialCondition,
    Module,
    Observable,
    Parameters,
    Signal,
)
from quotidian.network.flux import itself
from quotidian.network.laws import first_order, hill, sqrt
from quotidian.vocabulary import (
    articular_memory,
    course,
    il1_block,
    il6_production,
    il6_reference,
    initial_activity,
    initial_arthritis,
    innate_activity,
    jak_block,
    joint_activity,
    joint_block,
    joint_damage,
    joint_il6,
    joint_infiltrate,
    joint_signal,
    joint_suppression,
    joint_trans_block,
    restraint,
    signal_at_start,
)

k = Parameters(__file__)
k_l, w_j = k("k_joint_il6", "1/h"), k("trans_share", "1")
k_j, q, n = k("k_joint", "1/h"), k("il6_share", "1"), k("exponent", "1")
k_s, a = k("systemic_gain", "1"), k("articular_gain", "1")
r, r_a = k("il1_need", "1"), k("il1_need_settled", "1")
k_e, k_l1 = k("infiltrate_early", "1/h"), k("infiltrate_settled", "1/h")
k_on, k_off = k("memory_gain", "1/h"), k("memory_loss", "1/h")
J_h, j_n, A_0 = k("memory_half", "1"), k("memory_steepness", "1"), k("memory_at_start", "1")
lambda_J = k("jak_recruitment", "1")
k_D, D_0, N_D = k("k_damage", "1/h"), k("damage_at_start", "1"), k("damage_extent", "1")
joints_all, half_joints, limited_share = k("joints", "1"), k("half_joints", "1"), k("limited_share", "1")
steepness = k("count_steepness", "1")

left_of_signal = Signal(
    "joints.signal_left", "1", "fraction of the joint's IL-6 signal that remains under drugs", r"\phi_j"
)
settled_drive = Signal("joints.settled_drive", "1", "drive of established arthritis", "K")
asked = Signal("joints.drive", "1", "arthritis in steady state under both drives", "J^*")
cells = Signal("joints.cell_turnover", "1/h", "turnover of infiltrating cells", "k_i")
formed = Signal(
    "joints.memory_formed", "1", "rate at which arthritis becomes established, relative to its maximum", "h_J"
)
joint_classic = Signal(
    "joints.classic_signal", "1", "effective IL-6 in the joint through membrane IL-6R", "e_{jc}"
)
joint_trans = Signal(
    "joints.trans_signal", "1", "effective IL-6 in the joint through the soluble complex", "e_{jt}"
)


def il6_made(k_l: Any, p: Any) -> Any:
    r"""IL-6 production in the joint, :math:`v = k_L p`"""
    return k_l * p


def classic(L_j: Any, w: Any, B_j: Any) -> Any:
    r"""Classic signal in the joint, :math:`e_{jc} = (1 - w) L_j / (1 + B_j)`"""
    return (1 - w) * L_j / (1 + B_j)


def trans(L_j: Any, w: Any, B_j: Any, B_t: Any) -> Any:
    r"""Trans signal in the joint, :math:`e_{jt} = w L_j / (1 + B_j + B_t)`"""
    return w * L_j / (1 + B_j + B_t)


def both(e_c: Any, e_t: Any, B_J: Any) -> Any:
    r"""Effective IL-6 in the joint, :math:`e_j = (e_{jc} + e_{jt})/(1 + B_J)`"""
    return (e_c + e_t) / (1 + B_J)


def signal_left(w: Any, B_j: Any, B_t: Any, B_J: Any) -> Any:
    r"""Fraction of the signal that remains under drugs,
    :math:`\phi_j = \left(\frac{1 - w}{1 + B_j} + \frac{w}{1 + B_j + B_t}\right)/(1 + B_J)`
    """
    return ((1 - w) / (1 + B_j) + w / (1 + B_j + B_t)) / (1 + B_J)


def settled(a: Any, A_s: Any, f: Any, xi: Any, lambda_J: Any, B_J: Any) -> Any:
    r"""Articular drive, :math:`K = a A_s \sqrt{f}\sqrt{\xi}/(1 + \lambda_J B_J)`

    Steroid and the natural course have a smaller effect on it than on the systemic drive.
    """
    return a * A_s * sqrt(f) * sqrt(xi) / (1 + lambda_J * B_J)


def both_drives(
    k_s: Any, M: Any, q: Any, e_j: Any, n: Any, r: Any, B_1: Any, K: Any, phi: Any, r_a: Any
) -> Any:
    r"""Arthritis of both drives,
    :math:`J^* = k_s M (1 - q + q e_j^n)(1 - r \beta) + K (1 - q + q \phi_j^n)(1 - r_a r \beta)`

    with :math:`\beta = B_1/(1 + B_1)`.
    """
    beta = B_1 / (1 + B_1)
    systemic = k_s * M * (1 - q + q * e_j**n) * (1 - r * beta)
    return systemic + K * (1 - q + q * phi**n) * (1 - r_a * r * beta)


def cell_turnover(k_e: Any, k_l: Any, A_s: Any, r: Any, r_a: Any, B_1: Any) -> Any:
    r"""Turnover of infiltrating cells, :math:`k_i = k_e (k_l/k_e)^{A_s (1 - r_a r \beta)}`

    with :math:`\beta = B_1/(1 + B_1)`. Signals that retain cells multiply the time that a cell stays. Some of
    them need IL-1, to the extent to which the drive of established arthritis needs it.
    """
    beta = B_1 / (1 + B_1)
    return k_e * (k_l / k_e) ** (A_s * (1 - r_a * r * beta))


def arrives(k_i: Any, J: Any, B_m: Any) -> Any:
    r"""Influx of cells, :math:`v = k_i J^*/(1 + B_m)`"""
    return k_i * J / (1 + B_m)


def inflammation(k_j: Any, J_1: Any) -> Any:
    r"""Development of arthritis, :math:`v = k_J J_1`"""
    return k_j * J_1


def pull(J: Any, J_h: Any, n: Any) -> Any:
    r"""Effect of arthritis on the memory, :math:`h_J = H(J^2; J_h^2, n_h/2)`; the base is
    never negative"""
    return hill(J * J, J_h * J_h, n / 2)


def settles(k_on: Any, h_J: Any, A_s: Any) -> Any:
    r"""Formation of established arthritis, :math:`v = k_{on} h_J (1 - A_s)`"""
    return k_on * h_J * (1 - A_s)


def unsettles(k_off: Any, h_J: Any, A_s: Any) -> Any:
    r"""Loss of established arthritis, :math:`v = k_{off} (1 - h_J) A_s`"""
    return k_off * (1 - h_J) * A_s


def damages(k_D: Any, J: Any, D_J: Any) -> Any:
    r"""Accumulation of damage, :math:`v = k_D J (1 - D_J)`"""
    return k_D * J * (1 - D_J)


def arthritis_at_start(k_s: Any, M_0: Any, q: Any, n: Any, a: Any, A_0: Any) -> Any:
    r"""Arthritis at the start without drug, :math:`J_0 = k_s M_0 (1 - q + q M_0^n) + a A_0`"""
    return k_s * M_0 * (1 - q + q * M_0**n) + a * A_0


def relative(e_0: Any, L_ref: Any) -> Any:
    r"""IL-6 at the start relative to the typical child, :math:`e_0/L_{ref}`"""
    return e_0 / L_ref


def active_joints(N: Any, J: Any, h: Any, s: Any) -> Any:
    r"""Active joints, :math:`N J^s / (J^s + h^s)`"""
    return N * J**s / (J**s + h**s)


def limited_joints(N: Any, J: Any, h: Any, s: Any, f: Any, N_D: Any, D: Any) -> Any:
    r"""Joints with limited motion, :math:`f N x + N_D D_J (1 - f x)` with :math:`x = J^s/(J^s + h^s)`"""
    x = J**s / (J**s + h**s)
    return f * N * x + N_D * D * (1 - f * x)


module = Module(
    "joints",
    "Articular drive",
    about="Innate activity and established arthritis drive arthritis; a share q of each drive needs IL-6.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(joint_classic, classic, joint_il6, w_j, joint_block),
        AssignmentRule(joint_trans, trans, joint_il6, w_j, joint_block, joint_trans_block),
        AssignmentRule(joint_signal, both, joint_classic, joint_trans, jak_block),
        AssignmentRule(left_of_signal, signal_left, w_j, joint_block, joint_trans_block, jak_block),
        AssignmentRule(settled_drive, settled, a, articular_memory, restraint, course, lambda_J, jak_block),
        AssignmentRule(
            asked, both_drives,
            k_s, innate_activity, q, joint_signal, n, r, il1_block, settled_drive, left_of_signal, r_a,
        ),
        AssignmentRule(cells, cell_turnover, k_e, k_l1, articular_memory, r, r_a, il1_block),
        AssignmentRule(formed, pull, joint_activity, J_h, j_n),
        AssignmentRule(initial_arthritis, arthritis_at_start, k_s, initial_activity, q, n, a, A_0),
    ),
    fluxes=(
        Flux(NOTHING >> joint_il6, il6_made, k_l, il6_production),
        Flux(joint_il6 >> NOTHING, first_order, joint_il6, k_l),
        Flux(NOTHING >> joint_infiltrate, arrives, cells, asked, joint_suppression),
        Flux(joint_infiltrate >> NOTHING, first_order, joint_infiltrate, cells),
        Flux(NOTHING >> joint_activity, inflammation, k_j, joint_infiltrate),
        Flux(joint_activity >> NOTHING, first_order, joint_activity, k_j),
        Flux(NOTHING >> articular_memory, settles, k_on, formed, articular_memory),
        Flux(articular_memory >> NOTHING, unsettles, k_off, formed, articular_memory),
        Flux(NOTHING >> joint_damage, damages, k_D, joint_activity, joint_damage),
    ),
    starts=(
        InitialCondition(joint_il6, relative, signal_at_start, il6_reference),
        InitialCondition(joint_infiltrate, itself, initial_arthritis),
        InitialCondition(joint_activity, itself, initial_arthritis),
        InitialCondition(articular_memory, itself, A_0),
        InitialCondition(joint_damage, itself, D_0),
    ),
    observables=(
        Observable("joint_activity", "1", "arthritis, 1 in typical active disease", itself, joint_activity),
        Observable("articular_memory", "1", "established arthritis, 0 to 1", itself, articular_memory),
        Observable("joint_damage", "1", "irreversible joint damage, 0 to 1", itself, joint_damage),
        Observable(
            "joint_signal", "1", "effective IL-6 in the joint, 1 in typical active disease",
            itself, joint_signal,
        ),
        Observable(
            "joint_classic", "1", "part of joint_signal through membrane IL-6R",
            itself, joint_classic,
        ),
        Observable(
            "joint_trans", "1", "part of joint_signal through the soluble complex",
            itself, joint_trans,
        ),
        Observable(
            "active_joints", "1", "joints with active arthritis, of 71", active_joints,
            joints_all, joint_activity, half_joints, steepness,
        ),
        Observable(
            "limited_joints", "1", "joints with limited motion, of 71", limited_joints,
            joints_all, joint_activity, half_joints, steepness, limited_share, N_D, joint_damage,
        ),
    ),
)  # fmt: skip
