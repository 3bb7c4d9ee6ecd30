"""Published population problems: how each is stated here, and equations that the shelf of models lacks."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quotidian.data import EventTable, read_events
from quotidian.data.covariate_model import CovariateFormula
from quotidian.inference.effects import CovariateEffect, Effects, Endpoint, ParameterEffect, Shape
from quotidian.inference.residual import SIZES, Kind


@dataclass(frozen=True)
class Observed:
    """A kind of observation: its residual error, whose parts have these names, and its rows by DVID."""

    kind: Kind
    error: tuple[str, ...]
    observable: str = ""
    dvid: str = ""


@dataclass(frozen=True)
class Problem:
    """How a published problem is stated here.

    Attributes
    ----------
    model : of the shelf, or a name of EQUATIONS. parameters : with random effects, in the order of the
        published covariance. plain : without. block : whether all random effects covary. starts : typical
        values and SDs that the file does not state. limit : largest objective of a fit, where no estimates
        are published. methods : those that the problem was made for. per_weight : whether doses are divided
        by WT, so that clearances and volumes are those of one unit of weight. blocks : of random effects
        that covary. share : name of the share of the first of two classes; formulas read CLASS.
    """

    model: str
    parameters: tuple[str, ...]
    observed: tuple[Observed, ...]
    plain: tuple[str, ...] = ()
    block: bool = False
    starts: Mapping[str, float] = field(default_factory=dict)
    covariates: tuple[tuple[str, str, str, float], ...] = ()
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    formulas: tuple[str, ...] = ()
    limit: float | None = None
    per_weight: bool = False
    blocks: tuple[tuple[str, ...], ...] = ()
    share: str = ""
    methods: tuple[str, ...] = ("focei", "saem")


EQUATIONS = {
    "oral-mm": """model oral_mm
  compartment body = 1
  substanceOnly species depot in body, central in body
  depot = 0; central = 0; KA = 1; VM = 1; KM = 1; V = 1
  absorbed: depot -> central; KA*depot
  eliminated: central -> ; VM*(central/V)/(KM + central/V)
  conc := central/V
end
""",
    "tmdd-2cmt": """model tmdd
  compartment body = 1
  substanceOnly species drug in body, peripheral in body, target in body
  cl = 1; v1 = 1; Q = 1; v2 = 1; kss = 1; kint = 1; ksyn = 1; kdeg = 1
  drug = 0; peripheral = 0; target = ksyn/kdeg
  b := drug/v1 - target - kss
  c := (b + sqrt(b^2 + 4*kss*drug/v1))/2
  drug' = -(cl + Q)*c + Q/v2*peripheral - kint*target*c*v1/(kss + c)
  peripheral' = Q*c - Q/v2*peripheral
  target' = ksyn - kdeg*target - (kint - kdeg)*c*target/(kss + c)
end
""",
    "warfarin-pca": """model warfarin
  compartment body = 1
  substanceOnly species depot in body, gut in body, central in body, effect in body
  ktr = 1; ka = 1; cl = 1; v = 1; emax = 0.5; ec50 = 1; kout = 1; e0 = 1
  depot = 0; gut = 0; central = 0; effect = e0
  conc := central/v
  depot' = -ktr*depot
  gut' = ktr*depot - ka*gut
  central' = ka*gut - cl/v*central
  effect' = e0*kout*(1 - emax*conc/(ec50 + conc)) - kout*effect
end
""",
    "emax": """model emax
  compartment body = 1
  substanceOnly species nothing in body
  nothing = 0; E0 = 1; Emax = 1; ED50 = 1; given = 1
  nothing' = 0
  response := E0 + Emax*given/(ED50 + given)
end
""",
}
"""Models in Antimony, in which every species is a compartment of the data."""

COVARIATES = tuple(
    (name, column, relation, centre)
    for name in ("CL", "V")
    for column, relation, centre in (("WT", "power", 70.0), ("AGE", "power", 50.0), ("SEX", "factor", 0.0))
)
ONE = Observed("proportional", ("prop",))
PROBLEMS = {
    "p01": Problem(
        "pk-1cmt-oral", ("KA", "V", "K"), (Observed("combined", ("s2add", "s2prop")),), block=True,
        formulas=("CL = K*V",),
    ),
    "p02": Problem("pk-1cmt-oral", ("KA", "CL", "V"), (Observed("combined", ("add", "prop")),)),
    "p04": Problem("pk-2cmt", ("V", "CL", "V2", "Q"), (Observed("proportional", ("s2",)),)),
    "p05": Problem(
        "pk-1cmt", ("CL", "V"), (Observed("proportional", ("s2",)),), block=True, covariates=COVARIATES
    ),
    "p08": Problem(
        "pk-2cmt", ("CL", "V", "Q", "V2"), (Observed("log", ("sd",)),), block=True,
        methods=("focei", "laplace", "saem"),
    ),
    "p10": Problem(
        "tmdd-2cmt", ("cl", "v1", "kss"), (Observed("log", ("sd",), "c"),),
        plain=("Q", "v2", "kint", "ksyn", "kdeg"), limit=250.0,
    ),
    "p11": Problem(
        "warfarin-pca", ("cl", "v", "ec50", "kout", "e0"),
        (Observed("combined", ("add", "prop"), "conc", "1"), Observed("additive", ("pdadd",), "effect", "2")),
        plain=("ktr", "ka", "emax"), shapes={"emax": "logit-normal"},
    ),
    "p13": Problem("pk-2cmt", ("CL", "V", "Q", "V2"), (ONE,)),
    "p14": Problem("oral-mm", ("V", "VM", "KM", "KA"), (Observed("proportional", ("prop",), "conc"),)),
    "p16": Problem(
        "pk-1cmt-oral", ("KA", "CL", "V"), (Observed("additive", ("s2add",)),), per_weight=True,
        starts={"s2add": 0.5, "CL": 0.04, "V": 0.46},
    ),
    "p17": Problem(
        "pk-1cmt", ("V1", "K1", "V2", "K2"), (Observed("proportional", ("s2",)),), share="p",
        blocks=(("V1", "K1"), ("V2", "K2")),
        formulas=("V = V1*(CLASS == 1) + V2*(CLASS == 2)", "CL = V*(K1*(CLASS == 1) + K2*(CLASS == 2))"),
    ),
    "p19": Problem(
        "emax", ("E0", "Emax", "ED50"), (Observed("additive", ("a",), "response"),),
        covariates=(("ED50", "GENDER", "exponent", 0.0),), starts={"ED50_GENDER": 0.0},
        formulas=("given = DOSE",),
    ),
}  # fmt: skip
SECOND = (1.4, 0.7)  # factors on the typical values of the second start, in turn
WIDER = 1.3
OTHER_NAMES = {"V": ("V1",), "ED50_GENDER": ("beta",), "KA": (), "CL": ()}


def named(values: Mapping[str, Any], name: str) -> float | None:
    """A typical value under any of the names that problems give it."""
    for own in (name, *OTHER_NAMES.get(name, ())):
        for prefix, scale in (("", float), ("tv", float), ("l", lambda x: math.exp(float(x)))):
            if f"{prefix}{own}" in values:
                return scale(values[f"{prefix}{own}"])
    return None


def size_of(values: Mapping[str, Any], part: str) -> float | None:
    """The SD of a part of the residual error; names with s2 hold variances."""
    if part not in values:
        return None
    return math.sqrt(float(values[part])) if part.startswith("s2") else float(values[part])


def effects_of(problem: Problem, start: Mapping[str, Any], second: bool = False) -> Effects:
    """The effects of a problem at one of its starts."""
    values = {**start, **problem.starts}
    diagonal = start.get("omega_diag") or [row[-1] for row in start.get("omega_lower", [])]
    parameters = []
    for k, name in enumerate((*problem.parameters, *problem.plain)):
        typical, between = named(values, name), 0.0
        assert typical is not None, f"no start of {name}"
        shape = problem.shapes.get(name, "log-normal")
        if k < len(problem.parameters):
            between = math.sqrt(diagonal[k] if diagonal else 0.1) * (WIDER if second else 1.0)
        if second and shape == "log-normal":
            typical *= SECOND[k % 2]
        own = tuple(
            CovariateEffect(column, relation, named(values, f"{name}_{column}") or 0.0, centre)  # type: ignore[arg-type]
            for parameter, column, relation, centre in problem.covariates
            if parameter == name
        )
        parameters.append(ParameterEffect(name, typical, between, shape, own))
    endpoints = tuple(
        Endpoint(o.observable, o.kind, _sizes(values, o), "DVID" if o.dvid else "", o.dvid)
        for o in problem.observed
    )
    blocks = (problem.parameters,) if problem.block else problem.blocks
    formulas = tuple(map(CovariateFormula.read, problem.formulas))
    share = float(start[problem.share]) if problem.share else 1.0
    shares = (share, 1.0 - share) if problem.share else (1.0,)
    return Effects(tuple(parameters), endpoints, blocks, formulas=formulas, shares=shares)


def _sizes(values: Mapping[str, Any], observed: Observed) -> tuple[float, ...]:
    found = tuple(size_of(values, part) or 0.5 for part in observed.error)
    assert len(found) == SIZES[observed.kind]
    return found


def table_of(problem: Problem, file: Path, folder: Path) -> EventTable:
    """The data of a problem; changed data are written to a folder first."""
    if not problem.per_weight:
        return read_events(file)
    changed = folder / file.name
    with file.open(encoding="utf-8") as source, changed.open("w", encoding="utf-8", newline="") as target:
        rows = csv.DictReader(source)
        writer = csv.DictWriter(target, rows.fieldnames or ())
        writer.writeheader()
        for row in rows:
            dose = {} if row["AMT"] in (".", "") else {"AMT": float(row["AMT"]) / float(row["WT"])}
            writer.writerow({**row, **dose})
    return read_events(changed)


def model_of(problem: Problem, folder: Path) -> str:
    """The name of a model of the shelf, or the SBML file of other equations, written to a folder."""
    if problem.model not in EQUATIONS:
        return problem.model
    import antimony

    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(EQUATIONS[problem.model]) < 0:
        raise ValueError(antimony.getLastError())
    file = folder / f"{problem.model}.xml"
    file.write_text(antimony.getSBMLString(antimony.getMainModuleName()), encoding="utf-8")
    return str(file)
