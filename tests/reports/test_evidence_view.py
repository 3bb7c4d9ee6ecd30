from __future__ import annotations

from quotidian.evidence import Assumed, Entry, Fitted, Ledger, Measured, Source, Unknown, all_ledgers
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


def test_counts_by_module_add_up() -> None:
    other = Ledger("drugs.y", {"d": entry("d", Fitted("a curve"))})
    assert evidence_view.counted_by_module([LEDGER, other]) == (
        ("biology.x", (1, 0, 0, 2)),
        ("drugs.y", (0, 0, 1, 0)),
    )


def test_references_are_numbered_in_the_order_of_their_citations() -> None:
    references = evidence_view.References(["zhang2013", "harding2019", "zhang2013", "no such key"])
    assert [reference.key for reference in references.all] == ["harding2019", "zhang2013"]
    assert references.number("zhang2013") == 2


def test_a_source_is_a_key_with_a_place_or_just_words() -> None:
    references = evidence_view.References(["zhang2013"])
    assert references.cite("zhang2013") == evidence_view.Citation(1, "")
    assert references.cite("zhang2013, Table 2") == evidence_view.Citation(1, "Table 2")
    assert references.cite("a talk") == evidence_view.Citation(None, "a talk")
    assert references.cite("") == evidence_view.Citation(None, "")


def test_the_report_cites_what_rows_baseline_and_ledgers_lean_on(result: TrialResult) -> None:
    keys = {reference.key for reference in evidence_view.references_of(result, [LEDGER]).all}
    assert keys == {"zhang2013", "harding2019", "us_label_actemra", "debenedetti2012", "tender_2year"}
