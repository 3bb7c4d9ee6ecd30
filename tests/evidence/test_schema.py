"""The schema refuses every entry that does not say how we know, and says where and what to write."""

from __future__ import annotations

from typing import Any

import pytest

from quotidian.errors import LedgerError
from quotidian.evidence import (
    Assumed,
    Cv,
    Derived,
    Fitted,
    Fold,
    LogSd,
    Measured,
    NoSpread,
    RandomEffectOf,
    Range,
    Sd,
    Unknown,
    spread_text,
)
from quotidian.evidence.schema import entry_from

GOOD: dict[str, Any] = {
    "meaning": "loss of free sIL-6R",
    "symbol": "k_S",
    "value": 1.26,
    "unit": "1/day",
    "variability": {"none": "one value for all subjects"},
    "uncertainty": {"unknown": "not in the abstract"},
    "basis": "measured",
    "source": {"key": "gibiansky2012", "place": "abstract"},
    "plausible": [0.3, 4],
}


def read(**changes: Any) -> Any:
    """The good entry with fields changed, or taken out where the change is ``...``."""
    body = {field: raw for field, raw in (GOOD | changes).items() if raw is not ...}
    return entry_from("il6_receptor.yaml", "biology.il6_receptor", "k_deg", body)


def test_the_good_entry_is_taken() -> None:
    entry = read(note="half-life\n  13.2 h")
    assert (entry.name, entry.module, entry.value, entry.unit) == (
        "k_deg",
        "biology.il6_receptor",
        1.26,
        "1/day",
    )
    assert entry.basis == Measured()
    assert entry.plausible == (0.3, 4.0)
    assert entry.sources[0].place == "abstract"
    assert entry.note == "half-life 13.2 h"
    assert entry.value_in("1/h") == pytest.approx(0.0525)
    assert entry.plausible_in("1/week") == pytest.approx((2.1, 28.0))


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"value": ...}, "value", "missing"),
        ({"value": "fast"}, "value", "'fast' is not a number"),
        ({"value": True}, "value", "True is not a number"),
        ({"value": float("nan")}, "value", "nan is not a number"),
        ({"unit": ...}, "unit", "Write unit: the unit of the source, or 1 for a pure number."),
        ({"unit": "1/dya"}, "unit", "There is no unit 'dya'. Did you mean 'day'"),
        ({"unit": True}, "unit", "True is not a text"),
        ({"meaning": ...}, "meaning", "one line that says what the value is"),
        ({"meaning": " "}, "meaning", "' ' is not a text"),
        ({"symbol": ...}, "symbol", "as LaTeX"),
        ({"variability": ...}, "variability", "Write variability: between subjects: {sd: ..}"),
        ({"uncertainty": ...}, "uncertainty", "Write uncertainty: of the value: {sd: ..}"),
        ({"variability": 0.2}, "variability", "0.2 is not one kind and its content"),
        ({"uncertainty": 0.2}, "uncertainty", "0.2 is not one kind and its content"),
        ({"uncertainty": {"sd": 1, "cv": 1}}, "uncertainty", "not one kind"),
        ({"uncertainty": {"sdev": 1}}, "uncertainty", "Did you mean 'sd'?"),
        ({"variability": {"sd": -1}}, "variability", "sd -1 is not above 0"),
        ({"uncertainty": {"fold": 0.5}}, "uncertainty", "fold 0.5 is not above 1"),
        ({"uncertainty": {"log_sd": 0}}, "uncertainty", "log_sd 0 is not above 0"),
        ({"uncertainty": {"range": [2, 3]}}, "uncertainty", "the value 1.26 lies outside 2 to 3"),
        ({"variability": {"unknown": None}}, "variability", "None is not a text"),
        ({"uncertainty": {"none": ""}}, "uncertainty", "'' is not a text"),
        ({"variability": {"random_effect": ""}}, "variability", "'' is not a text"),
        (
            {"uncertainty": {"random_effect": "CL"}},
            "uncertainty",
            "'random_effect' is not a kind of uncertainty",
        ),
        ({"basis": ...}, "basis", "{assumed: because ...}"),
        ({"basis": "guessed"}, "basis", "'guessed' is not one kind"),
        ({"basis": "assumed"}, "basis", "'assumed' alone does not say how we know"),
        ({"basis": {"assumed": ""}}, "basis", "'' is not a text"),
        ({"basis": {"measured": "well"}}, "basis", "details belong in note"),
        ({"basis": {"assume": "x"}}, "basis", "Did you mean 'assumed'?"),
        ({"source": ...}, "source", "missing, yet the value is measured"),
        ({"source": [], "basis": {"fitted": "x"}}, "source", "missing, yet the value is fitted"),
        ({"source": ..., "basis": {"derived": "ln2/19"}}, "source", "missing, yet the value is derived"),
        ({"source": "gibiansky2012"}, "source", "does not have just a key and a place"),
        ({"source": {"key": "gibiansky2012"}}, "source", "does not have just a key and a place"),
        ({"source": {"key": "gibianski2012", "place": "p"}}, "source", "Did you mean 'gibiansky2012'"),
        ({"plausible": ...}, "plausible", "[low, high] in the unit of the value"),
        ({"plausible": 3}, "plausible", "3 is not a pair of numbers"),
        ({"plausible": [4, 0.3]}, "plausible", "4 is not below 0.3"),
        ({"plausible": [2, 3]}, "plausible", "the value 1.26 lies outside 2 to 3"),
        ({"note": 3}, "note", "3 is not a text"),
        ({"units": "1/h"}, "unknown field 'units'", "Did you mean 'unit'"),
    ],
)
def test_refusals_name_file_entry_field_and_remedy(changes: dict[str, Any], field: str, says: str) -> None:
    with pytest.raises(LedgerError) as refusal:
        read(**changes)
    message = str(refusal.value)
    assert message.startswith(("il6_receptor.yaml, k_deg, " + field, "il6_receptor.yaml, k_deg: " + field))
    assert says in message
    assert refusal.value.remedy


def test_an_entry_without_fields_and_a_name_that_is_none() -> None:
    with pytest.raises(LedgerError, match=r"f\.yaml, k, value: the entry has no fields"):
        entry_from("f.yaml", "m", "k", 3.0)
    with pytest.raises(LedgerError, match=r"f\.yaml, k-on: not a name of a parameter"):
        entry_from("f.yaml", "m", "k-on", GOOD)


@pytest.mark.parametrize(
    ("raw", "basis", "detail"),
    [
        ({"derived": "ln 2 / 13.2 h"}, Derived("ln 2 / 13.2 h"), "ln 2 / 13.2 h"),
        ({"fitted": "the label trough, by hand"}, Fitted("the label trough, by hand"), "to the label trough"),
        ({"fitted": "by the authors"}, Fitted("by the authors"), "by the authors"),
        ({"assumed": "because nothing is known"}, Assumed("nothing is known"), "because nothing is known"),
    ],
)
def test_the_other_bases(raw: Any, basis: Any, detail: str) -> None:
    entry = read(basis=raw)
    assert entry.basis == basis
    assert entry.basis.detail.startswith(detail)


def test_who_may_go_without_source() -> None:
    assert read(source=..., basis={"assumed": "fast"}).sources == ()
    assert read(source=..., basis={"derived": "from k_on and K_d"}).sources == ()


@pytest.mark.parametrize(
    ("raw", "spread", "text"),
    [
        ({"sd": 0.2}, Sd(0.2), "SD 0.2 1/day"),
        ({"cv": 0.39}, Cv(0.39), "CV 39 %"),
        ({"log_sd": 0.7}, LogSd(0.7), "log SD 0.7"),
        ({"fold": 2}, Fold(2.0), "within 2-fold"),
        ({"range": [1, 3]}, Range(1.0, 3.0), "1 to 3 1/day"),
        ({"unknown": "no n"}, Unknown("no n"), "unknown: no n"),
        ({"none": "a definition"}, NoSpread("a definition"), "none: a definition"),
    ],
)
def test_sizes_and_reasons_and_their_text(raw: Any, spread: Any, text: str) -> None:
    entry = read(variability=raw, uncertainty=raw)
    assert entry.variability == entry.uncertainty == spread
    assert entry.variability.text(entry.unit) == entry.uncertainty.text(entry.unit) == text


def test_variability_may_refer_to_a_random_effect() -> None:
    entry = read(variability={"random_effect": "CL"})
    assert entry.variability == RandomEffectOf("CL")
    assert entry.variability.text("1/day") == "random effect CL"


def test_a_spread_that_may_mean_either_is_refused() -> None:
    with pytest.raises(LedgerError, match="unknown field 'spread'"):
        read(spread={"sd": 0.1})


def test_a_pure_number_may_be_written_as_it_is() -> None:
    entry = read(unit=1, uncertainty={"sd": 0.1})
    assert entry.unit == "1"
    assert entry.uncertainty.text("1") == "SD 0.1"


@pytest.mark.parametrize(
    ("spread", "unit", "kept", "read"),
    [
        (Range(1.5, 3.5), "1e9/L", "1.5 to 3.5 1e9/L", "(1.5 to 3.5)·10⁹/L"),
        (Sd(0.5), "1e9/L", "SD 0.5 1e9/L", "SD 0.5·10⁹/L"),
        (Range(1.5, 3.5), "mg/L", "1.5 to 3.5 mg/L", "1.5 to 3.5 mg/L"),
        (Cv(0.2), "1e9/L", "CV 20 %", "CV 20 %"),
    ],
)
def test_the_text_of_a_spread_in_files_and_checksums_keeps_its_form(spread, unit, kept, read) -> None:
    assert (spread.text(unit), spread_text(spread, unit)) == (kept, read)
