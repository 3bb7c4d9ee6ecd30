"""Fit one disposition of tocilizumab to children of both diseases, all weights and both routes.

    python scripts/calibrate_disposition.py [--half-saturation NM] [--children N] [--evaluations N]
                                            [--output CSV]

The targets are in disposition_targets.yaml: TENDER by both editions of the label, Japanese children from 15
years on, polyarticular JIA into a vein every four weeks and under the skin. Exposure of systemic JIA under
the skin is not among them: it stays a prediction. Each mean counts by its standard error, widened by what the
editions differ by; SDs, of the seen editions alone, by theirs and a tenth. Adults are a soft bridge at 70 kg.
Priors: volumes and CL between the editions (au_label_actemra, eu_label_roactemra; wide, since neither states
the size of its child), Q by their half-lives, V_m that of adults (frey2010) by weight to the power 0.75,
exponents between those of adults and 0.75, absorption as in the label, variability that of adults. Children
are drawn and dosed as for trials, averaged, and followed by the engine in the model reduced to the drug. The
fit starts from the ledger's values and prints what it finds; a person writes that into
drugs/tocilizumab.yaml. ``--output`` writes SDs and correlations (drugs/tocilizumab_uncertainty.csv).
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import least_squares

from quotidian.engine import ADD, SWITCH, Tolerance
from quotidian.models import model
from quotidian.patients.child import Child
from quotidian.patients.population import draw, typical_values
from quotidian.patients.treatment import subjects_of
from quotidian.simulation import compiled_model, reduced_model
from quotidian.statistics.streams import Streams
from quotidian.trials.run import design

Floats = NDArray[np.float64]
Values = dict[str, float]
CHILDREN, SEED, BAND_KG = 1500, 1, 30.0
VEIN, SKIN, TOLERANCE = "tocilizumab_infusion", "tocilizumab_depot", Tolerance(rtol=1e-5, atol=1e-7)
PRIORS = {
    "V_c": (1.33, 0.35), "V_p": (1.85, 0.5), "CL": (0.0064, 0.3), "Q": (0.0043, 1.0), "V_m": (0.774, 0.4),
    "volume_exponent": (0.6, 0.15), "clearance_exponent": (0.6, 0.15), "capacity_exponent": (0.6, 0.15),
    "k_a": (0.01444, 0.2), "bioavailability": (0.95, 0.03),
    "omega_CL": (0.38, 0.5), "omega_V_c": (0.36, 0.5), "omega_V_p": (0.60, 0.5), "omega_V_m": (0.51, 0.5),
}  # fmt: skip
POWERS = ("volume_exponent", "clearance_exponent", "capacity_exponent")
LOGS = tuple(n for n in PRIORS if n not in (*POWERS, "bioavailability"))


@cache
def published() -> Mapping[str, Any]:
    """The targets, by study."""
    file = Path(__file__).with_name("disposition_targets.yaml")
    return dict(yaml.safe_load(file.read_text()))


@dataclass(frozen=True)
class Regimen:
    """Doses every so many days, mg/kg below 30 kg and from there, or ``mg`` under the skin; how many."""

    days: int
    doses: int
    below: float = 0.0
    above: float = 0.0
    mg: float = 0.0

    def hours(self) -> Floats:
        """Hours of an interval at which the course is recorded."""
        return np.array([0, 1, 3, 6, 12, 18, *range(24, 24 * self.days + 1, 8)], dtype=float)

    def given(self, weight: float) -> list[tuple[float, int, str, float]]:
        """The doses of one child, into a vein over an hour or under the skin."""
        starts = [24.0 * self.days * k for k in range(self.doses)]
        if self.mg:
            return [(start, ADD, SKIN, self.mg) for start in starts]
        rate = weight * (self.below if weight < BAND_KG else self.above)
        return [(s + h, SWITCH, VEIN, x) for s in starts for h, x in ((0.0, rate), (1.0, 0.0))]


TENDER, CHERISH, JAPAN = Regimen(14, 7, 12, 8), Regimen(28, 4, 10, 8), Regimen(14, 3, 8, 8)
SKIN_HEAVY, SKIN_LIGHT = Regimen(14, 8, mg=162), Regimen(21, 6, mg=162)


def courses(v: Values, children: list[Child], given: Regimen = TENDER) -> Floats:
    """Free drug [dose, hour of the interval, child], ug/mL; ``v`` replaces values of the ledger."""
    whole, machine = compiled_model("sjia"), reduced_model("sjia", (), ("tocilizumab",))
    table, usual = machine.parameters_from(whole, subjects_of(children).table(whole)), model("sjia").constants
    size = typical_values()
    for name in (n for n in v if not n.startswith("omega")):
        column, typical = machine.parameter(table, f"tocilizumab.{name}"), usual[f"tocilizumab.{name}"]
        width = f"omega_{name}"  # each child keeps its random effect, wider or narrower
        power = v[width] / size[f"tocilizumab.{width}"] if width in v else 1.0
        column[:] = v[name] * (column / typical) ** power
    starts = 24.0 * given.days * np.arange(given.doses)
    outcome = machine.run(
        table, np.unique(np.concatenate([start + given.hours() for start in starts])), start=0.0,
        events=machine.events([given.given(child.weight_kg) for child in children]),
        observables=["tocilizumab"], tolerance=TOLERANCE,
    )  # fmt: skip
    places = np.searchsorted(outcome.times, starts[:, None] + given.hours())
    return np.moveaxis(outcome["tocilizumab"][:, places], 0, -1)


def means(c: Floats, weight: Floats) -> tuple[Values, dict[str, Floats]]:
    """What the editions print of systemic disease, over these children; and each child's own values."""
    area, light = np.trapezoid(c, TENDER.hours(), axis=1) / 336, weight < BAND_KG
    own = {"cmax": c[-1].max(0), "trough": c[-2, -1], "mean": area[-1], "ratio": c[-2, -1] / c[0, -1]}
    got = {n: float(x.mean()) for n, x in own.items()} | {f"{n}_sd": float(x.std()) for n, x in own.items()}
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
        got |= {f"{n}_{band}_sd": float(x[these].std()) for n, x in own.items()}
        for n, first in {"auc": area[0], "trough": c[0, -1]}.items():
            got[f"{n}_gain_{band}"] = got[f"{n}_{band}"] / float(first[these].mean())
    return got, own


def japan_means(c: Floats, weight: Floats) -> Values:
    """First and third dose as analysed without compartments, the third as if nothing were left before it.

    The source does not state the window of its half-life; the mean of those over days 1 to 14 and over days 7
    to 14 is taken. Clearance, dose over area to infinity, mL/h/kg; volume, clearance times mean residence
    time, mL/kg.
    """
    t, area = JAPAN.hours(), np.trapezoid(c, JAPAN.hours(), axis=1)
    long, rate = (-np.polyfit(t[w], np.log(c[-1][w]), 1)[0] for w in (t >= 24.0, t >= 168.0))
    whole = area[-1] + c[-1, -1] / rate
    moment = np.trapezoid(c[-1] * t[:, None], t, axis=0) + c[-1, -1] * (t[-1] / rate + 1 / rate**2)
    clearance = 8000.0 / whole
    got = {"peak_1": c[0, 1], "peak_3": c[-1, 1], "area_1": area[0] / 24, "area_3": area[-1] / 24}
    got |= {"half_life_3": np.log(2) * (1 / long + 1 / rate) / 2, "clearance_3": clearance}
    got["volume_3"] = clearance * (moment / whole - 0.5)
    return {n: float(x.mean()) for n, x in got.items()}


def skin_means(heavy: Floats, light: Floats) -> Values:
    """Cmax, trough and mean of the last interval under the skin, by band of weight."""
    got: Values = {}
    for band, c, given in (("from_30_kg", heavy, SKIN_HEAVY), ("below_30_kg", light, SKIN_LIGHT)):
        area = np.trapezoid(c[-1], given.hours(), axis=0) / (24 * given.days)
        own = {"cmax": c[-1].max(0), "trough": c[-1, -1], "mean": area}
        got |= {f"{n}_{band}": float(x.mean()) for n, x in own.items()}
    return got


def adult_means(v: Values) -> Values:
    """Volumes, exchange and total clearance at 5 and 100 ug/mL of the values at an adult's weight."""
    c, size = model("sjia").constants, published()["adults"]["weight"] / 20.0
    x = {n: size ** v[n] for n in POWERS}
    K_m = v.get("K_m", c["tocilizumab.K_m"])
    V_m, CL = v["V_m"] * x["capacity_exponent"], v["CL"] * x["clearance_exponent"]
    total = {f"clearance_{n}": CL + V_m / (K_m + n * 1000 / 148) for n in (5, 100)}
    volumes = {n: v[n] * x["volume_exponent"] for n in ("V_c", "V_p")}
    return volumes | {"Q": v["Q"] * x["clearance_exponent"]} | total


def targets(study: str, light: float = 0.5) -> dict[str, tuple[float, float]]:
    """Mean and its error of every figure of a study; ``light``: share of its children below 30 kg."""
    source, found = published()[study], {}
    for name, (mean, sd) in source["means"].items():
        n = source["n"] * ((light if "below" in name else 1 - light) if study == "cherish" else 1.0)
        found[name] = (mean, float(np.hypot(sd / np.sqrt(n), source.get("gap", {}).get(name, 0.0))))
        if study in ("tender", "cherish") and "gain" not in name:
            found[f"{name}_sd"] = (sd, sd * float(np.hypot(1 / np.sqrt(2 * n), 0.1)))
    return found


def japanese(children: list[Child]) -> list[Child]:
    """The same children with weights of Japanese ones from 15 years on."""
    mean, sd = published()["japan"]["weight"]
    z = Streams(SEED).normal("weight", 0, range(len(children)))[:, 0]
    return [replace(c, weight_kg=float(mean + sd * x)) for c, x in zip(children, z, strict=True)]


def ledger() -> Values:
    """The values of the ledger."""
    constants = model("sjia").constants | dict(typical_values())
    return {n: constants[f"tocilizumab.{n}"] for n in PRIORS}


def scaled(v: Values) -> Floats:
    """What the optimiser moves: logarithms, but for exponents and bioavailability."""
    return np.array([np.log(v[n]) if n in LOGS else v[n] for n in PRIORS])


class Question:
    """What is fitted: the targets of every study, and what values make of its children."""

    def __init__(self, asked: argparse.Namespace) -> None:
        """Draw the children of both diseases."""
        self.fixed = {} if asked.half_saturation is None else {"K_m": asked.half_saturation}
        numbers = range(asked.children)
        self.systemic = draw(Streams(SEED), 0, numbers)
        self.poly = draw(Streams(SEED), 0, numbers, design("pjia-iv").patient_population)
        self.japan = japanese(self.systemic[: max(75, asked.children // 5)])
        self.heavy = [c for c in self.poly if c.weight_kg >= BAND_KG]
        self.light = [c for c in self.poly if c.weight_kg < BAND_KG]
        share = len(self.light) / len(self.poly)
        self.tables = {s: targets(s, share) for s in published() if s != "adults"}

    def named(self, x: Floats) -> Values:
        """Named values of what the optimiser moves."""
        pairs = zip(PRIORS, x, strict=True)
        return {n: float(np.exp(y)) if n in LOGS else float(y) for n, y in pairs} | self.fixed

    def answers(self, v: Values) -> tuple[dict[str, Values], dict[str, Floats], dict[str, Floats]]:
        """Means by study; each child's own values of systemic and of polyarticular disease."""
        weights = [np.array([x.weight_kg for x in some]) for some in (self.systemic, self.poly, self.japan)]
        tender, own = means(courses(v, self.systemic, TENDER), weights[0])
        cherish, poly = poly_means(courses(v, self.poly, CHERISH), weights[1])
        skin = skin_means(courses(v, self.heavy, SKIN_HEAVY), courses(v, self.light, SKIN_LIGHT))
        japan = japan_means(courses(v, self.japan, JAPAN), weights[2])
        got = {"tender": tender, "bands": tender, "japan": japan, "cherish": cherish, "under_the_skin": skin}
        return got, own, poly

    def off(self, v: Values) -> list[float]:
        """Distances from the targets, in standard errors; the adults last."""
        got, adults = self.answers(v)[0], published()["adults"]
        far = [(got[s][n] - m) / e for s, table in self.tables.items() for n, (m, e) in table.items()]
        bridge = adult_means(v)
        return far + [np.log(bridge[n] / m) / adults["log_sd"] for n, m in adults["means"].items()]


def report(question: Question, v: Values) -> None:
    """Print means beside those published, and what was not fitted."""
    got, own, poly = question.answers(v)
    for study, table in question.tables.items():
        for n, (mean, error) in table.items():
            has = got[study][n]
            print(f"{study} {n:24s} {has:8.4g}  published {mean:.4g} ({(has - mean) / error:+.1f})")
    for n, x in adult_means(v).items():
        print(f"adults {n:24s} {x:8.3g}  published {published()['adults']['means'][n]:.3g}")
    of_75 = np.sort(own["trough"].reshape(-1, 75), axis=1)
    print(f"tender trough of 75 children: {np.median(of_75[:, 0]):.0f} to {np.median(of_75[:, -1]):.0f}")
    quarters = np.array_split(np.sort(poly["trough"]), 4)
    pairs = zip(quarters, published()["cherish"]["quarters"], strict=True)
    print("cherish trough by quarter: " + ", ".join(f"{q.mean():.2f} of {p:g}" for q, p in pairs))


def write_joint(file: Path, covariance: Floats) -> None:
    """SD and correlations of what is fitted; volumes and rates on the logarithmic scale."""
    sd = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(sd, sd)
    with file.open("w", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["parameter", "scale", "sd", *PRIORS])
        for n, s, row in zip(PRIORS, sd, correlation, strict=True):
            rows.writerow([n, "log" if n in LOGS else "plain", f"{s:.3g}", *(f"{r:.3f}" for r in row)])


def asked(argv: list[str] | None = None) -> argparse.Namespace:
    """What the command line asks for."""
    ask = argparse.ArgumentParser(description=main.__doc__)
    ask.add_argument("--half-saturation", type=float, help="K_m, nM; the ledger's if not given")
    ask.add_argument("--children", type=int, default=CHILDREN, help="drawn of each disease; a multiple of 75")
    ask.add_argument("--evaluations", type=int, help="of the least squares at most")
    ask.add_argument("--output", type=Path, help="file for SDs and correlations of the fitted values")
    return ask.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Fit, and print the values with what is left of their priors, the means, and the spreads."""
    options = asked(argv)
    question = Question(options)
    centre = scaled({n: m for n, (m, _) in PRIORS.items()})
    sds = np.array([sd for _, sd in PRIORS.values()])

    def misfit(x: Floats) -> Floats:
        return np.array([*question.off(question.named(x)), *(x - centre) / sds])

    fit = least_squares(misfit, scaled(ledger()), diff_step=1e-2, x_scale=sds, max_nfev=options.evaluations)
    covariance = np.linalg.inv(fit.jac.T @ fit.jac)
    found = question.named(fit.x)
    for (n, (prior, sd)), s in zip(PRIORS.items(), np.sqrt(np.diag(covariance)), strict=True):
        print(f"{n:18s} {found[n]:.4g}  (SD left {s:.2f}; prior {prior:g}, SD {sd:g})")
    report(question, found)
    count = sum(map(len, question.tables.values()))
    print(f"misfit {2 * fit.cost:.1f}, priors and adults included, of {count} targets")
    if options.output:
        write_joint(options.output, covariance)


if __name__ == "__main__":
    main()
