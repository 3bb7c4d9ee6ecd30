"""The registry: each drug is declared in its own two files, and nothing of these files is idle."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from quotidian import drugs
from quotidian.drugs.registry import DRUGS
from quotidian.evidence import Entry, Ledger, ledger_beside

FOLDER = Path(drugs.__file__).parent
OF_THE_MOUSE = "anti_mouse_il6r"


def test_every_module_that_declares_a_drug_is_registered() -> None:
    declaring = {f.stem for f in FOLDER.glob("*.py") if "\ndrug = Drug(" in f.read_text()}
    assert declaring == set(DRUGS)
    assert all(drug.name == name for name, drug in DRUGS.items())
    ledgers = {f.stem for f in FOLDER.glob("*.yaml")} - {"safety", OF_THE_MOUSE}
    assert ledgers == set(DRUGS)


@pytest.mark.parametrize("name", DRUGS)
def test_every_entry_of_its_ledger_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: set[str] = set()
    get = Ledger.__getitem__

    def noted(self: Ledger, entry: str) -> Entry:
        found = get(self, entry)
        read.update({entry} if self.module.endswith(f".{name}") else ())
        return found

    monkeypatch.setattr(Ledger, "__getitem__", noted)
    # Neither a look for a name nor a walk through all entries is a reading.
    monkeypatch.setattr(Ledger, "__contains__", lambda self, entry: entry in self._entries)
    monkeypatch.setattr(Ledger, "items", lambda self: self._entries.items())
    file = str(FOLDER / f"{name}.py")
    runpy.run_path(file)
    assert read == set(ledger_beside(file))


def test_a_standard_regimen_gives_its_own_drug() -> None:
    for drug in DRUGS.values():
        for p in drug.preparations:
            if p.standard is not None:
                assert p.standard.drugs == {drug.name}, p.name
    names = [p.name for drug in DRUGS.values() for p in drug.preparations]
    assert len(names) == len(set(names))


def test_the_largest_doses_that_are_accepted() -> None:
    """In mg/kg within 24 hours; another drug may declare its own."""
    stated = {
        "anakinra": 20.0,
        "tofacitinib": 1.5,
        "methotrexate": 2.0,
        "prednisolone": 5.0,
        "methylprednisolone": 40.0,
        "ibuprofen": 60.0,
    }
    assert {name: DRUGS[name].most_per_day for name in stated} == stated
