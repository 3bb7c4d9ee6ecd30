"""Children as columns: the same children, and the same parameters, as one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quotidian.patients.child import child
from quotidian.patients.patient_table import PatientTable, chosen_of, table_of
from quotidian.patients.population import draw, draw_table
from quotidian.patients.treatment import children_table, subjects_of
from quotidian.simulation import compiled_model
from quotidian.statistics.streams import Streams

TABLE = draw_table(Streams(5), 0, range(12))
CHILDREN = draw(Streams(5), 0, range(12))


def test_a_child_of_the_table_is_the_child_drawn() -> None:
    assert list(TABLE) == CHILDREN and TABLE[3].values == CHILDREN[3].values
    some = chosen_of(TABLE, np.array([7, 2]))
    assert isinstance(some, PatientTable) and list(some) == [CHILDREN[7], CHILDREN[2]]
    assert chosen_of(CHILDREN, np.array([7, 2])) == [CHILDREN[7], CHILDREN[2]]
    assert list(TABLE[4:6]) == CHILDREN[4:6]


def test_parameters_of_the_table_are_those_of_its_children() -> None:
    model = compiled_model("sjia")
    one_by_one = subjects_of(CHILDREN).table(model)
    np.testing.assert_array_equal(children_table(TABLE, model), one_by_one)
    np.testing.assert_array_equal(children_table(CHILDREN, model), one_by_one)


def test_what_a_child_does_not_state_is_the_models_own() -> None:
    girl = child("6 years", "female", "20 kg")
    boy = replace(CHILDREN[0], sex="male", values={"innate_loop.second_peak": 0.5})
    table = table_of([girl, boy])
    assert table[0].il6_share is None and table[0].duration_years is None and not table[0].values
    assert table[1] == boy and table[1].values == boy.values
    model = compiled_model("sjia")
    parameters = children_table([girl, boy], model)
    for name in ("joints.il6_share", "innate_loop.second_peak"):
        own, stated = model.parameter(parameters, name)
        assert own == model.parameter(model.parameters(1), name)[0] != stated
