"""Published group values that match a regimen of the page: as points beside the lines, and as a table.

A value is shown if the regimen of its arm is exactly that of the page, steroid aside, and if its unit is that
of an observable of the page. It is the value of a group of children, never of this child.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from xml.sax.saxutils import quoteattr

from quotidian.drugs.catalogue import regimen
from quotidian.evidence.bibliography import bibliography
from quotidian.reports.figures.style import INK, PAPER
from quotidian.reports.wording import arm_name, number, stated, unit_sign
from quotidian.trials.benchmarks.published_results import PublishedResult, claims_of
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.library import design, names
from quotidian.units import quantity_text
from quotidian.web import svg
from quotidian.web.chart_panels import Panel, chip, colours
from quotidian.web.simulations import View, units
from quotidian.web.state import ChildState

SYSTEMIC = ("sjia", "sjia_infants")
MEASURED: Mapping[str, tuple[str, str]] = {
    "crp": ("crp", "mean CRP"),
    "crp_median": ("crp", "median CRP"),
    "esr": ("esr", "mean ESR"),
    "active_joints": ("active_joints", "mean number of active joints"),
    "active_joints_median": ("active_joints", "median number of active joints"),
    "sil6r_total": ("sil6r_total", "mean total soluble IL-6 receptor"),
    "cmax": ("", "mean peak"),
    "ctrough": ("", "mean trough"),
}
"""Observable and words by endpoint; no observable stands for the concentration of the drug."""
WEIGHTS = {"_below_30_kg": (0.0, 30.0, " below 30 kg"), "_from_30_kg": (30.0, 1000.0, " from 30 kg")}


@dataclass(frozen=True)
class PublishedPoint:
    """One published value: the letters of the regimens that it matches, none for a value before treatment."""

    observable: str
    day: float
    value: float
    low: float | None
    high: float | None
    unit: str
    letters: str
    what: str
    group: str
    role: str
    source: str

    @property
    def words(self) -> str:
        """The value in one phrase, with its group."""
        between = "" if self.low is None else f" ({number(self.low, '')} to {number(self.high, '')})"
        value = f"{quantity_text(stated(self.value), unit_sign(self.unit))}{between}"
        return f"published, {self.group}: {self.what} {value}"


def published_points(state: ChildState) -> tuple[PublishedPoint, ...]:
    """The values that match a regimen, and the weight, of the page."""
    plans = {letter: regimen(plan.text) for letter, plan in zip("ABCD", state.plans, strict=False)}
    found = []
    for trial, claim, end in _claims():
        arms = [trial.arms[claim.arm]] if claim.arm in trial.arms else list(trial.arms.values())
        letters = "".join(k for k, plan in plans.items() if any(plan == arm.regimen for arm in arms))
        low, high, said = WEIGHTS.get(end, (0.0, 1000.0, ""))
        if letters and low <= state.weight < high:
            found.append(_point(trial, claim, letters, said, claim.endpoint.removesuffix(end)))
    return tuple(p for p in found if p.unit == units().get(p.observable))


def _point(trial: Trial, claim: PublishedResult, letters: str, said: str, endpoint: str) -> PublishedPoint:
    observable, what = MEASURED[endpoint]
    arm = next(arm for arm in trial.arms.values() if arm.regimen.drugs)
    entry = claim.kind == "baseline"
    named = f", {arm_name(claim.arm)}" if claim.arm in trial.arms else ""
    group = trial.title.removeprefix("A virtual ")
    group += ", at entry" if entry else f"{named}{said}, week {claim.week:g}"
    group += f", {claim.n} children" if claim.n else ""
    return PublishedPoint(
        observable or next(iter(arm.regimen.drugs)), 7.0 * claim.week, claim.value, claim.low, claim.high,
        claim.unit, "" if entry else letters, what, group, claim.role,
        f"{bibliography()[claim.source].citation}, {claim.place}",
    )  # fmt: skip


@cache
def _claims() -> tuple[tuple[Trial, PublishedResult, str], ...]:
    """All values of children with systemic JIA that a chart could show, and the weights that each is for."""
    return tuple(_known())


def _known() -> Iterator[tuple[Trial, PublishedResult, str]]:
    for name in names():
        trial = design(name)
        for claim in claims_of(name) if trial.indication in SYSTEMIC else ():
            end = next((end for end in WEIGHTS if claim.endpoint.endswith(end)), "")
            if claim.endpoint.removesuffix(end) in MEASURED:
                yield trial, claim, end


def drawn(points: Iterable[PublishedPoint], panel: Panel, view: View, x: svg.Scale, y: svg.Scale) -> str:
    """Diamonds with their intervals; a script reads the words of each from its title."""
    found, hues = [], colours(view)
    for point in points:
        at, place = float(x.at(point.day)), float(y.at(panel.scale * point.value))
        hue = hues[point.letters[0]] if point.letters else INK
        if point.low is not None and point.high is not None:
            ends = [max(y.end, float(y.at(panel.scale * end))) for end in (point.low, point.high)]
            found.append(
                f'<path d="M{at:.1f},{ends[0]:.1f}V{ends[1]:.1f}" stroke="{hue}" stroke-width="1.4"/>'
            )
        found.append(
            f'<path class="published" data-x="{at:.1f}" d="M{at:.1f},{place - 5:.1f}l5,5l-5,5l-5,-5z" '
            f'fill="{PAPER}" '
            f'stroke="{hue}" stroke-width="1.4" data-words={quoteattr(point.words)}>'
            f"<title>{escape(point.words)}. {escape(point.source)}.</title></path>"
        )
    return "".join(found)


def table(points: Iterable[PublishedPoint]) -> str:
    """The values with their sources, as HTML; empty without any."""
    rows = "".join(
        f"<tr><td>{''.join(map(chip, point.letters)) or '–'}</td><td>{point.day:g}</td>"
        f'<th scope="row">{escape(point.words.removeprefix("published, "))}</th>'
        f"<td>{point.role}</td><td>{escape(point.source)}</td></tr>"
        for point in points
    )
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Regimen", "Day", "Value", "Role", "Source"))
    return rows and (
        '<div class="scroll" tabindex="0" role="region" aria-label="Published group values">'
        '<table class="broad"><caption>Published values of groups on the same regimen (◇, with the 95 % '
        "interval): never of this child, whose age, weight and severity may differ. Calibration: the model "
        "was tuned to it; validation: it was not.</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
