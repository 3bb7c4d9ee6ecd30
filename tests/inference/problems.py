"""Small problems whose answers are known: linear ones in closed form, and a one-compartment data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quotidian.data import EventTable, read_events
from quotidian.inference.event_plan import EventPlan
from quotidian.inference.event_predictor import EventPredictor
from quotidian.inference.individual_model import IndividualModel
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.residual import Kind, Observations, Residuals
from quotidian.models.pk_shelf import pk_model

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Linear:
    """Predictions that are linear in the predictors: f = A u for each subject."""

    matrices: Floats  # [subject, observation, predictor]

    def predict(self, who: NDArray[np.int64], u: Floats) -> Floats:
        return np.einsum("njk,nk->nj", self.matrices[who], u)

    def linearise(self, who: NDArray[np.int64], u: Floats, which: Sequence[int]) -> tuple[Floats, Floats]:
        return self.predict(who, u), self.matrices[who][:, :, list(which)]


def observations(value: Floats, endpoint: NDArray[np.int64] | None = None) -> Observations:
    shape = value.shape
    return Observations(
        value, np.ones(shape, bool), np.zeros(shape, np.int64) if endpoint is None else endpoint,
        np.zeros(shape, np.int64), np.full(shape, np.nan),
    )  # fmt: skip


def linear_problem(subjects: int = 5, seed: int = 3) -> tuple[MixedModel, Parameters]:
    """Two predictors with correlated random effects, additive error, four observations a subject."""
    rng = np.random.default_rng(seed)
    matrices = rng.normal(size=(subjects, 4, 2))
    at = Parameters(np.array([1.0, -0.5]), np.array([[0.5, 0.2], [0.2, 0.4]]), np.array([0.3]))
    u = at.theta + rng.normal(size=(subjects, 2)) @ np.linalg.cholesky(at.omega).T
    value = np.einsum("njk,nk->nj", matrices, u) + 0.3 * rng.normal(size=(subjects, 4))
    design = np.repeat(np.eye(2)[None], subjects, axis=0)
    model = MixedModel(
        Linear(matrices), observations(value), design, np.arange(2), Residuals(("additive",)), ((0, 1),)
    )
    return model, at


def matrices_of(model: MixedModel) -> Floats:
    """The matrices of a linear problem, [subject, observation, predictor]."""
    assert isinstance(model.predictor, Linear)
    return model.predictor.matrices


ORAL = ("KA = exp(u_KA)", "CL = exp(u_CL)*(WT/70)**0.75", "V = exp(u_V)*WT/70")


def oral_table(folder: Path, subjects: int = 6, seed: int = 5, censored: bool = False) -> EventTable:
    """One dose of 320 to each subject, first-order absorption, errors of 10 % and 0.1."""
    rng = np.random.default_rng(seed)
    times = np.array([0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0])
    lines = ["ID,TIME,AMT,EVID,CMT,DV,CENS,WT"]
    for i in range(1, subjects + 1):
        weight = 50.0 + 8.0 * i
        eta = 0.3 * rng.normal(size=3)
        ka, cl, v = 1.5 * np.exp(eta[0]), 2.8 * np.exp(eta[1]), 32.0 * np.exp(eta[2])
        cl, v = cl * (weight / 70) ** 0.75, v * weight / 70
        k = cl / v
        lines.append(f"{i},0,320,1,1,.,0,{weight}")
        f = 320 * ka / (v * (ka - k)) * (np.exp(-k * times) - np.exp(-ka * times))
        y = f * (1 + 0.1 * rng.normal(size=len(f))) + 0.1 * rng.normal(size=len(f))
        for t, c in zip(times, y, strict=True):
            below = censored and c < 2.0
            lines.append(f"{i},{t},0,0,2,{2.0 if below else c:.5f},{int(below)},{weight}")
    path = folder / "oral.csv"
    path.write_text("\n".join(lines) + "\n")
    return read_events(path)


def mixed_of(
    table: EventTable, individual: IndividualModel, kind: Kind = "combined", threads: int | None = None,
    blocks: tuple[tuple[int, ...], ...] = ((0,), (1,), (2,)), model: str = "pk-1cmt-oral",
) -> MixedModel:  # fmt: skip
    """A model of the shelf with a random effect on every predictor."""
    plan = EventPlan(table, pk_model(model), individual)
    shape = (len(table.ids), plan.width)
    value, there = np.zeros(shape), np.zeros(shape, bool)
    censored = np.zeros(shape, np.int64)
    for subject, rows in enumerate(plan.places):
        value[subject, : len(rows)] = table.value[rows]
        there[subject, : len(rows)] = True
        censored[subject, : len(rows)] = table.censored[rows]
    data = Observations(value, there, np.zeros(shape, np.int64), censored, np.full(shape, np.nan))
    size = len(individual.predictors)
    design = np.repeat(np.eye(size)[None], shape[0], axis=0)
    predictor = EventPredictor(plan, threads=threads)
    return MixedModel(predictor, data, design, np.arange(size), Residuals((kind,)), blocks)


def oral_problem(
    folder: Path, censored: bool = False, threads: int | None = None, subjects: int = 6
) -> tuple[MixedModel, Parameters]:
    """The data of :func:`oral_table` with the model that made them."""
    individual = IndividualModel.of(("u_KA", "u_CL", "u_V"), ORAL, ("KA", "CL", "V"))
    model = mixed_of(oral_table(folder, subjects, censored=censored), individual, threads=threads)
    at = Parameters(np.log([1.4, 2.6, 34.0]), np.diag([0.1, 0.08, 0.06]), np.array([0.12, 0.1]))
    return model, at
