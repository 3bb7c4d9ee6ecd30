"""Fit between-child spreads and medians to TENDER at week 12 and to entry values.

    python calibration/tender.py [REPLICATES] [--write]

Targets (all calibration, none validation): both arms' primary endpoint, JIA ACR30/50/70/90 and
fever-free share at week 12 and the febrile share at entry (us_label_actemra, still_review), active
joints at entry (tender_2year), CRP and ESR at entry with their SD (quartier2011, another trial of the
same disease). Priors keep each value near where the ledger's reasoning put it. Paired luck makes the
misfit smooth enough for least squares. ``--write`` puts the result into patients/variability.yaml with
basis "fitted".
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares

from quotidian.patients import population
from quotidian.trials.analysis import by_replicate, febrile_at_entry, measures
from quotidian.trials.claims import load_claims
from quotidian.trials.conduct import design, follow

# name: (prior value, prior SD of the logarithm, or of the value where marked linear)
FREE: dict[str, tuple[float, float]] = {
    "il6_share_sd": (1.5, 0.6),
    "k_joint_median": (1.3, 0.5),
    "course_sd": (0.4, 0.5),
    "remission_chance": (0.015, 0.7),
    "febrile_share": (0.55, 0.2),
    "fever_gain_median": (0.9, 0.4),
    "half_joints_median": (1.3, 0.5),
    "severity_median": (1.0, 0.4),
    "severity": (0.6, 0.4),
    "crp_ec50_median": (1.2, 0.4),
    "crp_ec50": (0.5, 0.4),
}
LINEAR: dict[str, tuple[float, float]] = {"il6_share_logit": (3.0, 1.5)}
ENDPOINTS = ("primary", "acr30", "acr50", "acr70", "acr90", "fever_free")
SHIFT = 3.0  # scores start at 3, not 0, so that a relative step of finite differences makes sense
ENTRY = {  # statistic: (target, its SD)
    "febrile": (58.0, 5.0), "joints": (19.8, 2.0), "crp": (75.0, 10.0), "crp_sd": (64.0, 12.0),
    "esr": (50.0, 5.0), "esr_sd": (25.9, 5.0),
}  # fmt: skip


def statistics(values: dict[str, float], replicates: int, seed: int = 2003) -> dict[str, float]:
    """The model's counterpart of every target, averaged over replicates."""
    trial = design("tender")
    records = follow(trial, replicates, seed, values=values).records
    found: dict[str, list[float]] = {}
    for record in records:
        for a, arm in enumerate(trial.arms):
            for m in measures(trial, record):
                if m.week == trial.primary_week and m.unit == "%":
                    found.setdefault(f"{arm}.{m.endpoint}", []).extend(by_replicate(m, record, a))
        found.setdefault("febrile", []).append(100 * febrile_at_entry(record).mean())
        for name, x in (
            ("joints", record.core[0]["active_joints"]),
            ("crp", record.crp[0]),
            ("esr", record.core[0]["esr"]),
        ):
            found.setdefault(name, []).append(x.mean())
            found.setdefault(f"{name}_sd", []).append(x.std())
    return {name: float(np.mean(x)) for name, x in found.items()}


def targets() -> dict[str, tuple[float, float]]:
    """Target and SD: endpoints from the claims, with the SD of a proportion."""
    goal = dict(ENTRY)
    for claim in load_claims("tender"):
        if claim.endpoint in ENDPOINTS and claim.n:
            p = min(max(claim.value / 100, 0.03), 0.97)
            goal[f"{claim.arm}.{claim.endpoint}"] = (claim.value, 100 * np.sqrt(p * (1 - p) / claim.n))
    return goal


def main(replicates: int) -> None:
    """Fit, and print values, what is left of their priors, and the misfit."""
    goal = targets()

    def values(z: np.ndarray) -> dict[str, float]:
        x = z - SHIFT
        free = {n: m * np.exp(sd * z) for (n, (m, sd)), z in zip(FREE.items(), x, strict=False)}
        return free | {n: m + sd * z for (n, (m, sd)), z in zip(LINEAR.items(), x[len(FREE) :], strict=True)}

    def misfit(x: np.ndarray) -> np.ndarray:
        got = statistics(values(x), replicates)
        data = np.array([(got[n] - m) / sd for n, (m, sd) in goal.items()])
        prior = x - SHIFT
        print(f"  misfit {data @ data:7.2f} of the data, {prior @ prior:5.2f} of the priors", flush=True)
        return np.concatenate([data, prior])

    fit = least_squares(
        misfit, np.full(len(FREE) + len(LINEAR), SHIFT), diff_step=0.1, max_nfev=7, bounds=(0.0, 2 * SHIFT)
    )
    scale = np.linalg.pinv(fit.jac.T @ fit.jac)
    got = statistics(values(fit.x), replicates)
    print("\nvalue, and how much of the prior's spread is left (1: the data say nothing)")
    for (n, v), left in zip(values(fit.x).items(), np.sqrt(np.diag(scale)), strict=True):
        print(f"  {n:20s} {v:9.4g}   {left:.2f}")
    print("\ntarget, virtual, difference in SD")
    for n, (m, sd) in goal.items():
        print(f"  {n:26s} {m:7.1f} {got[n]:7.1f} {(got[n] - m) / sd:6.1f}")

    if "--write" in sys.argv:
        write(values(fit.x))


def write(values: dict[str, float]) -> None:
    """Put fitted values into the ledger, three digits, and say what they were fitted to."""
    path = Path(population.__file__).with_name("variability.yaml")
    text = path.read_text()
    basis = '{fitted: "to TENDER week 12 and entry values, with a prior; calibration/tender.py"}'
    source = '{key: us_label_actemra, place: "section 14, with still_review, tender_2year and quartier2011"}'
    for name, value in values.items():
        block = re.search(rf"^{name}:\n(?:  .*\n)*", text, re.M)
        assert block is not None, name
        new = re.sub(r"  value: .*\n", f"  value: {value:.3g}\n", block.group(0))
        new = re.sub(r"  basis: .*\n", f"  basis: {basis}\n", new)
        new = re.sub(r"  source: .*\n", "", new).replace("  plausible:", f"  source: {source}\n  plausible:")
        text = text.replace(block.group(0), new)
    path.write_text(text)


if __name__ == "__main__":
    numbers = [a for a in sys.argv[1:] if a.isdigit()]
    main(int(numbers[0]) if numbers else 8)
