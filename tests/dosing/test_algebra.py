"""The laws of the algebra: side by side, nothing at all, and regimens as values."""

import pickle
from dataclasses import FrozenInstanceError

import pytest

from quotidian.dosing import Regimen, infusion, no_drug, oral

DOSE = infusion("8 mg/kg", of="tocilizumab", over="1 hour")
STEROID = oral("1 mg/kg", of="prednisolone")
FORTNIGHTLY = DOSE.every("14 day")


def days(regimen: Regimen) -> list[float]:
    """Days of all doses."""
    return [time / 24 for time, _ in regimen.given()]


def test_alongside_merges_in_order_of_time() -> None:
    both = FORTNIGHTLY.times(2).alongside(STEROID.every("7 day").starting("1 day").times(3))
    assert days(both) == [0, 1, 8, 14, 15]
    assert both.drugs == {"tocilizumab", "prednisolone"}


def test_plus_is_alongside() -> None:
    assert FORTNIGHTLY.alongside(STEROID) == FORTNIGHTLY + STEROID


def test_alongside_is_associative_and_no_drug_is_its_zero() -> None:
    a, b, c = DOSE, STEROID, FORTNIGHTLY
    assert (a + b) + c == a + (b + c)
    assert no_drug() + a == a + no_drug() == a
    assert no_drug() + no_drug() == no_drug()


def test_alongside_is_endless_if_a_part_is() -> None:
    assert (DOSE + FORTNIGHTLY).endless
    assert not (DOSE + STEROID).endless
    assert not (DOSE + FORTNIGHTLY).until("84 day").endless


def test_no_drug_gives_nothing() -> None:
    assert list(no_drug().given()) == []
    assert not no_drug().endless
    assert no_drug().drugs == frozenset()


@pytest.mark.parametrize(
    "regimen",
    [
        no_drug(),
        DOSE,
        FORTNIGHTLY,
        FORTNIGHTLY.until("84 day"),
        FORTNIGHTLY.times(6),
        FORTNIGHTLY.starting("7 day"),
        FORTNIGHTLY.without([2]),
        DOSE.then(DOSE, after="7 day"),
        DOSE + STEROID,
    ],
    ids=lambda regimen: type(regimen).__name__,
)
def test_a_regimen_is_a_value(regimen: Regimen) -> None:
    copy = pickle.loads(pickle.dumps(regimen))
    assert regimen == copy and copy is not regimen
    assert len({regimen, copy}) == 1
    with pytest.raises((FrozenInstanceError, TypeError, AttributeError)):
        regimen.base = DOSE  # type: ignore[attr-defined]
