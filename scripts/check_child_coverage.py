"""Coverage of the fit of one child: simulated children are fitted, and their true effects looked for.

Each child has effects drawn from the prior, and the measurements of a clinic with the errors of its assays.
Prints, for each effect, how many 90 % intervals contain the truth, and then how many joint regions do: the
region of highest posterior density that contains 90 % of the posterior draws.

    python scripts/check_child_coverage.py --children 40 --seed 1
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.application.fitting.child_data import ChildRecord
from quotidian.application.fitting.child_fit import ChildFit, fit_child
from quotidian.application.fitting.child_problem import child_problem
from quotidian.drugs.catalogue import regimen
from quotidian.engine import Tolerance
from quotidian.patients.child import child
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct.assays import clinic_error_models

Floats = NDArray[np.float64]
GIRL, PLAN, UNTIL_DAY = child(6, "female", 20), regimen("tocilizumab-iv"), 30.0
VISITS = {
    0.35: ("crp", "esr", "active_joints"), 7.35: ("crp",), 14.35: ("crp", "tocilizumab"),
    28.35: ("tocilizumab", "active_joints"),
}  # fmt: skip
TRUTH = Tolerance(rtol=1e-5, atol=1e-7)
LEVEL = 0.9


@dataclass(frozen=True)
class Found:
    """Of one child: effects whose interval contains the truth, by name; whether the region does; trust."""

    inside: dict[str, bool]
    joint: bool
    trusted: bool


def simulated(number: int, streams: Streams) -> tuple[ChildRecord, Floats]:
    """Measurements of a child and its true scores [effect]."""
    rows = [(24.0 * day, name) for day, names in VISITS.items() for name in names]
    empty = ChildRecord(
        np.array([hour for hour, _ in rows]), tuple(name for _, name in rows), np.ones(len(rows)),
        np.zeros(len(rows), np.int64), tuple(range(1, len(rows) + 1)),
    )  # fmt: skip
    problem = child_problem(empty, GIRL, PLAN, UNTIL_DAY)
    one = np.array([number])
    root = np.linalg.cholesky(problem.prior.correlation)
    z = streams.normal("coverage.scores", 0, one, len(problem.prior.names)) @ root.T
    noise = streams.normal("coverage.errors", 0, one, len(rows))[0]
    true = replace(problem.predictor, tolerance=TRUTH).predict(np.zeros(1, np.int64), z)[0]
    errors = clinic_error_models()
    value = [
        float(errors[name].measured(np.array([f]), np.array([n]))[0])
        for name, f, n in zip(empty.analyte, true, noise, strict=True)
    ]
    return replace(empty, value=np.array(value)), z[0]


def looked_for(fit: ChildFit, z: Floats) -> Found:
    """Whether the intervals and the joint region of a fit contain the true scores z [effect]."""
    low, high = np.quantile(fit.draws, (0.5 - LEVEL / 2, 0.5 + LEVEL / 2), axis=0)
    inside = {n: bool(a <= x <= b) for n, a, x, b in zip(fit.names, low, z, high, strict=True)}
    return Found(inside, fit.contains(z), bool(fit.sir["trusted"]))


def printed(found: Sequence[Found]) -> list[str]:
    """The table, line by line."""
    count = len(found)
    lines = [f"{'effect':34} coverage of {LEVEL:.0%} intervals, {count} children"]
    for name in found[0].inside:
        lines.append(f"{name:34} {sum(f.inside[name] for f in found) / count:.2f}")
    whole = np.array([list(f.inside.values()) for f in found])
    by_child = whole.mean(axis=1)
    error = by_child.std(ddof=1) / np.sqrt(count) if count > 1 else float("nan")
    lines.append(f"{'all single intervals':34} {by_child.mean():.3f} (SE {error:.3f})")
    joint = np.mean([f.joint for f in found])
    lines.append(f"{'joint region':34} {joint:.3f} (SE {np.sqrt(joint * (1 - joint) / count):.3f})")
    lines.append(f"{'resampling trusted':34} {np.mean([f.trusted for f in found]):.3f}")
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate, fit, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--children", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    streams, found = Streams(asked.seed), []
    for number in range(asked.children):
        record, true = simulated(number, streams)
        fit = fit_child(record, GIRL, PLAN, until_day=UNTIL_DAY, seed=asked.seed + number, threads=1)
        found.append(looked_for(fit, true))
    print("\n".join(printed(found)))


if __name__ == "__main__":
    main()
