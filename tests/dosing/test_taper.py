"""Doses that come down: step by step, to a floor or to nothing, as a value and as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotidian.dosing import Amount, Bands, Person, Taper, describe, oral, schedule
from quotidian.drugs.catalogue import regimen
from quotidian.errors import RegimenError

DAILY = oral("1 mg/kg", of="prednisolone").every("1 day")
CHILD = Person(20, 6)


def doses(text_or_regimen, days: int, person: Person = CHILD) -> list[float]:
    plan = regimen(text_or_regimen) if isinstance(text_or_regimen, str) else text_or_regimen
    return [one.amount_mg for one in schedule(plan, person, days * 24.0).administrations]


def test_each_step_takes_its_share_of_the_dose_before_it() -> None:
    given = doses(Taper(by="20 %", every="2 week").of(DAILY), 42)
    assert given == pytest.approx([20.0] * 14 + [16.0] * 14 + [12.8] * 14)


def test_a_floor_is_kept_for_good_and_without_one_the_drug_is_stopped() -> None:
    kept = doses(Taper(by="50 %", every="1 week", floor="0.3 mg/kg").of(DAILY), 60)
    assert kept[14:] == pytest.approx([6.0] * 46)
    stopped = doses(Taper(by="50 %", every="1 week").of(DAILY), 60)
    assert stopped == pytest.approx([20.0] * 7 + [10.0] * 7 + [5.0] * 7 + [2.5] * 7)
    assert not Taper(by="50 %", every="1 week").of(DAILY).endless


def test_bands_and_caps_come_down_with_the_dose() -> None:
    bands = Bands({"below 30 kg": "2 mg/kg", "30 kg and above": "1 mg/kg"})
    banded = Taper(by="25 %", every="1 week").of(oral(bands, of="x").every("1 day"))
    assert doses(banded, 8)[-1] == pytest.approx(30.0)
    capped = Taper(by="25 %", every="1 week").of(oral("1 mg/kg", of="x").at_most("60 mg").every("1 day"))
    assert doses(capped, 8, Person(80, 16)) == pytest.approx([60.0] * 7 + [45.0])


@given(share=st.integers(1, 99), step=st.integers(0, 40))
def test_a_rule_at_a_visit_takes_the_same_steps(share: int, step: int) -> None:
    taper = Taper(by=f"{share} %", every="1 week", floor="0.2 mg/kg")
    dose = Amount(1.0, "kg")
    for _ in range(step):
        dose = taper.after(dose)
    once = oral("1 mg/kg", of="prednisolone")
    assert taper.dose(once, step).mg(CHILD) == pytest.approx(dose.mg(CHILD))
    assert dose.value_mg >= 0.2
    assert taper.after(Amount(0.1, "kg")) == Amount(0.1, "kg")  # never up


def test_as_text_and_in_words() -> None:
    text = "prednisolone:1mg/kg/day,taper=20%/2wk,floor=0.2mg/kg"
    assert regimen(text) == Taper(by="20 %", every="2 week", floor="0.2 mg/kg").of(DAILY)
    assert describe(regimen("prednisolone:1mg/kg/1d,taper=10%/1wk ..84d")) == (
        "prednisolone 1 mg/kg, by mouth every day, 10 % less every 7 days, then stopped until day 84"
    )
    assert "together with prednisolone" in describe(regimen(f"tocilizumab-iv + {text} @14d"))
    assert doses("prednisolone,taper=50%/1wk", 8)[-1] == 10.0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("prednisolone:1mg/kg/1d,taper=0%/2wk", "a taper by '0%' is refused"),
        ("prednisolone:1mg/kg/1d,taper=100%/2wk", "a taper by '100%' is refused"),
        ("prednisolone:1mg/kg/1d,taper=nan%/2wk", "a taper by 'nan%' is refused"),
        ("prednisolone:1mg/kg/1d,taper=20/2wk", "a taper by '20' is refused"),
        ("prednisolone:1mg/kg/1d,taper=20%", "cannot be read"),
        ("prednisolone:1mg/kg/1d,floor=1mg", "cannot be read"),
        ("prednisolone:1mg/kg/1d,taper=20%/2wk,taper=20%/2wk", "cannot be read"),
        ("prednisolone:1mg/kg/1d,tapr=20%/2wk", "cannot be read"),
        ("prednisolone:1mg/kg/1d,taper=20%/2wk,floor=low", "the floor 'low' in"),
        ("prednisolone:1mg/kg/1d,taper=20%/2wk,floor=5mg", "a taper of 1 mg/kg cannot end at 5 mg"),
        ("prednisolone:1mg/kg/1d,taper=20%/2h", "a step of a taper of 2 hours is refused"),
    ],
)
def test_what_is_no_taper_is_refused_with_an_example(text: str, says: str) -> None:
    with pytest.raises(RegimenError) as refusal:
        regimen(text)
    assert says in str(refusal.value)
    assert "taper=20%/2wk" in refusal.value.remedy
