"""The page of one child, from Python."""

from __future__ import annotations

from pathlib import Path

from quotidian.drugs.catalogue import regimen as prescribed
from quotidian.live.bundle import Bundle
from quotidian.live.bundle import page as page_text
from quotidian.patients.child import Child
from quotidian.reports.files import check_file, write_atomically


def page(
    file: str | Path, child: Child, regimen: str = "tocilizumab-iv", *, weeks: float = 12,
    drugs: tuple[str, ...] = (),
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
    place = Path(file)
    check_file(place, (".html", ".htm"))
    plans = (prescribed("none"), prescribed(regimen))
    made = Bundle(plans[1].drugs | frozenset(drugs))
    return write_atomically(place, page_text(made, child, regimen, plans, weeks))
