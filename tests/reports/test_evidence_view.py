from __future__ import annotations

import csv
import io
from dataclasses import replace

from quotidian.evidence import Assumed, Entry, Ledger, Measured, Source, Unknown, all_ledgers
from quotidian.evidence.basis import Basis
from quotidian.reports import evidence_view
from quotidian.trials.result import TrialResult


def entry(name: str, basis: Basis, *keys: str) -> Entry:
    sources = tuple(Source(key, "page 1") for key in keys)
    return Entry(
        name, "biology.x", name, name, 1.0, "1", Unknown("none"), Unknown("none"), basis, sources, (0.0, 2.0)
    )


LEDGER = Ledger(
    "biology.x",
    {
        "a": entry("a", Assumed("it is"), "zhang2013"),
        "b": entry("b", Measured(), "harding2019"),
        "c": entry("c", Assumed("it must")),
    },
)


def test_entries_are_grouped_by_basis_the_firmest_first() -> None:
    groups = evidence_view.grouped([LEDGER])
    assert [(g.word, [e.name for e in g.entries]) for g in groups] == [
        ("measured", ["b"]),
        ("derived", []),
        ("fitted", []),
        ("assumed", ["a", "c"]),
    ]


def test_every_entry_of_the_package_has_its_group() -> None:
    ledgers = all_ledgers()
    groups = evidence_view.grouped(ledgers)
    assert sum(len(group.entries) for group in groups) == sum(len(ledger) for ledger in ledgers) > 50


def test_a_report_holds_the_ledgers_of_its_trial_alone(bare: TrialResult) -> None:
    made = replace(bare, modules=("fever", "tocilizumab"), provenance={"model": "sjia"})
    used = {ledger.module for ledger in evidence_view.used_by(made, all_ledgers())}
    assert {"biology.fever", "drugs.tocilizumab", "patients.variability", "indications.diseases.sjia"} <= used
    assert not {"drugs.tofacitinib", "biology.mouse_size", "models.transgenic_mouse", "biology.iron"} & used


def test_the_values_leave_as_a_table() -> None:
    head, *lines = csv.reader(io.StringIO(evidence_view.evidence_csv([LEDGER])))
    assert [line[head.index("name")] for line in lines] == ["biology.x.a", "biology.x.b", "biology.x.c"]
    assert lines[0][head.index("basis")] == "assumed" and "Zhang" in lines[0][head.index("sources")]


def test_sources_of_values_are_numbered_after_those_of_the_text() -> None:
    references = evidence_view.References(["zhang2013"], ["harding2019", "zhang2013"])
    assert [references.number(key) for key in ("zhang2013", "harding2019")] == [1, 2]
    assert [one.key for one in references.values] == ["harding2019"]


def test_references_are_numbered_in_the_order_of_their_citations() -> None:
    references = evidence_view.References(["zhang2013", "harding2019", "zhang2013", "no such key"])
    assert [reference.key for reference in references.text] == ["harding2019", "zhang2013"]
    assert references.number("zhang2013") == 2


def test_a_source_is_a_key_with_a_place_or_just_words() -> None:
    references = evidence_view.References(["zhang2013"])
    assert references.cite("zhang2013") == evidence_view.Citation(1, "")
    assert references.cite("zhang2013, Table 2") == evidence_view.Citation(1, "Table 2")
    assert references.cite("a talk") == evidence_view.Citation(None, "a talk")
    assert references.cite("") == evidence_view.Citation(None, "")


def test_the_report_cites_what_its_rows_rest_on_apart_from_its_values(result: TrialResult) -> None:
    references = evidence_view.references_of(result, [LEDGER])
    assert {one.key for one in references.text} == {
        "us_label_actemra", "debenedetti2012", "tender_2year", "zhang2013",
    }  # fmt: skip
    assert {one.key for one in references.values} == {"harding2019"}
