"""Formats of an exported model: what each writes beside the equations, and under which suffix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quotidian.errors import OutputError, UnknownName, closest

FORMATS = {
    "sbml": (".xml", ".sbml"),
    "antimony": (".ant", ".txt"),
    "omex": (".omex",),
    "mrgsolve": (".cpp", ".mod"),
    "rxode2": (".R", ".r"),
    "nonmem": (".ctl", ".mod"),
}
"""What can be written, and the suffixes of its files."""
WITH_DATA = ("mrgsolve", "rxode2", "nonmem")
"""Formats whose doses are data: a CSV table beside the model."""
IN_A_FILE = ("omex", *WITH_DATA)
"""Formats that cannot go to standard output: bytes, or two files."""


@dataclass(frozen=True)
class Document:
    """The file itself, and the table of doses and times beside it, if the format has one."""

    content: bytes
    data: str | None = None


def refuse_format(format: str, output: Path | None, standard: Path) -> None:
    """Refuse an unknown format, and standard output for one that needs a file."""
    if format not in FORMATS:
        raise UnknownName(
            f"There is no format '{format}'.", closest(format, FORMATS), "Write for example --format sbml."
        )
    if format in IN_A_FILE and (output is None or output == standard):
        raise OutputError(
            f"{format} is not written to standard output.",
            "It is an archive." if format == "omex" else "It is two files, the model and its doses.",
            f"Name a file: --output model{FORMATS[format][0]}.",
        )  # fmt: skip


def table_beside(output: Path) -> Path:
    """The table of doses of a model file."""
    return output.with_suffix(".csv")


def document(
    format: str, sbml: str, hours: float, every: float, columns: Sequence[str], output: Path | None
) -> Document:
    """A document of SBML in another format.

    Parameters
    ----------
    hours, every : end and step of the course in an archive, or of the times in a table. columns : observables
        of an archive's report. output : the file, whose table a control stream names.

    Raises InvalidInput for an observable that is not there, or what a format cannot say.
    """
    from quotidian.interchange.antimony import translated
    from quotidian.interchange.exports.texts import to_text
    from quotidian.interchange.omex.writer import to_omex

    if format == "sbml":
        return Document(sbml.encode())
    if format == "antimony":
        return Document(translated(sbml).encode())
    if format == "omex":
        steps = round(hours / every)
        return Document(to_omex(sbml, steps * every, steps, columns))
    assert output is not None
    found = to_text(sbml, format, hours, every, table_beside(output).name)
    return Document(found.model.encode(), found.data)
