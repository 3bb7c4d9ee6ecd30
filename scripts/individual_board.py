"""Published individual estimates: empirical Bayes estimates beside NONMEM's, with processor time.

FOLDER holds a folder for each model with model.yaml (equations, values, random effects, residual errors),
records.csv, reference_eta.csv (estimates and their objective) and reference_prediction.csv. An estimate is
within its tolerance if it differs by at most 2 % of the SD of its random effect; an objective if it is at
most 0.02 higher; a prediction if it differs by at most 1e-4. A lower objective than the reference passes,
because the reference is not always the most probable value. A model passes with 95 % of its subjects within
the tolerance of the estimates and 98 % within that of the objective (models m9..: 90 % and 95 %), and with
99.9 % of the predictions.

    python scripts/individual_board.py FOLDER [--subjects 400] [--models m001,m301]
"""

from __future__ import annotations

import argparse
import csv
import itertools
import math
import re
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from quotidian.application.fitting.population_fit import PopulationFit, fit_population
from quotidian.application.fitting.structural_models import structural_model
from quotidian.data import read_events
from quotidian.data.covariate_model import CovariateFormula
from quotidian.inference.effects import Effects, Endpoint, ParameterEffect

Floats = NDArray[np.float64]
ETA, OBJECTIVE, PREDICTION = 0.02, 0.02, 1e-4
LOWER = 0.01  # by which an objective counts as lower than that of the reference
SUBJECTS = 400
DOSING = {"lag": "ALAG", "bioavailability": "F", "duration": "D"}
WORD = re.compile(r"\b[A-Za-z_]\w*")


@dataclass(frozen=True)
class Reference:
    """Estimates [subject, effect], objectives [subject] and both predictions [observation row, 2]."""

    eta: Floats
    objective: Floats
    prediction: Floats


@dataclass(frozen=True)
class Compared:
    """A model beside its reference: how many are within, and the largest part of the tolerance of each."""

    subjects: int
    predictions: tuple[int, int, float]
    objectives: tuple[int, float]
    estimates: tuple[int, float]

    def passes(self, tough: bool) -> bool:
        """Whether enough subjects and predictions are within their tolerances."""
        rows, good, _ = self.predictions
        least = (0.95, 0.90) if tough else (0.98, 0.95)
        within = (self.objectives[0], self.estimates[0])
        enough = all(own >= share * self.subjects for own, share in zip(within, least, strict=True))
        return enough and good >= 0.999 * rows


def renamed(text: str, stated: Mapping[str, Any]) -> str:
    """A formula with the model's own names marked, so that none is that of a dosing item, such as F1."""
    own = own_names(stated)
    return WORD.sub(lambda found: f"p_{found[0]}" if found[0] in own else found[0], text)


def own_names(stated: Mapping[str, Any]) -> set[str]:
    """Names of fixed values and individual parameters."""
    return {*stated["fixed"], *(line.partition("=")[0].strip() for line in stated["individual"])}


def antimony(stated: Mapping[str, Any]) -> str:
    """The equations in Antimony; each compartment is a species, in the order of its number."""
    own = sorted(own_names(stated))
    species = [stated["compartments"][k] for k in sorted(stated["compartments"])]
    lines = ["model stated", "compartment body = 1"]
    lines += [f"substanceOnly species {name} in body; {name} = 0" for name in species]
    lines += [f"p_{name} = 1" for name in own]
    equations = {f"{name}'": stated["ode"][name] for name in species}
    equations |= {f"seen_{cmt} :": how["value"] for cmt, how in stated["observe"].items()}
    for name, text in equations.items():
        formula = re.sub(r"\bt\b", "time", renamed(str(text), stated)).replace("**", "^")
        lines.append(f"{name}= {formula}")
    return "\n".join([*lines, "end", ""])


def covariance_of(stated: Mapping[str, Any]) -> Floats:
    """Covariance of the random effects, [effect, effect]."""
    lower = stated["omega_lower"]
    found = np.zeros((len(lower), len(lower)))
    for k, row in enumerate(lower):
        found[k, : k + 1] = found[: k + 1, k] = row
    return found


def blocks_of(covariance: Floats) -> list[list[int]]:
    """Numbers of the random effects that covary, directly or through others, for each block of several."""
    linked = np.linalg.matrix_power((covariance != 0).astype(float), len(covariance)) > 0
    found = {tuple(np.flatnonzero(row).tolist()) for row in linked}
    return [list(own) for own in sorted(found) if len(own) > 1]


def effects_of(stated: Mapping[str, Any]) -> Effects:
    """Effects: each random effect is a parameter of its own, and the parameters are formulas of these."""
    omega = covariance_of(stated)
    sd, names = np.sqrt(np.diag(omega)), [f"eta_{name}" for name in stated["random_effects"]]
    random = tuple(
        ParameterEffect(name, 0.0, float(s), "normal", fixed=True) for name, s in zip(names, sd, strict=True)
    )
    fixed = tuple(
        ParameterEffect(f"p_{name}", float(value), shape="normal", fixed=True)
        for name, value in stated["fixed"].items()
    )
    blocks = blocks_of(omega)
    correlations = tuple(
        (names[a], names[b], float(omega[a, b] / (sd[a] * sd[b])))
        for block in blocks
        for a, b in itertools.combinations(block, 2)
    )
    number = {name: k for k, name in stated["compartments"].items()}
    formulas = [renamed(line, stated) for line in stated["individual"]]
    for name, items in stated["dose"].items():
        formulas += [
            f"{DOSING[kind]}{number[name]} = {renamed(str(text), stated)}" for kind, text in items.items()
        ]
    endpoints = tuple(
        Endpoint(f"seen_{cmt}", how["error"], sigma_of(how), "CMT", str(cmt))
        for cmt, how in stated["observe"].items()
    )
    return Effects(
        (*random, *fixed), endpoints, tuple(tuple(names[k] for k in block) for block in blocks), correlations,
        tuple(CovariateFormula.read(line) for line in formulas),
    )  # fmt: skip


def sigma_of(how: Mapping[str, Any]) -> tuple[float, ...]:
    """SDs of a residual error that is stated by its variances."""
    parts = ("additive", "proportional") if how["error"] == "combined" else (how["error"],)
    return tuple(math.sqrt(how[f"variance_{part}"]) for part in parts)


def shortened(folder: Path, subjects: int, made: Path) -> tuple[Path, list[dict[str, str]]]:
    """The records of the first subjects in a file of their own, and as rows."""
    with (folder / "records.csv").open(encoding="utf-8") as source:
        reader = csv.DictReader(source)
        rows, head = list(reader), list(reader.fieldnames or ())
    ids = list(dict.fromkeys(row["ID"] for row in rows))[:subjects]
    kept = [row for row in rows if row["ID"] in {*ids}]
    target = made / "records.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, head)
        writer.writeheader()
        writer.writerows(kept)
    return target, kept


def reference_of(folder: Path, effects: Sequence[str], records: Sequence[Mapping[str, str]]) -> Reference:
    """What the reference states of the subjects of these records, and of their observations with a value."""
    ids = list(dict.fromkeys(row["ID"] for row in records))
    with (folder / "reference_eta.csv").open(encoding="utf-8") as source:
        rows = {row["ID"]: row for row in csv.DictReader(source)}
    with (folder / "reference_prediction.csv").open(encoding="utf-8") as source:
        known = [(float(r["PRED"]), float(r["IPRED"])) for r in csv.DictReader(source) if r["ID"] in {*ids}]
    counts = [row["MDV"] == "0" for row in records if row["EVID"] == "0"]
    eta = [[float(rows[i][f"ETA_{name}"]) for name in effects] for i in ids]
    objective = [float(rows[i]["MAP_OBJECTIVE"]) for i in ids]
    return Reference(np.array(eta), np.array(objective), np.array(known)[np.array(counts)])


def compared(fit: PopulationFit, reference: Reference) -> Compared:
    """Predictions, objectives and estimates of a fit beside the reference."""
    model, at, everyone = fit.model, fit.parameters, fit.model.everyone()

    def predicted(eta: Floats) -> Floats:
        return model.predictor.predict(everyone, model.predictors(everyone, eta, at.theta))

    there = model.data.there
    shown = np.stack([predicted(eta)[there] for eta in (0.0 * reference.eta, reference.eta)], axis=1)
    far = np.abs(shown - reference.prediction) / (PREDICTION * np.abs(reference.prediction) + 1e-9)
    rise = model.penalised(everyone, predicted(fit.eta), fit.eta, at) - reference.objective
    away = (np.abs(fit.eta - reference.eta) / (ETA * np.sqrt(np.diag(at.omega)))).max(axis=1)
    same = rise >= -LOWER
    return Compared(
        len(everyone),
        (far.size, int((far <= 1).sum()), float(far.max())),
        (int((rise <= OBJECTIVE).sum()), float(rise.max() / OBJECTIVE)),
        (int((~same | (away <= 1)).sum()), float(away[same].max(initial=0.0))),
    )


def row(name: str, found: Compared, cpu: float) -> str:
    """One line of the table."""
    rows, good, far = found.predictions
    verdict = "yes" if found.passes(name >= "m9") else "no"
    objectives, estimates = (f"{n}, {most:.3g}" for n, most in (found.objectives, found.estimates))
    return (
        f"| {name} | {found.subjects} | {good} of {rows}, {far:.3g} | {objectives} | {estimates} | "
        f"{verdict} | {cpu:.1f} |"
    )


def judged(folder: Path, subjects: int) -> tuple[Compared, float]:
    """A model of a folder beside its reference, and processor time of the estimates, s."""
    import antimony as writer

    stated = yaml.safe_load((folder / "model.yaml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as made:
        file, records = shortened(folder, subjects, Path(made))
        writer.clearPreviousLoads()
        if writer.loadAntimonyString(antimony(stated)) < 0:
            raise ValueError(writer.getLastError())
        equations = Path(made) / "stated.xml"
        equations.write_text(writer.getSBMLString(writer.getMainModuleName()), encoding="utf-8")
        table, pk = read_events(file), structural_model(str(equations))
    began = time.process_time()
    fit = fit_population(table, pk, effects_of(stated), "focei", estimate=False)
    cpu = time.process_time() - began
    return compared(fit, reference_of(folder, stated["random_effects"], records)), cpu


def main(arguments: Sequence[str] | None = None) -> None:
    """Estimate, compare, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--subjects", type=int, default=SUBJECTS)
    parser.add_argument("--models", default="", help="names of folders; all by default")
    asked = parser.parse_args(arguments)
    every = sorted(path.parent.name for path in asked.folder.glob("*/model.yaml"))
    names = asked.models.split(",") if asked.models else every
    print("Within the tolerance, and the largest deviation as a part of the tolerance:\n")
    print("| model | subjects | predictions | objectives | estimates | pass | CPU, s |")
    print("|---|---|---|---|---|---|---|")
    for name in names:
        found, cpu = judged(asked.folder / name, asked.subjects)
        print(row(name, found, cpu), flush=True)


if __name__ == "__main__":
    main()
