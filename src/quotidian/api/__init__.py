"""The package as it is used from Python and from notebooks: a few names, plain values, named arrays."""

from quotidian.api.catalogue import ledger, observables, regimen, regimens
from quotidian.api.event_tables import predict_events, read_events
from quotidian.api.exchange import evaluate_petab, read_petab
from quotidian.api.fitting import fit_child, fit_population
from quotidian.api.plotting import draw
from quotidian.api.simulation import simulate
from quotidian.api.trial_tables import as_text
from quotidian.api.virtual_trial import plan, study, trial
from quotidian.patients.child import child as Child

__all__ = [
    "Child", "as_text", "draw", "evaluate_petab", "fit_child", "fit_population",
    "ledger", "observables", "plan", "predict_events",
    "read_events", "read_petab", "regimen", "regimens", "simulate", "study", "trial",
]  # fmt: skip
