"""Fit the disposition of tocilizumab in children to exposures of systemic and of polyarticular JIA together.

    python scripts/calibrate_disposition.py [SHARE] [--periphery adult|own|shared] [--half-saturation NM]
                                            [--only systemic|polyarticular] [--children N] [--evaluations N]

Systemic: means over 75 treated children of TENDER at week 12, as printed in the US label (us_label_actemra,
12.3; seen) and, by band of weight, in a later EU one (eu_label_roactemra, 5.2; recalled). Each mean counts
by its standard error; half of what the editions disagree by widens the recalled one, and ``SHARE`` of it the
seen one. Polyarticular: means by band at week 12 of doses every four weeks (us_label_actemra, 12.3; seen).
Children are drawn and dosed as for trials, averaged. SDs, ranges and quarters of troughs are a check.
The diseases share all that is fitted but the periphery (V_p, Q), which in polyarticular disease is that of
adults with arthritis (frey2010) by the fitted powers of weight; or its ``own``, free; or ``shared``, too.
Priors: volumes, CL between editions (au_label_actemra, eu_label_roactemra), Q by their half-lives, V_m that
of adults (frey2010) by weight to the power 0.75, exponents between the adults' and 0.75. The children are
followed by the engine in the model reduced to the drug. The script prints values; a person writes them into
drugs/tocilizumab.yaml.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from quotidian.engine import SWITCH, Tolerance
from quotidian.models import model
from quotidian.patients.child import Child
from quotidian.patients.population import draw
from quotidian.patients.treatment import subjects_of
from quotidian.simulation import compiled_model, reduced_model
from quotidian.statistics.streams import Streams
from quotidian.trials.run import design

CHILDREN, SEED, BAND_KG = 1500, 1, 30.0
PORT, TOLERANCE = "tocilizumab_infusion", Tolerance(rtol=1e-5, atol=1e-7)
HALF_GAP = {"cmax": 10.0, "trough": 5.8, "mean": 12.6}  # between the editions, ug/mL
US = {"cmax": (245.0, 57.2), "trough": (57.5, 23.3), "mean": (1341 / 14, 415 / 14), "ratio": (3.2, 1.3)}
EU = {
    "cmax_from_30_kg": (256.0, 60.8), "trough_from_30_kg": (69.7, 29.1), "mean_from_30_kg": (119.0, 36.0),
    "cmax_below_30_kg": (274.0, 63.8), "trough_below_30_kg": (68.4, 30.0), "mean_below_30_kg": (123.0, 36.0),
    "cmax_gain": (1.37, 0.25), "trough_gain": (3.41, 1.3), "mean_gain": (1.95, 0.6),
}  # fmt: skip  # SDs of the gains, below 30 kg, are not stated: the trough's is that of the US ratio
POLY = {
    "cmax_from_30_kg": (182.0, 37.0), "trough_from_30_kg": (7.49, 8.2), "auc_from_30_kg": (1229.2, 361.0),
    "cmax_below_30_kg": (175.0, 32.0), "trough_below_30_kg": (2.35, 3.59), "auc_below_30_kg": (966.7, 254.0),
    "auc_gain_from_30_kg": (1.16, 0.36), "trough_gain_from_30_kg": (2.22, 0.9),
    "auc_gain_below_30_kg": (1.05, 0.32), "trough_gain_below_30_kg": (1.43, 0.58),
}  # fmt: skip  # SDs of the gains are not stated: relative ones of TENDER
POLY_CHILDREN = 188  # of both bands; the split is not stated, and taken from the drawn children
QUARTERS = (0.02, 0.98, 5.0, 16.54)  # mean troughs of polyarticular children by quarter (zhang2017)
PRIORS = {
    "V_c": (1.33, 0.35), "V_p": (1.85, 0.25), "CL": (0.0064, 0.2), "Q": (0.0043, 1.0), "V_m": (0.774, 0.4),
    "volume_exponent": (0.6, 0.15), "clearance_exponent": (0.6, 0.15),
}  # fmt: skip
OWN = {"poly_V_p": (1.85, 1.0), "poly_Q": (0.0043, 1.0)}  # little is claimed of them
LOGS = ("V_c", "V_p", "CL", "Q", "V_m", *OWN)
Floats = NDArray[np.float64]
Values = dict[str, float]


@dataclass(frozen=True)
class Regimen:
    """Doses, mg/kg, below 30 kg and from there, every so many days; how many until week 12's is over."""

    days: int
    below: float
    above: float
    doses: int

    def hours(self) -> Floats:
        """Hours of an interval at which the course is recorded."""
        return np.array([0, 1, 3, 6, 12, 18, *range(24, 24 * self.days + 1, 8)], dtype=float)


TENDER, CHERISH = Regimen(14, 12, 8, 7), Regimen(28, 10, 8, 4)


def adult_periphery(v: Values) -> Values:
    """The values with V_p and Q of adults with arthritis (frey2010), by the children's powers of weight."""
    c = model("adult_ra").constants
    size = 20 / c["tocilizumab.reference_weight"]
    V_p, Q = c["tocilizumab.V_p"], c["tocilizumab.Q"]
    return v | {"V_p": V_p * size ** v["volume_exponent"], "Q": Q * size ** v["clearance_exponent"]}


def courses(v: Values, children: list[Child], given: Regimen = TENDER) -> Floats:
    """Free drug [dose, hour of the interval, child], ug/mL; ``v`` may hold a ``K_m``, nM, of its own."""
    whole, machine = compiled_model("sjia"), reduced_model("sjia", (), ("tocilizumab",))
    table, usual = machine.parameters_from(whole, subjects_of(children).table(whole)), model("sjia").constants
    for name in ("V_c", "V_p", "CL", "Q", "V_m", "K_m"):  # each child keeps its random effect
        column = machine.parameter(table, f"tocilizumab.{name}")
        column[:] = column * (v.get(name, usual[f"tocilizumab.{name}"]) / usual[f"tocilizumab.{name}"])
    powers = {name: v[name] for name in ("volume_exponent", "clearance_exponent")}
    for name, power in (powers | {"capacity_exponent": v["clearance_exponent"]}).items():
        machine.parameter(table, f"tocilizumab.{name}")[:] = power
    interval, hours = 24.0 * given.days, given.hours()
    starts = interval * np.arange(given.doses)
    outcome = machine.run(
        table, np.unique(np.concatenate([start + hours for start in starts])), start=0.0,
        events=machine.events([_infusions(child.weight_kg, given, starts) for child in children]),
        observables=["tocilizumab"], tolerance=TOLERANCE,
    )  # fmt: skip
    places = np.searchsorted(outcome.times, starts[:, None] + hours)
    return np.moveaxis(outcome["tocilizumab"][:, places], 0, -1)


def _infusions(weight: float, given: Regimen, starts: Floats) -> list[tuple[float, int, str, float]]:
    """Doses by weight, into a vein over an hour."""
    mg = weight * (given.below if weight < BAND_KG else given.above)
    return [(float(s) + h, SWITCH, PORT, rate) for s in starts for h, rate in ((0.0, mg), (1.0, 0.0))]


def means(c: Floats, weight: Floats) -> tuple[Values, dict[str, Floats]]:
    """What the editions print of systemic disease, over these children; and each child's own values."""
    area, light = np.trapezoid(c, TENDER.hours(), axis=1) / 336, weight < BAND_KG
    own = {"cmax": c[-1].max(0), "trough": c[-2, -1], "mean": area[-1], "ratio": c[-2, -1] / c[0, -1]}
    got = {n: float(x.mean()) for n, x in own.items()}
    for n, x in {"cmax": c[0].max(0), "trough": c[0, -1], "mean": area[0]}.items():
        got[f"{n}_from_30_kg"], got[f"{n}_below_30_kg"] = own[n][~light].mean(), own[n][light].mean()
        got[f"{n}_gain"] = own[n][light].mean() / x[light].mean()
    return got, own


def poly_means(c: Floats, weight: Floats) -> tuple[Values, dict[str, Floats]]:
    """What the label prints of polyarticular disease, by band of weight; and each child's own values."""
    area, light = np.trapezoid(c, CHERISH.hours(), axis=1) / 24, weight < BAND_KG
    own = {"cmax": c[-1].max(0), "trough": c[-1, -1], "auc": area[-1]}
    got: Values = {}
    for band, these in {"from_30_kg": ~light, "below_30_kg": light}.items():
        got |= {f"{n}_{band}": float(x[these].mean()) for n, x in own.items()}
        for n, first in {"auc": area[0], "trough": c[0, -1]}.items():
            got[f"{n}_gain_{band}"] = got[f"{n}_{band}"] / float(first[these].mean())
    return got, own


def targets(share: float) -> dict[str, tuple[float, float]]:
    """Mean and its error of every figure; ``share`` of the disagreement lies with the seen edition, too."""
    seen = {n: (m, np.hypot(sd / np.sqrt(75), share * HALF_GAP.get(n, 0.0))) for n, (m, sd) in US.items()}
    gap = {n: 0.0 if "gain" in n else np.sqrt(2) * HALF_GAP[n.split("_")[0]] for n in EU}  # two bands
    return seen | {n: (m, np.hypot(sd / np.sqrt(37.5), gap[n])) for n, (m, sd) in EU.items()}


def poly_targets(light: float) -> dict[str, tuple[float, float]]:
    """Mean and its error of every figure of polyarticular disease; ``light``: share below 30 kg."""
    n = {True: POLY_CHILDREN * light, False: POLY_CHILDREN * (1 - light)}
    return {name: (m, sd / np.sqrt(n["below" in name])) for name, (m, sd) in POLY.items()}


class Question:
    """What is fitted: the targets of either disease, and what values make of the children of both."""

    def __init__(self, asked: argparse.Namespace) -> None:
        """Draw the children of both diseases."""
        self.periphery, K_m = asked.periphery, asked.half_saturation
        self.priors = PRIORS | (OWN if asked.periphery == "own" else {})
        self.fixed = {} if K_m is None else {"K_m": K_m}
        numbers = range(asked.children)
        self.systemic = draw(Streams(SEED), 0, numbers)
        self.poly = draw(Streams(SEED), 0, numbers, design("pjia-iv").patient_population)
        self.weights = [np.array([x.weight_kg for x in some]) for some in (self.systemic, self.poly)]
        self.light = self.weights[1] < BAND_KG
        self.tables = {"systemic": targets(asked.share), "polyarticular": poly_targets(self.light.mean())}
        if asked.only is not None:
            self.tables = {name: t if name == asked.only else {} for name, t in self.tables.items()}

    def values(self, x: Floats) -> Values:
        """Named values of what the optimiser moves."""
        named = zip(self.priors, x, strict=True)
        return {n: float(np.exp(y)) if n in LOGS else float(y) for n, y in named}

    def other(self, v: Values) -> Values:
        """The values of polyarticular disease, given those of systemic disease."""
        if self.periphery == "own":
            return v | {"V_p": v["poly_V_p"], "Q": v["poly_Q"]}
        return v if self.periphery == "shared" else adult_periphery(v)

    def answers(self, v: Values) -> list[tuple[Values, dict[str, Floats]]]:
        """Means and each child's own values, of systemic and of polyarticular disease."""
        v = v | self.fixed
        return [
            means(courses(v, self.systemic, TENDER), self.weights[0]),
            poly_means(courses(self.other(v), self.poly, CHERISH), self.weights[1]),
        ]

    def off(self, v: Values) -> list[float]:
        """Distances from the targets, in standard errors."""
        both = zip(self.answers(v), self.tables.values(), strict=True)
        return [(got[n] - m) / error for (got, _), table in both for n, (m, error) in table.items()]


def report(question: Question, v: Values) -> None:
    """Print means beside those published, and what was not fitted."""
    (got, own), (poly, poly_own) = question.answers(v)
    for name, has in (("systemic", got), ("polyarticular", poly)):
        for n, (mean, error) in question.tables[name].items():
            off = (has[n] - mean) / error
            print(f"{name} {n:23s} {has[n]:7.2f}  published {mean:.4g} (error {error:.2g}, {off:+.1f})")
    for n, (_, sd) in US.items():
        print(f"systemic {n}: SD {own[n].std():.3g} of {sd:.3g}")
    for n in ("cmax", "trough"):
        of_75 = np.sort(own[n].reshape(-1, 75), axis=1)
        low, middle, high = np.median(of_75[:, 0]), np.median(of_75), np.median(of_75[:, -1])
        print(f"systemic {n}: median {middle:.0f}, lowest of 75 children {low:.0f}, highest {high:.0f}")
    for n, x in poly_own.items():
        for band, these in {"from_30_kg": ~question.light, "below_30_kg": question.light}.items():
            print(f"polyarticular {n}_{band}: SD {x[these].std():.3g} of {POLY[f'{n}_{band}'][1]:.3g}")
    quarters = np.array_split(np.sort(poly_own["trough"]), 4)
    stated = ", ".join(f"{q.mean():.2f} of {p:g}" for q, p in zip(quarters, QUARTERS, strict=True))
    print(f"polyarticular trough by quarter: {stated}")


def asked(argv: list[str] | None = None) -> argparse.Namespace:
    """What the command line asks for."""
    ask = argparse.ArgumentParser(description="Fit the disposition of tocilizumab in children.")
    ask.add_argument("share", nargs="?", type=float, default=0.0)
    ask.add_argument("--periphery", choices=("adult", "own", "shared"), default="adult")
    ask.add_argument("--only", choices=("systemic", "polyarticular"))
    ask.add_argument("--half-saturation", type=float, help="K_m, nM; the ledger's if not given")
    ask.add_argument("--children", type=int, default=CHILDREN, help="drawn of each disease; a multiple of 75")
    ask.add_argument("--evaluations", type=int, help="of the least squares at most")
    return ask.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Fit, and print the values with what is left of their priors, the means, and the spreads."""
    options = asked(argv)
    question = Question(options)
    priors = question.priors
    start = np.array([np.log(m) if n in LOGS else m for n, (m, _) in priors.items()])
    sds = np.array([sd for _, sd in priors.values()])

    def misfit(x: Floats) -> Floats:
        return np.array([*question.off(question.values(x)), *(x - start) / sds])

    fit = least_squares(misfit, start, diff_step=1e-2, x_scale=sds, max_nfev=options.evaluations)
    left = np.sqrt(np.diag(np.linalg.inv(fit.jac.T @ fit.jac)))
    found = question.values(fit.x)
    for (n, (prior, sd)), x, s in zip(priors.items(), found.values(), left, strict=True):
        print(f"{n:18s} {x:.4g}  (SD left {s:.2f}; prior {prior:g}, SD {sd:g})")
    report(question, found)
    count = sum(map(len, question.tables.values()))
    print(f"misfit {2 * fit.cost:.1f}, priors included, of {count} targets")


if __name__ == "__main__":
    main()
