"""Every combinator of the algebra: what it gives, its laws, and what it refuses."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotidian.dosing import Regimen, infusion, no_drug, oral
from quotidian.errors import InvalidQuantity, RegimenError

DOSE = infusion("8 mg/kg", of="tocilizumab", over="1 hour")
STEROID = oral("1 mg/kg", of="prednisolone")
FORTNIGHTLY = DOSE.every("14 day")


def days(regimen: Regimen, first: int = 8) -> list[float]:
    """Days of the first doses."""
    return [time / 24 for time, _ in islice(regimen.given(), first)]


def refusal(error: pytest.ExceptionInfo[RegimenError]) -> str:
    return str(error.value)


# every


def test_every_goes_on_without_end() -> None:
    assert days(FORTNIGHTLY, 5) == [0, 14, 28, 42, 56]
    assert FORTNIGHTLY.endless


def test_a_pulse_repeats_as_a_block() -> None:
    pulse = STEROID.every("1 day").times(3)
    assert days(pulse.every("28 day"), 7) == [0, 1, 2, 28, 29, 30, 56]


def test_start_and_repetition_change_places_freely() -> None:
    assert days(DOSE.starting("7 day").every("2 day")) == days(DOSE.every("2 day").starting("7 day"))


@pytest.mark.parametrize("interval", ["59 min", "0 day", "-14 day", "366 day"])
def test_an_interval_nobody_keeps_is_refused(interval: str) -> None:
    with pytest.raises(
        RegimenError, match=r"an interval of .* is refused\.\n  It must lie from 1 hour to 1 year\."
    ):
        DOSE.every(interval)


@pytest.mark.parametrize("interval", ["1 hour", "1 year"])
def test_the_shortest_and_the_longest_interval(interval: str) -> None:
    assert DOSE.every(interval).endless


def test_an_interval_is_a_time() -> None:
    with pytest.raises(InvalidQuantity, match="'14 kg'"):
        DOSE.every("14 kg")


def test_an_endless_regimen_does_not_repeat() -> None:
    with pytest.raises(RegimenError) as error:
        FORTNIGHTLY.every("28 day")
    assert refusal(error) == (
        "a regimen without end cannot be repeated.\n"
        "  It has no last dose from which to continue.\n"
        "  Give it an end: .times(3).every('28 day')."
    )


def test_a_block_is_over_before_it_repeats() -> None:
    with pytest.raises(RegimenError) as error:
        STEROID.every("1 day").times(3).every("2 day")
    assert error.value.what == "a block of doses 2 days long cannot repeat every 2 days."


def test_nothing_does_not_repeat() -> None:
    with pytest.raises(RegimenError, match="there is no dose to repeat"):
        no_drug().every("1 day")


# until, times, starting


def test_until_is_half_open() -> None:
    assert days(FORTNIGHTLY.until("84 day")) == [0, 14, 28, 42, 56, 70]
    assert days(FORTNIGHTLY.until("84.1 day")) == [0, 14, 28, 42, 56, 70, 84]
    assert not FORTNIGHTLY.until("84 day").endless


def test_until_is_half_open_where_binary_fractions_are_not_exact() -> None:
    assert 3 * (0.1 * 24) != 0.3 * 24
    assert len(days(STEROID.every("0.1 day").until("0.3 day"))) == 3


@given(tenths=st.integers(1, 400), n=st.integers(1, 60))
def test_a_dose_exactly_at_until_is_never_given(tenths: int, n: int) -> None:
    regimen = STEROID.every(f"{tenths / 10 + 1} hour").until(f"{n * (tenths + 10) / 10} hour")
    assert len(list(regimen.given())) == n


@pytest.mark.parametrize("end", ["0 day", "-1 day", "101 year"])
def test_an_end_nobody_reaches_is_refused(end: str) -> None:
    with pytest.raises(
        RegimenError, match=r"an end of .* is refused\.\n  It must lie from 1 hour to 100 years"
    ):
        FORTNIGHTLY.until(end)


def test_times_counts_doses() -> None:
    assert days(FORTNIGHTLY.times(3)) == [0, 14, 28]
    assert not FORTNIGHTLY.times(3).endless


@pytest.mark.parametrize("n", [0, -1, 100_001])
def test_a_count_nobody_gives_is_refused(n: int) -> None:
    with pytest.raises(
        RegimenError, match=rf"a count of {n} doses is refused\.\n  It must lie from 1 to 100000"
    ):
        FORTNIGHTLY.times(n)


def test_more_doses_than_there_are_is_refused() -> None:
    with pytest.raises(RegimenError) as error:
        DOSE.times(3)
    assert refusal(error) == (
        "there is no dose number 3.\n"
        "  The regimen gives 1 dose in all.\n"
        "  Lower the number, or repeat the dose first, for example with .every('14 day')."
    )
    with pytest.raises(RegimenError, match="gives 6 doses in all"):
        FORTNIGHTLY.until("84 day").times(7)


def test_starting_moves_every_dose_and_two_starts_add() -> None:
    assert days(FORTNIGHTLY.starting("7 day"), 3) == [7, 21, 35]
    assert days(FORTNIGHTLY.starting("7 day").starting("3 day"), 3) == [10, 24, 38]
    assert FORTNIGHTLY.starting("7 day").endless


def test_the_order_of_verbs_has_a_meaning() -> None:
    weekly = DOSE.every("7 day")
    assert days(weekly.until("28 day").starting("7 day")) == [7, 14, 21, 28]
    assert days(weekly.starting("7 day").until("28 day")) == [7, 14, 21]


def test_nothing_starts_before_the_start() -> None:
    with pytest.raises(RegimenError, match="a start of -1 days is refused"):
        DOSE.starting("-1 day")


# without


def test_missed_doses_leave_the_others_where_they_were() -> None:
    assert days(FORTNIGHTLY.without(doses=[2, 3]), 4) == [0, 42, 56, 70]
    assert FORTNIGHTLY.without(doses=[2]).endless


def test_a_missed_dose_counts_or_not_as_the_order_says() -> None:
    assert days(FORTNIGHTLY.times(4).without([2])) == [0, 28, 42]
    assert days(FORTNIGHTLY.without([2]).times(4)) == [0, 28, 42, 56]


def test_missed_doses_are_a_set() -> None:
    assert FORTNIGHTLY.without([3, 2, 3]) == FORTNIGHTLY.without([2, 3])


@pytest.mark.parametrize("doses", [[], [0], [-1, 2]])
def test_doses_are_numbered_from_one(doses: list[int]) -> None:
    with pytest.raises(RegimenError, match="Doses are numbered from 1; name at least one"):
        FORTNIGHTLY.without(doses)


def test_a_dose_that_is_not_there_cannot_be_missed() -> None:
    with pytest.raises(RegimenError, match="there is no dose number 7"):
        FORTNIGHTLY.until("84 day").without([6, 7])


@pytest.mark.parametrize("verb", ["times", "without"])
def test_side_by_side_has_no_numbering(verb: str) -> None:
    both = (FORTNIGHTLY + STEROID.every("1 day")).starting("7 day")
    with pytest.raises(RegimenError) as error:
        both.times(3) if verb == "times" else both.without([3])
    assert refusal(error) == (
        "doses given in parallel have no single numbering.\n"
        "  The second dose could belong to any part.\n"
        "  Count or omit doses in each part first, then combine the parts."
    )


# then


def test_then_counts_from_the_last_dose_given() -> None:
    monthly = DOSE.every("28 day")
    assert days(FORTNIGHTLY.until("84 day").then(monthly, after="28 day")) == [0, 14, 28, 42, 56, 70, 98, 126]
    assert days(FORTNIGHTLY.times(3).without([3]).then(monthly, after="28 day"), 4) == [0, 14, 42, 70]


def test_then_keeps_the_start_of_what_follows() -> None:
    assert days(DOSE.then(DOSE.starting("2 day"), after="7 day")) == [0, 9]


def test_then_chains() -> None:
    assert days(DOSE.then(DOSE, after="1 day").then(DOSE, after="2 day")) == [0, 1, 3]
    assert days(DOSE.then(DOSE.then(DOSE, after="2 day"), after="1 day")) == [0, 1, 3]


def test_numbers_run_through_then() -> None:
    assert days(DOSE.then(FORTNIGHTLY, after="7 day").without([2]).times(3)) == [0, 21, 35]


def test_then_is_as_endless_as_what_follows() -> None:
    assert DOSE.then(FORTNIGHTLY, after="7 day").endless
    assert not DOSE.then(DOSE, after="7 day").endless


def test_nothing_follows_an_endless_regimen() -> None:
    with pytest.raises(RegimenError) as error:
        FORTNIGHTLY.then(DOSE, after="28 day")
    assert refusal(error) == (
        "a regimen without end cannot be followed by another.\n"
        "  It has no last dose from which to continue.\n"
        "  Give it an end: .until('84 day') or .times(6)."
    )


def test_no_gap_is_counted_from_no_dose() -> None:
    with pytest.raises(
        RegimenError, match=r"there is no last dose to count from(.|\n)*\.starting\('28 day'\)"
    ):
        no_drug().then(DOSE, after="28 day")


@pytest.mark.parametrize("gap", ["0 day", "-1 day"])
def test_a_gap_is_above_zero(gap: str) -> None:
    with pytest.raises(RegimenError, match=r"a gap of .* is refused"):
        DOSE.then(DOSE, after=gap)
