"""The charts of the Child page: which observables share an axis, in which order, with which marks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from quotidian.models import DRUGS
from quotidian.reports.figures.style import SERIES, legible
from quotidian.trials.criteria.inactive import CRP_NORMAL, ESR_NORMAL
from quotidian.trials.criteria.laboratory import haemoglobin_limit
from quotidian.web.beside.options import USUAL_LOG
from quotidian.web.simulations import STEROIDS, View

COLOURS = SERIES[:4]
"""Colour by letter; a regimen has the same colour in every chart."""


@dataclass(frozen=True)
class Panel:
    """One chart with a line for each observable and regimen; the second observable is dashed.

    ``marks`` are labelled levels. A linear axis always includes ``low`` and ``high``. ``axis`` is the name by
    which a page chooses a linear or a logarithmic axis; values below ``least`` are drawn at the end of the
    latter.
    """

    title: str
    unit: str
    observables: tuple[tuple[str, str], ...]
    log: bool = False
    low: float | None = 0.0
    high: float | None = None
    scale: float = 1.0
    marks: tuple[tuple[float, str], ...] = ()
    kind: str = ""
    axis: str = ""
    least: float = 1e-3


FEVER = Panel(
    "Body temperature", "°C", (("temperature", "temperature"),), low=36.0, high=40.0,
    marks=((38.0, ""), (39.0, "")), kind="fever",
)  # fmt: skip
PANELS = (
    Panel("Drug in plasma", "µg/mL", (), kind="drug", axis="drug", least=0.01),
    Panel(
        "Membrane IL-6 receptor", "%", (("mil6r_free", "free"), ("mil6r_bound", "bound to drug")),
        scale=100.0, high=100.0,
    ),
    Panel(
        "IL-6", "pg/mL", (("il6", "free"), ("il6_total", "as measured by an assay")), log=True, axis="il6"
    ),
    Panel(
        "Soluble IL-6 receptor", "ng/mL", (("sil6r_total", "total"), ("sil6r_free", "free")),
        log=True, axis="sil6r",
    ),
    Panel(
        "CRP", "mg/L", (("crp", "CRP"),), high=20.0, axis="crp",
        marks=((CRP_NORMAL, f"normal below {CRP_NORMAL:g}"),),
    ),
    Panel(
        "ESR", "mm/h", (("esr", "ESR"),), high=25.0,
        marks=((ESR_NORMAL, f"normal up to {ESR_NORMAL:g}"),),
    ),
    Panel(
        "Ferritin", "µg/L", (("ferritin", "ferritin"),), log=True, axis="ferritin",
        marks=((684.0, "MAS criterion: above 684"),),
    ),
    Panel("IL-18", "ng/mL", (("il18", "IL-18"),), scale=1e-3, log=True, axis="il18"),
    Panel("Active joints", "of 71", (("active_joints", "joints"),), high=4.0),
    Panel("Haemoglobin", "g/dL", (("haemoglobin", "haemoglobin"),), low=None),
    Panel(
        "Neutrophils", "10⁹/L", (("neutrophils", "neutrophils"),), high=8.0,
        marks=((1.0, "severe neutropenia below 1"),),
    ),
    Panel(
        "Platelets", "10⁹/L", (("platelets", "platelets"),), high=400.0,
        marks=((181.0, "MAS criterion: up to 181"),),
    ),
)  # fmt: skip
STEROID = Panel("Steroid and cortisol", "nmol/L", (("cortisol", "cortisol"),), kind="steroid")
HEIGHT = Panel("Height on the growth chart", "cm", (("height", "height"),), low=None, kind="growth")
SHOWN_LINES = tuple(name for panel in (FEVER, *PANELS, STEROID, HEIGHT) for name, _ in panel.observables)
"""Observables of all charts besides drugs."""
_MAIN = ("IL-6", "CRP", "Ferritin", "Active joints", "Membrane IL-6 receptor", "Haemoglobin")
SYSTEM = (FEVER, *(p for p in PANELS if p.title in _MAIN))
"""Main outcomes, for the System page."""
YEARS_FROM = 180.0
"""Shortest view (days) with a growth chart."""


def chosen(view: View, log: Collection[str] = USUAL_LOG) -> tuple[Panel, ...]:
    """The charts of a view, temperature first; steroid if it is given, height in a long view.

    ``log`` names the charts with a logarithmic axis.
    """
    given = {drug for arm in view.arms for _, _, drug in arm.doses}
    found = [FEVER, *(_of_child(replace(p, log=p.axis in log), view) for p in PANELS)]
    if given & set(STEROIDS):
        found.append(STEROID)
    if view.days[-1] - view.days[0] >= YEARS_FROM:
        found.append(HEIGHT)
    return tuple(found)


def lines(panel: Panel, view: View, number: int) -> tuple[tuple[str, str], ...]:
    """Observables of one regimen in a panel, with labels; in the chart of drugs, those of its own drug."""
    own = view.arms[number].values
    drugs = [d for d in DRUGS if d in own]
    if panel.kind == "drug":
        return tuple((d, d) for d in drugs if d not in STEROIDS)
    if panel.kind == "steroid":
        return (*((d, d) for d in drugs if d in STEROIDS), *panel.observables)
    return panel.observables


def _of_child(panel: Panel, view: View) -> Panel:
    """With the names of the drugs in their chart, and the limit of anaemia for age and sex in that of
    haemoglobin."""
    if panel.title == "Haemoglobin":
        low = float(haemoglobin_limit([view.child.age_years], [view.child.sex == "female"])[0])
        return replace(panel, marks=((low, f"anaemia below {low:g}"),), high=low + 1.0)
    if panel.kind != "drug":
        return panel
    names = dict.fromkeys(name for i in range(len(view.arms)) for name, _ in lines(panel, view, i))
    return replace(panel, title=", ".join(names).capitalize() or panel.title)


def colours(view: View) -> Mapping[str, str]:
    """The colour of each letter."""
    return {arm.letter: COLOURS["ABCD".index(arm.letter)] for arm in view.arms}


def chip(letter: str) -> str:
    """The letter of a regimen on its colour, as HTML."""
    colour = legible(COLOURS["ABCD".index(letter)])
    return f'<b class="chip" style="background:{colour}">{letter}</b>'
