"""Coverage of the fit of one child: simulated children are fitted, and their true effects looked for.

Each child has effects drawn from the prior, and the measurements of a clinic with the errors of its assays.
Prints, for each effect, how many 90 % intervals contain the truth, and then how many joint regions do: the
region of highest posterior density that contains 90 % of the posterior draws.

With --store, each child is added to a file as it ends, and a later call continues there.

    python scripts/check_child_coverage.py --children 300 --seed 1 --store out/coverage.jsonl
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

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
    """Of one child: effects whose interval contains the truth, by name; whether the region does; trust.

    ``number`` and ``seed`` identify the child.
    """

    seed: int
    number: int
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


def looked_for(fit: ChildFit, z: Floats, seed: int, number: int) -> Found:
    """Whether the intervals and the joint region of a fit contain the true scores z [effect]."""
    low, high = np.quantile(fit.draws, (0.5 - LEVEL / 2, 0.5 + LEVEL / 2), axis=0)
    inside = {n: bool(a <= x <= b) for n, a, x, b in zip(fit.names, low, z, high, strict=True)}
    return Found(seed, number, inside, fit.contains(z), bool(fit.sir["trusted"]))


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


def stored(file: Path | None, seed: int) -> dict[int, Found]:
    """Children of a seed that a file holds, by number; a line that was cut off is left out."""
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file and file.is_file() else ():
        try:
            one = Found(**json.loads(line))
        except ValueError:
            continue
        if one.seed == seed:
            found[one.number] = one
    return found


def checked(children: int, seed: int, file: Path | None) -> Iterator[Found]:
    """Each child, simulated and fitted, or as the file holds it."""
    streams, known = Streams(seed), stored(file, seed)
    for number in range(children):
        if number not in known:
            record, true = simulated(number, streams)
            fit = fit_child(record, GIRL, PLAN, until_day=UNTIL_DAY, seed=seed + number, threads=1)
            known[number] = looked_for(fit, true, seed, number)
            if file is not None:
                with file.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(asdict(known[number])) + "\n")
        yield known[number]


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate, fit, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--children", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", type=Path, help="file of the children that are done")
    asked = parser.parse_args(arguments)
    print("\n".join(printed(list(checked(asked.children, asked.seed, asked.store)))))


if __name__ == "__main__":
    main()
