"""Regimens in plain English."""

from xml.etree import ElementTree

import pytest

from quotidian.dosing import Bands, Regimen, bolus, by_band, describe, infusion, no_drug, oral, subcutaneous
from quotidian.dosing.durations import in_words, moment

BY_WEIGHT = Bands({"below 30 kg": "12 mg/kg", "30 kg and above": "8 mg/kg"})
IV = infusion(BY_WEIGHT, of="tocilizumab", over="1 hour")
PILL = oral("1 mg/kg", of="prednisolone")
DAILY = PILL.every("1 day")


@pytest.mark.parametrize(
    ("regimen", "words"),
    [
        (no_drug(), "no drug"),
        (PILL, "prednisolone 1 mg/kg, by mouth, once"),
        (bolus("10 mg", of="x"), "x 10 mg, as a bolus into a vein, once"),
        (subcutaneous("162 mg", of="x").every("7 day"), "x 162 mg, under the skin every 7 days"),
        (
            IV.every("14 day"),
            "tocilizumab 12 mg/kg below 30 kg, 8 mg/kg at 30 kg and above, infused over 1 hour every 14 days",
        ),
        (
            oral(Bands({"2 years to 12 years": "1 mg"}), of="x").every("12 hour"),
            "x 1 mg from 2 years to below 12 years, by mouth every 12 hours",
        ),
        (PILL.at_most("60 mg").every("1 hour"), "prednisolone 1 mg/kg, at most 60 mg, by mouth every hour"),
        (DAILY.until("84 day"), "prednisolone 1 mg/kg, by mouth every day until day 84"),
        (DAILY.until("36 hour"), "prednisolone 1 mg/kg, by mouth every day until hour 36"),
        (DAILY.times(1), "prednisolone 1 mg/kg, by mouth every day for 1 dose"),
        (
            DAILY.starting("7 day").times(6),
            "prednisolone 1 mg/kg, by mouth every day starting on day 7 for 6 doses",
        ),
        (DAILY.without([2]), "prednisolone 1 mg/kg, by mouth every day without dose 2"),
        (DAILY.without([2, 3, 5]), "prednisolone 1 mg/kg, by mouth every day without doses 2, 3 and 5"),
        (
            DAILY.times(3).every("28 day"),
            "(prednisolone 1 mg/kg, by mouth every day for 3 doses) every 28 days",
        ),
        (
            DAILY.until("28 day").starting("7 day"),
            "(prednisolone 1 mg/kg, by mouth every day until day 28), all 7 days later",
        ),
        (
            DAILY.times(2).then(PILL, after="7 day"),
            "prednisolone 1 mg/kg, by mouth every day for 2 doses; "
            "then, 7 days after the last dose, prednisolone 1 mg/kg, by mouth, once",
        ),
        (
            PILL.then(DAILY.until("14 day"), after="7 day"),
            "prednisolone 1 mg/kg, by mouth, once; then, 7 days after the last dose, "
            "prednisolone 1 mg/kg, by mouth every day until day 14 (days counted from there)",
        ),
        (
            (PILL + bolus("1 mg", of="x")).until("7 day"),
            "(prednisolone 1 mg/kg, by mouth, once; together with x 1 mg, as a bolus into a vein, once)"
            " until day 7",
        ),
    ],
)
def test_a_regimen_in_words(regimen: Regimen, words: str) -> None:
    assert describe(regimen) == words


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0.0, "0 hours"),
        (0.5, "30 minutes"),
        (1 / 60, "1 minute"),
        (1.0, "1 hour"),
        (24.0, "1 day"),
        (36.0, "36 hours"),
        (336.0, "14 days"),
        (8766.0, "1 year"),
        (-336.0, "-14 days"),
    ],
)
def test_a_length_of_time_in_words(hours: float, words: str) -> None:
    assert in_words(hours) == words


def test_a_moment_in_words() -> None:
    assert (moment(0.0), moment(2016.0), moment(36.0)) == ("day 0", "day 84", "hour 36")


def rows(regimen: Regimen) -> list[list[str]]:
    table = ElementTree.fromstring(regimen._repr_html_())
    return [[cell.text or "" for cell in row] for row in table.findall("table/tr")]


def test_a_regimen_is_printed_in_words() -> None:
    assert repr(DAILY.times(6)) == "<Regimen: prednisolone 1 mg/kg, by mouth every day for 6 doses>"
    assert repr(PILL) == "<Regimen: prednisolone 1 mg/kg, by mouth, once>"
    assert repr(no_drug()) == "<Regimen: no drug>"


def test_a_regimen_is_a_table_of_its_first_doses_in_notebooks() -> None:
    assert rows(DAILY.without([2]).times(2)) == [
        ["time", "dose"],
        ["day 0", "prednisolone 1 mg/kg, by mouth"],
        ["day 2", "prednisolone 1 mg/kg, by mouth"],
    ]
    assert len(rows(DAILY)) == 8 and rows(DAILY)[-1] == ["...", "continued"]
    assert rows(DAILY.times(9))[-1] == ["...", "and further doses"] and len(rows(DAILY.times(6))) == 7
    assert rows(no_drug()) == []


def test_the_table_shows_each_band_and_escapes_names() -> None:
    banded = by_band({"below 30 kg": DAILY, "30 kg and above": PILL})
    assert rows(banded) == [
        ["band", "regimen"],
        ["below 30 kg", "prednisolone 1 mg/kg, by mouth every day"],
        ["at 30 kg and above", "prednisolone 1 mg/kg, by mouth, once"],
    ]
    assert rows(banded.until("7 day")) == []  # the doses depend on the child
    assert "<b>x" not in bolus("10 mg", of="<b>x").every("1 day")._repr_html_()
