"""Subjects become rows of a parameter table; what does not fit is refused."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.dosing import Person
from quotidian.errors import InvalidCall, UnknownName
from quotidian.simulation import Subjects, compiled_model

TWO = (Person(20.0, 6.0, 115.0), Person(40.0, 12.0, 150.0))
MODEL = compiled_model("sjia")


def test_values_replace_and_factors_multiply_what_the_model_has() -> None:
    subjects = Subjects(
        TWO, {"body_weight": [20.0, 40.0], "severity": [None, 2.0]}, {"severity": np.array([3.0, 5.0])}
    )
    table, typical = subjects.table(MODEL), MODEL.model.constants
    assert MODEL.parameter(table, "body_weight").tolist() == [20.0, 40.0]
    assert MODEL.parameter(table, "severity").tolist() == [3.0 * typical["severity"], 10.0]
    assert set(MODEL.parameter(table, "fever.gain")) == {typical["fever.gain"]}


def test_chosen_subjects_keep_all_that_is_theirs() -> None:
    columns = {"body_weight": [20.0, 40.0]}, {"severity": np.array([3.0, 5.0])}
    subjects = Subjects(TWO, *columns, np.array([1.0, 2.0]))
    (second,) = subjects.chosen([1]).table(MODEL)
    np.testing.assert_array_equal(second, subjects.table(MODEL)[1])
    assert subjects.chosen([1]).persons == TWO[1:]
    assert subjects.chosen([1]).antibody_threshold(0) == 2.0
    assert Subjects(TWO).antibody_threshold(0) == np.inf


def test_a_column_of_another_length_is_refused() -> None:
    with pytest.raises(InvalidCall, match="'severity' has 1 values for 2 subjects"):
        Subjects(TWO, factors={"severity": np.ones(1)})


def test_no_subjects_need_no_parameter_of_theirs() -> None:
    table = Subjects((), {"fever.gian": np.zeros(0)}).table(MODEL)
    assert table.shape[0] == 0


@pytest.mark.parametrize("kind", ["values", "factors"])
def test_a_parameter_that_the_model_has_not_is_refused(kind: str) -> None:
    with pytest.raises(UnknownName, match=r"fever\.gian"):
        Subjects(TWO, **{kind: {"fever.gian": np.ones(2)}}).table(MODEL)
