"""What is asked of a child's fit beside its parameters: regimens for a target, and a further sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quotidian.application.fitting.child_files import SEARCH, WORTH, search_csv, worth_csv
from quotidian.application.fitting.child_fit import ChildFit
from quotidian.application.fitting.child_measurements import clinic_units
from quotidian.application.fitting.regimen_search import (
    Candidate,
    aim_of,
    preparation_of,
    sample_worth,
    search,
)
from quotidian.application.fitting.sample_worth import Sample
from quotidian.application.fitting.target import Target, candidates, target_of
from quotidian.errors import InvalidInput
from quotidian.units import quantity_text

SHOWN = 5  # samples
ANY = "tocilizumab"  # stands for the drug of the child, to read texts before the fit


@dataclass(frozen=True)
class Answer:
    """Files by name, and the text to print."""

    files: dict[str, bytes]
    text: str


@dataclass(frozen=True)
class Question:
    """A target, a grid of regimens to search, and whether a further sample is judged."""

    target: str | None
    grid: str | None
    worth: bool

    @staticmethod
    def of(target: str | None, grid: str | None, worth: bool) -> Question:
        """The question of these options.

        Raises InvalidInput for a search or a worth without a target, InvalidInput for a text that cannot be
        read.
        """
        if target is None and (grid is not None or worth):
            raise InvalidInput(
                f"{'--search' if grid is not None else '--worth'} needs a target.",
                "Regimens and samples are compared by a target.",
                "Add for example --target 'trough >= 20 ug/mL'.",
            )
        if target is not None:
            target_of(target, clinic_units(), ANY)
        if grid is not None:
            candidates(grid, ANY)
        return Question(target, grid, worth)

    def answered(self, fit: ChildFit, seed: int) -> Answer:
        """The answer. Raises InvalidInput for a text that cannot be read, RegimenError for an excess."""
        if self.target is None:
            return Answer({}, "")
        files, lines = dict[str, bytes](), list[str]()
        if self.grid is not None:
            regimens = candidates(self.grid, preparation_of(fit.problem))
            target = aim_of(fit.problem, self.target, regimens[0])
            found = search(fit.problem, fit.draws, target, regimens, seed)
            files[SEARCH], lines = search_csv(found).encode(), _search_lines(target, found)
        if self.worth:
            target = aim_of(fit.problem, self.target)
            samples = sample_worth(fit.problem, fit.draws, target, seed)
            files[WORTH] = worth_csv(samples).encode()
            lines += _worth_lines(target, samples)
        return Answer(files, "".join(f"{line}\n" for line in lines))


def _search_lines(target: Target, found: Sequence[Candidate]) -> list[str]:
    lines = [f"Probability of {target.text} (Monte Carlo error); median (5 to 95 %) of {_asked(target)}:"]
    for c in found:
        lines.append(
            f"{c.regimen:34}{c.mg_per_week:9.3g} mg/wk {c.probability:6.0%} (error {c.error:.0%}); "
            f"{quantity_text(f'{c.median:.3g}', target.unit)} ({c.low:.3g}-{c.high:.3g})"
        )
    return lines


def _worth_lines(target: Target, samples: Sequence[Sample]) -> list[str]:
    best = [f"{s.analyte} on day {s.day:.4g}, {s.remaining:.0%}" for s in samples[:SHOWN]]
    return [
        f"Share of the variance of {_asked(target)} that remains after one more sample: {'; '.join(best)}."
    ]


def _asked(target: Target) -> str:
    """What the target is about: the trough, or an observable."""
    return "the trough" if target.trough else target.observable
