"""Tables of what is available, by name: drugs, regimens, scenarios, observables, equations, evidence."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from quotidian.api.arguments.door import door
from quotidian.api.arguments.kinds import text
from quotidian.api.arguments.usual import REGIMEN_TEXT, WORD
from quotidian.dosing import Regimen, describe
from quotidian.drugs.catalogue import REGIMENS, standard_doses
from quotidian.drugs.catalogue import regimen as _parsed
from quotidian.errors import UnknownName, closest
from quotidian.evidence import Entry, as_dict, search
from quotidian.evidence.overlay import full_name
from quotidian.notebook import html_table


@door(text=REGIMEN_TEXT)
def regimen(text: str) -> Regimen:
    """A regimen from its name or free form, such as ``tocilizumab-iv:8mg/kg/2wk``.

    Raises UnknownName for an unknown drug, RegimenError for what cannot be read.
    """
    return _parsed(text)


class Regimens:
    """Named regimens as attributes or items: ``q.regimens.tocilizumab_iv``, ``q.regimens["tocilizumab-iv"]``.

    ``list(q.regimens)`` names them.
    """

    def __getattr__(self, name: str) -> Regimen:
        spelled = name.replace("_", "-")
        if spelled in REGIMENS:
            return REGIMENS[spelled]
        raise AttributeError(f"There is no regimen '{spelled}'. {closest(spelled, REGIMENS)}")

    @door("q.regimens[...]", name=text("the name of a regimen", "tocilizumab-iv"))
    def __getitem__(self, name: str) -> Regimen:
        if name in REGIMENS:
            return REGIMENS[name]
        raise UnknownName(
            f"There is no regimen '{name}'.", closest(name, REGIMENS), "q.regimen(...) reads a free form."
        )

    def __dir__(self) -> list[str]:
        return [name.replace("-", "_") for name in REGIMENS]

    def __iter__(self) -> Iterator[str]:
        return iter(REGIMENS)

    def _repr_html_(self) -> str:
        rows = [(name, describe(one)) for name, one in REGIMENS.items()]
        return html_table("Regimens by name", ("name", "standard regimen"), rows)

    def __repr__(self) -> str:
        return "\n".join(f"{name:<18} {describe(r)}" for name, r in REGIMENS.items())


regimens = Regimens()


@door()
def preparations() -> pl.DataFrame:
    """Every preparation of a drug: name, standard dose, evidence for that dose, source."""
    return pl.DataFrame(standard_doses())


@door()
def scenarios() -> pl.DataFrame:
    """Scenarios, where published sources disagree: name, question, answer, and the values that change."""
    from quotidian.models import SCENARIOS

    rows = [{k: getattr(s, k) for k in ("name", "question", "answer", "differs")} for s in SCENARIOS.values()]
    return pl.DataFrame(rows)


@door()
def published_trials() -> pl.DataFrame:
    """The published trials that can be simulated: name, title, number of children, weeks."""
    from quotidian.trials.protocol.library import design, names

    designs = [design(name) for name in names()]
    rows = [{"name": d.name, "title": d.title, "children": d.size, "weeks": d.weeks} for d in designs]
    return pl.DataFrame(rows)


@door()
def equations(model: str = "sjia") -> str:
    """A model as a page of Markdown with LaTeX: its equations, and its parameters with their sources.

    Raises UnknownName for an unknown model.
    """
    from quotidian.models import model as named
    from quotidian.network.typeset import equations as typeset

    return typeset(named(model))


@door()
def observables(model: str = "sjia") -> pl.DataFrame:
    """Every output of a model and of the drugs: name, unit, meaning.

    Raises UnknownName for an unknown model.
    """
    from quotidian.models import observables as known

    found = known(model).values()
    return pl.DataFrame([{"name": o.name, "unit": o.unit, "meaning": o.meaning} for o in found])


@door(words=WORD)
def parameters(*words: str) -> pl.DataFrame:
    """Names for ``parameters={...}`` and ``--set``, of the entries that contain all the words.

    Returns
    -------
    One row per entry: ``name`` in full, ``value``, ``unit``, plausible range ``low`` to ``high``,
    ``meaning``.

    Raises UnknownName if no entry contains them.

    Example: `q.parameters("tocilizumab", "clearance")`
    """
    found = _found(*words)
    rows = [(full_name(e), float(e.value), e.unit, *map(float, e.plausible), e.meaning) for e in found]
    return pl.DataFrame(rows, schema=["name", "value", "unit", "low", "high", "meaning"], orient="row")


def _found(*words: str) -> list[Entry]:
    entries = search(" ".join(words))
    if not entries:
        raise UnknownName(
            f"No entry of the ledger contains '{' '.join(words)}'.",
            "Names, meanings, notes and sources were searched.",
            "Use fewer words; without words, all entries are listed.",
        )
    return entries


@door(words=WORD)
def ledger(*words: str) -> pl.DataFrame:
    """Entries of the ledger that contain all the words: value, variability, uncertainty, basis and source.

    Raises UnknownName if no entry contains them.
    """
    entries = [as_dict(e) for e in _found(*words)]
    return pl.DataFrame(
        [
            {
                "module": e["module"],
                "name": e["name"],
                "meaning": e["meaning"],
                "value": float(e["value"]),
                "unit": e["unit"],
                "variability": e["variability"]["text"],
                "uncertainty": e["uncertainty"]["text"],
                "basis": f"{e['basis']['kind']} {e['basis']['detail']}".strip(),
                "source": "; ".join(s["citation"] for s in e["sources"]),
            }
            for e in entries
        ]
    )
