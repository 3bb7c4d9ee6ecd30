"""Sensitivity of the main outcomes to each assumed parameter.

Each assumed parameter is set to the lower and to the upper end of its stated uncertainty (or variability,
or plausible range) while all others keep their values. All these children are simulated in one batch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.drugs.catalogue import regimen
from quotidian.errors import UnknownName, closest
from quotidian.evidence import Assumed, Entry
from quotidian.evidence.spread import Cv, Fold, LogSd, NoSpread, Range, Sd, Size
from quotidian.network import Model
from quotidian.patients.child import Child, child
from quotidian.patients.treatment import subjects_of
from quotidian.simulation import SimulationRequest, Subjects, compiled_model, simulate
from quotidian.simulation.subjects import Column
from quotidian.units import convert

Floats = NDArray[np.float64]

REGIMEN, WEEK, VISIT_HOUR = "tocilizumab-iv", 12, 8.0
YEAR = 365.25 * 24.0
SETTLED = 4
"""Decimals of a share that the solver's tolerance supports; parameters equal to this precision are sorted
by name."""
NORMAL_TEMPERATURE = 37.0
"""Normal temperature, degC; a change of temperature is reported as a share of the excess over it."""


@dataclass(frozen=True)
class Outcome:
    """One of the main outcomes.

    A change is a share of the untreated child's value of the outcome ``whole``, or of the outcome's own
    value if ``whole`` is empty. The divisor is at least ``least``.
    """

    name: str
    title: str
    unit: str
    treated: bool
    least: float
    whole: str = ""


OUTCOMES = (
    Outcome("il6", "IL-6, mean of a day", "pg/mL", False, 1.0),
    Outcome("crp", "CRP, mean of a day", "mg/L", False, 5.0),
    Outcome("temperature", "temperature, highest of a day", "degC", False, 1.0),
    Outcome("height_velocity", "growth in a year", "cm/year", False, 1.0),
    Outcome("crp_12", "CRP", "mg/L", True, 5.0, whole="crp"),
    Outcome("active_joints_12", "active joints", "1", True, 1.0, whole="active_joints"),
    Outcome("haemoglobin_12", "haemoglobin", "g/dL", True, 1.0),
    Outcome("neutrophils_12", "neutrophils", "1e9/L", True, 0.5),
    Outcome("ferritin_12", "ferritin", "ug/L", True, 50.0, whole="ferritin"),
)
"""The outcomes in the order of the page: untreated disease, then week 12 of the drug."""

_READ = ("il6", "crp", "temperature", "active_joints", "haemoglobin", "neutrophils", "ferritin")


@dataclass(frozen=True)
class Effect:
    """One assumed parameter: its range, and every outcome with it at either end, in the outcome's unit."""

    name: str
    entry: Entry
    low: float
    high: float
    at_low: tuple[float, ...]
    at_high: tuple[float, ...]
    shares: tuple[tuple[float, float], ...]

    @property
    def largest(self) -> float:
        """The largest change among the outcomes, as a share."""
        return max(abs(share) for pair in self.shares for share in pair)

    @property
    def on(self) -> Outcome:
        """The outcome with the largest change."""
        peaks = [max(map(abs, pair)) for pair in self.shares]
        return OUTCOMES[peaks.index(max(peaks))]

    def of(self, outcome: str) -> tuple[float, float]:
        """Change of that outcome at the lower and the upper end, as a share."""
        return self.shares[[o.name for o in OUTCOMES].index(outcome)]


@dataclass(frozen=True)
class AssumptionSensitivity:
    """The outcomes of the typical child, and the effects of the assumed numbers, largest first."""

    model: Model
    child: Child
    typical: tuple[float, ...]
    wholes: tuple[float, ...]
    effects: tuple[Effect, ...]


def entries(model: Model) -> dict[str, Entry]:
    """The ledger entry of every parameter of the model; settings of the model replace those of its
    mechanisms."""
    own: Mapping[str, Entry] = model.settings or {}
    return {name: own.get(name, p.entry) for name, p in model.parameters.items() if p.entry is not None}


def assumed(model: Model) -> dict[str, Entry]:
    """Assumed parameters of the model, without definitions."""
    return {
        name: e
        for name, e in entries(model).items()
        if isinstance(e.basis, Assumed) and not isinstance(e.uncertainty, NoSpread)
    }


def stated(entry: Entry) -> Size | None:
    """The stated uncertainty of a value, else its stated variability."""
    sizes = (s for s in (entry.uncertainty, entry.variability) if isinstance(s, Size))
    return next(sizes, None)


def ends(entry: Entry) -> tuple[float, float]:
    """Lower and upper end of a value, in the unit of the entry.

    They are the range, the factor or two SD of the stated uncertainty, limited to the plausible range. If
    no uncertainty is stated, the variability between subjects is used; if neither is stated, the plausible
    range.
    """
    low, high = entry.plausible
    match stated(entry):
        case Range(lowest, highest):
            return lowest, highest
        case Fold(fold):
            return max(low, entry.value / fold), min(high, entry.value * fold)
        case LogSd(log_sd):
            fold = math.exp(2 * log_sd)
            return max(low, entry.value / fold), min(high, entry.value * fold)
        case Sd(sd):
            return max(low, entry.value - 2 * sd), min(high, entry.value + 2 * sd)
        case Cv(cv):
            part = 2 * cv * abs(entry.value)
            return max(low, entry.value - part), min(high, entry.value + part)
    return low, high


def assumption_sensitivity(
    name: str = "sjia", only: Sequence[str] | None = None, threads: int | None = None
) -> AssumptionSensitivity:
    """The assumed parameters of a model of children, ranked by their effect on the outcomes.

    Parameters
    ----------
    only : these parameters alone; None for all that are assumed.

    Raises
    ------
    UnknownName : no such model, no child lives in it, or a parameter that is not among its assumed ones.
    SolverFailed : the untreated disease of a child with a changed value reaches no steady state.
    """
    model, who = _model(name), child(6, "female", 20)
    looked_at = assumed(model)
    for wanted in only or ():
        if wanted not in looked_at:
            raise UnknownName(
                f"'{wanted}' is not an assumed parameter of {name}.", closest(wanted, looked_at)
            )
    chosen = [n for n in looked_at if only is None or n in only]
    values = _values(name, _subjects(model, who, chosen, looked_at), threads)
    typical = values[0]
    wholes = _wholes(typical)
    found = []
    for i, n in enumerate(chosen):
        low, high = (row[: len(OUTCOMES)] for row in values[1 + 2 * i : 3 + 2 * i])
        shares = [(row - typical[: len(OUTCOMES)]) / wholes for row in (low, high)]
        pairs = tuple((float(a), float(b)) for a, b in zip(*shares, strict=True))
        found.append(Effect(n, looked_at[n], *ends(looked_at[n]), tuple(low), tuple(high), pairs))
    ranked = tuple(sorted(found, key=lambda e: (-round(e.largest, SETTLED), e.name)))
    return AssumptionSensitivity(model, who, tuple(typical[: len(OUTCOMES)]), tuple(wholes), ranked)


def _model(name: str) -> Model:
    found = compiled_model(name).model
    missing = [o for o in (*_READ, "height") if o not in found.observables]
    if missing or name == "adult_ra":
        raise UnknownName(
            f"No child can be simulated with the model '{name}'.",
            "The ranking uses the disease, treatment and growth of a child.",
            "Choose sjia, sjia_detailed or healthy_child.",
        )
    return found


def _subjects(model: Model, who: Child, names: Sequence[str], known: dict[str, Entry]) -> Subjects:
    """The typical child, then for each name the lower and the upper end."""
    count = 1 + 2 * len(names)
    typical = subjects_of([who] * count)
    values: dict[str, Column] = dict(typical.values)
    for i, name in enumerate(names):
        column: list[float | None] = list(values.get(name, [None] * count))
        unit = model.parameters[name].unit
        column[1 + 2 * i : 3 + 2 * i] = [convert(end, known[name].unit, unit) for end in ends(known[name])]
        values[name] = column
    return replace(typical, values=values)


def _values(name: str, subjects: Subjects, threads: int | None) -> Floats:
    """All outcomes [row, outcome], then untreated active joints and ferritin.

    One run starts from the steady state of untreated disease and covers one day without drug and twelve
    weeks of the drug. Another covers one year without drug.
    """
    end = WEEK * 7 * 24.0 + VISIT_HOUR
    request = SimulationRequest(
        subjects=subjects,
        regimens=(regimen(REGIMEN),),
        times=np.append(np.arange(-24.0, 0.0), end),
        end_h=end,
        model=name,
        observables=_READ,
        narrow=True,
        start="periodic",
    )
    run = simulate(request, threads=threads)
    untreated = replace(
        request,
        regimens=(regimen("none"),),
        times=np.array([-24.0, 0.0, YEAR]),
        end_h=YEAR,
        observables=("height",),
    )
    height = simulate(untreated, threads=threads)["height"]
    day = {name: run[name][:, :24] for name in _READ}
    at_12 = {name: run[name][:, 24] for name in _READ}
    untreated_part = [day["il6"].mean(1), day["crp"].mean(1), day["temperature"].max(1)]
    grown = height[:, 2] - height[:, 1]
    treated_part = [at_12[o.name.removesuffix("_12")] for o in OUTCOMES if o.treated]
    before = [day["active_joints"].mean(1), day["ferritin"].mean(1)]
    return np.column_stack([*untreated_part, grown, *treated_part, *before])


def _wholes(typical: Floats) -> Floats:
    """The divisor of the change of each outcome."""
    value = {o.name: float(v) for o, v in zip(OUTCOMES, typical, strict=False)}
    value |= {"active_joints": float(typical[-2]), "ferritin": float(typical[-1])}
    value["temperature"] -= NORMAL_TEMPERATURE
    return np.array([max(o.least, value[o.whole or o.name]) for o in OUTCOMES])
