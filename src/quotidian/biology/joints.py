"""The joint: its own IL-6, its signal in the presence of drugs, and arthritis over weeks."""

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
from quotidian.network.laws import first_order
from quotidian.vocabulary import (
    il1_block,
    il6_production,
    initial_activity,
    innate_activity,
    jak_block,
    joint_activity,
    joint_block,
    joint_il6,
    joint_signal,
    joint_suppression,
    joint_trans_block,
)

k = Parameters(__file__)
k_l, w_j = k("k_joint_il6", "1/h"), k("trans_share", "1")
k_j, q, n = k("k_joint", "1/h"), k("il6_share", "1"), k("exponent", "1")
r = k("il1_need", "1")
joints_all, half_joints, limited_share = k("joints", "1"), k("half_joints", "1"), k("limited_share", "1")
steepness = k("count_steepness", "1")
old_joints = k("old_limitation", "1")

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


def inflammation(k_j: Any, M: Any, q: Any, e_j: Any, n: Any, r: Any, B_1: Any, B_m: Any) -> Any:
    r"""Development of arthritis, :math:`v = k_J M (1 - q + q e_j^n) (1 - r + r/(1 + B_1)) / (1 + B_m)`"""
    return k_j * M * (1 - q + q * e_j**n) * (1 - r + r / (1 + B_1)) / (1 + B_m)


def active_joints(N: Any, J: Any, h: Any, s: Any) -> Any:
    r"""Active joints, :math:`N J^s / (J^s + h^s)`"""
    return N * J**s / (J**s + h**s)


def limited_joints(N: Any, J: Any, h: Any, s: Any, f: Any, old: Any) -> Any:
    r"""Joints with limited motion, :math:`f N x + N_{old} (1 - f x)` with :math:`x = J^s/(J^s + h^s)`"""
    x = J**s / (J**s + h**s)
    return f * N * x + old * (1 - f * x)


module = Module(
    "joints",
    "Joints",
    about="A share q of a child's arthritis is driven by IL-6; the rest follows innate activity alone.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(joint_classic, classic, joint_il6, w_j, joint_block),
        AssignmentRule(joint_trans, trans, joint_il6, w_j, joint_block, joint_trans_block),
        AssignmentRule(joint_signal, both, joint_classic, joint_trans, jak_block),
    ),
    fluxes=(
        Flux(NOTHING >> joint_il6, il6_made, k_l, il6_production),
        Flux(joint_il6 >> NOTHING, first_order, joint_il6, k_l),
        Flux(
            NOTHING >> joint_activity, inflammation,
            k_j, innate_activity, q, joint_signal, n, r, il1_block, joint_suppression,
        ),
        Flux(joint_activity >> NOTHING, first_order, joint_activity, k_j),
    ),
    starts=(
        InitialCondition(joint_il6, itself, initial_activity),
        InitialCondition(joint_activity, itself, initial_activity),
    ),
    observables=(
        Observable("joint_activity", "1", "arthritis, 1 in typical active disease", itself, joint_activity),
        Observable("joint_signal", "1", "effective IL-6 in the joint, relative", itself, joint_signal),
        Observable("joint_classic", "1", "joint IL-6 through membrane IL-6R", itself, joint_classic),
        Observable("joint_trans", "1", "joint IL-6 through the soluble complex", itself, joint_trans),
        Observable(
            "active_joints", "1", "joints with active arthritis, of 71", active_joints,
            joints_all, joint_activity, half_joints, steepness,
        ),
        Observable(
            "limited_joints", "1", "joints with limited motion, of 71", limited_joints,
            joints_all, joint_activity, half_joints, steepness, limited_share, old_joints,
        ),
    ),
)  # fmt: skip
