"""Quotidian: interleukin-6 in systemic juvenile idiopathic arthritis, simulated.

Research use, not a medical device.

    import quotidian as q
    child = q.Child(age="6 years", sex="female", weight="20 kg")
    run = q.simulate(child, q.regimens.tocilizumab_iv, weeks=12)
    run.crp.plot()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quotidian.version import __version__ as __version__

if TYPE_CHECKING:
    from quotidian.api import (
        Child,
        as_pandas,
        as_text,
        check_fit,
        children,
        cohort,
        describe,
        dosing_strategy,
        draw,
        draw_map,
        equations,
        evaluate_petab,
        export,
        exposure,
        firm,
        fit_child,
        fit_population,
        knowledge,
        learn,
        ledger,
        new_study,
        observables,
        page,
        parameters,
        plan,
        power,
        predict_events,
        preparations,
        published_trials,
        read_events,
        read_petab,
        regimen,
        regimens,
        run_archive,
        run_sbml,
        sample_worth,
        scenarios,
        scoreboard,
        search_regimens,
        sensitivity,
        simulate,
        study,
        study_schema,
        time_to,
        trial,
        worth,
        write_petab,
    )

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


def __getattr__(name: str) -> Any:
    """The public names, brought in when first used: importing the package costs nothing."""
    if name in __all__:
        from quotidian import api

        return getattr(api, name)
    from quotidian.errors import closest

    raise AttributeError(f"quotidian has no '{name}'. {closest(name, __all__)}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
