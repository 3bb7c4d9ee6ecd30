"""Content of the System page as plain values: the laws of an arrow, and the effect of a changed value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import Any
from urllib.parse import urlencode

import numpy as np

from quotidian.errors import UnknownName, closest
from quotidian.reports.figures.style import legible
from quotidian.reports.wording import number, unit_sign
from quotidian.web import form_input, mechanism
from quotidian.web.chart_document import draw
from quotidian.web.chart_panels import COLOURS, SYSTEM
from quotidian.web.csv_table import table
from quotidian.web.simulations import View, compare
from quotidian.web.state import ChildState

SWITCHES: Mapping[str, str] = {
    "innate_loop.gain_il1": "amplification of inflammation by IL-1",
    "innate_loop.gain_il6": "amplification of inflammation by IL-6 of the joint",
    "innate_loop.kappa": "daily rhythm of inflammation",
    "gp130_signal.trans_share": "trans-signalling in liver and brain",
    "fever.gain": "fever",
    "glucocorticoid.E_max": "suppression by glucocorticoid, including cortisol",
    "hpa_axis.il6_gain": "stimulation of corticotropin by IL-6",
    "iron.hepcidin_gain": "induction of hepcidin by IL-6",
    "igf_axis.proteolysis": "proteolysis of IGFBP-3 by IL-6",
    "plate_inflammation.strength": "inhibition of the growth plate by arthritis",
}
"""Parameters that switch a mechanism off when they are 0, and the name of that mechanism."""
MOST_FACTOR, WEEKS = 4.0, 12
OUTCOMES = (
    ("temperature", "Highest temperature"), ("crp", "CRP"), ("il6", "Free IL-6"), ("ferritin", "Ferritin"),
    ("haemoglobin", "Haemoglobin"), ("active_joints", "Active joints"), ("height", "Height"),
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One parameter times a factor, in the typical child on a regimen."""

    parameter: str
    factor: float
    drug: str

    @staticmethod
    def read(query: Mapping[str, str]) -> Change:
        """From fields. Raises UnknownName, InvalidQuantity."""
        known = mechanism.drawn_model().parameters
        name = form_input.text(query, "parameter") or next(iter(SWITCHES))
        if name not in known:
            raise UnknownName(f"There is no parameter '{name}'.", closest(name, known))
        factor = form_input.number(query, "factor", 0.0, 0.0, MOST_FACTOR)
        return Change(name, factor, form_input.choice(query, "drug", "none", ("none", "tocilizumab-iv")))

    @property
    def words(self) -> str:
        """The change in words."""
        if self.factor == 0.0 and self.parameter in SWITCHES:
            return f"without {SWITCHES[self.parameter]}"
        return f"{self.meaning} × {self.factor:g}"

    @property
    def meaning(self) -> str:
        """The parameter in words."""
        entry = mechanism.drawn_model().parameters[self.parameter].entry
        return SWITCHES.get(self.parameter) or (entry.meaning if entry else self.parameter)

    @property
    def link(self) -> str:
        """The query string that restores the change."""
        return "?" + urlencode(
            {"page": "system", "parameter": self.parameter, "factor": f"{self.factor:g}", "drug": self.drug}
        )

    @property
    def code(self) -> str:
        """Python code that simulates both children."""
        return (
            "from dataclasses import replace\n\nimport quotidian as q\n\n"
            "child = q.Child(age=6, sex='female')\n"
            f"changed = replace(child, random_effects={{{self.parameter!r}: {self.factor:g}}})\n"
            f"run = q.simulate([child, changed], {self.drug!r}, weeks={WEEKS}, from_day=-7.0)"
        )

    @cached_property
    def state(self) -> ChildState:
        """The unchanged child."""
        return ChildState.read({"weeks": str(WEEKS), "a_drug": self.drug})


def changed_view(change: Change) -> View:
    """The unchanged typical child (A) and the changed one (B). Raises the errors of a simulation."""
    child = change.state.child
    other = replace(child, random_effects={change.parameter: change.factor})
    view = compare([(child, "A", change.drug), (other, "B", change.drug)], change.state)
    before, after = view.arms
    return replace(view, arms=(replace(before, words="unchanged"), replace(after, words=change.words)))


def system_answer(query: Mapping[str, str], what: str, wide: bool) -> dict[str, Any]:
    """The laws of an arrow (``arrow``) or of a mechanism (``box``); for any other query, before and after the
    change."""
    if what == "arrow":
        return {
            "detail": mechanism.of_arrow(form_input.text(query, "source"), form_input.text(query, "target"))
        }
    if what == "box":
        return {"detail": mechanism.of_box(form_input.text(query, "name"))}
    change = Change.read(query)
    view = changed_view(change)
    return {
        "svg": draw(view, SYSTEM, wide, f"Before and after: {change.words}"),
        "table": outcomes(view), "python": change.code, "link": change.link, "words": change.words,
        "query": {"parameter": change.parameter, "factor": f"{change.factor:g}", "drug": change.drug},
    }  # fmt: skip


def system_svg(query: Mapping[str, str]) -> str:
    """Before and after the change as a document; the map itself for ``figure=map``."""
    if form_input.text(query, "figure") == "map":
        return mechanism.picture()
    change = Change.read(query)
    return draw(changed_view(change), SYSTEM, True, f"Before and after: {change.words}")


def system_csv(query: Mapping[str, str]) -> str:
    """The numbers before and after the change."""
    return table(changed_view(Change.read(query)))


def outcomes(view: View) -> str:
    """Main outcomes over the last week, before and after; HTML."""
    last = view.days >= view.days[-1] - 7.0
    rows = []
    for name, said in OUTCOMES:
        own = [arm.values[name][last] for arm in view.arms]
        a, b = (float(np.max(v)) if name == "temperature" else float(np.mean(v)) for v in own)
        change = f"{b - a:+.2f}" if name == "temperature" else f"{100 * (b / a - 1):+.0f} %" if a else "–"
        unit = unit_sign(view.units[name])
        rows.append(
            f'<tr><th scope="row">{said} <small>{escape(unit)}</small></th><td>{number(a, "x")}</td>'
            f"<td>{number(b, 'x')}</td><td>{change}</td></tr>"
        )
    chips = "".join(
        f'<th scope="col"><b class="chip" style="background:{legible(COLOURS[i])}">{arm.letter}</b> '
        f"{escape(arm.words)}</th>"
        for i, arm in enumerate(view.arms)
    )
    return (
        '<table class="outcomes">'
        "<caption>Last week: maximum of temperature, mean of all other outcomes.</caption>"
        f'<thead><tr><th scope="col">Outcome</th>{chips}<th scope="col">Change</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
