"""Which observables of which model: what ``--observables`` and ``--model`` name."""

from __future__ import annotations

from collections.abc import Iterable

from quotidian.application.child_models import refuse_childless
from quotidian.errors import UnknownName, closest

USUAL = ("tocilizumab", "il6", "sil6r_total", "crp", "esr", "temperature", "active_joints")
"""Observables written unless others are asked for."""


def units_of(model: str, names: str, scenario: str = "", drugs: Iterable[str] = ()) -> dict[str, str]:
    """The observables of ``--observables`` with their units, each once and in the order asked for.

    ``all`` means those of the model and of these drugs; one of any other drug may be named.

    Raises UnknownName for a model without children, an unknown scenario or observable, ScenarioRefused for
    scenarios that cannot be combined.
    """
    from quotidian.models import USUAL as USUAL_DRUGS
    from quotidian.models import model as model_named
    from quotidian.models import observables as all_of

    refuse_childless(model)
    own = model_named(model, {*USUAL_DRUGS, *drugs}, scenario=scenario).observables
    known = all_of(model)
    asked = [name.strip() for name in names.split(",")]
    if asked == ["all"]:
        asked = list(own)
    for name in asked:
        if name not in known:
            remedy = f"'quotidian observables {model}' lists them all."
            raise UnknownName(f"There is no observable '{name}' in {model}.", closest(name, known), remedy)
    return {name: known[name].unit for name in asked}
