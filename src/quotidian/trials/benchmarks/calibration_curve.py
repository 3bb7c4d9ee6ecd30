r"""Are predictive intervals as wide as they should be? The share of published rows that each of them holds.

A row whose published number has rank u among the predicted ones lies in the central interval of level p where
:math:`|u - 1/2| \le p/2`. Of rows that are predicted well, a share p lies inside at every level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from quotidian.trials.benchmarks.labels import proportions, skill
from quotidian.trials.benchmarks.scores import ScoreRow

LEVELS = (10, 20, 30, 40, 50, 60, 70, 80, 90, 95)
"""Nominal levels, %."""
ROLE = "validation"
"""Role of the rows that are counted: the model was not tuned to them."""


@dataclass(frozen=True)
class Level:
    """One nominal level, %, and the shares of rows, %, inside over replicates and with parameter
    uncertainty."""

    nominal: int
    chance: float
    known: float


@dataclass(frozen=True)
class Calibration:
    """What an ensemble says of the validation rows.

    Attributes
    ----------
    rows : their number. curve : shares by level. skill : of the ``skilled`` proportions together, with
    parameter uncertainty; skill_chance : without. None without any. width : median over rows of the width of
    the 95 % interval with parameter uncertainty, divided by the width without. labels : missed rows by label.
    """

    rows: int
    curve: tuple[Level, ...]
    skill: float | None
    skill_chance: float | None
    skilled: int
    width: float | None
    labels: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "role": ROLE,
            "rows": self.rows,
            "curve": [vars(level) for level in self.curve],
            "skill": self.skill,
            "skill_chance": self.skill_chance,
            "skill_rows": self.skilled,
            "width_ratio": self.width,
            "labels": self.labels,
        }


def calibration(rows: Sequence[ScoreRow]) -> Calibration | None:
    """The curve over validation rows for which an ensemble was run; None without such a row."""
    own = [row for row in rows if row.role == ROLE and row.rank is not None and row.rank_known is not None]
    if not own:
        return None
    chance = np.array([row.rank for row in own], dtype=np.float64)
    known = np.array([row.rank_known for row in own], dtype=np.float64)
    curve = tuple(Level(p, _inside(chance, p), _inside(known, p)) for p in LEVELS)
    labels = dict.fromkeys(sorted({row.label for row in own if row.label}), 0)
    for row in own:
        if row.label:
            labels[row.label] += 1
    skills = skill(own), skill(own, known=False)
    return Calibration(len(own), curve, *skills, len(proportions(own)), _width(own), labels)


def _width(rows: Sequence[ScoreRow]) -> float | None:
    """Median ratio of the widths of both intervals, over rows that vary between replicates."""
    found = [
        (row.high_known - row.low_known) / (row.high - row.low)
        for row in rows
        if row.low_known is not None and row.high_known is not None and row.high > row.low
    ]
    return float(np.median(found)) if found else None


def _inside(ranks: np.ndarray[Any, np.dtype[np.float64]], level: int) -> float:
    """Share of ranks, %, in the central interval of a level, %."""
    return 100.0 * float((np.abs(ranks - 0.5) <= level / 200.0 + 1e-12).mean())


def calibration_lines(found: Calibration) -> list[str]:
    """The curve, the skill and the labels in words."""
    shares = ", ".join(f"{one.nominal} %: {one.chance:.0f} | {one.known:.0f}" for one in found.curve)
    lines = [
        f"Predictive intervals of {found.rows} {ROLE} rows, nominal: % inside over replicates | with "
        f"parameter uncertainty. {shares}."
    ]
    if found.skill is not None:
        lines.append(
            f"Skill over a prediction without a model: {found.skill_chance:.2f} over replicates, "
            f"{found.skill:.2f} with parameter uncertainty, {found.skilled} {ROLE} proportions together."
        )
    if found.width is not None:
        lines.append(
            f"Parameter uncertainty makes the 95 % interval {found.width:.2f} times as wide (median of rows)."
        )
    if found.labels:
        said = ", ".join(f"{label} {count}" for label, count in found.labels.items())
        lines.append(f"Missed {ROLE} rows: {said}.")
    return lines
