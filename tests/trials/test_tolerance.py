"""The trial's tolerance: its numerical error is far below the error of the measurements it feeds."""

from __future__ import annotations

import numpy as np

from quotidian.drugs.catalogue import regimen
from quotidian.engine import Tolerance
from quotidian.indications.diseases.sjia import SJIA
from quotidian.patients.laboratory import assays
from quotidian.patients.population import draw
from quotidian.patients.treatment import simulate
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct.measurement import errors
from quotidian.trials.conduct.setting import TRIAL_TOLERANCE


def test_numerical_error_is_a_twentieth_of_the_smallest_measurement_error() -> None:
    children = draw(Streams(3), 0, range(12))
    coarse, fine = (
        simulate(
            children,
            regimen("tocilizumab-iv"),
            days=28,
            every_hours=5,
            observables=SJIA.assessments,
            tolerance=tol,
        )
        for tol in (TRIAL_TOLERANCE, Tolerance(rtol=1e-9, atol=1e-11))
    )
    sd = {name: entry.value for name, entry in errors().items()}
    for name in SJIA.assessments:
        difference = np.abs(coarse[name] - fine[name])
        if name in ("temperature", "physician_global", "parent_global", "chaq"):
            assert difference.max() < sd[name] / 20, name
        else:
            scale = np.abs(fine[name]) + 1e-3 * np.abs(fine[name]).max()
            assert (difference / scale).max() < assays()["crp"].sd / 20, name
