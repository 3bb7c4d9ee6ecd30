"""The bibliography: complete, sorted, honest about what was recalled."""

from __future__ import annotations

from pathlib import Path

import pytest

from quotidian.errors import LedgerError
from quotidian.evidence import bibliography, cited
from quotidian.evidence.bibliography import read_bibliography

CITED = """\
dwivedi2014 gibiansky2012 frey2010 narazaki1993 debenedetti1994 vilaiyuk2019 mihara2005 vigushin1993
dobreva2021 charoin2010 debenedetti2012 us_label_actemra au_label_actemra eu_label_roactemra zhang2013
mallalieu2019 quartier2011 giannini1997 harding2019 rooney1995 machavaram2013 steensberg2003 gulati2014
kushner1978 cartmell2000 chai1996 nilsberth2009 levi2013 nishimoto2003 nishimoto2008 woo2005 yokota2005
yokota2008 lu1992 ward1995 simon2002 who2006 who2007 cdc2000 pedgrowth"""


def test_the_sources_of_the_model_are_there() -> None:
    assert set(CITED.split()) <= set(bibliography())


def test_keys_are_sorted_and_plain() -> None:
    keys = list(bibliography())
    assert keys == sorted(keys)
    assert all(key.isidentifier() and key == key.lower() for key in keys)


def test_a_doi_stands_once() -> None:
    dois = [reference.doi for reference in bibliography().values() if reference.doi]
    assert len(dois) == len(set(dois))


def test_what_was_recalled_is_marked() -> None:
    assert bibliography()["eu_label_roactemra"].status == "recalled"
    assert bibliography()["debenedetti2012"].status == "seen"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: {citation: A}", "refs.yaml, a: no status"),
        ("a: {status: seen}", "refs.yaml, a: citation and all other fields must be texts"),
        ("a: {citation: A, status: seen}", "authors, title, journal, year, volume, pages missing"),
        ("a: {citation: A, status: seen, edition: ''}", "edition missing"),
        ("a: {citation: A, status: heard}", "Write status: seen or status: recalled"),
        ("a: {citation: A, status: seen, place: x}", "unknown field 'place'"),
        ("a: {citation: A, edition: x, status: seen, doi: doi.org/10.1}", "'doi.org/10.1' is not a DOI"),
        ("a: {citation: A, status: seen, note: 3}", "Quote them"),
        ("a: A", "refs.yaml, a: no fields"),
        ("a: {citation: A, status: seen}\na: {citation: B, status: seen}", "'a' occurs twice"),
    ],
)
def test_refusals(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "refs.yaml"
    path.write_text(text)
    with pytest.raises(LedgerError) as refusal:
        read_bibliography(path)
    assert says in str(refusal.value)


PAPER = """\
a:
  citation: A 2001, J Clin 7:1
  authors: A B, C D, E F, G H
  title: On fever
  journal: J Clin
  year: "2001"
  volume: "7"
  pages: not found
  status: seen
b: {citation: A label, edition: not found, status: seen}
"""


def test_a_reference_in_full_names_what_nobody_found(tmp_path: Path) -> None:
    path = tmp_path / "refs.yaml"
    path.write_text(PAPER)
    paper, label = read_bibliography(path).values()
    assert paper.full == "A B, C D, E F, et al. On fever. J Clin 2001;7." and paper.missing == ("pages",)
    assert label.full == "A label. Edition not found." and label.missing == ("edition",)


def test_nothing_waits_for_a_check_before_use() -> None:
    for reference in bibliography().values():
        assert "to be checked" not in f"{reference.citation} {reference.note}".casefold(), reference.key


def test_a_key_in_a_text_becomes_a_citation() -> None:
    known = bibliography()["mitsuyama2006"].citation
    assert cited("another assay (mitsuyama2006); ec50, il6_homeostasis") == (
        f"another assay ({known}); ec50, il6_homeostasis"
    )
