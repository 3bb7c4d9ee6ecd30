"""What is known, and how: the ledger of every number in the model, and the bibliography behind it."""

from quotidian.evidence.basis import Assumed, Basis, Derived, Fitted, Measured
from quotidian.evidence.bibliography import Reference, bibliography, cited
from quotidian.evidence.entry import Entry, Source, as_dict
from quotidian.evidence.ledger import Ledger, UnknownEntry, all_ledgers, ledger_beside, read_ledger
from quotidian.evidence.overlay import NO_OVERLAY, Overlay
from quotidian.evidence.search import search
from quotidian.evidence.spread import (
    Cv,
    Fold,
    LogSd,
    NoSpread,
    RandomEffectOf,
    Range,
    Sd,
    Size,
    Uncertainty,
    Unknown,
    Variability,
    spread_text,
)

__all__ = [
    "NO_OVERLAY",
    "Assumed",
    "Basis",
    "Cv",
    "Derived",
    "Entry",
    "Fitted",
    "Fold",
    "Ledger",
    "LogSd",
    "Measured",
    "NoSpread",
    "Overlay",
    "RandomEffectOf",
    "Range",
    "Reference",
    "Sd",
    "Size",
    "Source",
    "Uncertainty",
    "Unknown",
    "UnknownEntry",
    "Variability",
    "all_ledgers",
    "as_dict",
    "bibliography",
    "cited",
    "ledger_beside",
    "read_ledger",
    "search",
    "spread_text",
]
