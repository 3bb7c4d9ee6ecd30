"""The errors that libSBML finds in a document: here, or in a process with a limit where it may take long."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from quotidian.errors import InvalidInput
from quotidian.interchange.sbml_check_program import PROCESSOR_S

AT_ONCE = 100
"""Formulas that depend on others, up to which the check takes less than a tenth of a second in any order."""
PATIENCE_S = 10 * PROCESSOR_S
"""Seconds until the process is ended, on a machine where processor time is not limited or is scarce."""
PROGRAM = Path(__file__).with_name("sbml_check_program.py")


def inconsistencies(document: Any, text: str, label: str) -> list[tuple[int, str]]:
    """Line and message of each error in the document, which was read from ``text``.

    Raises InvalidInput where the check does not end in time.
    """
    if not takes_long(document):
        document.checkConsistency()
        return errors_of(document)
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(PROGRAM)], input=text.encode("utf-8"), capture_output=True,
            timeout=PATIENCE_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _unchecked(document, label) from None
    if done.returncode:
        raise _unchecked(document, label)
    return [(line, message) for line, message in json.loads(done.stdout)]


def takes_long(document: Any) -> bool:
    """Whether the check may take long: many formulas, in a file without submodels (those need its folder)."""
    model = document.getModel()
    return model is not None and not document.isPackageEnabled("comp") and _formulas(model) > AT_ONCE


def errors_of(document: Any) -> list[tuple[int, str]]:
    """Line and message of each error that the document states."""
    from libsbml import LIBSBML_SEV_ERROR

    found = (document.getError(i) for i in range(document.getNumErrors()))
    return [(e.getLine(), e.getMessage()) for e in found if e.getSeverity() >= LIBSBML_SEV_ERROR]


def _formulas(model: Any) -> int:
    return int(model.getNumRules() + model.getNumInitialAssignments() + model.getNumReactions())


def _unchecked(document: Any, label: str) -> InvalidInput:
    return InvalidInput(
        f"{label} could not be checked within {PROCESSOR_S} s.",
        f"It has {_formulas(document.getModel()):,} rules, initial assignments and reactions, in chains of "
        "dependence, in which libSBML looks for cycles.",
        "Shorten the chains, for example by inserting formulas into one another.",
    )
