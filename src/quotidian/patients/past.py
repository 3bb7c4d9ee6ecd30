"""The slow variables of the disease from onset to entry: memory, established arthritis, lasting damage.

They change over months. Innate activity and arthritis are therefore taken to be in steady state within
each period of two weeks, and each step has a closed form. The laws are those of biology/innate_loop.py and
biology/joints.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.biology import innate_loop, joints
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.patients.chance_events import PERIOD_DAYS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]
Which: TypeAlias = slice | Integers
PERIODS_A_YEAR = 365.25 / PERIOD_DAYS
SYSTEMIC, ARTICULAR = 0.3, 0.2
"""Innate activity and arthritis above which a disease counts as active, relative to the typical child: at
these values fever and a raised CRP, or one active joint, appear."""
FLOOR = "innate_loop.memory_floor"
MEMORY, SETTLED, DAMAGE = "innate_loop.memory_at_start", "joints.memory_at_start", "joints.damage_at_start"


@dataclass(frozen=True)
class Disease:
    """Traits of children, [child] each: severity, gain of established arthritis, share of arthritis driven by
    IL-6, and systemic drive without memory.

    ``overlay`` replaces values of the laws.
    """

    severity: Floats
    articular_gain: Floats
    il6_share: Floats
    memory_floor: Floats
    overlay: Overlay = NO_OVERLAY

    def chosen(self, which: Which) -> Disease:
        """The traits of some of the children, in that order."""
        return Disease(
            self.severity[which], self.articular_gain[which], self.il6_share[which], self.memory_floor[which],
            self.overlay,
        )  # fmt: skip


@dataclass(frozen=True)
class Past:
    """State of the disease, [child] each.

    Parameters
    ----------
    memory : of innate cells. settled : established arthritis, 0 to 1. damage : lasting damage, 0 to 1.
    activity, arthritis : innate activity and arthritis of the last period, relative to the typical child.
    """

    memory: Floats
    settled: Floats
    damage: Floats
    activity: Floats
    arthritis: Floats

    def chosen(self, which: Which) -> Past:
        """The state of some of the children, in that order."""
        return Past(
            self.memory[which], self.settled[which], self.damage[which], self.activity[which],
            self.arthritis[which],
        )  # fmt: skip

    def put(self, which: Which, new: Past) -> None:
        """Replace the state of some of the children, in place."""
        self.memory[which], self.settled[which], self.damage[which] = new.memory, new.settled, new.damage
        self.activity[which], self.arthritis[which] = new.activity, new.arthritis

    @property
    def active(self) -> Bools:
        """Children whose disease is active."""
        return (self.activity > SYSTEMIC) | (self.arthritis > ARTICULAR)

    def start_values(self) -> dict[str, Floats]:
        """Initial values of the model by name of parameter, [child] each."""
        return {MEMORY: self.memory, SETTLED: self.settled, DAMAGE: self.damage}


def onset(children: int) -> Past:
    """The first day: innate cells as active as in typical disease, joints not affected."""
    return Past(
        np.ones(children), np.zeros(children), np.zeros(children), np.ones(children), np.zeros(children)
    )


def next_period(now: Past, own: Disease, drive: Floats) -> Past:
    r"""The disease two weeks later, under the given ``drive`` [child] and without treatment.

    :math:`M = s\,\xi\,g(T)` and :math:`J = k_s M (1 - q + q M^n) + a A_s \sqrt{\xi}` are in steady state;
    T, A_s and D_J approach their limits exponentially.
    """
    innate, joint = _laws(own.overlay)
    g = innate_loop.memory_gain(
        now.memory, own.memory_floor, innate["memory_half"], innate["memory_steepness"]
    )
    M = innate_loop.set_point(
        innate["drive"], own.severity * drive, g, innate["gain_il1"], innate["gain_il6"]
    )
    J = joints.arthritis_at_start(
        joint["systemic_gain"],
        M,
        own.il6_share,
        joint["exponent"],
        own.articular_gain * np.sqrt(drive),
        now.settled,
    )
    h = joints.pull(J, joint["memory_half"], joint["memory_steepness"])
    up, down = joint["memory_gain"] * h, joint["memory_loss"] * (1.0 - h)
    left = np.exp(-PERIOD_DAYS / innate["memory_time"])
    end = up / (up + down)
    return Past(
        memory=M + (now.memory - M) * left,
        settled=end + (now.settled - end) * np.exp(-(up + down) * PERIOD_DAYS),
        damage=1.0 - (1.0 - now.damage) * np.exp(-joint["k_damage"] * J * PERIOD_DAYS),
        activity=M,
        arthritis=J,
    )


def lived(own: Disease, drive: Floats, periods: Integers) -> tuple[Past, Integers]:
    """The disease when it was last active, and the number of periods from onset to that time, [child].

    Children are seen in a trial or a clinic while their disease is active. A child whose disease is
    inactive at the end of ``drive`` is seen earlier.

    Parameters
    ----------
    drive : of each period, one child after another, from the one next to entry back to onset, as
        :func:`quotidian.patients.disease_activity.earlier` draws it. periods : [child] since onset.

    Children are ordered by the length of their past, so that each step computes only those who are ill by
    then.
    """
    children, total = len(periods), int(periods.max(initial=1))
    order = np.argsort(-periods, kind="stable")
    own, longest, next_to_entry = own.chosen(order), periods[order], (np.cumsum(periods) - periods)[order]
    now, seen, at = onset(children), onset(children), np.zeros(children, dtype=np.int64)
    begun = np.searchsorted(-longest, -(total - np.arange(total)), side="right").tolist()
    for k, count in enumerate(begun):
        if count:
            some = slice(count)
            after = next_period(
                now.chosen(some), own.chosen(some), drive[next_to_entry[some] + (total - 1 - k)]
            )
            now.put(some, after)
            taken = np.flatnonzero(after.active | (at[some] == 0))
            seen.put(taken, after.chosen(taken))
            at[taken] = k + 1 - (total - longest[taken])
    back = np.argsort(order)
    return seen.chosen(back), at[back]


def steady(own: Disease, years: float) -> Past:
    """The disease after a number of years under a constant drive."""
    now = onset(len(own.severity))
    for _ in range(max(1, round(years * PERIODS_A_YEAR))):
        now = next_period(now, own, np.ones(len(own.severity)))
    return now


def course_of(active: Sequence[bool] | Bools, periods: int) -> str:
    """The course by name: ``monophasic``, ``polycyclic`` or ``persistent``.

    Parameters
    ----------
    active : [period] since onset. periods : length of inactive disease that counts as remission.

    A persistent disease has no remission; a polycyclic one returned after a remission.
    """
    quiet, remissions, came_back = 0, 0, False
    for now in active:
        came_back |= bool(now) and quiet >= periods
        quiet = 0 if now else quiet + 1
        remissions += quiet == periods
    return "polycyclic" if came_back else "monophasic" if remissions else "persistent"


@lru_cache(maxsize=8)
def _laws(overlay: Overlay) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """Values of the laws of innate activity and of arthritis."""
    return overlay.values(innate_loop.k.ledger), overlay.values(joints.k.ledger)
