from __future__ import annotations

import math

import pytest

from quotidian.reports import wording
from quotidian.trials.rows import EndpointRow


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1341.0, 3, "1341"), (57.5, 4, "57.5"), (245.0, 3, "245"), (3.1841, 3, "3.18"), (0.012345, 3, "0.0123")]
    + [(0.0, 3, "0"), (12345.6, 3, "12346"), (-2.5, 2, "-2.5"), (100.0, 3, "100"), (math.nan, 3, "–")],
)
def test_significant_digits(value: float, digits: int, text: str) -> None:
    assert wording.significant(value, digits) == text


def test_a_percentage_has_one_decimal_and_nothing_else_has() -> None:
    assert wording.number(84.04, "%") == "84.0"
    assert wording.number(84.04, "ug/mL") == "84"
    assert wording.number(None, "%") == "–"
    assert wording.number(math.inf, "%") == "–"


def test_units_are_printed_as_the_clinic_writes_them() -> None:
    units = ("ug*day/mL", "degC", "1", "%", "mg/L", "m**2", "1e9/L")
    assert [wording.unit_sign(unit) for unit in units] == ["µg·day/mL", "°C", "", "%", "mg/L", "m²", "10⁹/L"]


def test_names_fall_back_to_words() -> None:
    assert wording.spoken("acr30") == "JIA ACR30"
    assert wording.spoken("time_to_flare") == "time to flare"
    assert wording.within("temperature") == "body temperature"
    assert wording.within("crp") == "CRP"


def test_the_map_names_substances_as_the_clinic_does() -> None:
    assert [wording.species_name(n) for n in ("il18", "maleness", "age_1", "joint_il6", "ifn_gamma")] == [
        "IL-18", "sex", "age class 1", "joint IL-6", "IFN γ",
    ]  # fmt: skip


def test_lists_and_counts_read_as_sentences() -> None:
    assert wording.listed(["a"]) == "a"
    assert wording.listed(["a", "b", "c"]) == "a, b and c"
    assert wording.listed([]) == ""
    assert (wording.counted(1, "row"), wording.counted(2, "row")) == ("1 row", "2 rows")
    assert wording.thousands(15873) == "15\u202f873"


@pytest.mark.parametrize(
    ("published", "said"),
    [
        ((None, None, None), ""),
        ((24.0, None, None), "inside"),
        ((36.0, None, None), "outside"),
        ((24.0, 12.0, 41.0), "inside"),
    ]
    + [((24.0, 30.0, 41.0), "outside")],
)
def test_a_verdict_says_why(published: tuple[float | None, float | None, float | None], said: str) -> None:
    row = EndpointRow("placebo", "primary", 12, "%", 21.0, 8.0, 35.0, *published)
    assert wording.verdict(row) == said


def test_cells_leave_out_what_is_not_there() -> None:
    row = EndpointRow("placebo", "primary", 12, "%", 21.62, 8.1, 35.1, 24.0)
    assert wording.virtual_cell(row) == "21.6 (8.1 to 35.1)"
    assert wording.published_cell(row) == "24"
    assert wording.published_cell(EndpointRow("placebo", "primary", 12, "%", 21.62, 8.1, 35.1)) == "–"


def test_a_negative_end_of_an_interval_keeps_its_word() -> None:
    assert wording.short_span("90.7 (81.3 to 95.1)") == "90.7 (81.3–95.1)"
    assert wording.short_span("-95.3 (-98.1 to -92.4)") == "-95.3 (-98.1 to -92.4)"
    assert wording.short_span("1.2 (-0.4 to 2.8)") == "1.2 (-0.4–2.8)"
