"""Sentences of a report: the headline, the agreement, the rows outside their published interval."""

from __future__ import annotations

from collections.abc import Sequence

from quotidian.reports.wording import (
    arm_name,
    counted,
    in_order,
    listed,
    no_verdict,
    number,
    row_name,
    stated,
    unit_sign,
    verdict,
    with_span,
)
from quotidian.trials.benchmarks.published_results import entry_claims
from quotidian.trials.result import TrialResult
from quotidian.trials.rows import EndpointRow
from quotidian.units import quantity_text

PRIMARY = "primary"
CHANCE_ONLY = (
    "The intervals show the sampling variation of a trial of this size. They do not contain the "
    "uncertainty of the model itself, whose assumed numbers are listed below."
)
CHILDREN_NOT_MODEL = (
    "The bands are differences between virtual children. They do not contain the uncertainty of the model "
    "itself."
)


def replicates_of(result: TrialResult) -> str:
    """``20 replicate trials of 112 virtual children (75 tocilizumab, 37 placebo), seed 1``.

    Without the arms where only some of the children are randomised, in numbers that differ by replicate.
    """
    arms = ", ".join(f"{count} {arm_name(arm)}" for arm, count in result.children.items())
    shown = f" ({arms})" if result.size == sum(result.children.values()) else ""
    trials = counted(result.replicates, "replicate trial")
    return f"{trials} of {result.size} virtual children{shown}, seed {result.seed}"


def headline(result: TrialResult) -> str:
    """The primary endpoint, virtual and published, in one sentence."""
    rows = [row for row in result.by_arm if row.endpoint == PRIMARY]
    if not rows:
        return f"{replicates_of(result)}: no primary endpoint was computed."
    weeks = {row.week for row in rows}
    week = result.primary_week if result.primary_week in weeks else max(weeks)
    rows = [row for row in rows if row.week == week]
    first, *others = rows
    met = [f"{_value(first)} of the virtual children on {arm_name(first.arm)}"]
    met += [f"{_value(row)} on {arm_name(row.arm)}" for row in others]
    sentence = f"At week {week} the primary endpoint was met by {listed(met)}"
    published = [row for row in rows if row.published is not None]
    if not published:
        return f"{sentence}; there is no published result to compare."
    found = listed(f"{_signed(stated(row.published), row)} on {arm_name(row.arm)}" for row in published)
    return f"{sentence}; the published trial found {found}."


def agreement(rows: Sequence[EndpointRow]) -> str:
    """The number of compared rows inside their intervals, and whether this is fit or prediction."""
    judged = [row for row in rows if row.inside is not None]
    if not judged:
        return no_verdict(rows)
    hits = sum(bool(row.inside) for row in judged)
    sentence = f"{hits} of {counted(len(judged), 'compared row')} agree with the published number."
    return f"{sentence} {_kind(judged)}"


def _kind(judged: Sequence[EndpointRow]) -> str:
    """Whether the agreement was fitted or predicted."""
    roles = in_order(row.role for row in judged)
    if roles == ("calibration",):
        return "All are calibration rows: agreement shows that the model can fit them, not that it predicts."
    if roles == ("validation",):
        return "None of them was used to tune the model."
    parts = []
    for role in roles:
        own = [row for row in judged if row.role == role]
        inside = sum(bool(row.inside) for row in own)
        parts.append(f"{inside} of {len(own)} {role or 'rows without a role'}")
    return f"By role: {listed(parts)}. The model was tuned to calibration rows and not to validation rows."


def at_entry(trial: str) -> str:
    """``6 published characteristics at entry are not counted here; ...``; empty if there are none."""
    if not (claims := entry_claims(trial)):
        return ""
    one = len(claims) == 1
    return (
        f"{counted(len(claims), 'published characteristic')} at entry {'is' if one else 'are'} not among "
        f"these rows; the scoreboard compares {'it' if one else 'them'} too."
    )


def outside(rows: Sequence[EndpointRow]) -> tuple[str, ...]:
    """A sentence for every row that does not agree with its published number."""
    return tuple(row_sentence(row) for row in rows if row.inside is False)


def row_sentence(row: EndpointRow) -> str:
    """``No fever, placebo, week 12: virtual 50 % (36 to 61), published 21 % (7 to 42); outside, 8 above.``"""
    virtual = with_span(_value(row), row.low, row.high, row.unit)
    bounds = (row.published_low, row.published_high, row.unit)
    published = with_span(_signed(stated(row.published), row), *bounds)
    said = verdict(row) + _beyond(row)
    return (
        f"{row_name(row)}, {arm_name(row.arm)}, week {row.week}: "
        f"virtual {virtual}, published {published}; {said}."
    )


def _beyond(row: EndpointRow) -> str:
    """The distance of a row from its interval and the side; empty for a row inside."""
    if row.inside is not False:
        return ""
    if row.published_low is None or row.published_high is None:
        return ", because the published number is not within the virtual interval"
    if row.virtual > row.published_high:
        return f", {_distance(row.virtual - row.published_high, row)} above the published interval"
    if row.virtual < row.published_low:
        return f", {_distance(row.published_low - row.virtual, row)} below the published interval"
    return ", because the virtual trial gave no number"


def _distance(value: float, row: EndpointRow) -> str:
    text = number(value, row.unit)
    return f"{text} points" if row.unit == "%" else _signed(text, row)


def _value(row: EndpointRow) -> str:
    return _signed(number(row.virtual, row.unit), row)


def _signed(text: str, row: EndpointRow) -> str:
    return quantity_text(text, unit_sign(row.unit), "\u00a0")  # a number keeps its unit on the same line
