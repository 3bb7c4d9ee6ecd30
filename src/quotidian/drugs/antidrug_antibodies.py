"""When a child forms antibodies against a drug: a hazard that is high at first and low under regular dosing.

Each child has its own threshold, drawn once; antibodies form when the hazard accumulated under the drug
reaches it. The time therefore depends on the child and its own doses alone, so that the arms of a trial share
common random numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from quotidian.evidence import NO_OVERLAY, Ledger, Overlay


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
    early_hazard : hazard at the first dose in excess of the steady one, 1/h. early_h : its time of decay, h.
    reaction_share : share of those with antibodies who react to an infusion and stop the drug.
    ledger : of the drug, where the values come from one.
    """

    input: str
    steady_hazard: float
    resumption_factor: float
    lapse_h: float
    resumption_h: float
    delay_h: float
    early_hazard: float
    early_h: float
    reaction_share: float
    ledger: Ledger | None = field(default=None, repr=False, compare=False)

    def overlaid(self, overlay: Overlay) -> AntidrugAntibodies:
        """The same, with the values of its ledger that an overlay replaces."""
        if self.ledger is None or not overlay.changed(self.ledger):
            return self
        return antidrug_antibodies(self.ledger, self.input, overlay)

    def onset(self, threshold: float, doses: Sequence[float]) -> float | None:
        r"""Hour at which antibodies begin to act, or None if these doses do not cause any.

        :math:`t = \tau + \inf\{s : \int_0^s h(u)\,du \ge E\}` with
        :math:`h(u) = h_\infty + h_0 e^{-u/\tau_0}`, u since the first dose. The hazard acts from a dose to
        the next or until the drug counts as interrupted; :math:`h_\infty` is raised for a while after a
        resumption.

        Parameters
        ----------
        threshold : the child's own :math:`E`; infinite in a child that never forms any.
        doses : hours of the doses, ascending.
        """
        if not doses or self.bound(doses) < threshold:
            return None
        gathered = 0.0
        for start, end, hazard in self.spans(doses):
            within = self.gathered(start - doses[0], end - doses[0], hazard)
            if gathered + within >= threshold:
                return self._when(threshold - gathered, start, end, doses[0], hazard) + self.delay_h
            gathered += within
        return None

    def gathered(self, start: float, end: float, hazard: float) -> float:
        r"""Hazard accumulated between two times since the first dose (h),
        :math:`h_\infty (t_2 - t_1) + h_0 \tau_0 (e^{-t_1/\tau_0} - e^{-t_2/\tau_0})`."""
        early = math.exp(-start / self.early_h) - math.exp(-end / self.early_h)
        return hazard * (end - start) + self.early_hazard * self.early_h * early

    def _when(self, missing: float, start: float, end: float, first: float, hazard: float) -> float:
        """Hour of a span at which the missing hazard is gathered, by bisection to less than a second."""
        low, high = start, end
        while high - low > 1e-4:
            middle = 0.5 * (low + high)
            if self.gathered(start - first, middle - first, hazard) < missing:
                low = middle
            else:
                high = middle
        return high

    def bound(self, doses: Sequence[float]) -> float:
        """An upper bound of the hazard that these doses accumulate; it spares most children the sum."""
        highest = self.steady_hazard * max(1.0, self.resumption_factor)
        late = highest * (doses[-1] - doses[0] + self.lapse_h)
        return 1.001 * (late + self.early_hazard * self.early_h)

    def spans(self, doses: Sequence[float]) -> Iterator[tuple[float, float, float]]:
        """Start and end (h) of each span under the drug, with its hazard per hour, early excess left out."""
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


def antidrug_antibodies(k: Ledger, name: str, overlay: Overlay = NO_OVERLAY) -> AntidrugAntibodies:
    """The hazard from the entries ``antibody_*`` of a drug's ledger; ``name`` is the input of the model."""

    def value(entry: str, unit: str) -> float:
        return overlay.value_in(k[f"antibody_{entry}"], unit)

    return AntidrugAntibodies(
        name,
        value("hazard", "1/h"),
        value("resumption_factor", "1"),
        value("lapse", "h"),
        value("resumption", "h"),
        value("delay", "h"),
        value("early_hazard", "1/h"),
        value("early_fade", "h"),
        value("reaction", "1"),
        k,
    )
