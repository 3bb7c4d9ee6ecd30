"""Export to Antimony, the human-readable form of SBML."""

from __future__ import annotations

import re
from collections.abc import Mapping

from quotidian.dosing import Regimen
from quotidian.errors import QuotidianError
from quotidian.interchange.sbml_document import missing
from quotidian.interchange.sbml_writer import to_sbml
from quotidian.network import Model
from quotidian.patients.child import Child

_PURE = re.compile(r"([0-9]) dimensionless\b")
"""The unit attribute of a pure number, which Antimony does not need."""


def to_antimony(
    model: Model,
    regimen: Regimen | None = None,
    child: Child | None = None,
    until: float | None = None,
    *,
    states: Mapping[str, float] | None = None,
) -> str:
    """The model as Antimony text; arguments and errors as :func:`quotidian.interchange.to_sbml`."""
    return translated(to_sbml(model, regimen, child, until, states=states))


def translated(sbml: str) -> str:
    """An SBML document as Antimony.

    Raises
    ------
    InvalidInput : the package antimony is not installed.
    QuotidianError : it refuses the document, which one of ours should not give it reason to.
    """
    try:
        import antimony
    except ImportError:
        raise missing("antimony") from None
    antimony.clearPreviousLoads()
    if antimony.loadSBMLString(sbml) < 0:
        raise QuotidianError(
            "Antimony cannot read the SBML.", antimony.getLastError(), "Report it with the command."
        )
    text: str = antimony.getAntimonyString(None)
    antimony.clearPreviousLoads()
    return _PURE.sub(r"\1", text)
