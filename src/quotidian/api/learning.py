"""What is known of the uncertain values, from Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from quotidian.application.learning.knowledge import Knowledge, read_knowledge
from quotidian.application.learning.learning_run import TRIALS, LearningRequest
from quotidian.application.learning.learning_run import learn as run
from quotidian.application.learning.learnt_files import check_learning_folder, keep_learnt
from quotidian.engine import thread_count


def knowledge(folder: str | Path | None = None) -> Knowledge:
    """The ensemble of sets of values that agree with published results.

    Parameters
    ----------
    folder : of an earlier :func:`learn`; None for the ensemble of the package.

    Raises InvalidInput for a folder without a completed run.
    """
    return read_knowledge(None if folder is None else Path(folder))


def learn(
    output: str | Path, *, trials: Sequence[str] = TRIALS, leave_out: Sequence[str] = (),
    values: Sequence[str] = (), members: int = 100, replicates: int = 40, draws: int = 200,
    confirmed: int = 40, seed: int = 1, threads: int | None = None,
) -> Knowledge:  # fmt: skip
    """Estimate uncertain values from the calibration rows of trials; see ``quotidian learn``.

    Parameters
    ----------
    output : folder of the result, with the parts of an interrupted run.
    trials : whose rows are read, without ``leave_out``. values : full names; empty for the default ones.
    members : of the ensemble. replicates : at the centre of the prior; they measure sampling variation.
    draws : final members; trials are simulated with ``confirmed`` of them, as a check. threads : they change
        no number.

    Raises UnknownName, InvalidInput, OutputError, ComputationFailed as the command does.
    """
    folder = Path(output)
    check_learning_folder(folder)
    sizes = {"members": members, "replicates": replicates, "draws": draws, "confirmed": min(confirmed, draws)}
    request = LearningRequest(tuple(trials), tuple(leave_out), tuple(values), seed, **sizes)
    found = run(request, folder, workers=thread_count() if threads is None else threads)
    keep_learnt(found, folder, f"q.learn({str(output)!r}, seed={seed})")
    return read_knowledge(folder)
