"""Models made of models (the package ``comp``), flattened by libSBML before they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from quotidian.errors import InvalidInput
from quotidian.interchange.safe_files import read_bytes, safe_xml


def flatten(document: Any, label: str, folder: Path | None) -> None:
    """Replace submodels by their contents, in place; external files are those in ``folder``.

    Raises InvalidInput for what cannot be flattened.
    """
    import libsbml

    options = libsbml.ConversionProperties()
    options.addOption("flatten comp", True)
    options.addOption("performValidation", False)
    options.addOption("leavePorts", False)
    if folder is not None:
        options.addOption("basePath", str(folder))
    if document.convert(options) != libsbml.LIBSBML_OPERATION_SUCCESS:
        last = document.getError(document.getNumErrors() - 1) if document.getNumErrors() else None
        line = f"Line {last.getLine()}: {' '.join(last.getMessage().split())}" if last is not None else ""
        raise InvalidInput(
            f"The submodels of {label} cannot be put together.",
            line,
            "Flatten it with its own program.",
        )


def check_external(document: Any, label: str, folder: Path | None) -> None:
    """Refuse external models that are not files in ``folder``, or not safe: libSBML reads them itself."""
    plugin = document.getPlugin("comp")
    for i in range(plugin.getNumExternalModelDefinitions()):
        external = plugin.getExternalModelDefinition(i)
        source = external.getSource()
        path = None if folder is None else folder / source
        if path is None or not path.is_file() or path.resolve().parent != path.parent.resolve():
            raise InvalidInput(
                f"{label} takes a model from '{source}' (line {external.getLine()}).",
                "Only files in the same folder are read.",
                "Put that file beside it.",
            )
        data, name = read_bytes(path)
        safe_xml(data, name)
