"""Fit between-child spreads and medians to TENDER, to one dose of canakinumab, and to values at entry.

    python scripts/calibrate_children.py [REPLICATES] [EVALUATIONS]

Targets (all calibration, none validation): both arms of TENDER (primary endpoint, JIA ACR30/50/70/90 and
fever-free share at week 12, febrile share at entry; us_label_actemra, still_review), active joints at
entry (tender_2year), CRP and ESR at entry with their relative SD (quartier2011, another trial of the same
disease, whose children had a CRP above 20 mg/L), the arm on the drug of the single-dose trial of
canakinumab (adapted ACR30 at day 15, ACR70, ACR90 and inactive disease at month 1; ruperto2012,
still_review), children with and without fever on canakinumab (adapted ACR50, 70 and 90 at day 15;
brunner2020), a cohort on tocilizumab at week 4 (ACR30 to 90; moscow2011) and tofacitinib at weeks 1, 2 and 4
(adapted ACR30; tofacitinib_registry). Only a month shows how fast joints respond, and only a blocker of IL-1
what IL-1 drives.
Severity, natural course and settled arthritis have narrow priors, since years of natural course and early
against late IL-1 blockade fix them (docs/calibration.md). Priors keep each value near where the ledger's
reasoning put it.
Common random numbers make the misfit smooth enough for least squares; enough replicates keep the fit from
following them. The script prints values; a person writes them into patients/variability.yaml and
biology/joints.yaml (OF_JOINTS), and the share that IL-1 drives in the typical child into
biology/innate_loop.yaml (il1_share) and biology/joints.yaml (il1_need).
"""

from __future__ import annotations

import sys

import numpy as np
from scipy.optimize import least_squares

from quotidian.biology import joints
from quotidian.evidence import Overlay
from quotidian.patients import population
from quotidian.trials.analysis.endpoints import by_replicate, endpoint_results, febrile_at_entry
from quotidian.trials.benchmarks.published_results import load_claims
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.run import design, follow

# name: (prior value, prior SD of the logarithm, or of the value where marked linear)
FREE: dict[str, tuple[float, float]] = {
    "il6_share_sd": (2.5, 0.3),
    "k_joint_median": (4.0, 0.4),
    "course_sd": (0.78, 0.12),
    "course_when_seen": (1.1, 0.35),
    "course_weeks": (12, 0.35),
    "infiltrate_settled": (0.003, 0.42),
    "infiltrate_early": (0.04, 0.35),
    "il1_need_settled": (0.62, 0.13),
    "k_joint": (0.85, 0.15),
    "articular_gain": (1.2, 0.15),
    "articular_gain_median": (0.85, 0.2),
    "fever_gain_median": (0.45, 0.4),
    "half_joints_median": (2.6, 0.2),
    "severity_median": (1.2, 0.14),
    "severity": (0.66, 0.12),
    "crp_ec50_median": (1.4, 0.4),
    "crp_ec50": (0.5, 0.4),
    "il1_share_sd": (2.3, 0.3),
}
LINEAR: dict[str, tuple[float, float]] = {"il6_share_logit": (2.4, 1.0), "il1_share_logit": (3.2, 0.8)}
ENDPOINTS = ("primary", "acr30", "acr50", "acr70", "acr90", "fever_free")
OF_JOINTS = ("infiltrate_settled", "infiltrate_early", "il1_need_settled")
"""Entries of the ledger of joints; the others are entries of the ledger of variability."""
IL1_BLOCKER = "canakinumab"
IL1_TRIALS = ("canakinumab-single", "canakinumab-febrile", "canakinumab-afebrile")
OPEN_TRIALS = ("moscow-cohort", "tofacitinib-open")
SHIFT = 3.0  # scores start at 3, not 0, so that a relative step of finite differences makes sense
BOUNDS = (0.0, 2 * SHIFT)
ENTRY = {  # statistic: (target, its SD)
    "febrile": (58.0, 5.0), "joints": (19.8, 2.0), "crp": (75.0, 10.0), "esr": (50.0, 5.0),
    "crp_cv": (0.86, 0.15), "esr_cv": (0.52, 0.08),
}  # fmt: skip
CRP_ABOVE = 20.0
"""CRP that the trial behind CRP and ESR at entry required, mg/L; their relative SD is of such children."""
Numbers = dict[str, float]


def statistics(values: Numbers, replicates: int, seed: int = 2003) -> Numbers:
    """The model's counterpart of every target, averaged over replicates."""
    found: dict[str, list[float]] = {}
    for name in ("tender", *IL1_TRIALS, *OPEN_TRIALS):
        trial = design(name)
        for record in follow(trial, replicates, seed, overlay=overlay(values)).records:
            for m in endpoint_results(trial, record):
                for a, arm in enumerate(trial.arms):
                    key = _key(name, arm, m.endpoint, m.week)
                    found.setdefault(key, []).extend(by_replicate(m, record, a))
            if name == "tender":
                _note_entry(record, found)
    return {name: float(np.mean(x)) for name, x in found.items() if x}


def overlay(values: Numbers) -> Overlay:
    """The values by their full names."""
    homes = {n: "biology.joints" if n in OF_JOINTS else "patients.variability" for n in values}
    return Overlay.of({f"{homes[n]}.{n}": x for n, x in values.items()})


def _key(trial: str, arm: str, endpoint: str, week: float) -> str:
    """Name of a statistic; ``all`` is the only arm of a trial with one arm."""
    only = next(iter(design(trial).arms))
    return f"{trial}.{only if arm == 'all' else arm}.{endpoint}.{week:g}"


def _note_entry(record: CaseRecord, found: dict[str, list[float]]) -> None:
    found.setdefault("febrile", []).append(100 * febrile_at_entry(record).mean())
    joints, crp, esr = record.core[0]["active_joints"], record.crp[0], record.core[0]["esr"]
    for name, x in (("joints", joints), ("crp", crp), ("esr", esr)):
        found.setdefault(name, []).append(x.mean())
    for name, x in (("crp", crp[crp > CRP_ABOVE]), ("esr", esr[crp > CRP_ABOVE])):
        found.setdefault(f"{name}_cv", []).append(x.std() / x.mean())


def targets() -> dict[str, tuple[float, float]]:
    """Target and SD: endpoints from the claims, with the SD of a proportion."""
    goal = dict(ENTRY)
    chosen = [c for c in load_claims("tender") if c.endpoint in ENDPOINTS]
    chosen += [
        c for n in (*IL1_TRIALS, *OPEN_TRIALS) for c in load_claims(n) if c.arm in (IL1_BLOCKER, "all")
    ]
    for claim in chosen:
        if claim.role == "calibration" and claim.kind == "endpoint" and claim.n:
            p = min(max(claim.value / 100, 0.03), 0.97)
            sd = 100 * np.sqrt(p * (1 - p) / claim.n)
            goal[_key(claim.id.partition(".")[0], claim.arm, claim.endpoint, claim.week)] = (claim.value, sd)
    return goal


def values(z: np.ndarray) -> Numbers:
    """The free values at these scores."""
    x = z - SHIFT
    free = {n: m * float(np.exp(sd * u)) for (n, (m, sd)), u in zip(FREE.items(), x, strict=False)}
    return free | {n: m + sd * u for (n, (m, sd)), u in zip(LINEAR.items(), x[len(FREE) :], strict=True)}


def scores() -> np.ndarray:
    """Where the ledgers stand now, from which the fit starts: the scores of their values."""
    now = {
        n: (joints.k.ledger if n in OF_JOINTS else population.spreads())[n].value for n in (*FREE, *LINEAR)
    }
    free = [np.log(now[n] / m) / sd for n, (m, sd) in FREE.items()]
    linear = [(now[n] - m) / sd for n, (m, sd) in LINEAR.items()]
    return np.clip(SHIFT + np.array(free + linear), BOUNDS[0] + 0.1, BOUNDS[1] - 0.1)


def main(replicates: int, evaluations: int = 6) -> None:
    """Fit, and print values, what is left of their priors, and the misfit."""
    goal = targets()

    def misfit(z: np.ndarray) -> np.ndarray:
        got = statistics(values(z), replicates)
        data = np.array([(got[n] - m) / sd for n, (m, sd) in goal.items()])
        prior = z - SHIFT
        print(f"  misfit {data @ data:7.2f} of the data, {prior @ prior:5.2f} of the priors", flush=True)
        return np.concatenate([data, prior])

    start = scores()
    fit = least_squares(misfit, start, diff_step=0.1, max_nfev=evaluations, bounds=BOUNDS)
    scale = np.linalg.pinv(fit.jac.T @ fit.jac)
    got = statistics(values(fit.x), replicates)
    print("\nvalue, and how much of the prior's spread is left (1: the data say nothing)")
    for (n, v), left in zip(values(fit.x).items(), np.sqrt(np.diag(scale)), strict=True):
        print(f"  {n:20s} {v:9.4g}   {left:.2f}")
    median = 1.0 / (1.0 + np.exp(-values(fit.x)["il1_share_logit"]))
    print(f"  share that IL-1 drives in the typical child: {median:.3g}")
    print("\ntarget, virtual, difference in SD")
    for n, (m, sd) in goal.items():
        print(f"  {n:32s} {m:7.1f} {got[n]:7.1f} {(got[n] - m) / sd:6.1f}")


if __name__ == "__main__":
    numbers = [a for a in sys.argv[1:] if a.isdigit()]
    main(*map(int, numbers or ["24"]))
