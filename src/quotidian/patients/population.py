"""Virtual patients, drawn from addressed random streams: age, size, disease and random effects."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from quotidian.biology import innate_loop, joints
from quotidian.drugs.registry import DRUGS
from quotidian.errors import UnknownName, closest
from quotidian.evidence import NO_OVERLAY, Ledger, Overlay, read_ledger
from quotidian.patients import disease_activity, growth
from quotidian.patients.child import Child
from quotidian.patients.past import FLOOR, PERIODS_A_YEAR, Disease, lived
from quotidian.patients.patient_table import PatientTable
from quotidian.patients.random_effects import (
    ARTICULAR,
    BOUND_SD,
    IL1_SHARE,
    IL18,
    SAME_SHARE,
    SEVERITY,
    SHARE_OF_LIFE,
    random_effects,
)
from quotidian.population import LogitNormal, PopulationModel
from quotidian.statistics.normal import normal_quantile
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
MAX_Z = 3.0  # limit of weight and height; children beyond it are too rare to affect a trial
YOUNGEST, OLDEST = 2.0, 17.99
SECOND_PEAK = "innate_loop.second_peak"
EARLY_ONSET = 1.5
"""Age at onset below which children are prone to macrophage activation, years (Russo 2013)."""
IGF1 = "igf_axis.own_level"


@cache
def spreads() -> Ledger:
    """The ledger of variability between patients."""
    return read_ledger(Path(__file__).with_name("variability.yaml"))


@cache
def typical_values() -> Mapping[str, float]:
    """Every value of the typical population, by name."""
    values = {name: entry.value for name, entry in spreads().items()}
    for drug in DRUGS.values():
        values |= drug.variability.sizes if drug.variability is not None else {}
    return MappingProxyType(values)


@dataclass(frozen=True)
class PatientPopulation:
    """A population of patients: the typical one, in which some values are replaced.

    Parameters
    ----------
    replaced : values by their name in variability.yaml, or in the ledger of a drug that declares variability,
        such as ``tocilizumab.omega_CL``.
    overlay : values of the ledgers, by full name; ``replaced`` comes before them, since a disease or a
        design means it.

    Raises
    ------
    UnknownName for a value that is in none of them.
    """

    replaced: Mapping[str, float] = field(default_factory=dict, hash=False)
    overlay: Overlay = NO_OVERLAY

    def __post_init__(self) -> None:
        known = typical_values()
        for name in self.replaced:
            if name not in known:
                raise UnknownName(f"The population has no value '{name}'.", "", closest(name, known))

    def with_values(self, values: Mapping[str, float]) -> PatientPopulation:
        """The same population, in which these values are replaced."""
        return replace(self, replaced={**self.replaced, **values})

    def overlaid(self, overlay: Overlay) -> PatientPopulation:
        """The same population on other values of the ledgers."""
        return replace(self, overlay=overlay)

    @cached_property
    def values(self) -> Mapping[str, float]:
        """Every value by its name in variability.yaml or in the ledger of a drug.

        Values of the natural course are among them where the overlay moves them.
        """
        return {**typical_values(), **self._moved, **self.replaced}

    @property
    def _moved(self) -> dict[str, float]:
        """Values that the overlay replaces: names in variability.yaml and natural_history.yaml, of drugs with
        the drug before the name."""
        own = self.overlay.changed(spreads()) | self.overlay.changed(disease_activity.ledger())
        of_drugs = {n.removeprefix("drugs."): x for n, x in self.overlay.replaced if n.startswith("drugs.")}
        return own | {name: x for name, x in of_drugs.items() if name in typical_values()}

    @cached_property
    def random_effects(self) -> PopulationModel:
        """The random effects on parameters of the model."""
        return random_effects(self.values, self.overlay)


TYPICAL = PatientPopulation()
"""Children with systemic JIA who are candidates for trials."""


def draw(
    streams: Streams, replicate: int | Integers, numbers: Sequence[int] | Integers,
    population: PatientPopulation = TYPICAL,
) -> list[Child]:  # fmt: skip
    """Patients by number, as :func:`draw_table`, one by one."""
    return list(draw_table(streams, replicate, numbers, population))


def draw_table(
    streams: Streams, replicate: int | Integers, numbers: Sequence[int] | Integers,
    population: PatientPopulation = TYPICAL,
) -> PatientTable:  # fmt: skip
    """Patients by number: the same for the same seed, replicate and number, whichever others are drawn.

    ``replicate`` is that of all patients, or [patient].

    Ages 2 to 17, both sexes, weight and height from the growth reference, random effects on parameters.
    The disease of each is followed from onset, and the child is seen while it is active.
    """
    s, n = population.values, np.asarray(numbers)
    body = streams.uniform("body", replicate, n, 4)
    sex = np.where(body[:, 1] < s["girls"], "female", "male")
    age = _ages(body[:, 0], s)
    z_weight, z_height = _sizes(streams.normal("size", replicate, n, 2), s)
    weight = growth.quantile("weight", age, sex, z_weight)
    height = growth.quantile("height", age, sex, z_height)
    target = _targets(z_height, streams.normal("target_height", replicate, n)[:, 0], s)
    share = LogitNormal(s["il6_share_logit"], s["il6_share_sd"])
    shares = share.values(streams.normal("il6_share", replicate, n)[:, 0])
    effects = population.random_effects.sample(streams, replicate, n)
    share_of_life = effects.pop(SHARE_OF_LIFE)
    duration = np.maximum(age - s["earliest_onset"], 0.0) * share_of_life
    duration, start = _lived(streams, replicate, n, effects, shares, duration, population)
    effects[SAME_SHARE] = effects[IL1_SHARE]
    effects[IL18] = _il18(effects[IL18], age - duration, s)
    severities = effects.pop(SEVERITY)
    second = _second_peaks(streams.uniform("trait.second_peak", replicate, n, 2), s)
    effects[IGF1] = _with_target(effects[IGF1], target, s)
    thresholds = streams.uniform("antibodies", replicate, n)[:, 0]
    return PatientTable(
        age, sex, weight, height, severities, shares, effects,
        np.array([-math.log(u) for u in thresholds.tolist()]),  # exponential, mean 1
        target_height_z=target,
        duration_years=duration,
        values={**start, SECOND_PEAK: second},
    )  # fmt: skip


def _lived(
    streams: Streams, replicate: int | Integers, n: Integers, effects: Mapping[str, Floats], shares: Floats,
    duration: Floats, population: PatientPopulation,
) -> tuple[Floats, dict[str, Floats]]:  # fmt: skip
    """Years from onset to the time when the disease was last active, and its state then, [child] each.

    ``duration`` (years) is the drawn one; a child who is in remission by then is seen earlier.
    """
    periods = np.maximum(1, np.ceil(duration * PERIODS_A_YEAR)).astype(np.int64)
    drive = disease_activity.earlier(streams, replicate, n, periods, population.values)
    gain = population.overlay.value(joints.k.ledger["articular_gain"]) * effects[ARTICULAR]
    floor = population.overlay.value(innate_loop.k.ledger["memory_floor"]) * effects[FLOOR]
    own = Disease(effects[SEVERITY], gain, shares, floor, population.overlay)
    past, lasted = lived(own, drive, periods)
    return np.minimum(duration, lasted / PERIODS_A_YEAR), past.start_values()


def _il18(drawn: Floats, onset: Floats, s: Mapping[str, float]) -> Floats:
    """Production of IL-18, [child]: more after an early onset (years), within the bound of all draws."""
    most = s["il18_proneness_median"] * math.exp(BOUND_SD["il18_proneness"] * s["il18_proneness"])
    early = np.where(onset < EARLY_ONSET, math.exp(s["early_onset_il18"]), 1.0)
    return np.asarray(np.minimum(drawn * early, most))


def _second_peaks(u: Floats, s: Mapping[str, float]) -> Floats:
    """Second daily peak relative to the first, [child]; none in most."""
    low = s["second_peak_least"]
    return np.where(u[:, 0] < s["double_share"], low + (1.0 - low) * u[:, 1], 0.0)


def _ages(u: Floats, s: Mapping[str, float]) -> Floats:
    """Normal ages cut at 2 and 18 years, by their quantiles."""

    def below(x: float) -> float:
        return 0.5 * math.erfc((s["age_mean"] - x) / (s["age_sd"] * math.sqrt(2)))

    low, high = below(YOUNGEST), below(OLDEST)
    return np.asarray(s["age_mean"] + s["age_sd"] * normal_quantile(low + (high - low) * u))


def _sizes(z: Floats, s: Mapping[str, float]) -> tuple[Floats, Floats]:
    r"""SD scores of weight and height, correlated: :math:`z_h = \rho z_1 + \sqrt{1 - \rho^2} z_2`."""
    rho = s["weight_height_correlation"]
    weight = s["weight_z_mean"] + s["weight_z_sd"] * z[:, 0]
    height = s["height_z_mean"] + s["height_z_sd"] * (rho * z[:, 0] + math.sqrt(1 - rho**2) * z[:, 1])
    return np.clip(weight, -MAX_Z, MAX_Z), np.clip(height, -MAX_Z, MAX_Z)


def _with_target(level: Floats, target: Floats, s: Mapping[str, float]) -> Floats:
    r"""IGF-1 relative to its mean, correlated with the target height:
    :math:`e^{\sigma (\rho z_0 + \sqrt{1 - \rho^2}\,z)}` from :math:`e^{\sigma z}`.
    """
    rho, sigma = s["igf1_target_correlation"], s["igf1_level"]
    return np.asarray(np.exp(math.sqrt(1.0 - rho**2) * np.log(level) + rho * sigma * target))


def _targets(z_height: Floats, z: Floats, s: Mapping[str, float]) -> Floats:
    r"""SD score of height in health, given the present one,
    :math:`z_0 = (z_h - \mu)/\sigma^2 + \sqrt{1 - 1/\sigma^2}\,z`.

    Healthy heights are standard normal; what the disease has cost is normal and independent of them, so that
    both together have the mean and the SD of the trial children.
    """
    share = 1.0 / max(s["height_z_sd"], 1.0) ** 2
    target = share * (z_height - s["height_z_mean"]) + math.sqrt(1.0 - share) * z
    return np.clip(target, -MAX_Z, MAX_Z)
