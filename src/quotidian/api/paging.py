"""The page of one child, from Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from quotidian.api.arguments.door import door
from quotidian.api.arguments.durations import days_of
from quotidian.api.arguments.kinds import path, texts
from quotidian.api.arguments.usual import REGIMEN_TEXT
from quotidian.drugs.catalogue import regimen as prescribed
from quotidian.errors import InvalidInput
from quotidian.live.bundle import LONGEST_WEEKS, Bundle
from quotidian.live.bundle import page as page_text
from quotidian.patients.child import Child
from quotidian.reports.files import check_file, write_atomically


@door(
    file=path("the path of a file to write", "child.html"),
    regimen=REGIMEN_TEXT,
    drugs=texts("a list of drugs", "['anakinra']"),
)
def page(
    file: str | Path, child: Child, regimen: str = "tocilizumab-iv", *, weeks: float | str = 12,
    drugs: Sequence[str] = (),
) -> Path:  # fmt: skip
    """Write one HTML file with sliders that first shows this child, and return its path.

    The file contains the compiled model as WebAssembly and needs no server and no network.
    ``q.page("anna.html", q.Child(age=6, sex="female", weight="20 kg"))``

    Parameters
    ----------
    regimen : in the notation of ``quotidian simulate``. weeks : from the day of the first dose, up to 24.
    drugs : to choose from, besides those of the regimen, tocilizumab and prednisolone.

    Raises UnknownName for an unknown drug, RegimenError for an invalid regimen, OutputError for a file that
    cannot be written.
    """
    place, days = Path(file), days_of(weeks)
    if not 0.0 < days <= 7.0 * LONGEST_WEEKS:
        raise InvalidInput(
            f"A page of {days / 7.0:g} weeks is refused.",
            f"It shows up to {LONGEST_WEEKS:g}.",
            "Write weeks=12.",
        )
    check_file(place, (".html", ".htm"))
    plans = (prescribed("none"), prescribed(regimen))
    made = Bundle(plans[1].drugs | frozenset(drugs))
    return write_atomically(place, page_text(made, child, regimen, plans, days / 7.0))
