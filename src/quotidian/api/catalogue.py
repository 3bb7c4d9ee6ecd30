"""What there is, by name: regimens, observables, evidence."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from quotidian.dosing import Regimen, describe
from quotidian.drugs.catalogue import REGIMENS
from quotidian.drugs.catalogue import regimen as _parsed


def regimen(text: str) -> Regimen:
    """A regimen from its name or free form, such as ``tocilizumab-iv:8mg/kg/2wk``.

    Raises UnknownName for a drug that is not here, RegimenError for what cannot be read.
    """
    return _parsed(text)


class Regimens:
    """Named regimens as attributes: ``q.regimens.tocilizumab_iv``. ``list(q.regimens)`` names them."""

    def __getattr__(self, name: str) -> Regimen:
        spelled = name.replace("_", "-")
        if spelled in REGIMENS:
            return REGIMENS[spelled]
        raise AttributeError(f"There is no regimen '{spelled}'; there are {', '.join(REGIMENS)}.")

    def __dir__(self) -> list[str]:
        return [name.replace("-", "_") for name in REGIMENS]

    def __iter__(self) -> Iterator[str]:
        return iter(REGIMENS)

    def __repr__(self) -> str:
        return "\n".join(f"{name:<18} {describe(r)}" for name, r in REGIMENS.items())


regimens = Regimens()


def observables(model: str = "sjia") -> pl.DataFrame:
    """Every output of a model and of the drugs: name, unit, meaning.

    Raises UnknownName for a model that is not there.
    """
    from quotidian.models import observables as known

    found = known(model).values()
    return pl.DataFrame([{"name": o.name, "unit": o.unit, "meaning": o.meaning} for o in found])


def ledger(*words: str) -> pl.DataFrame:
    """Entries of the ledger that hold all the words: value, variability, uncertainty, basis and source."""
    from quotidian.evidence import as_dict, search

    entries = [as_dict(e) for e in search(" ".join(words))]
    return pl.DataFrame(
        [
            {
                "module": e["module"],
                "name": e["name"],
                "meaning": e["meaning"],
                "value": float(e["value"]),
                "unit": e["unit"],
                "variability": e["variability"]["text"],
                "uncertainty": e["uncertainty"]["text"],
                "basis": f"{e['basis']['kind']} {e['basis']['detail']}".strip(),
                "source": "; ".join(s["citation"] for s in e["sources"]),
            }
            for e in entries
        ]
    )
