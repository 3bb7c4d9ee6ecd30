"""The tree of errors: every error says what happened, why, and what to do next.

The command line maps each branch to an exit code: InvalidInput to 2, ComputationFailed to 3, Cancelled
to 130. Every other error is a fault of the program and ends with 1.
"""

from __future__ import annotations


class QuotidianError(Exception):
    """Base of every error this package raises on purpose.

    Parameters
    ----------
    what : what happened, one sentence.
    why : the reason, with the number or rule behind it.
    remedy : what the reader can do next.
    """

    def __init__(self, what: str, why: str = "", remedy: str = "") -> None:
        self.what, self.why, self.remedy = what, why, remedy
        super().__init__("\n  ".join(part for part in (what, why, remedy) if part))


class InvalidInput(QuotidianError):
    """The request cannot be met as written (exit code 2)."""


class UnknownName(InvalidInput):
    """A model, regimen, observable or trial that does not exist."""


class InvalidQuantity(InvalidInput):
    """A text that is not a quantity, or a quantity of the wrong dimension."""


class ImplausibleChild(InvalidInput):
    """An age, weight or height that no child has."""


class RegimenError(InvalidInput):
    """A regimen that cannot be read or given."""


class DoseOutsideBand(RegimenError):
    """A subject whose weight lies in no band of the regimen."""


class OutputError(InvalidInput):
    """A file or folder that cannot be written."""


class StudyTooLarge(InvalidInput):
    """A request that does not fit into memory."""


class InvalidData(InvalidInput):
    """A data file, or a row of one, that cannot be used."""


class NotSolvable(InvalidData):
    """Numbers in the data or the model file of a user with which no solution can be computed."""


class LedgerError(QuotidianError):
    """An entry of the evidence ledger without a complete statement of its source."""


class AuditError(QuotidianError):
    """A model with inconsistent units, a violated conservation law, or parts that are not connected."""


class ComputationFailed(QuotidianError):
    """The request is valid, but its computation could not be completed (exit code 3)."""


class SolverFailed(ComputationFailed):
    """The numerical solution did not reach the end, or a steady state was not found."""


class WorkerLost(ComputationFailed):
    """A process that computed a part of the request ended early."""


class Cancelled(QuotidianError):
    """The run was stopped on request before it was complete (exit code 130)."""

    def __init__(self, what: str = "The run was cancelled.", why: str = "", remedy: str = "") -> None:
        super().__init__(what, why, remedy)


class InvalidCall(QuotidianError):
    """The arguments of a function do not fit together: a mistake in the calling code (exit code 1)."""


def how_to_install(*extras: str) -> str:
    """How extra packages are installed from the source of this program, which is in no package index."""
    return f"In the folder of its source, run: pip install '.[{','.join(extras)}]'"


MOST_LISTED = 60
"""Names that a hint lists; of more, the first ones."""


def closest(name: str, known: object) -> str:
    """A hint naming the nearest known names, whatever their case: ``did you mean 'crp'?``"""
    import difflib

    names = sorted(str(k) for k in known)  # type: ignore[attr-defined]
    folded: dict[str, str] = {}
    for one in names:
        folded.setdefault(one.casefold(), one)
    near = difflib.get_close_matches(name, names, n=3)
    near = near or [folded[n] for n in difflib.get_close_matches(name.casefold(), folded, n=3)]
    if near:
        return "Did you mean " + " or ".join(f"'{n}'" for n in near) + "?"
    more = f", and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return f"Known: {', '.join(names[:MOST_LISTED])}{more}."
