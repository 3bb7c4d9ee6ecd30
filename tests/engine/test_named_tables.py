"""Tables and events by name, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.engine import ADD, RECORD, SWITCH, CompiledModel
from quotidian.errors import InvalidCall, UnknownName
from quotidian.models import model

MODEL = CompiledModel(model("sjia"))


def test_a_parameter_is_read_and_written_by_its_name() -> None:
    table = MODEL.parameters(2, {"severity": 2.0})
    MODEL.parameter(table, "body_weight")[1] = 40.0
    typical, other = (MODEL.named_parameters(row) for row in table)
    assert typical["severity"] == other["severity"] == 2.0
    assert {name for name in typical if typical[name] != other[name]} == {"body_weight"}


def test_states_and_inputs_are_read_by_their_names() -> None:
    states = MODEL.begin(MODEL.parameters(2))[1]
    assert MODEL.state(states, "il6").tolist() == [MODEL.named_states(row)["il6"] for row in states]
    inputs = np.tile(np.arange(len(MODEL.model.inputs), dtype=np.float64), (2, 1))
    place = list(MODEL.model.inputs).index("course")
    assert MODEL.input(inputs, "course").tolist() == [place, place]


def test_parameters_of_another_model_come_by_name() -> None:
    whole = CompiledModel(model("sjia", ("tocilizumab", "canakinumab")))
    table = whole.parameters(1, {"body_weight": 33.0})
    own = MODEL.parameters_from(whole, table)
    np.testing.assert_array_equal(own, MODEL.parameters(1, {"body_weight": 33.0}))


def test_events_are_numbered_by_the_engine() -> None:
    named = [(9.0, SWITCH, "course", 2.0), (10.0, ADD, "il6", 1.0), (11.0, RECORD, "", 0.0)]
    table = MODEL.events([[], named])
    assert table.offset.tolist() == [0, 0, 3]
    inputs, states = list(MODEL.model.inputs), [s.name for s in MODEL.model.species]
    assert table.index.tolist() == [inputs.index("course"), states.index("il6"), 0]
    assert table.value.tolist() == [2.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("event", "error", "words"),
    [
        ((0.0, SWITCH, "il6", 1.0), UnknownName, "no input 'il6'"),
        ((0.0, ADD, "corse", 1.0), UnknownName, "no state 'corse'"),
        ((0.0, 99, "course", 1.0), InvalidCall, "kind 99"),
    ],
)
def test_an_event_that_fits_no_state_or_input_is_refused(event, error, words: str) -> None:
    with pytest.raises(error, match=words):
        MODEL.events([[(0.0, SWITCH, "course", 1.0), event]])
