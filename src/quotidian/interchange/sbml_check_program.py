"""A program of its own: checks the SBML text on standard input, and prints its errors as JSON.

It runs in another process, because the check for cycles in libSBML takes a time that grows with the cube of
the length of a chain of rules, and cannot be interrupted.
"""

from __future__ import annotations

import json
import sys

PROCESSOR_S = 60
"""Seconds of processor time after which the check ends without an answer. Assumed: models that are in use
take less than one."""
UNCHECKED = ("UNITS_CONSISTENCY", "SBO_CONSISTENCY", "MODELING_PRACTICE")
"""Categories that are the file's own business."""


def main() -> None:
    """Print a list of line and message of each error."""
    import libsbml

    _limit(PROCESSOR_S)
    document = libsbml.readSBMLFromString(sys.stdin.buffer.read().decode("utf-8"))
    for category in UNCHECKED:
        document.setConsistencyChecks(getattr(libsbml, f"LIBSBML_CAT_{category}"), False)
    document.checkConsistency()
    errors = [document.getError(i) for i in range(document.getNumErrors())]
    grave = [error for error in errors if error.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]
    print(json.dumps([[error.getLine(), error.getMessage()] for error in grave]))


def _limit(seconds: int) -> None:
    """Limit the processor time of this process, where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


if __name__ == "__main__":
    main()
