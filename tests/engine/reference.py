"""One Rosenbrock step in plain NumPy, read off the formulas of :mod:`quotidian.engine.codegen.rosenbrock`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.codegen.rosenbrock import Method

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class System:
    """y' = f(t, y) with its Jacobian and its derivative by time."""

    f: Callable[[float, Floats], Floats]
    jacobian: Callable[[float, Floats], Floats]
    drift: Callable[[float, Floats], Floats]


@dataclass(frozen=True)
class Step:
    """Where a step began and ended, and its increments [stage, state]; the last is the error estimate."""

    begin: Floats
    end: Floats
    k: Floats

    def inside(self, method: Method, theta: float) -> Floats:
        """The dense polynomial at a fraction of the step."""
        p = np.array(method.H) @ self.k
        bend = p[0] + theta * (p[1] + theta * p[2])
        return (1 - theta) * self.begin + theta * (self.end + (1 - theta) * bend)


def rosenbrock(method: Method, system: System, t: float, y: Floats, h: float) -> Step:
    """Solve the stages one after another with a dense solver."""
    w = np.eye(len(y)) / (method.gamma * h) - system.jacobian(t, y)
    k: list[Floats] = []
    stage = y
    for a, C, c, d in zip(method.a, method.C, method.c, method.d, strict=True):
        stage = y + sum((a_j * k_j for a_j, k_j in zip(a, k, strict=False)), np.zeros_like(y))
        past = sum((C_j * k_j for C_j, k_j in zip(C, k, strict=False)), np.zeros_like(y))
        right = system.f(t + c * h, stage) + past / h + d * h * system.drift(t, y)
        k.append(np.linalg.solve(w, right))
    return Step(y, stage + k[-1], np.array(k))
