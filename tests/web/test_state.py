"""A page as a value: every state is restored by its own link, and nothing else is let in."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotidian.dosing import describe
from quotidian.drugs.catalogue import regimen
from quotidian.errors import ImplausibleChild, InvalidInput, InvalidQuantity, UnknownName
from quotidian.patients import growth
from quotidian.web.regimen_form import NAMES, Plan
from quotidian.web.reproduce import commands
from quotidian.web.state import BEFORE_DAYS, HORIZONS, MOST_POINTS, NARROWEST, ChildState

PLANS = st.builds(
    Plan,
    drug=st.sampled_from(NAMES),
    dose=st.none() | st.sampled_from([2.0, 8.5]),
    unit=st.sampled_from(["mg/kg", "mg"]),
    every=st.sampled_from([14.0]),
    missed=st.sampled_from([(), (2, 5)]),
    stop=st.none() | st.just(70.0),
)


@given(
    age=st.sampled_from([2.0, 6.5, 17.9]), sex=st.sampled_from(["female", "male"]),
    plans=st.lists(PLANS, min_size=1, max_size=4), weeks=st.sampled_from(HORIZONS),
    steroid=st.sampled_from([0.0, 0.35]), flares=st.sampled_from([(), (3.0, 9.5)]),
    course=st.sampled_from(["steady", "drawn"]), window=st.sampled_from([None, (1.25, 2.5)]),
)  # fmt: skip
def test_the_link_of_a_state_restores_it(age, sex, plans, weeks, steroid, flares, course, window):
    kept = tuple(p if p.dose is not None else Plan(p.drug, missed=p.missed, stop=p.stop) for p in plans)
    weight = float(f"{growth.quantile('weight', age, sex, 0.5):.4g}")
    state = ChildState(
        age, sex, weight, course=course, seed=4 if course != "steady" else 1, steroid=steroid, flares=flares,
        weeks=weeks, plans=kept, window=window,
    )  # fmt: skip
    assert ChildState.read(dict(parse_qsl(state.link.removeprefix("?")))) == state


def test_an_empty_query_is_the_usual_child() -> None:
    state = ChildState.read({})
    assert (state.age, state.sex, state.weeks) == (6.0, "female", 12)
    assert state == ChildState(weight=state.weight)
    assert state.regimens == {"A": "tocilizumab-iv", "B": "none"}
    assert ChildState.read({"a_drug": "anakinra"}).regimens == {"A": "anakinra"}
    assert state.weight == round(growth.quantile("weight", 6.0, "female", 0.0), 2)


@pytest.mark.parametrize(
    ("query", "error", "said"),
    [
        ({"age": "40"}, InvalidQuantity, "2 to 17.9"),
        ({"age": "nan"}, InvalidQuantity, "2 to 17.9"),
        ({"weight": "90"}, ImplausibleChild, "weighs 90 kg"),
        ({"sex": "mail"}, UnknownName, "Did you mean 'male'"),
        ({"weeks": "13"}, InvalidQuantity, "13 weeks is not offered"),
        ({"weeks": "9999"}, InvalidQuantity, "2 to 260"),
        ({"a_drug": "aspirin"}, UnknownName, "aspirin"),
        ({"a_drug": "tocilizumab-iv", "a_dose": "1e9"}, InvalidQuantity, "5000"),
        ({"flares": "1,x"}, InvalidQuantity, "flares"),
        ({"flares": ",".join(["3"] * 200)}, InvalidQuantity, "too long"),
        ({"drawn": "../../etc/passwd"}, ImplausibleChild, "seed, replicate and number"),
        ({"course": "__class__"}, UnknownName, "course"),
    ],
)
def test_what_no_page_sends_is_refused_in_words(
    query: dict[str, str], error: type[InvalidInput], said: str
) -> None:
    with pytest.raises(error, match=said):
        ChildState.read(query)


def test_a_typed_dose_leaves_the_weight_to_the_last_digit() -> None:
    before = ChildState.read({"weight": "25"})
    typed = ChildState.read({"weight": "25", "a_dose": "6"}, before, "a_dose")
    assert typed.weight == 25.0 and "--weight 25.0 " in commands(typed)
    older = ChildState.read({"age": "9.3", "weight": "25"}, before, "age")
    assert (
        older.weight == round(older.weight, 2) and ChildState.read(dict(parse_qsl(older.link[1:]))) == older
    )


def test_a_child_that_grows_older_keeps_its_centile_and_its_own_weight_when_that_is_moved() -> None:
    small = ChildState.read({"age": "6", "weight": "17"})
    older = ChildState.read({"age": "12", "weight": "17"}, small, "age")
    score = growth.sd_score("weight", 6.0, "female", 17.0)
    assert growth.sd_score("weight", 12.0, "female", older.weight) == pytest.approx(score, abs=0.002)
    assert ChildState.read({"age": "12", "weight": "40"}, older, "weight").weight == 40.0


def test_a_child_of_a_trial_is_that_child_until_a_control_of_its_own_moves() -> None:
    drawn = ChildState.read({"drawn": "1-0-5", "a_drug": "none"})
    assert drawn.child.random_effects and drawn.weight == drawn.child.weight_kg
    assert ChildState.read(dict(parse_qsl(drawn.link[1:]))).child == drawn.child
    own = ChildState.read(dict(parse_qsl(drawn.link[1:])) | {"severity": "2"}, drawn, "severity")
    assert own.drawn is None and own.child.severity == 2.0 and not own.child.random_effects


@pytest.mark.parametrize("weeks", HORIZONS)
@pytest.mark.parametrize("days", [NARROWEST, 1.0, 30.0, None])
def test_no_view_has_more_points_than_a_screen_needs(weeks: int, days: float | None) -> None:
    window = {} if days is None else {"from": "0", "to": str(min(days, weeks * 7.0))}
    state = ChildState.read({"weeks": str(weeks), **window})
    span = state.span[1] - state.span[0]
    assert 2 <= span * 24 / state.every_hours <= MOST_POINTS
    assert days is not None or state.span == (-BEFORE_DAYS, weeks * 7.0)


def test_a_window_of_no_width_is_opened_to_the_narrowest() -> None:
    first, last = ChildState.read({"from": "84", "to": "84"}).span
    assert last - first == pytest.approx(NARROWEST) and last <= 84.0


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (Plan(), "no drug"),
        (Plan("tocilizumab-iv", 8.0, "mg/kg", 14.0, (2,), 70.0), "8 mg/kg.*every 14 days.*until day 70"),
        (Plan("anakinra", 2.0, "mg/kg", 0.5), "every 12 hours"),
        (Plan("tocilizumab-sc", missed=(1, 3)), "162 mg"),
        (Plan("methylprednisolone", stop=2.0), "30 mg/kg"),
    ],
)
def test_a_plan_is_a_line_that_the_command_line_reads(plan: Plan, words: str) -> None:
    import re

    assert re.search(words, describe(regimen(plan.text)))


def test_steroid_stands_in_every_regimen() -> None:
    state = ChildState.read({"a_drug": "none", "b_drug": "tocilizumab-iv", "steroid": "0.5"})
    assert state.regimens == {
        "A": "prednisolone:0.5mg/kg/1d", "B": "tocilizumab-iv+prednisolone:0.5mg/kg/1d",
    }  # fmt: skip
