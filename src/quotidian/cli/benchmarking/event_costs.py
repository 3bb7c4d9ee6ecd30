"""The cost of an event table: ours from the file to the predictions, libRoadRunner's on the same doses.

Both hold a relative tolerance of 1e-8. libRoadRunner starts from records that are already in memory, is timed
on a few subjects, and counts with the cheaper of its two methods, for stiff and for other systems.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from quotidian.cli.benchmarking.costs import Cost
from quotidian.data import EventTable, read_events
from quotidian.interchange import to_sbml
from quotidian.models.pk_shelf import pk_model
from quotidian.simulation.event_records import TIGHT, predict_events

MODEL = "pk-2cmt-oral"
VALUES = {"KA": 1.2, "CL": 2.0, "V": 20.0, "Q": 3.0, "V2": 40.0}
OBSERVATIONS, DOSES, INTERVAL = 9, 6, 24.0
SUBJECTS, SAMPLE = 10_000, 40


def event_costs(subjects: int = SUBJECTS, sample: int = SAMPLE) -> list[Cost]:
    """Processor seconds for a table of ten records a subject, and those of libRoadRunner in multiples."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "events.csv"
        file.write_text(_table(subjects), encoding="utf-8")
        predict_events(read_events(file), MODEL, VALUES)  # compiles
        begun = process_time()
        table = read_events(file)
        found = predict_events(table, MODEL, VALUES)
        ours = process_time() - begun
    what = f"{len(table.time):,} records of {subjects:,} subjects, read and predicted"
    costs = [Cost(what, ours, "s CPU")]
    try:
        few = min(sample, subjects)
        theirs = subjects * min(_roadrunner(table, found.values, few, stiff) for stiff in (True, False))
    except ImportError as error:
        return [*costs, Cost("libRoadRunner on the same doses", None, "x", str(error))]
    return [*costs, Cost("libRoadRunner on the same doses", theirs / ours, "x")]


def _table(subjects: int) -> str:
    """Doses by ADDL and nine observations of each subject, at times of its own."""
    late = np.random.default_rng(1).uniform(0.0, 5.0, (subjects, OBSERVATIONS))
    times = np.round(1.0 + 15.0 * np.arange(OBSERVATIONS) + late, 2)
    lines = ["ID,TIME,AMT,II,ADDL,EVID,CMT"]
    for i, own in enumerate(times):
        lines.append(f"{i},0,100,{INTERVAL:g},{DOSES - 1},1,1")
        lines += [f"{i},{time},0,0,0,0,2" for time in own.tolist()]
    return "\n".join(lines) + "\n"


def _roadrunner(table: EventTable, predicted: Any, sample: int, stiff: bool) -> float:
    """Processor seconds of a subject; its predictions must be ours."""
    import roadrunner  # type: ignore[import-untyped, import-not-found, unused-ignore]

    runner: Any = roadrunner.RoadRunner(to_sbml(pk_model(MODEL).model))
    integrator = runner.integrator
    integrator.stiff, integrator.relative_tolerance, integrator.absolute_tolerance = (
        stiff,
        TIGHT.rtol,
        TIGHT.atol,
    )
    runner.timeCourseSelections = ["central"]
    for name, value in VALUES.items():
        runner.setValue(name, value)
    doses = INTERVAL * np.arange(DOSES)
    begun, found = process_time(), []
    for i in range(sample):
        times = table.time[table.subject == i][1:]
        found.append(_subject(runner, times, doses))
    spent = (process_time() - begun) / sample
    want = predicted[: sample * OBSERVATIONS].reshape(sample, OBSERVATIONS)
    np.testing.assert_allclose(np.array(found) / VALUES["V"], want, rtol=1e-5, atol=1e-8)
    return spent


def _subject(runner: Any, times: Any, doses: Any) -> list[float]:
    """Amount in the central compartment at each observation, dose by dose."""
    runner.resetToOrigin()
    for name, value in VALUES.items():
        runner.setValue(name, value)
    found: list[float] = []
    for begin, end in zip(doses, [*doses[1:], max(times[-1], doses[-1]) + 1.0], strict=True):
        runner.setValue("depot", runner.getValue("depot") + 100.0)
        own = [float(time) for time in times if begin < time <= end]
        solved = np.asarray(runner.simulate(times=[float(begin), *(t for t in own if t < end), float(end)]))
        found += solved[1 : 1 + len(own), 0].tolist()
    return found
