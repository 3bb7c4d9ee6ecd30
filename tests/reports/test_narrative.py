from __future__ import annotations

import math
from dataclasses import replace

import pytest

from quotidian.reports import narrative
from quotidian.reports.tables import endpoints_csv
from quotidian.reports.wording import virtual_cell
from quotidian.trials.result import TrialResult
from quotidian.trials.rows import EndpointRow, of_replicates


def row(virtual: float, role: str = "calibration", unit: str = "%") -> EndpointRow:
    return EndpointRow("placebo", "fever_free", 12, unit, virtual, 30.0, 60.0, 21.0, 7.1, 42.2, role)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_headline_puts_published_beside_virtual(result: TrialResult) -> None:
    assert plain(narrative.headline(result)) == (
        "At week 12 the primary endpoint was met by 84.0 % of the virtual children on tocilizumab and "
        "21.6 % on placebo; the published trial found 85 % on tocilizumab and 24 % on placebo."
    )


def test_a_headline_without_a_published_number_says_so(result: TrialResult) -> None:
    bare = tuple(replace(r, published=None, published_low=None, published_high=None) for r in result.rows)
    assert narrative.headline(replace(result, rows=bare)).endswith("there is no published result to compare.")


def test_a_headline_without_a_primary_endpoint_says_so(result: TrialResult) -> None:
    rows = tuple(r for r in result.rows if r.endpoint != "primary")
    assert narrative.headline(replace(result, rows=rows)).endswith("no primary endpoint was computed.")


def test_every_row_outside_has_its_sentence(result: TrialResult) -> None:
    first, second = map(plain, narrative.outside(result.rows))
    assert first == (
        "JIA ACR90, tocilizumab, week 12: virtual 50.7 % (40.0 to 61.3), published 37 % (26.4 to 49.3); "
        "outside, 1.4 points above the published interval."
    )
    assert second.startswith("Trough level, tocilizumab, week 12: virtual 66.3 µg/mL (60.8 to 71.9)")
    assert second.endswith("outside, 3.51 µg/mL above the published interval.")


def test_below_and_no_number_are_told_apart() -> None:
    assert "2.1 points below" in narrative.outside((row(5.0),))[0]
    assert "gave no number" in narrative.outside((row(math.nan),))[0]
    assert narrative.outside((row(20.0),)) == ()


def test_a_number_without_interval_is_outside_where_it_is_not_in_the_virtual_one() -> None:
    (sentence,) = narrative.outside((EndpointRow("a", "acr30", 4, "%", 50.0, 40.0, 60.0, 70.0),))
    assert sentence.endswith("outside, because the published number is not within the virtual interval.")


def test_agreement_with_what_was_aimed_at_is_no_prediction() -> None:
    fitted = narrative.agreement((row(20.0), row(50.0)))
    assert fitted.startswith("1 of 2 compared rows agree with the published number.")
    assert "can fit them, not that it predicts" in fitted
    assert "None of them was used to tune" in narrative.agreement((row(20.0, "validation"),))
    mixed = narrative.agreement((row(20.0), row(50.0), row(20.0, "validation")))
    assert "By role: 1 of 2 calibration and 1 of 1 validation." in mixed


def test_a_single_replicate_has_no_interval_and_no_verdict() -> None:
    row = EndpointRow("a", "acr30", 4, "%", 50.0, 50.0, 50.0, 45.0, 40.0, 44.0, "validation")
    assert row.inside is False
    (alone,) = of_replicates([row], 1)
    assert alone.inside is None and virtual_cell(alone) == "50.0"
    assert narrative.agreement((alone,)).startswith("Too few replicates to judge: 1 of 20.")
    assert narrative.outside((alone,)) == ()
    cells = endpoints_csv((alone,)).splitlines()[1].split(",")
    assert cells[3:6] == ["50.0", "", ""]


@pytest.mark.parametrize(("replicates", "said"), [(2, None), (19, None), (20, False)])
def test_a_row_is_judged_from_twenty_replicates(replicates: int, said: bool | None) -> None:
    (one,) = of_replicates([row(50.0)], replicates)
    assert one.inside is said and (one.virtual, one.low, one.high) == (50.0, 30.0, 60.0)
    cells = endpoints_csv((one,)).splitlines()[1].split(",")
    assert cells[3:6] == ["50.0", "30.0", "60.0"] and cells[11] == ("" if said is None else "false")
    assert ("to judge" in narrative.agreement((one,))) is (said is None)


def test_entry_characteristics_are_named_where_rows_are_counted() -> None:
    assert narrative.at_entry("tender").startswith("6 published characteristics at entry are not among")
    assert narrative.at_entry("infants").startswith("1 published characteristic at entry is not among")
    assert narrative.at_entry("woo-2005") == narrative.at_entry("a study of one's own") == ""


def test_nothing_published_no_verdict() -> None:
    lone = EndpointRow("a", "acr30", 4, "%", 50.0, 40.0, 60.0)
    assert "none can be called inside or outside" in narrative.agreement((lone,))


def test_whom_the_figures_are_drawn_from(result: TrialResult) -> None:
    said = "100 replicate trials of 112 virtual children (75 tocilizumab, 37 placebo), seed 1"
    assert narrative.replicates_of(result) == said
    assert narrative.replicates_of(replace(result, replicates=1)).startswith("1 replicate trial of")
    some_randomised = replace(result, children={"tocilizumab": 1, "placebo": 1}, size=56)
    assert narrative.replicates_of(some_randomised) == "100 replicate trials of 56 virtual children, seed 1"


def test_rows_of_all_arms_together_are_not_read_as_an_arm(result: TrialResult) -> None:
    pooled = tuple(replace(row, arm="all", published=None) for row in result.rows if row.arm == "placebo")
    reported = tuple(replace(row, arm="all", endpoint="crp") for row in pooled)
    whole = replace(result, rows=(*result.rows, *pooled, *reported))
    assert narrative.headline(whole) == narrative.headline(result)
    assert whole.by_arm == (*result.rows, *reported)
