"""The criteria of macrophage activation syndrome, with those that treatment masks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from quotidian.patients import mas_criteria
from quotidian.reports.wording import number
from quotidian.web.simulations import Arm, View

STATES: Mapping[str, str] = {
    "met": "met",
    "clear": "not met",
    "masked": "masked: not met although macrophages are activated",
}
_READ = (
    ("febrile", "Highest temperature of 24 h", "temperature", f"≥ {mas_criteria.FEBRILE:g} °C"),
    ("ferritin", "Ferritin", "ferritin", f"> {mas_criteria.FERRITIN:g} µg/L"),
    ("platelets", "Platelets", "platelets", f"≤ {mas_criteria.PLATELETS:g} ·10⁹/L"),
    ("ast", "AST", "ast", f"> {mas_criteria.AST:g} U/L"),
    ("triglycerides", "Triglycerides", "triglycerides", f"> {mas_criteria.TRIGLYCERIDES:g} mg/dL"),
    ("fibrinogen", "Fibrinogen", "fibrinogen", f"≤ {mas_criteria.FIBRINOGEN:g} g/L"),
)


@dataclass(frozen=True)
class Light:
    """One criterion: its name, the reading, the threshold, and a key of ``STATES``."""

    name: str
    reading: str
    threshold: str
    state: str


@dataclass(frozen=True)
class Lights:
    """All criteria of one regimen on one day.

    ``met`` is the classification by the criteria; ``in_mas`` is the state of the model.
    """

    letter: str
    lights: tuple[Light, ...]
    met: bool
    in_mas: bool
    activation: float

    @property
    def verdict(self) -> str:
        """Classification and state of the model, in words."""
        if self.in_mas and not self.met:
            return "MAS in the model, missed by the criteria"
        if self.in_mas:
            return "MAS in the model, found by the criteria"
        return "criteria met without MAS in the model" if self.met else "no MAS"


def read(view: View, at: float | None = None) -> tuple[Lights, ...]:
    """The criteria of every regimen on one day of the view; the last day if none is given."""
    day = view.days[-1] if at is None else min(max(at, view.days[0]), view.days[-1])
    i = int(np.abs(view.days - day).argmin())
    return tuple(_of(arm, view, i) for arm in view.arms)


def _of(arm: Arm, view: View, i: int) -> Lights:
    values = {name: float(arm.values[name][i]) for _, _, name, _ in _READ}
    last_day = (view.days > view.days[i] - 1.0 + 1e-6) & (view.days <= view.days[i])
    values["temperature"] = float(arm.values["temperature"][last_day].max())
    found = mas_criteria.mas_2016(*(values[name] for _, _, name, _ in _READ))
    activation = float(arm.values["macrophage_activation"][i])
    in_mas = activation > mas_criteria.IN_MAS
    lights = []
    for field, said, name, threshold in _READ:
        lit = bool(getattr(found, field))
        state = "met" if lit else "masked" if in_mas else "clear"
        lights.append(Light(said, number(values[name], "x"), threshold, state))
    return Lights(arm.letter, tuple(lights), bool(found.met), in_mas, activation)
