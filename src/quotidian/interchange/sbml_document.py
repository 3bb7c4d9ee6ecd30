"""Open an SBML file safely: size, XML and schema are checked before its contents are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from quotidian.errors import InvalidInput

LARGEST = 20 * 2**20
"""Bytes of the largest file that is read; the largest of the curated published models has about 5 MB."""
DEEPEST = 200
"""Levels of XML elements; libSBML reads with recursion, and its stack ends somewhere beyond ten thousand."""
_PROLOGUE = re.compile(r"^\s*<\?xml[^>]*\?>")
HARMLESS = frozenset({"layout", "render", "annot", "l3v2extendedmath"})
"""Packages that change no number, and the name libSBML has for formulas of Level 3 Version 2: they are read,
or refused, operation by operation."""


def opened(source: str | Path) -> Any:
    """The document of a path, or of a text that starts with ``<``, free of errors.

    Returns
    -------
    libsbml.SBMLDocument with a model.

    Raises
    ------
    InvalidInput : no such file, too large, no XML, a document type declaration, too deep, no SBML, faults of
        its own, or a package that changes its meaning.
    """
    data, label = _read(source)
    text = data.decode(_safe_xml(data, label), errors="replace")
    document = library().readSBMLFromString(
        _PROLOGUE.sub("", text)
    )  # which states an encoding no longer true
    _refuse_faults(document, label)
    if document.getLevel() == 1:
        document.setLevelAndVersion(2, 4, False)
    _refuse_packages(document, label)
    if document.getModel() is None:
        raise InvalidInput(f"{label} holds no model.", "Its <sbml> is empty.", "Export it again.")
    return document


def library() -> Any:
    """The module libsbml. Raises InvalidInput where it is not installed."""
    try:
        import libsbml
    except ImportError:
        raise missing("python-libsbml") from None
    return libsbml


def missing(package: str) -> InvalidInput:
    """The refusal of a machine that lacks a package of the extra ``exchange``."""
    return InvalidInput(
        f"SBML needs the package {package}, which is not installed.",
        "It is left out unless asked for.",
        "Install it with: pip install 'quotidian[exchange]'.",
    )


def _read(source: str | Path) -> tuple[bytes, str]:
    if isinstance(source, str) and source.lstrip().startswith("<"):
        data, label = source.encode(), "The text"
    else:
        path, label = Path(source), f"'{source}'"
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            why = f"The system says: {(error.strerror or str(error)).lower()}."
            raise InvalidInput(f"{label} cannot be read.", why, "Name an SBML file.") from None
    if len(data) > LARGEST:
        raise InvalidInput(
            f"{label} is too large.",
            f"It has more than {LARGEST // 2**20} MB; the largest published models have a quarter of that.",
            "Leave out annotations and layout, which carry no equation.",
        )
    return data, label


def _safe_xml(data: bytes, label: str) -> str:
    """The encoding of the text; refuses what could exhaust memory or stack before libSBML sees it."""
    parser, depth, encoding = expat.ParserCreate(), 0, "utf-8-sig"

    def declared(_: str, stated: str | None, __: int) -> None:
        nonlocal encoding
        if stated and stated.lower() != "utf-8":
            encoding = stated

    def doctype(*_: object) -> None:
        raise InvalidInput(
            f"{label} declares a document type.",
            "It could define entities that grow without end, or that stand in other files; SBML needs none.",
            "Remove the <!DOCTYPE ...> line.",
        )

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise InvalidInput(
                f"{label} is nested too deeply.",
                f"Line {parser.CurrentLineNumber} stands more than {DEEPEST} elements deep.",
                "Give parts of the formula names of their own with assignment rules.",
            )

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    parser.XmlDeclHandler, parser.StartDoctypeDeclHandler = declared, doctype
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise InvalidInput(f"{label} is not XML.", f"{error}.", "Name an SBML file.") from None
    return encoding


def _refuse_faults(document: Any, label: str) -> None:
    """Errors of reading and of consistency; units and modelling practice are the file's own business."""
    libsbml = library()
    for category in ("UNITS_CONSISTENCY", "SBO_CONSISTENCY", "MODELING_PRACTICE"):
        document.setConsistencyChecks(getattr(libsbml, f"LIBSBML_CAT_{category}"), False)
    faults = list(_faults(document))
    if not faults:
        document.checkConsistency()
        faults = list(_faults(document))
    if faults:
        others = f" {len(faults) - 1} more are like it." if len(faults) > 1 else ""
        raise InvalidInput(
            f"{label} is not valid SBML.", f"{faults[0]}{others}", "Correct it, or export it again."
        )


def _faults(document: Any) -> Iterator[str]:
    for i in range(document.getNumErrors()):
        error = document.getError(i)
        if error.getSeverity() >= library().LIBSBML_SEV_ERROR:
            yield f"Line {error.getLine()}: {' '.join(error.getMessage().split())}"


def _refuse_packages(document: Any, label: str) -> None:
    for i in range(document.getNumPlugins()):
        name = document.getPlugin(i).getPackageName()
        if document.getPackageRequired(name) and name not in HARMLESS:
            raise InvalidInput(
                f"{label} needs the SBML package '{name}'.",
                "Its equations cannot be understood without it, and only the core of SBML is read here.",
                "Flatten or convert it to core SBML first.",
            )
