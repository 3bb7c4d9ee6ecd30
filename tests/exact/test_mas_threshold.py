r"""The fold of the MAS loop in closed form: where the state without MAS ends.

With IL-18 held, :math:`\gamma = c (r + H(\gamma; h, n))`, :math:`c = y_{max} S`. At a fold
:math:`1 = c H'` as well, so that :math:`r = z (n - 1 - z)/(1 + z)^2` with :math:`z = (\gamma/h)^n`,
and :math:`c = h z^{1/n} (1 + z)^2 / (n z)`.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from quotidian.engine import Outcome
from quotidian.models import model
from quotidian.simulation import compiled_model

V = {
    name.removeprefix("macrophage_activation."): p.value
    for name, p in model("sjia").parameters.items()
    if name.startswith("macrophage_activation.")
}
R, H, N, TOP, X = (
    V[k] for k in ("resting_tone", "activation_half", "activation_steepness", "ifn_top", "il18_half")
)
SETTLED = 24.0 * 600


def folds() -> tuple[float, float]:
    """c at which the state without MAS ends, and c at which MAS ends."""
    a, b, c = 1 + R, 2 * R - (N - 1), R  # (1 + r) z^2 + (2 r - n + 1) z + r = 0
    low, high = sorted(np.roots([a, b, c]).real)
    return tuple(H * z ** (1 / N) * (1 + z) ** 2 / (N * z) for z in (low, high))  # type: ignore[return-value]


def il18_at(c: float) -> float:
    return X * (c / TOP) / (1 - c / TOP)


def settled(il18: list[float], ifn: float) -> Outcome:
    """Steady drive, no clock, no cortisol, no feedback on IL-18: IL-18 stays where it is put."""
    machine = compiled_model("sjia")
    unit = V["il18_floor"] + V["il18_innate"]
    table = machine.parameters(
        len(il18),
        {
            "innate_loop.kappa": 0.0,
            "glucocorticoid.E_max": 0.0,
            "macrophage_activation.il18_feedback": 0.0,
            "macrophage_activation.il18_proneness": np.array(il18) / unit,
        },
    )
    _, states = machine.begin(table)
    states[:, machine.ode_system.states.index("ifn_gamma")] = ifn * V["ifn_full"]
    return machine.run(table, [SETTLED], start=0.0, end=SETTLED, states=states)


def test_the_state_without_mas_ends_at_the_fold() -> None:
    edge = il18_at(folds()[0])
    run = settled([0.98 * edge, 1.02 * edge], ifn=0.0)
    assert run["il18"][:, -1] == pytest.approx([0.98 * edge, 1.02 * edge], rel=1e-3)
    below, above = run["macrophage_activation"][:, -1]
    assert below < 0.1 and above > 0.9


def test_mas_ends_at_the_other_fold() -> None:
    edge = il18_at(folds()[1])
    below, above = settled([0.98 * edge, 1.02 * edge], ifn=1.0)["macrophage_activation"][:, -1]
    assert below < 0.1 and above > 0.5


def test_the_ledger_derives_the_top_from_the_fold() -> None:
    assert il18_at(folds()[0]) == pytest.approx(X, rel=0.01)


@pytest.mark.parametrize("ifn", [0.0, 1.0])
def test_both_stable_states_lie_where_the_equation_says(ifn: float) -> None:
    c = 0.5 * sum(folds())
    x = il18_at(c)

    def balance(y: float) -> float:
        z = (y / H) ** N
        return c * (R + z / (1 + z)) - y

    bracket = (0.0, H * 0.6) if ifn == 0.0 else (H * 1.3, 2.0)
    expected = brentq(balance, *bracket)
    found = settled([x], ifn)["ifn_gamma"][0, -1] / V["ifn_full"]
    assert found == pytest.approx(expected, rel=2e-3)
