"""Formats of an exported model: what each writes beside the equations, and under which suffix."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from quotidian.errors import OutputError, UnknownName, closest

if TYPE_CHECKING:
    from quotidian.dosing import Regimen
    from quotidian.patients.child import Child

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


def sbml_document(
    model: str, who: Child | None, regimen: Regimen, scenario: str, hours: float, days: int
) -> tuple[str, Collection[str]]:
    """A model as SBML, and the names of its observables.

    Parameters
    ----------
    who : a child, with the doses of ``regimen`` for ``hours`` after ``days`` without treatment; None for the
        typical child of the model with its own initial values.

    Raises UnknownName for an unknown model or scenario, ImplausibleChild where the doses reach beyond the
    ages that the model describes.
    """
    from quotidian.interchange import to_sbml, untreated
    from quotidian.models import USUAL
    from quotidian.models import model as model_named
    from quotidian.patients.guards import refuse_grown_up

    if who is None:
        plain = model_named(model, scenario=scenario)
        return to_sbml(plain), plain.observables
    refuse_grown_up([who], hours / 24.0)
    named = model_named(model, (*USUAL, *regimen.drugs), scenario)
    states = untreated(named, who, days) if days else None
    given = regimen if regimen.drugs else None
    return to_sbml(named, given, who, hours, states=states), named.observables
