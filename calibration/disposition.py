"""Fit the disposition of tocilizumab in the reference child to both editions of the label.

    python calibration/disposition.py [share]

Targets: means over the 75 treated children of TENDER at week 12, as printed in the US label
(us_label_actemra, 12.3; seen) and, by band of weight, in a later EU one (eu_label_roactemra, 5.2;
recalled). Virtual children are drawn as for trials, dosed by their band and averaged: the means of a
virtual trial are fitted, not one typical child. Each mean counts by its standard error. The editions
disagree by more, and half of that widens the recalled one (and ``share`` of it the seen one, too). SDs,
medians and ranges are a check: spreads between children are not fitted.

Priors: volumes and CL between two editions (au_label_actemra, eu_label_roactemra); Q between what their
half-lives imply; V_m that of adults (frey2010) by weight to the power 0.75; exponents of weight between
the adults' and 0.75. A fast integration (Runge-Kutta, sIL-6R bound at once) stands for the engine;
tests/published/test_exposure_of_children.py holds both together.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy.optimize import least_squares

from quotidian.models import model
from quotidian.patients.child import Child
from quotidian.patients.population import draw
from quotidian.patients.streams import Streams

CHILDREN, SEED = 1500, 1
HALF_GAP = {
    "cmax": 10.0,
    "trough": 5.8,
    "mean": 12.6,
}  # of the editions, ug/mL; twice in quadrature for a band
US = {"cmax": (245.0, 57.2), "trough": (57.5, 23.3), "mean": (1341 / 14, 415 / 14), "ratio": (3.2, 1.3)}
EU = {
    "cmax_from_30_kg": (256.0, 60.8), "trough_from_30_kg": (69.7, 29.1), "mean_from_30_kg": (119.0, 36.0),
    "cmax_below_30_kg": (274.0, 63.8), "trough_below_30_kg": (68.4, 30.0), "mean_below_30_kg": (123.0, 36.0),
    "cmax_gain": (1.37, 0.25), "trough_gain": (3.41, 1.3), "mean_gain": (1.95, 0.6),
}  # fmt: skip  # SDs of the gains, below 30 kg, are not told: as of the US ratio, less for less
PRIORS = {
    "V_c": (1.33, 0.35), "V_p": (1.85, 0.25), "CL": (0.0064, 0.2), "Q": (0.0043, 1.0), "V_m": (0.774, 0.4),
    "volume_exponent": (0.6, 0.15), "clearance_exponent": (0.6, 0.15),
}  # fmt: skip
LOGS = ("V_c", "V_p", "CL", "Q", "V_m")
GRID = np.array([0, 1, 3, 6, 12, 18, *range(24, 337, 8)], dtype=float)  # hours of an interval
Means = dict[str, float]


def free(T, S, K_d):
    """Drug not on its receptor, of all drug T and all sIL-6R S, nM."""
    b = T - S - K_d
    return 0.5 * (b + np.sqrt(b * b + 4 * K_d * T))


def courses(v: Means, children: list[Child], doses: int = 7) -> np.ndarray:
    """Free drug [dose, hour of GRID, child], ug/mL, of doses every two weeks by band of weight."""
    c = model("sjia").constants
    k_S, k_b, K_d, m = (
        c["il6_homeostasis.k_sil6r"],
        *(c[f"tocilizumab.{n}"] for n in ("k_bound", "K_d", "molar_mass")),
    )
    own = {n: np.array([x.traits[f"tocilizumab.{n}"] for x in children]) for n in ("V_c", "V_p", "CL", "V_m")}
    w = np.array([x.weight_kg for x in children])
    V, V_p = (v[n] * own[n] * (w / 20) ** v["volume_exponent"] for n in ("V_c", "V_p"))
    CL, V_m = (v[n] * own[n] * (w / 20) ** v["clearance_exponent"] for n in ("CL", "V_m"))
    Q, K_m = v["Q"] * (w / 20) ** v["clearance_exponent"], c["tocilizumab.K_m"]
    S_0 = c["il6_homeostasis.sil6r_baseline"] * np.array(
        [x.traits["il6_homeostasis.sil6r_baseline"] for x in children]
    )

    def rates(y, infused):
        T, P, S = y
        D = free(T, S, K_d)
        lost = k_b * (T - D)
        T_dot = (infused - CL * D - V_m * D / (K_m + D) - Q * (D - P)) / V - lost
        return np.array([T_dot, Q * (D - P) / V_p, k_S * (S_0 - S + T - D) - lost])

    y, found = np.array([0 * w, 0 * w, S_0]), []
    rate = w * np.where(w < 30, 12, 8) / m
    for _ in range(doses):
        found.append([m * free(y[0], y[2], K_d)])
        for start, h in zip(GRID, np.diff(GRID), strict=False):
            r = rate if start == 0 else 0 * rate
            k1 = rates(y, r)
            k2 = rates(y + h / 2 * k1, r)
            k3 = rates(y + h / 2 * k2, r)
            y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + rates(y + h * k3, r))
            found[-1].append(m * free(y[0], y[2], K_d))
    return np.array(found)


def means(c: np.ndarray, weight: np.ndarray) -> tuple[Means, dict[str, np.ndarray]]:
    """What the editions print, over these children; and each child's own values."""
    first, last = c[0], c[-1]
    area = [np.trapezoid(x, GRID, axis=0) / 336 for x in (first, last)]
    own = {"cmax": last.max(0), "trough": c[-2, -1], "mean": area[1], "ratio": c[-2, -1] / first[-1]}
    before = {"cmax": first.max(0), "trough": first[-1], "mean": area[0]}
    got = {n: x.mean() for n, x in own.items()}
    light = weight < 30
    for n, x in before.items():
        got[f"{n}_from_30_kg"], got[f"{n}_below_30_kg"] = own[n][~light].mean(), own[n][light].mean()
        got[f"{n}_gain"] = own[n][light].mean() / x[light].mean()
    return got, own


def targets(share: float) -> dict[str, tuple[float, float]]:
    """Mean and its error of every figure; ``share`` of the disagreement lies with the seen edition, too."""
    own = {n: (m, np.hypot(sd / np.sqrt(75), share * HALF_GAP.get(n, 0.0))) for n, (m, sd) in US.items()}
    gap = {n: 0.0 if "gain" in n else np.sqrt(2) * HALF_GAP[n.split("_")[0]] for n in EU}
    return own | {n: (m, np.hypot(sd / np.sqrt(37.5), gap[n])) for n, (m, sd) in EU.items()}


def main() -> None:
    """Fit, and print the values with what is left of their priors, the means, and the spreads."""
    table = targets(float(sys.argv[1]) if len(sys.argv) > 1 else 0.0)
    children = draw(Streams(SEED), 0, range(CHILDREN))
    weight = np.array([x.weight_kg for x in children])

    def values(x: np.ndarray) -> Means:
        return {n: np.exp(y) if n in LOGS else y for n, y in zip(PRIORS, x, strict=True)}

    def misfit(x: np.ndarray) -> np.ndarray:
        got, _ = means(courses(values(x), children), weight)
        off = [(got[n] - mean) / error for n, (mean, error) in table.items()]
        return np.array(off + [(y - s) / sd for y, s, (_, sd) in zip(x, start, PRIORS.values(), strict=True)])

    start = np.array([np.log(m) if n in LOGS else m for n, (m, _) in PRIORS.items()])
    fit = least_squares(misfit, start, diff_step=1e-3, x_scale=[sd for _, sd in PRIORS.values()])
    left = np.sqrt(np.diag(np.linalg.inv(fit.jac.T @ fit.jac)))
    for n, sd in zip(PRIORS, left, strict=True):
        print(
            f"{n:18s} {values(fit.x)[n]:.4g}  (SD left {sd:.2f}; prior {PRIORS[n][0]:g}, SD {PRIORS[n][1]:g})"
        )
    got, own = means(courses(values(fit.x), children), weight)
    for n, (mean, error) in table.items():
        spread = f", SD {own[n].std():.1f} of {US[n][1]:.1f}" if n in own else ""
        print(f"{n:20s} {got[n]:7.2f}  published {mean:.4g} (error {error:.2g}){spread}")
    for n in ("cmax", "trough"):
        x = np.sort(own[n].reshape(-1, 75), axis=1)  # of 75 children, as often as there are
        low, high = np.median(x[:, 0]), np.median(x[:, -1])
        print(f"{n}: median {np.median(x):.0f}, lowest of 75 {low:.0f}, highest {high:.0f}")
    print(f"misfit {2 * fit.cost:.1f}, priors included, of {len(table)} targets")


if __name__ == "__main__":
    main()
