"""The package as it is used from Python and from notebooks: a few names, plain values, named arrays."""

from quotidian.api.catalogue import (
    equations,
    ledger,
    observables,
    parameters,
    preparations,
    published_trials,
    regimen,
    regimens,
    scenarios,
)
from quotidian.api.child_fitting import dosing_strategy, fit_child, sample_worth, search_regimens
from quotidian.api.documents import draw_map, export, firm, new_study, run_sbml, study_schema
from quotidian.api.entrances import Child, describe, read_events, read_petab, run_archive
from quotidian.api.event_tables import predict_events
from quotidian.api.exchange import evaluate_petab, write_petab
from quotidian.api.exposure_tables import exposure, time_to
from quotidian.api.frames import as_pandas
from quotidian.api.learning import knowledge, learn, worth
from quotidian.api.paging import page
from quotidian.api.planning import power, scoreboard
from quotidian.api.plotting import draw
from quotidian.api.population_fitting import check_fit, fit_population
from quotidian.api.populations import children, cohort
from quotidian.api.sensitivities import sensitivity
from quotidian.api.simulation import simulate
from quotidian.api.trial_tables import as_text
from quotidian.api.virtual_trial import plan, study, trial

__all__ = [
    "Child",
    "as_pandas",
    "as_text",
    "check_fit",
    "children",
    "cohort",
    "describe",
    "dosing_strategy",
    "draw",
    "draw_map",
    "equations",
    "evaluate_petab",
    "export",
    "exposure",
    "firm",
    "fit_child",
    "fit_population",
    "knowledge",
    "learn",
    "ledger",
    "new_study",
    "observables",
    "page",
    "parameters",
    "plan",
    "power",
    "predict_events",
    "preparations",
    "published_trials",
    "read_events",
    "read_petab",
    "regimen",
    "regimens",
    "run_archive",
    "run_sbml",
    "sample_worth",
    "scenarios",
    "scoreboard",
    "search_regimens",
    "sensitivity",
    "simulate",
    "study",
    "study_schema",
    "time_to",
    "trial",
    "worth",
    "write_petab",
]
