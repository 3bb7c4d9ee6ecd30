"""An endpoint that a design defines for itself, as an expression."""

from __future__ import annotations

from dataclasses import dataclass

from quotidian.trials.protocol.expression import Expression, expression

AT_ENTRY = ("age", "weight", "height", "duration", "steroid", "methotrexate", "female")
"""Names of the body at entry; they do not change."""
WEEK = "week"


@dataclass(frozen=True)
class OwnEndpoint:
    """An endpoint of a design's own: a condition or a number of each child at each visit.

    Parameters
    ----------
    when : a condition; a child that is out of the trial or of its arm does not meet it.
    value : a number, of which the mean over those still in the trial is reported, in ``unit``.
    label : in tables and figures; the name if there is none.
    """

    when: str = ""
    value: str = ""
    unit: str = "1"
    label: str = ""

    @property
    def text(self) -> str:
        """The expression."""
        return self.when or self.value


def read_own(own: OwnEndpoint) -> Expression:
    """Its expression. Raises InvalidInput as :func:`quotidian.trials.protocol.expression.expression` does."""
    return expression(own.text)
