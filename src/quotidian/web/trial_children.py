"""The children of a trial's first replicate as dots, each a link to its chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from quotidian.drugs.catalogue import REGIMENS
from quotidian.reports.figures.style import FONT, INK, MUTED, PAPER, palette
from quotidian.reports.wording import arm_name
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.criteria import counted, jia_acr
from quotidian.trials.endpoints.analysis_view import AnalysisView
from quotidian.trials.endpoints.definitions.responses import LEVELS
from quotidian.trials.protocol.design import Arm, Trial
from quotidian.web import svg
from quotidian.web.regimen_form import Plan
from quotidian.web.state import ChildState

COLUMNS = ("escaped or left", "below 30", *(f"{level}" for level in LEVELS))
DOT, ROW = 13, 6
"""Pixels between dots, and number of dots in a column."""


@dataclass(frozen=True)
class TrialChild:
    """One child: its arm, description, response (index into ``COLUMNS``), and the address of its chart.

    ``link`` is empty if the Child page would simulate a child of another age or weight.
    """

    arm: str
    label: str
    column: int
    link: str


def children_of(trial: Trial, record: CaseRecord, seed: int) -> tuple[TrialChild, ...]:
    """The children of the first replicate of a record, in order of arm and response."""
    week = trial.primary_week
    if trial.model != "sjia" or week not in record.core or week not in record.left:
        return ()
    own = np.flatnonzero((record.replicate == record.replicate.min()) & (record.arm >= 0))
    week, arms = trial.primary_week, list(trial.arms.items())
    out = record.escaped | record.left[week]
    read = record.at_own(AnalysisView(trial, record).read_at(week))
    entry, now = (counted(core, trial.marker) for core in (record.core[0], read))
    reached = sum(jia_acr(entry, now, level).astype(int) for level in LEVELS)
    found = []
    for i in own.tolist():
        name, arm = arms[int(record.arm[i])]
        drawn = (seed, int(record.replicate[i]), int(record.number[i]))
        state = ChildState.read({"drawn": "-".join(map(str, drawn)), "a_drug": plan_of(arm).drug})
        same = np.isclose(state.child.age_years, record.body["age"][i]) and np.isclose(
            state.child.weight_kg, record.body["weight"][i]
        )
        column = 0 if out[i] else 1 + int(np.asarray(reached)[i])
        age, kg = record.body["age"][i], record.body["weight"][i]
        label = state.child.label if same else f"{age:.0f} years, {kg:.3g} kg"
        found.append(TrialChild(name, label, column, state.link if same else ""))
    order = {name: n for n, name in enumerate(trial.arms)}
    return tuple(sorted(found, key=lambda c: (order[c.arm], c.column, c.link)))


def plan_of(arm: Arm) -> Plan:
    """The name of an arm's regimen on the Child page: the same standard regimen, else that of its drug."""
    same = [name for name, regimen in REGIMENS.items() if regimen == arm.regimen]
    drugs = [
        name for name, regimen in REGIMENS.items() if arm.regimen.drugs and regimen.drugs == arm.regimen.drugs
    ]
    return Plan((same or drugs or ["none"])[0])


def dots(children: Sequence[TrialChild], week: int) -> str:
    """The children by response as links in one drawing."""
    if not children:
        return ""
    arms = list(dict.fromkeys(child.arm for child in children))
    hues, left, width, y = palette(arms), 92.0, 700.0, 34.0
    column = (width - left - 8) / len(COLUMNS)
    parts = [svg.words(0, 14, f"JIA ACR response at week {week}", font_weight="600", font_size="12")]
    for i, said in enumerate(COLUMNS):
        parts.append(svg.words(left + i * column, 30, said, fill=MUTED, font_size="10"))
    for arm in arms:
        tallest = 1
        parts.append(svg.words(0, y + 18, arm_name(arm), font_size="11", font_weight="600"))
        for i in range(len(COLUMNS)):
            own = [child for child in children if child.arm == arm and child.column == i]
            across = max(1, int(column // DOT) - 1)
            for k, child in enumerate(own):
                x, below = left + i * column + 6 + DOT * (k % across), y + 12 + DOT * (k // across)
                parts.append(_dot(child, x, below, hues[arm]))
            tallest = max(tallest, -(-len(own) // across))
        y += 22 + DOT * tallest
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {y:g}" class="dots" role="group" '
        f'aria-label="Every child of the first replicate, a link each" font-family="{escape(FONT)}" '
        f'fill="{INK}">'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>{"".join(parts)}</svg>'
    )


def _dot(child: TrialChild, x: float, y: float, colour: str) -> str:
    """One child; a link if its chart can be opened."""
    what = f"{child.label}, {arm_name(child.arm)}: {COLUMNS[child.column]}."
    said = escape(f"{what} Open its chart." if child.link else what)
    circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"><title>{said}</title></circle>'
    return f'<a href="{escape(child.link)}" aria-label="{said}">{circle}</a>' if child.link else circle
