"""Ledgers: a file read and written back, searched, and every ledger of the package in order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from quotidian.errors import LedgerError
from quotidian.evidence import Ledger, all_ledgers, as_dict, ledger_beside, read_ledger, search
from quotidian.evidence import ledger as ledger_module
from quotidian.evidence.entry import STATUSES
from quotidian.evidence.schema import entry_from

TEXT = """\
k_on:
  meaning: association of tocilizumab with the soluble IL-6 receptor
  symbol: k_{on}
  value: 1e-3
  unit: 1/nM/s
  variability: {none: a property of the molecule}
  uncertainty: {unknown: no kinetic measurement was found}
  basis: {assumed: because fast association leaves only K_d to matter}
  plausible: [1.0e-4, 1e-2]
K_d:
  meaning: dissociation constant of tocilizumab
  symbol: K_d
  value: 2.54
  unit: nM
  variability: {none: a property of the molecule}
  uncertainty: {sd: 0.12}
  basis: measured
  source:
    - {key: mihara2005, place: abstract}
    - {key: ards_binding_preprint, place: abstract}
  plausible: [1, 5]
  note: Scatchard
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    path = tmp_path / "il6_receptor.yaml"
    path.write_text(TEXT)
    return read_ledger(path)


def test_round_trip_through_json(ledger: Ledger) -> None:
    dump = json.loads(json.dumps([as_dict(entry) for entry in ledger.values()]))
    raw = yaml.safe_load(TEXT.replace("1e-3", "1.0e-3").replace("1e-2", "1.0e-2"))
    for got in dump:
        written = raw[got["name"]]
        assert got["module"] == "il6_receptor"
        for field in ("meaning", "symbol", "value", "unit", "plausible"):
            assert got[field] == written[field]
    assert dump[0]["basis"]["detail"] == "because fast association leaves only K_d to matter"
    assert [source["key"] for source in dump[1]["sources"]] == ["mihara2005", "ards_binding_preprint"]
    assert dump[1]["sources"][0]["doi"] == "10.1016/j.intimp.2005.05.010"
    assert dump[1]["variability"] == {"kind": "none", "text": "none: a property of the molecule"}
    assert dump[1]["uncertainty"] == {"kind": "sd", "text": "SD 0.12 nM"}


def test_a_ledger_is_an_ordered_mapping_that_cannot_change(ledger: Ledger) -> None:
    assert list(ledger) == ["k_on", "K_d"]
    assert len(ledger) == 2
    assert "k_off" not in ledger
    assert ledger.get("k_off") is None
    assert repr(ledger) == "Ledger('il6_receptor', 2 entries)"
    with pytest.raises(TypeError):
        ledger["K_d"] = ledger["k_on"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        ledger["K_d"].value = 1.0  # type: ignore[misc]


def test_a_missing_name_gets_a_hint(ledger: Ledger) -> None:
    with pytest.raises(KeyError) as refusal:
        ledger["kd"]
    assert isinstance(refusal.value, LedgerError)
    assert str(refusal.value).startswith("il6_receptor has no 'kd'.")
    assert "'K_d'" in str(refusal.value) or "K_d" in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("k: {value: 1}\nk: {value: 2}\n", "line 2: 'k' occurs twice"),
        ("k:\n  value: 1\n  unit: h\n  value: 2\n", "line 4: 'value' occurs twice"),
        ("k:\n  unit: %\n", "line 2: found character"),
        ("- 1\n", "no mapping of names"),
        ("3: {value: 1}\n", "needs a name that is a text"),
        ("", "no mapping of names"),
        ("a: \x07", "is not YAML"),
    ],
)
def test_broken_files_are_refused_with_the_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text)
    with pytest.raises(LedgerError) as refusal:
        read_ledger(path)
    assert says in str(refusal.value)
    assert "broken.yaml" in str(refusal.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"nowhere\.yaml: cannot be read"):
        ledger_beside(str(tmp_path / "nowhere.py"))


def test_beside_takes_the_same_stem(tmp_path: Path) -> None:
    (tmp_path / "fever.yaml").write_text(TEXT)
    assert ledger_beside(str(tmp_path / "fever.py")).module == "fever"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("tocilizumab", ["k_on", "K_d"]),
        ("SCATCHARD", ["K_d"]),
        ("Mihara immunopharmacol", ["K_d"]),
        ("assumed fast", ["k_on"]),
        ("association il6_receptor assumed", ["k_on"]),
        ("tocilizumab insulin", []),
        ("", ["k_on", "K_d"]),
    ],
)
def test_search_wants_every_word(ledger: Ledger, text: str, names: list[str]) -> None:
    assert [entry.name for entry in search(text, [ledger])] == names


def test_every_ledger_of_the_package_loads_in_order() -> None:
    ledgers = all_ledgers()
    modules = [ledger.module for ledger in ledgers]
    assert modules == sorted(set(modules))
    assert len(search("")) == sum(len(ledger) for ledger in ledgers)
    for ledger in ledgers:
        assert len(ledger) > 0, ledger
        assert all(entry.module == ledger.module for entry in ledger.values())


def test_all_ledgers_finds_files_and_leaves_published_claims_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("trials/tender.yaml", "trials/published/tender.yaml", "biology/fever.yaml", "web/x.yaml"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(TEXT if "published" not in place else "not: a ledger")
    monkeypatch.setattr(ledger_module, "PACKAGE", tmp_path)
    assert [ledger.module for ledger in all_ledgers()] == ["biology.fever", "trials.tender"]


def with_status(**fields: object) -> str:
    """The status of K_d with other fields."""
    body = yaml.safe_load(TEXT)["K_d"] | fields
    return entry_from("x.yaml", "x", "K_d", body).status


def test_each_value_says_whether_it_was_seen_derived_recalled_or_assumed() -> None:
    assert with_status() == "seen"
    assert with_status(basis={"fitted": "by the authors of the source, to their own data"}) == "seen"
    assert with_status(basis={"fitted": "to TENDER, by hand"}) == "derived"
    assert with_status(basis={"derived": "ln 2 over three days"}) == "derived"
    assert with_status(basis={"derived": "ln 2 over three days"}, note="recalled") == "recalled"
    assert with_status(source={"key": "mihara2005", "place": "abstract (recalled)"}) == "recalled"
    assert with_status(source={"key": "eu_label_roactemra", "place": "section 5.2"}) == "recalled"
    assert with_status(basis={"assumed": "because nobody measured it"}) == "assumed"


@pytest.mark.parametrize("module", sorted(ledger.module for ledger in all_ledgers()))
def test_what_is_seen_names_where(module: str) -> None:
    (own,) = [ledger for ledger in all_ledgers() if ledger.module == module]
    for entry in own.values():
        assert entry.status in STATUSES
        if entry.status == "seen":
            assert entry.sources and all(source.place.strip() for source in entry.sources), entry.name
