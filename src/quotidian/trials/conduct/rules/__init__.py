"""Rules of a visit: pure functions from a visit to decisions, in the order in which they are applied."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from quotidian.trials.conduct.actions import Decision
from quotidian.trials.conduct.rules.escalation import escalate
from quotidian.trials.conduct.rules.escape import escape
from quotidian.trials.conduct.rules.interval_extension import extend_interval
from quotidian.trials.conduct.rules.randomisation import begin_treatment, randomise
from quotidian.trials.conduct.rules.safety import keep_safe
from quotidian.trials.conduct.rules.taper import taper
from quotidian.trials.conduct.state import Visit

Rule: TypeAlias = Callable[[Visit], list[Decision]]
RULES: tuple[Rule, ...] = (escape, randomise, begin_treatment, escalate, taper, extend_interval, keep_safe)
"""Each rule is applied before the next one reads the visit."""
