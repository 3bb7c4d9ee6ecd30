"""Named curves: the same bytes every time, every name beside its end, odd series refused."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from quotidian.errors import InvalidInput
from quotidian.reports.figures.curves import apart, curves

WEEKS = [0.0, 2.0, 4.0]
SERIES = {
    "one": (WEEKS, [1.0, 5.0, 10.0]),
    "two": (WEEKS, [1.0, 5.0, 10.1], [0.5, 4.0, 9.0], [2.0, 6.0, 12.0]),
}
LABELS = {"across": "weeks", "up": "trough, ug/mL", "alt": "Both rise."}


def heights(drawn: str) -> dict[str, float]:
    """Where the text of each label begins, from the top."""
    found = re.findall(
        r'<text[^>]*?(?: y="([\d.]+)"|translate\([\d.]+ ([\d.]+)\))[^>]*>(one|two)</text>', drawn
    )
    return {name: float(a or b) for a, b, name in found}


def test_curves_are_drawn_alike_every_time_with_their_names() -> None:
    drawn = curves(SERIES, **LABELS)
    assert drawn == curves(SERIES, **LABELS)
    ElementTree.fromstring(drawn)
    assert 'aria-label="Both rise."' in drawn and ">weeks<" in drawn and ">trough, ug/mL<" in drawn
    assert "#0072b2" in drawn and "#d55e00" in drawn  # a curve, and one with its span


def test_names_of_curves_that_end_together_do_not_touch() -> None:
    at = heights(curves(SERIES, **LABELS))
    assert set(at) == {"one", "two"} and at["one"] - at["two"] > 8


def test_a_logarithmic_axis_has_plain_numbers() -> None:
    drawn = curves({"CRP": (WEEKS, [0.5, 20.0, 200.0])}, log=True, **LABELS)
    assert ">100<" in drawn and ">1<" in drawn


@pytest.mark.parametrize(
    "series",
    [{}, {str(i): (WEEKS, WEEKS) for i in range(7)}, {"x": (WEEKS, [1.0])}, {"x": (WEEKS, WEEKS, WEEKS)}],
)
def test_odd_series_are_refused(series: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match="cannot be"):
        curves(series, **LABELS)  # type: ignore[arg-type]


def test_zero_has_no_place_on_a_logarithmic_axis() -> None:
    with pytest.raises(InvalidInput, match="all above 0"):
        curves({"x": (WEEKS, WEEKS)}, log=True, **LABELS)


def test_labels_are_put_apart_and_stay_below_the_top() -> None:
    assert apart([0.1, 0.5], 0.1) == [0.1, 0.5]
    assert apart([0.1, 0.12, 0.13], 0.1) == pytest.approx([0.1, 0.2, 0.3])
    assert apart([0.97, 0.98, 0.99], 0.1) == pytest.approx([0.8, 0.9, 1.0])
