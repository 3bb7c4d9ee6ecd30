"""The files of a population fit: ``estimates.json`` and ``individuals.csv``, both or neither."""

from __future__ import annotations

import json
from pathlib import Path

from quotidian.application.fitting.population_fit import PopulationFit
from quotidian.version import RESEARCH_USE, __version__

ESTIMATES, INDIVIDUALS = "estimates.json", "individuals.csv"
FILES = (ESTIMATES, INDIVIDUALS)


def contents(fit: PopulationFit) -> dict[str, bytes]:
    """Content of each file by name."""
    whole = {**fit.estimates, "version": __version__, "use": RESEARCH_USE}
    lines = [",".join(["ID", *(f"ETA_{name}" for name in fit.effects)])]
    for own, eta in zip(fit.ids, fit.eta, strict=True):
        lines.append(",".join([_quoted(own), *(f"{value:.8g}" for value in eta)]))
    text = json.dumps(whole, indent=2, ensure_ascii=False)
    return {ESTIMATES: f"{text}\n".encode(), INDIVIDUALS: ("\n".join(lines) + "\n").encode()}


def is_earlier(folder: Path) -> bool:
    """Whether a folder holds an earlier population fit."""
    return (folder / ESTIMATES).is_file()


def _quoted(cell: str) -> str:
    plain = not any(c in cell for c in ',"\n')
    return cell if plain else '"' + cell.replace('"', '""') + '"'
