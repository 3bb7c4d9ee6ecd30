"""What is known of the uncertain values, from Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from quotidian.api.arguments.door import door
from quotidian.api.arguments.kinds import optional, path, whole
from quotidian.api.arguments.trials import OUTCOME, TRIAL_NAMES, VALUE_NAMES
from quotidian.api.arguments.usual import REGIMEN_TEXT
from quotidian.application.learning.knowledge import Knowledge, read_knowledge
from quotidian.application.learning.learning_request import TRIALS, LearningRequest
from quotidian.application.learning.learning_run import learn as run
from quotidian.application.learning.learnt_files import check_learning_folder, keep_learnt
from quotidian.application.learning.worth_request import WorthRequest
from quotidian.application.learning.worth_run import Share, Worth
from quotidian.application.learning.worth_run import worth as compared
from quotidian.engine import thread_count
from quotidian.notebook import html_table
from quotidian.units import quantity_text

if TYPE_CHECKING:
    import polars


@door(folder=optional(path("the folder of an earlier q.learn", "out/learn")))
def knowledge(folder: str | Path | None = None) -> Knowledge:
    """The ensemble of parameter sets that agree with published results.

    Parameters
    ----------
    folder : of an earlier :func:`learn`; None for the ensemble of the package.

    Raises InvalidInput for a folder without a completed run.
    """
    return read_knowledge(None if folder is None else Path(folder))


@door(
    trials=TRIAL_NAMES,
    leave_out=TRIAL_NAMES,
    values=VALUE_NAMES,
    members=whole(3, example=100),
    repeats=whole(1, example=2),
    refined=whole(0, example=100),
    draws=whole(1, example=200),
    confirmed=whole(0, example=40),
    confirmed_repeats=whole(1, example=20),
)
def learn(
    output: str | Path, *, trials: Sequence[str] = TRIALS, leave_out: Sequence[str] = (),
    values: Sequence[str] = (), members: int = 100, repeats: int = 2, replicates: int = 40,
    refined: int = 100, draws: int = 200, confirmed: int = 40, confirmed_repeats: int = 20, seed: int = 1,
    threads: int | None = None,
) -> Knowledge:  # fmt: skip
    """Estimate uncertain values from the calibration rows of trials; see ``quotidian learn``.

    Parameters
    ----------
    output : folder of the result, with the parts of an interrupted run.
    trials : those whose rows are read, except ``leave_out``. values : full names; empty for the default ones.
    members : number of members of the ensemble. repeats : virtual trials of each design with each of them.
        replicates : at the centre of the prior; they measure sampling variation before the first step.
    refined : members of a first posterior with which trials are simulated to refine the surrogate.
    draws : final members; as a check, ``confirmed_repeats`` trials are simulated with each of ``confirmed``
        of them.
    threads : processors; they do not change the result.

    Raises UnknownName, InvalidInput, OutputError or ComputationFailed, as the command does.
    """
    folder = Path(output)
    check_learning_folder(folder)
    request = LearningRequest(
        tuple(trials), tuple(leave_out), tuple(values), seed, members=members, repeats=repeats,
        replicates=replicates, refined=refined, draws=draws, confirmed=min(confirmed, draws),
        confirmed_repeats=confirmed_repeats,
    )  # fmt: skip
    found = run(request, folder, workers=thread_count() if threads is None else threads)
    keep_learnt(found, folder, f"q.learn({str(output)!r}, seed={seed})")
    return read_knowledge(folder)


@dataclass(frozen=True)
class WorthTable:
    """What is worth measuring for an outcome.

    ``result`` holds everything; ``measurements`` and ``values`` are tables of ``name``, ``removed``
    (share of the outcome's variance, of 1) and ``error`` (its SE).
    """

    result: Worth

    def __repr__(self) -> str:
        own = self.result
        expected = quantity_text(f"{own.expected:.4g}", own.unit)
        interval = f"{expected} (central 95 %: {own.low:.4g} to {own.high:.4g})"
        return f"<Worth of measurements for {own.request.outcome}: {interval}>"

    def _repr_html_(self) -> str:
        """The measurements, for notebooks: the share of the outcome's variance that each removes."""
        rows = [
            (one.name, 100.0 * one.removed, None if one.error is None else 100.0 * one.error)
            for one in self.result.measurements
        ]
        return html_table(repr(self), ("measurement", "variance removed, %", "SE, %"), rows)

    @property
    def measurements(self) -> polars.DataFrame:
        """Possible measurements, the one that removes most first."""
        return _frame(self.result.measurements)

    @property
    def values(self) -> polars.DataFrame:
        """Values of the ledger, if they were known exactly, the one that removes most first."""
        return _frame(self.result.values)


@door(outcome=OUTCOME, regimen=REGIMEN_TEXT, children=whole(2, example=20))
def worth(
    outcome: str, *, week: int | None = None, regimen: str = "tocilizumab-iv", members: int = 60,
    children: int = 20, seed: int = 1, threads: int | None = None,
) -> WorthTable:  # fmt: skip
    """Rank measurements and parameters by the variance of an outcome that they would remove.

    Parameters
    ----------
    outcome : trial.endpoint.arm, or an observable. week : of the outcome; None for the primary week of the
        trial, or 12. regimen : of the children in whom biomarkers would be measured. children : their number.
        members : number of members of the ensemble to simulate.

    Raises UnknownName for an unknown outcome, InvalidInput for too few or too many members.

    Example: `q.worth("tender.acr70.tocilizumab").measurements`
    """
    request = WorthRequest(outcome, week, regimen, members, children, seed)
    workers = thread_count() if threads is None else threads
    return WorthTable(compared(request, read_knowledge(), workers=workers))


def _frame(shares: Sequence[Share]) -> polars.DataFrame:
    import polars

    rows = [{"name": one.name, "removed": one.removed, "error": one.error} for one in shares]
    return polars.DataFrame(
        rows, schema={"name": polars.String, "removed": polars.Float64, "error": polars.Float64}
    )
