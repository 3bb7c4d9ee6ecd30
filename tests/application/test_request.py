"""Requests as values: how they are cut into parts, and what tells two of them apart."""

from __future__ import annotations

from quotidian.application.cohort_request import identity
from quotidian.application.provenance import differences


def test_parts_hold_every_child_once(asked) -> None:
    request = asked(children=40, part=16)
    assert request.parts == 3
    assert [n for part in range(3) for n in request.numbers(part)] == list(range(40))
    assert [request.label(part) for part in range(3)] == ["00000", "00001", "00002"]
    assert asked(children=1, part=16).parts == 1


def test_labels_sort_by_number_even_beyond_five_digits(asked) -> None:
    request = asked(children=200_000, part=1)
    assert request.label(99_999) == "099999" < request.label(100_000)


def test_an_identity_differs_from_itself_in_nothing(asked) -> None:
    assert differences(identity(asked()), identity(asked())) == []


def test_the_order_of_observables_counts(asked) -> None:
    turned = asked(observables={"tocilizumab": "ug/mL", "crp": "mg/L"})
    found = differences(identity(asked()), identity(turned))
    assert found == ["observables (crp,tocilizumab there, tocilizumab,crp asked)"]


def test_what_only_one_has_is_named() -> None:
    assert differences({"a": 1}, {"b": 2}) == ["b (none there, 2 asked)", "a (1 there, none asked)"]
