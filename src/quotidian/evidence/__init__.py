"""What is known, and how: the ledger of every number in the model, and the bibliography behind it."""

from quotidian.evidence.basis import Assumed, Basis, Derived, Fitted, Measured
from quotidian.evidence.bibliography import Reference, bibliography
from quotidian.evidence.entry import Entry, Source, as_dict
from quotidian.evidence.ledger import Ledger, UnknownEntry, all_ledgers, ledger_beside, read_ledger
from quotidian.evidence.search import search
from quotidian.evidence.spread import Cv, Fold, NoSpread, Range, Sd, Spread, Unknown

__all__ = [
    "Assumed",
    "Basis",
    "Cv",
    "Derived",
    "Entry",
    "Fitted",
    "Fold",
    "Ledger",
    "Measured",
    "NoSpread",
    "Range",
    "Reference",
    "Sd",
    "Source",
    "Spread",
    "Unknown",
    "UnknownEntry",
    "all_ledgers",
    "as_dict",
    "bibliography",
    "ledger_beside",
    "read_ledger",
    "search",
]
