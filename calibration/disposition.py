"""Fit the disposition of tocilizumab in the reference child to both editions of the label.

    python calibration/disposition.py [share]

Targets: means over 75 treated children of TENDER at week 12, as printed in the US label
(us_label_actemra, 12.3; seen) and, by band of weight, in a later EU one (eu_label_roactemra, 5.2; recalled).
Children are drawn and dosed as for trials, averaged. Each mean counts by its standard error; half of what
they disagree by widens the recalled one, and ``share`` of it the seen one. SDs and ranges are a check.
Priors: volumes, CL between editions (au_label_actemra, eu_label_roactemra), Q by their half-lives, V_m that
of adults (frey2010) by weight to the power 0.75, exponents between the adults' and 0.75. A fast integration
(sIL-6R bound at once) stands for the engine; tests/published/test_exposure.py holds both together.
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from quotidian.models import model
from quotidian.patients.child import Child
from quotidian.patients.population import draw
from quotidian.patients.streams import Streams

CHILDREN, SEED = 1500, 1
HALF_GAP = {"cmax": 10.0, "trough": 5.8, "mean": 12.6}  # between the editions, ug/mL
US = {"cmax": (245.0, 57.2), "trough": (57.5, 23.3), "mean": (1341 / 14, 415 / 14), "ratio": (3.2, 1.3)}
EU = {
    "cmax_from_30_kg": (256.0, 60.8), "trough_from_30_kg": (69.7, 29.1), "mean_from_30_kg": (119.0, 36.0),
    "cmax_below_30_kg": (274.0, 63.8), "trough_below_30_kg": (68.4, 30.0), "mean_below_30_kg": (123.0, 36.0),
    "cmax_gain": (1.37, 0.25), "trough_gain": (3.41, 1.3), "mean_gain": (1.95, 0.6),
}  # fmt: skip  # SDs of the gains, below 30 kg, are not told: the trough's is that of the US ratio
PRIORS = {
    "V_c": (1.33, 0.35), "V_p": (1.85, 0.25), "CL": (0.0064, 0.2), "Q": (0.0043, 1.0), "V_m": (0.774, 0.4),
    "volume_exponent": (0.6, 0.15), "clearance_exponent": (0.6, 0.15),
}  # fmt: skip
LOGS = ("V_c", "V_p", "CL", "Q", "V_m")
GRID = np.array([0, 1, 3, 6, 12, 18, *range(24, 337, 8)], dtype=float)  # hours of an interval
Floats = NDArray[np.float64]
Values = dict[str, float]


def courses(v: Values, children: list[Child], doses: int = 7) -> Floats:
    """Free drug [dose, hour of GRID, child], ug/mL, of doses every two weeks by band of weight."""
    c = model("sjia").constants
    k_S, S_50 = c["il6_homeostasis.k_sil6r"], c["il6_homeostasis.sil6r_baseline"]
    k_b, K_d, K_m, m = (c[f"tocilizumab.{n}"] for n in ("k_bound", "K_d", "K_m", "molar_mass"))
    w = np.array([x.weight_kg for x in children])
    by = {"V": (w / 20) ** v["volume_exponent"], "C": (w / 20) ** v["clearance_exponent"]}

    def own(name: str, scale: str) -> Floats:
        return np.array([x.traits[f"tocilizumab.{name}"] for x in children]) * v[name] * by[scale]

    V, V_p, CL, V_m, Q = own("V_c", "V"), own("V_p", "V"), own("CL", "C"), own("V_m", "C"), v["Q"] * by["C"]
    S_0 = S_50 * np.array([x.traits["il6_homeostasis.sil6r_baseline"] for x in children])

    def free(y: Floats) -> Floats:
        b = y[0] - y[2] - K_d
        return np.asarray(0.5 * (b + np.sqrt(b * b + 4 * K_d * y[0])))

    def rates(y: Floats, infused: Floats) -> Floats:
        (T, P, S), D = y, free(y)
        lost = k_b * (T - D)
        T_dot = (infused - CL * D - V_m * D / (K_m + D) - Q * (D - P)) / V - lost
        return np.array([T_dot, Q * (D - P) / V_p, k_S * (S_0 - S + T - D) - lost])

    y, found = np.array([0 * w, 0 * w, S_0]), []
    for _ in range(doses):
        found.append([m * free(y)])
        for start, h in zip(GRID[:-1], np.diff(GRID), strict=True):
            r = w * np.where(w < 30, 12, 8) / m * (start == 0)
            k2 = rates(y + h / 2 * (k1 := rates(y, r)), r)
            k3 = rates(y + h / 2 * k2, r)
            y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + rates(y + h * k3, r))
            found[-1].append(m * free(y))
    return np.array(found)


def means(c: Floats, weight: Floats) -> tuple[Values, dict[str, Floats]]:
    """What the editions print, over these children; and each child's own values."""
    area, light = np.trapezoid(c, GRID, axis=1) / 336, weight < 30.0
    own = {"cmax": c[-1].max(0), "trough": c[-2, -1], "mean": area[-1], "ratio": c[-2, -1] / c[0, -1]}
    got = {n: float(x.mean()) for n, x in own.items()}
    for n, x in {"cmax": c[0].max(0), "trough": c[0, -1], "mean": area[0]}.items():
        got[f"{n}_from_30_kg"], got[f"{n}_below_30_kg"] = own[n][~light].mean(), own[n][light].mean()
        got[f"{n}_gain"] = own[n][light].mean() / x[light].mean()
    return got, own


def targets(share: float) -> dict[str, tuple[float, float]]:
    """Mean and its error of every figure; ``share`` of the disagreement lies with the seen edition, too."""
    seen = {n: (m, np.hypot(sd / np.sqrt(75), share * HALF_GAP.get(n, 0.0))) for n, (m, sd) in US.items()}
    gap = {n: 0.0 if "gain" in n else np.sqrt(2) * HALF_GAP[n.split("_")[0]] for n in EU}  # two bands
    return seen | {n: (m, np.hypot(sd / np.sqrt(37.5), gap[n])) for n, (m, sd) in EU.items()}


def main() -> None:
    """Fit, and print the values with what is left of their priors, the means, and the spreads."""
    table = targets(float(sys.argv[1]) if len(sys.argv) > 1 else 0.0)
    children = draw(Streams(SEED), 0, range(CHILDREN))
    weight = np.array([x.weight_kg for x in children])
    start = np.array([np.log(m) if n in LOGS else m for n, (m, _) in PRIORS.items()])

    def values(x: Floats) -> Values:
        return {n: np.exp(y) if n in LOGS else y for n, y in zip(PRIORS, x, strict=True)}

    def misfit(x: Floats) -> Floats:
        got, _ = means(courses(values(x), children), weight)
        off = [(got[n] - mean) / error for n, (mean, error) in table.items()]
        return np.array(off + [(y - s) / sd for y, s, (_, sd) in zip(x, start, PRIORS.values(), strict=True)])

    fit = least_squares(misfit, start, diff_step=1e-3, x_scale=[sd for _, sd in PRIORS.values()])
    left = np.sqrt(np.diag(np.linalg.inv(fit.jac.T @ fit.jac)))
    for (n, (prior, sd)), x, s in zip(PRIORS.items(), values(fit.x).values(), left, strict=True):
        print(f"{n:18s} {x:.4g}  (SD left {s:.2f}; prior {prior:g}, SD {sd:g})")
    got, own = means(courses(values(fit.x), children), weight)
    for n, (mean, error) in table.items():
        spread = f", SD {own[n].std():.1f} of {US[n][1]:.1f}" if n in own else ""
        print(f"{n:18s} {got[n]:7.2f}  published {mean:.4g} (error {error:.2g}){spread}")
    for n in ("cmax", "trough"):
        of_75 = np.sort(own[n].reshape(-1, 75), axis=1)
        low, middle, high = np.median(of_75[:, 0]), np.median(of_75), np.median(of_75[:, -1])
        print(f"{n}: median {middle:.0f}, lowest of 75 children {low:.0f}, highest {high:.0f}")
    print(f"misfit {2 * fit.cost:.1f}, priors included, of {len(table)} targets")


if __name__ == "__main__":
    main()
