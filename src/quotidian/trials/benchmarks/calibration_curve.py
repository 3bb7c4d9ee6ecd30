r"""Are predictive intervals as wide as they should be? The share of published rows that each of them holds.

A row whose published number has rank u among the predicted ones lies in the central interval of level p where
:math:`|u - 1/2| \le p/2`. Of rows that are predicted well, a share p lies inside at every level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from quotidian.trials.benchmarks.labels import proportions, skill
from quotidian.trials.benchmarks.published_results import ROLES
from quotidian.trials.benchmarks.scores import ScoreRow

LEVELS = (10, 20, 30, 40, 50, 60, 70, 80, 90, 95)
"""Nominal levels, %."""
ROLE = "validation"
"""Role of the rows that are counted: the model was not tuned to them."""


@dataclass(frozen=True)
class Level:
    """One nominal level, %, and the shares of rows, %, inside over replicates, with parameter uncertainty,
    and with discrepancy too; None where a row has no such interval."""

    nominal: int
    chance: float
    known: float
    discrepancy: float | None = field(default=None, kw_only=True)

    def as_dict(self) -> dict[str, float]:
        """Plain values, without a share that is missing."""
        return {name: share for name, share in vars(self).items() if share is not None}


@dataclass(frozen=True)
class Inside:
    """Rows of one role, and how many published numbers lie in their 95 % interval with parameter uncertainty,
    and in that with discrepancy too."""

    rows: int
    known: int
    discrepancy: int


@dataclass(frozen=True)
class Calibration:
    """What an ensemble says of the validation rows.

    Attributes
    ----------
    rows : their number. curve : shares by level. skill : of the ``skilled`` proportions together, with
    parameter uncertainty; skill_chance : without. None without any. width : median over rows of the width of
    the 95 % interval with parameter uncertainty, divided by the width without; width_discrepancy : of that
    with discrepancy too. labels : missed rows by label. inside : of both roles, apart.
    """

    rows: int
    curve: tuple[Level, ...]
    skill: float | None
    skill_chance: float | None
    skilled: int
    width: float | None
    labels: dict[str, int]
    width_discrepancy: float | None = field(default=None, kw_only=True)
    inside: dict[str, Inside] = field(default_factory=dict, kw_only=True)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "role": ROLE,
            "rows": self.rows,
            "curve": [level.as_dict() for level in self.curve],
            "skill": self.skill,
            "skill_chance": self.skill_chance,
            "skill_rows": self.skilled,
            "width_ratio": self.width,
            "labels": self.labels,
            "width_ratio_discrepancy": self.width_discrepancy,
            "inside": {role: vars(one) for role, one in self.inside.items()},
        }


def calibration(rows: Sequence[ScoreRow]) -> Calibration | None:
    """The curve over validation rows for which an ensemble was run; None without such a row."""
    own = [row for row in rows if row.role == ROLE and row.rank is not None and row.rank_known is not None]
    if not own:
        return None
    chance = np.array([row.rank for row in own], dtype=np.float64)
    known = np.array([row.rank_known for row in own], dtype=np.float64)
    wide = [row.rank_discrepancy for row in own if row.rank_discrepancy is not None]
    whole = np.array(wide) if len(wide) == len(own) else None
    third = [None if whole is None else _inside(whole, p) for p in LEVELS]
    curve = tuple(
        Level(p, _inside(chance, p), _inside(known, p), discrepancy=share)
        for p, share in zip(LEVELS, third, strict=True)
    )
    labels = dict.fromkeys(sorted({row.label for row in own if row.label}), 0)
    for row in own:
        if row.label:
            labels[row.label] += 1
    skills = skill(own), skill(own, known=False)
    return Calibration(
        len(own), curve, *skills, len(proportions(own)), _width(own), labels,
        width_discrepancy=_width(own, discrepancy=True),
        inside={role: _inside_of(rows, role) for role in ROLES},
    )  # fmt: skip


def _width(rows: Sequence[ScoreRow], discrepancy: bool = False) -> float | None:
    """Median ratio of the widths of two intervals, over rows that vary between replicates."""
    wide = [
        (row.low_discrepancy, row.high_discrepancy) if discrepancy else (row.low_known, row.high_known)
        for row in rows
    ]
    found = [
        (high - low) / (row.high - row.low)
        for row, (low, high) in zip(rows, wide, strict=True)
        if low is not None and high is not None and row.high > row.low
    ]
    return float(np.median(found)) if found else None


def _inside_of(rows: Sequence[ScoreRow], role: str) -> Inside:
    """Counts of the rows of a role that have both intervals."""
    own = [row for row in rows if row.role == role and row.inside_discrepancy is not None]
    return Inside(
        len(own), sum(bool(r.inside_known) for r in own), sum(bool(r.inside_discrepancy) for r in own)
    )


def _inside(ranks: np.ndarray[Any, np.dtype[np.float64]], level: int) -> float:
    """Share of ranks, %, in the central interval of a level, %."""
    return 100.0 * float((np.abs(ranks - 0.5) <= level / 200.0 + 1e-12).mean())


def calibration_lines(found: Calibration) -> list[str]:
    """The curve, the widths, the skill, the counts by role and the labels in words."""
    shares = ", ".join(f"{one.nominal} %: {_cells(one)}" for one in found.curve)
    lines = [
        f"Predictive intervals of {found.rows} {ROLE} rows, nominal: % inside over replicates | with "
        f"parameter uncertainty{' | and discrepancy' if _whole(found) else ''}. {shares}."
    ]
    if found.skill is not None:
        lines.append(
            f"Skill over a prediction without a model: {found.skill_chance:.2f} over replicates, "
            f"{found.skill:.2f} with parameter uncertainty, {found.skilled} {ROLE} proportions together."
        )
    if found.width is not None:
        wider = found.width_discrepancy
        more = "" if wider is None else f", with discrepancy {wider:.2f} times"
        lines.append(
            f"Parameter uncertainty makes the 95 % interval {found.width:.2f} times as wide{more} "
            "(median of rows)."
        )
    if counts := [
        f"{role} {one.known} | {one.discrepancy} of {one.rows}"
        for role, one in found.inside.items()
        if one.rows
    ]:
        lines.append(
            f"Rows in the 95 % interval with parameter uncertainty | and discrepancy: {', '.join(counts)}."
        )
    if found.labels:
        said = ", ".join(f"{label} {count}" for label, count in found.labels.items())
        lines.append(f"Missed {ROLE} rows: {said}.")
    return lines


def _whole(found: Calibration) -> bool:
    return all(one.discrepancy is not None for one in found.curve)


def _cells(one: Level) -> str:
    """``76 | 85 | 91``."""
    shares = (one.chance, one.known, one.discrepancy)
    return " | ".join(f"{share:.0f}" for share in shares if share is not None)
