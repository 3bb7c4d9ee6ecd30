"""The tree of refusals: every error says what happened, why, and what to do next."""

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


class UserError(QuotidianError):
    """The request cannot be met as written (command line: exit code 2)."""


class UnknownName(UserError):
    """A model, regimen, observable or trial that does not exist."""


class InvalidQuantity(UserError):
    """A text that is no quantity, or a quantity of the wrong dimension."""


class ImplausibleChild(UserError):
    """An age, weight or height that no child has."""


class RegimenError(UserError):
    """A regimen that cannot be read or given."""


class DoseOutsideBand(RegimenError):
    """A child for whom a weight-banded dose says nothing."""


class OutputError(UserError):
    """A place that cannot be written."""


class StudyTooLarge(UserError):
    """A study that would not fit into memory."""


class LedgerError(QuotidianError):
    """An entry of the evidence ledger that does not say how we know."""


class AuditError(QuotidianError):
    """A model that is dimensionally wrong, leaks, or has loose ends."""


class EngineError(QuotidianError):
    """The engine was given a problem it cannot run."""


def closest(name: str, known: object) -> str:
    """A hint naming the nearest known names: ``did you mean 'crp'?``"""
    import difflib

    names = sorted(str(k) for k in known)  # type: ignore[attr-defined]
    near = difflib.get_close_matches(name, names, n=3)
    if near:
        return "Did you mean " + " or ".join(f"'{n}'" for n in near) + "?"
    return "Known: " + ", ".join(names) + "."
