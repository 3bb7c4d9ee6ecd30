"""When a child forms antibodies against a drug: a hazard that regular dosing keeps low.

Each child has its own threshold, drawn once; antibodies form when the hazard accumulated under the drug
reaches it. The time therefore depends on the child and its own doses alone, so that the arms of a trial share
common random numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from quotidian.network import Parameters


@dataclass(frozen=True, slots=True)
class AntidrugAntibodies:
    """Hazard of forming antibodies against a drug.

    Attributes
    ----------
    input : the input of the model that is 1 once antibodies act on the drug.
    steady_hazard : hazard under regular dosing, 1/h.
    resumption_factor : hazard after the drug is resumed over the steady hazard.
    lapse_h : time since a dose after which the drug counts as interrupted, h.
    resumption_h : time after a resumption during which the hazard is raised, h.
    delay_h : time from priming until antibodies act, h.
    """

    input: str
    steady_hazard: float
    resumption_factor: float
    lapse_h: float
    resumption_h: float
    delay_h: float

    def onset(self, threshold: float, doses: Sequence[float]) -> float | None:
        r"""Hour at which antibodies begin to act, or None if these doses do not cause any.

        :math:`t = \tau + \inf\{s : \int_0^s h(u)\,du \ge E\}`. The hazard h has its steady value from a dose
        to the next or until the drug counts as interrupted, and is raised for a while after a resumption.

        Parameters
        ----------
        threshold : the child's own :math:`E`; infinite in a child that never forms any.
        doses : hours of the doses, ascending.
        """
        if not doses or self.bound(doses) < threshold:
            return None
        gathered = 0.0
        for start, end, hazard in self.spans(doses):
            if gathered + hazard * (end - start) >= threshold:
                return start + (threshold - gathered) / hazard + self.delay_h
            gathered += hazard * (end - start)
        return None

    def bound(self, doses: Sequence[float]) -> float:
        """An upper bound of the hazard that these doses accumulate; it spares most children the sum."""
        highest = self.steady_hazard * max(1.0, self.resumption_factor)
        return 1.001 * highest * (doses[-1] - doses[0] + self.lapse_h)

    def spans(self, doses: Sequence[float]) -> Iterator[tuple[float, float, float]]:
        """Start and end (h) of each span under the drug, with its hazard per hour."""
        steady, raised = self.steady_hazard, self.steady_hazard * self.resumption_factor
        resumed, before = -math.inf, math.inf
        for dose, following in zip_longest(doses, doses[1:], fillvalue=math.inf):
            if dose - before > self.lapse_h:
                resumed = dose
            yield (
                dose,
                min(following, dose + self.lapse_h),
                raised if dose - resumed < self.resumption_h else steady,
            )
            before = dose


def antidrug_antibodies(k: Parameters, name: str) -> AntidrugAntibodies:
    """The hazard from the entries ``antibody_*`` of a drug's ledger; ``name`` is the input of the model."""
    return AntidrugAntibodies(
        name,
        k("antibody_hazard", "1/h").value,
        k("antibody_resumption_factor", "1").value,
        k("antibody_lapse", "h").value,
        k("antibody_resumption", "h").value,
        k("antibody_delay", "h").value,
    )
