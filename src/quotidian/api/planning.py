"""The power of a design, and every published result beside the simulated one, as tables."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from quotidian.api.arguments.door import door
from quotidian.api.arguments.trials import DESIGN, ENDPOINT, SIZES, TRIAL_NAME
from quotidian.api.virtual_trial import plan
from quotidian.trials.protocol.design import Trial


@door(design=DESIGN, endpoint=ENDPOINT, sizes=SIZES)
def power(
    design: str | Path | Trial,
    endpoint: str = "primary",
    *,
    week: int | None = None,
    sizes: Sequence[int] = (20, 40, 60, 80, 120),
    replicates: int = 50,
    seed: int = 1,
    alpha: float = 0.05,
    members: int = 0,
    threads: int | None = None,
) -> pl.DataFrame:
    """Power and assurance of a design with two arms at other sample sizes.

    Parameters
    ----------
    design : the name of a published trial, the path of a study file, or a design from `plan`.
    endpoint : a proportion. week : of the visit; None for the primary week.
    sizes : numbers of randomised children in both arms together. alpha : level of Fisher's exact test,
        two-sided.
    members : number of parameter sets of the ensemble, for an assurance with parameter uncertainty; 0 for
        none.

    Returns
    -------
    One row per size: ``randomised``, ``enrolled``, children of each arm, ``power`` at the proportions of all
    replicates together, ``assurance`` averaged over the proportions of single replicates; with members also
    ``assurance_known``, averaged over one replicate per member.

    Raises InvalidInput for a design without two randomised arms or an endpoint that is not a proportion.

    Example: `q.power("yokota-2008", "flare_free", sizes=[10, 20, 40])`
    """
    from quotidian.application.learning.knowledge import member_overlays
    from quotidian.application.power_run import PowerRequest, run_power

    known, chosen = member_overlays(members), tuple(sizes)
    request = PowerRequest(_design(design), endpoint, week, chosen, replicates, seed, alpha, known)
    found = run_power(request, threads=threads)
    rows = [
        {
            "randomised": size.first + size.second,
            "enrolled": size.enrolled,
            **dict(zip(found.arms, (size.first, size.second), strict=True)),
            "power": size.power,
            "assurance": size.assurance,
            **({"assurance_known": size.assurance_known} if members else {}),
        }
        for size in found.sizes
    ]
    return pl.DataFrame(rows)


@door(trials=TRIAL_NAME)
def scoreboard(
    *trials: str, replicates: int = 20, seed: int = 1, members: int = 0, threads: int | None = None
) -> pl.DataFrame:
    """Simulate published trials (all by default) and compare every published result with the simulated one.

    Returns
    -------
    One row per published number, with the columns of `scoreboard.csv`: ``claim``, ``trial``, ``published``,
    ``virtual``, ``low`` and ``high`` over replicates, ``role`` (calibration or validation), ``inside``, ...
    With members of the ensemble, ``low_known``, ``high_known``, ``inside_known``, ``label``, ``skill``, and
    ``low_discrepancy``, ``high_discrepancy``, ``inside_discrepancy`` of the interval that also contains the
    discrepancy (the error that the model may have even with the right values).

    Raises UnknownName for an unknown trial.

    Example: `q.scoreboard("yokota-2008", replicates=20).filter(pl.col("role") == "validation")`
    """
    from quotidian.application.scoreboard_archive import ScoreboardRequest
    from quotidian.application.scoreboard_run import chosen, run_scoreboard
    from quotidian.reports.scoreboard import rows_of

    request = ScoreboardRequest(chosen(trials), replicates, seed, members)
    rows = [{**row.as_dict(), "unit": row.unit} for row in rows_of(run_scoreboard(request, threads=threads))]
    return pl.DataFrame(rows, infer_schema_length=None)


def _design(of: str | Path | Trial) -> Trial:
    from quotidian.trials.protocol.library import design

    if isinstance(of, Trial):
        return of
    path = Path(of)
    return plan(path) if path.suffix in (".yaml", ".yml") or os.path.isfile(path) else design(str(of))
