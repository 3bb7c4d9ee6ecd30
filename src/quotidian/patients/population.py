"""Virtual children: drawn from the ledger's spreads, each from its own streams of luck."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quotidian.biology import innate_loop, joints
from quotidian.evidence import Ledger, read_ledger
from quotidian.patients import growth
from quotidian.patients.child import Child
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
MAX_Z = 3.0  # of weight and height: beyond it children are seen, but too rarely to matter to a trial

# parameter -> spread of its logarithm, in variability.yaml
HEALTHY = {
    "blood_cells.neutrophil_floor": "neutrophil_floor",
    "blood_cells.platelet_baseline": "platelet_baseline",
    "red_cells.haemoglobin_at_six": "haemoglobin",
    "serum_proteins.albumin_baseline": "albumin_baseline",
    "liver.ast_baseline": "ast_baseline",
    "liver.alt_baseline": "alt_baseline",
    "liver.triglyceride_baseline": "triglyceride_baseline",
}
"""What is measured in healthy children, who by definition are within their reference ranges."""
FACTORS = {
    "joints.k_joint": "k_joint",
    "joints.half_joints": "half_joints",
    "joints.old_limitation": "old_limitation",
    "clinical_scores.lasting_disability": "lasting_disability",
    "clinical_scores.physician_steepness": "physician_steepness",
    "clinical_scores.parent_steepness": "parent_steepness",
    "clinical_scores.chaq_steepness": "chaq_steepness",
    "acute_phase.crp_ec50": "crp_ec50",
    "acute_phase.esr_slope": "esr_slope",
    "acute_phase.esr_baseline": "esr_baseline",
    "fever.mean": "temperature_mean",
    "il6_homeostasis.sil6r_baseline": "sil6r_baseline",
    "skin_and_serosa.rash_proneness": "rash_proneness",
    "skin_and_serosa.serositis_proneness": "serositis_proneness",
    "macrophage_activation.il18_proneness": "il18_proneness",
    "macrophage_toll.ferritin_full": "ferritin_full",
    "macrophage_toll.pyrogen_full": "pyrogen_full",
    "macrophage_toll.platelet_loss": "platelet_loss",
    "macrophage_toll.fibrinogen_loss": "fibrinogen_loss",
    "liver.ast_gain": "ast_gain",
    "liver.lipase_loss": "lipase_loss",
} | HEALTHY
MOST_SD = {"ferritin_full": 2.0} | dict.fromkeys(HEALTHY.values(), 2.0)
"""Cut of a trait's normal draw: beyond it ferritin in MAS would pass a third of a gram a litre, and what is
measured in health would leave its reference range."""
IL1_SHARES = {"innate_loop.il1_share": innate_loop.k.ledger, "joints.il1_need": joints.k.ledger}
ACTIVE_PERIODS = 2  # two-week periods of the run-in
DISPOSITION = ("CL", "V_c", "V_p", "V_m")


def _values(replaced: Mapping[str, float] | None) -> dict[str, float]:
    return {name: entry.value for name, entry in spreads().items()} | dict(replaced or {})


@cache
def spreads() -> Ledger:
    """The ledger of between-child spreads."""
    return read_ledger(Path(__file__).with_name("variability.yaml"))


def draw(
    streams: Streams, replicate: int, numbers: Sequence[int], values: Mapping[str, float] | None = None
) -> list[Child]:
    """Children by number: the same child for the same seed, replicate and number, whoever else is drawn.

    Ages 2 to 17, sexes alike, weight and height from the growth reference, traits log-normal.
    ``values`` replaces entries of the ledger, for calibration.
    """
    s = _values(values)
    n = np.asarray(numbers)
    body = streams.uniform("body", replicate, n, 4)
    sex = np.where(body[:, 1] < s["girls"], "female", "male")
    age = _ages(body[:, 0], s)
    z = streams.normal("size", replicate, n, 2)
    z_weight, z_height = _sizes(z, s)
    weight = growth.quantile("weight", age, sex, z_weight)
    height = growth.quantile("height", age, sex, z_height)
    target = _targets(z_height, streams.normal("target_height", replicate, n)[:, 0], s)
    severity = np.exp(s["severity"] * streams.normal("severity", replicate, n)[:, 0]) * s["severity_median"]
    share = _shares(streams.normal("il6_share", replicate, n)[:, 0], s)
    traits = _traits(streams, replicate, n, s)
    threshold = [
        -math.log(u) for u in streams.uniform("antibodies", replicate, n)[:, 0]
    ]  # exponential, mean 1
    return [
        Child(
            float(age[i]),
            str(sex[i]),
            float(weight[i]),
            float(height[i]),
            float(severity[i]),
            float(share[i]),
            {name: float(column[i]) for name, column in traits.items()},
            threshold[i],
            target_height_z=float(target[i]),
        )
        for i in range(len(n))
    ]


def _ages(u: Floats, s: dict[str, float]) -> Floats:
    """Normal ages cut at 2 and 18 years, by their quantiles."""
    from quotidian.statistics.normal import normal_quantile

    def below(x: float) -> float:
        return 0.5 * math.erfc((s["age_mean"] - x) / (s["age_sd"] * math.sqrt(2)))

    low, high = below(2.0), below(17.99)
    return np.asarray(s["age_mean"] + s["age_sd"] * normal_quantile(low + (high - low) * u))


def _sizes(z: Floats, s: dict[str, float]) -> tuple[Floats, Floats]:
    r"""SD scores of weight and height, correlated: :math:`z_h = \rho z_1 + \sqrt{1 - \rho^2} z_2`."""
    rho = s["weight_height_correlation"]
    weight = s["weight_z_mean"] + s["weight_z_sd"] * z[:, 0]
    height = s["height_z_mean"] + s["height_z_sd"] * (rho * z[:, 0] + math.sqrt(1 - rho**2) * z[:, 1])
    return np.clip(weight, -MAX_Z, MAX_Z), np.clip(height, -MAX_Z, MAX_Z)


def _targets(z_height: Floats, luck: Floats, s: dict[str, float]) -> Floats:
    r"""SD score of height in health, given the present one,
    :math:`z_0 = (z - \mu)/\sigma^2 + \sqrt{1 - 1/\sigma^2}\,n`.

    Healthy heights are standard normal; what the disease has cost is normal and apart from them, so that both
    together have the mean and the SD of the trial children.
    """
    share = 1.0 / max(s["height_z_sd"], 1.0) ** 2
    target = share * (z_height - s["height_z_mean"]) + math.sqrt(1.0 - share) * luck
    return np.clip(target, -MAX_Z, MAX_Z)


def _shares(z: Floats, s: dict[str, float]) -> Floats:
    r"""Share of arthritis driven by IL-6, logit-normal: :math:`q = 1/(1 + e^{-(\mu + \sigma z)})`."""
    return np.asarray(1.0 / (1.0 + np.exp(-(s["il6_share_logit"] + s["il6_share_sd"] * z))))


def _il1_shares(z: Floats, s: dict[str, float]) -> dict[str, Floats]:
    r"""Factors on what IL-1 drives, one share a child: :math:`r = 1/(1 + e^{-(\mu_1 + \sigma_1 z)})`."""
    share = 1.0 / (1.0 + np.exp(-(s["il1_share_logit"] + s["il1_share_sd"] * z)))
    return {name: share / typical[name.split(".")[1]].value for name, typical in IL1_SHARES.items()}


def _traits(streams: Streams, replicate: int, n: NDArray[np.int64], s: dict[str, float]) -> dict[str, Floats]:
    traits = {
        parameter: s.get(f"{name}_median", 1.0)
        * np.exp(s[name] * _bounded(name, streams.normal(f"trait.{name}", replicate, n)[:, 0]))
        for parameter, name in FACTORS.items()
    }
    traits["fever.gain"] = _fever_gain(streams, replicate, n, s)
    traits |= _il1_shares(streams.normal("il1_share", replicate, n)[:, 0], s)
    traits["glucocorticoid.IC50"] = _steroid_half_points(streams, replicate, n, s)
    z = streams.normal("disposition", replicate, n, len(DISPOSITION))
    root = np.linalg.cholesky(correlation(s))
    for i, name in enumerate(DISPOSITION):  # not a matrix product: its rounding depends on the batch
        together = sum(root[i, j] * z[:, j] for j in range(i + 1))
        traits[f"tocilizumab.{name}"] = np.exp(s[name] * together)
    return traits


def _bounded(name: str, z: Floats) -> Floats:
    """A normal draw, cut where its tail would leave what has been seen in a child."""
    most = MOST_SD.get(name, math.inf)
    return np.clip(z, -most, most)


def _fever_gain(streams: Streams, replicate: int, n: NDArray[np.int64], s: dict[str, float]) -> Floats:
    """Some children run fevers with their disease and some do not: two kinds, not one bell."""
    febrile = streams.uniform("febrile", replicate, n)[:, 0] < s["febrile_share"]
    gain = s["fever_gain_median"] * np.exp(
        s["fever_gain"] * streams.normal("trait.fever_gain", replicate, n)[:, 0]
    )
    return np.where(febrile, gain, s["afebrile_gain"])


def _steroid_half_points(
    streams: Streams, replicate: int, n: NDArray[np.int64], s: dict[str, float]
) -> Floats:
    """Half points of steroid, log-normal, cut below: the child's own cortisol would hold such a disease."""
    z = streams.normal("trait.steroid_ic50", replicate, n)[:, 0]
    return np.maximum(np.exp(s["steroid_ic50"] * z), s["steroid_ic50_lowest"])


def correlation(s: dict[str, float]) -> Floats:
    """Correlation of the disposition's logarithms, in the order CL, V_c, V_p, V_m."""
    r = np.eye(len(DISPOSITION))
    for i, a in enumerate(DISPOSITION):
        for j in range(i):
            r[i, j] = r[j, i] = s[f"r_{DISPOSITION[j]}_{a}"]
    return r


def course(
    streams: Streams,
    replicate: int,
    numbers: Sequence[int],
    periods: int,
    values: Mapping[str, float] | None = None,
) -> Floats:
    r"""Natural course [child, period of two weeks]: the drive relative to the child's own.

    :math:`\xi = e^{\sigma x}` with :math:`x_{k+1} = \phi x_k + \sqrt{1 - \phi^2}\, z` and
    :math:`\phi = e^{-2/\tau}`, tau in weeks. With a small chance each period the disease remits of itself:
    from then on the drive is what remission leaves of it.
    """
    s = _values(values)
    n = np.asarray(numbers)
    phi = _memory(s)
    z = streams.normal("course", replicate, n, periods)
    x = np.empty_like(z)
    x[:, 0] = z[:, 0]
    for k in range(1, periods):
        x[:, k] = phi * x[:, k - 1] + math.sqrt(1 - phi**2) * z[:, k]
    remits = streams.uniform("remission", replicate, n, periods) < s["remission_chance"]
    remits[:, :ACTIVE_PERIODS] = False  # candidates are found while their disease is active
    after = np.logical_or.accumulate(remits, axis=1)
    return np.asarray(np.exp(s["course_sd"] * x) * np.where(after, s["remission_drive"], 1.0))


def earlier(
    streams: Streams,
    replicate: int,
    numbers: Sequence[int],
    periods: int,
    values: Mapping[str, float] | None = None,
) -> Floats:
    r"""Drive of the periods before the first of :func:`course`, [child, period], the last one next to it.

    A stationary Gaussian chain is the same read backwards, so that :math:`x_{-k-1} = \phi x_{-k} +
    \sqrt{1 - \phi^2}\, z`, from the child's own :math:`x_0` and with luck of its own, draws its past exactly
    (Cox DR, Miller HD. The theory of stochastic processes. Chapman and Hall 1965; recalled). The disease is
    active in all of them. A longer past ends with the shorter one.
    """
    s = _values(values)
    n, phi = np.asarray(numbers), _memory(s)
    x = streams.normal("course", replicate, n)[:, 0]
    z = streams.normal("course.earlier", replicate, n, periods)
    past = np.empty_like(z)
    for k in range(periods):
        x = phi * x + math.sqrt(1 - phi**2) * z[:, k]
        past[:, periods - 1 - k] = x
    return np.exp(s["course_sd"] * past)


def _memory(s: Mapping[str, float]) -> float:
    r"""Correlation of the natural course from one period to the next, :math:`\phi = e^{-2/\tau}`."""
    return math.exp(-2.0 / s["course_weeks"])
