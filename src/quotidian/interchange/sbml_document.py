"""Open an SBML file safely: size, XML and schema are checked before its contents are read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from quotidian.errors import InvalidInput, how_to_install
from quotidian.interchange.safe_files import UTF_8, read_bytes, safe_xml
from quotidian.interchange.sbml_check import errors_of, inconsistencies
from quotidian.interchange.sbml_check_program import UNCHECKED
from quotidian.interchange.sbml_submodels import check_external, flatten

PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>'
"""Ours, for the file's own may state an encoding no longer true. Without one libSBML adds a line."""
_STATED = re.compile(r"^\s*<\?xml[^>]*\?>")
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
    data, label = read_bytes(source)
    text = _checked_text(data, label)
    document = library().readSBMLFromString(text)
    if _folder(source) is not None:
        document.setLocationURI(Path(source).resolve().as_uri())
    if document.isPackageEnabled("comp"):
        check_external(document, label, _folder(source))
    _refuse_faults(document, text, label)
    if document.getLevel() == 1:
        document.setLevelAndVersion(2, 4, False)
    if document.isPackageEnabled("comp"):
        flatten(document, label, _folder(source))
    _refuse_packages(document, label)
    if document.getModel() is None:
        raise InvalidInput(f"{label} holds no model.", "Its <sbml> is empty.", "Export it again.")
    return document


def _checked_text(data: bytes, label: str) -> str:
    """The text in our own encoding. Another encoding is checked again once it is read: what was a text in its
    bytes can be an element by then."""
    encoding = safe_xml(data, label)
    text = PROLOGUE + _STATED.sub("", data.decode(encoding, errors="replace"))
    if encoding != UTF_8:
        again = text.encode("utf-8", "replace")
        safe_xml(again, label)
        text = again.decode()
    return text


def _folder(source: str | Path) -> Path | None:
    """Where files beside the source lie; None for a text."""
    return None if isinstance(source, str) and source.lstrip().startswith("<") else Path(source).parent


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
        "It is an optional dependency.",
        how_to_install("exchange"),
    )


def _refuse_faults(document: Any, text: str, label: str) -> None:
    """Errors of reading and of consistency; units and modelling practice are the file's own business."""
    libsbml = library()
    for category in UNCHECKED:
        document.setConsistencyChecks(getattr(libsbml, f"LIBSBML_CAT_{category}"), False)
    faults = errors_of(document) or inconsistencies(document, text, label)
    if faults:
        line, message = faults[0]
        others = f" Errors in all: {len(faults)}." if len(faults) > 1 else ""
        raise InvalidInput(
            f"{label} is not valid SBML.", f"Line {line}: {' '.join(message.split())}{others}",
            "Correct it, or export it again.",
        )  # fmt: skip


def _refuse_packages(document: Any, label: str) -> None:
    for i in range(document.getNumPlugins()):
        name = document.getPlugin(i).getPackageName()
        if document.getPackageRequired(name) and name not in HARMLESS:
            raise InvalidInput(
                f"{label} needs the SBML package '{name}'.",
                "Its equations cannot be understood without it, and only the core of SBML is read here.",
                "Flatten or convert it to core SBML first.",
            )
