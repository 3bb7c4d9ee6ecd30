"""Fit the disposition of tocilizumab in the typical 20-kg child to the exposures of the label.

    python calibration/disposition.py

Targets: week-12 exposure at 12 mg/kg every two weeks and the trough ratio of week 12 to week 2
(us_label_actemra, section 12.3), each weighted by a quarter of its published SD, about twice the
standard error of a mean of 75. Priors lie between the two editions of the label, which disagree
(au_label_actemra: V_c 0.94 L, V_p 1.6 L, CL 7.1 mL/h; eu_label_roactemra, recalled: 1.87 L, 2.14 L,
5.7 mL/h): geometric means, log-normal, with half their distance as spread. The label
gives means of 75 children; the typical child lies below, by sqrt(1 + CV^2) of a log-normal. The result
stands in drugs/tocilizumab.yaml with basis "fitted"; this script prints it and its misfit.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import least_squares

from quotidian.engine import SWITCH, Events, Machine, Tolerance
from quotidian.models import model

TARGETS = {"cmax": (245.0, 57.2), "ctrough": (57.5, 23.3), "auc": (1341.0, 415.0), "ratio": (3.2, 1.3)}
PRIORS = {
    "V_c": (1.33, 0.35),
    "V_p": (1.85, 0.25),
    "CL": (0.0064, 0.2),
    "Q": (0.012, 0.5),
    "V_m": (0.42, 0.4),
}
WEIGHT = 4.0
TYPICAL = {n: m / np.sqrt(1 + (sd / m) ** 2) for n, (m, sd) in TARGETS.items()}
DOSE_MG, WEEKS = 240.0, 14


def exposures(machine: Machine, values: np.ndarray) -> dict[str, float]:
    """Cmax and AUC of the dose at week 12, its trough, and the trough ratio, ug/mL and days."""
    overrides = {f"tocilizumab.{n}": v for n, v in zip(PRIORS, values, strict=True)}
    rate = machine.problem.inputs.index("tocilizumab_infusion")
    doses = [(w * 168.0, SWITCH, rate, DOSE_MG) for w in range(0, WEEKS, 2)]
    stops = [(w * 168.0 + 1.0, SWITCH, rate, 0.0) for w in range(0, WEEKS, 2)]
    times = np.arange(0, WEEKS * 168 + 1.0)
    run = machine.run(
        machine.parameters(1, overrides), times, events=Events.of([doses + stops]),
        observables=["tocilizumab"], tolerance=Tolerance(rtol=1e-7, atol=1e-9),
    )  # fmt: skip
    c = run["tocilizumab"][0]
    last = c[12 * 168 :]
    return {
        "cmax": last.max(),
        "ctrough": c[12 * 168],
        "auc": np.trapezoid(last) / 24,
        "ratio": c[12 * 168] / c[2 * 168],
    }


def main() -> None:
    """Fit, and print the values with what is left of their priors."""
    machine = Machine(model("sjia"))

    def misfit(logs: np.ndarray) -> np.ndarray:
        got = exposures(machine, np.exp(logs))
        data = [WEIGHT * (got[n] - TYPICAL[n]) / sd for n, (_, sd) in TARGETS.items()]
        prior = [(x - np.log(m)) / cv for x, (m, cv) in zip(logs, PRIORS.values(), strict=True)]
        return np.array(data + prior)

    start = np.log([m for m, _ in PRIORS.values()])
    fit = least_squares(misfit, start, diff_step=1e-3)
    covariance = np.linalg.inv(fit.jac.T @ fit.jac)
    for n, x, sd in zip(PRIORS, fit.x, np.sqrt(np.diag(covariance)), strict=True):
        print(f"{n:4s} {np.exp(x):.4g}  (relative SD {sd:.2f}; prior {PRIORS[n][0]:g}, CV {PRIORS[n][1]:g})")
    for n, value in exposures(machine, np.exp(fit.x)).items():
        print(
            f"{n:8s} {value:8.1f}   target {TYPICAL[n]:.4g} of mean {TARGETS[n][0]:g}, SD {TARGETS[n][1]:g}"
        )


if __name__ == "__main__":
    main()
