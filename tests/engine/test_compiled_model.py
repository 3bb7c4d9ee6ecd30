"""The machine's door: names become arrays, and what cannot be run is refused with a reason."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.engine import CompiledModel, Events, Tolerance
from quotidian.errors import InvalidCall, InvalidInput, UnknownName


def test_parameters_are_the_typical_values_with_overrides(decay: CompiledModel) -> None:
    table = decay.parameters(3, {"k": np.array([0.1, 0.2, 0.4]), "x_0": 5.0})
    place = [decay.ode_system.parameters.index(name) for name in ("k", "x_0")]
    np.testing.assert_array_equal(table[:, place], [[0.1, 5.0], [0.2, 5.0], [0.4, 5.0]])
    np.testing.assert_array_equal(decay.parameters(2)[:, place], [[0.3, 1.0]] * 2)


def test_an_unknown_parameter_is_refused_with_a_hint(decay: CompiledModel) -> None:
    with pytest.raises(UnknownName) as refusal:
        decay.parameters(1, {"x0": 1.0})
    assert str(refusal.value) == "decay has no parameter 'x0'.\n  Did you mean 'x_0'?"


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_parameter_that_is_no_number_is_named_with_its_subject(decay: CompiledModel, bad: float) -> None:
    with pytest.raises(InvalidInput) as refusal:
        decay.parameters(4, {"k": np.array([0.1, 0.2, bad, bad])})
    assert refusal.value.what == f"Parameter 'k' of subject 2 is {bad}."
    assert refusal.value.why == "2 values of the table cannot be used."
    table = decay.parameters(4)
    table[3, decay.ode_system.parameters.index("x_0")] = bad
    with pytest.raises(InvalidInput, match="Parameter 'x_0' of subject 3 is"):
        decay.run(table, [0.0, 1.0])


@pytest.mark.parametrize(
    ("what", "table", "shape"),
    [
        ("states", np.ones((2, 1)), "2 x 1"),
        ("states", np.ones((3, 2)), "3 x 2"),
        ("states", np.ones(3), "3"),
        ("inputs", np.ones((3, 2)), "3 x 2"),
        ("inputs", np.float64(1.0), "of one number"),
    ],
)
def test_a_table_of_the_wrong_shape_is_refused(
    decay: CompiledModel, what: str, table: np.ndarray, shape: str
) -> None:
    with pytest.raises(InvalidCall) as refusal:
        decay.run(decay.parameters(3), [0.0, 1.0], **{what: table})  # type: ignore[arg-type]
    assert refusal.value.what == f"The {what.removesuffix('s')} table has the shape {shape}."
    assert refusal.value.why.startswith("It must be 3 x 1")


def test_parameters_of_another_model_are_refused(decay: CompiledModel) -> None:
    with pytest.raises(InvalidCall, match=r"It must be subjects x 2: .* columns k, x_0"):
        decay.run(np.ones((3, 5)), [0.0, 1.0])


def test_a_state_that_is_no_number_is_refused(decay: CompiledModel) -> None:
    with pytest.raises(InvalidInput, match="State 'x' of subject 1 is nan"):
        decay.run(decay.parameters(2), [0.0, 1.0], states=np.array([[1.0], [np.nan]]))


@pytest.mark.parametrize(
    ("times", "span", "says"),
    [
        ([0.0, 2.0, 1.0], (None, None), "Output times must ascend"),
        ([0.0, 1.0], (0.5, None), "The run goes from 0.5 to 1 h; times go from 0 to 1 h."),
        ([0.0, 1.0], (None, 0.5), "The run goes from 0 to 0.5 h"),
        ([0.0, np.nan, 1.0], (None, None), "Output times must ascend"),
        ([0.0, 1.0], (0.0, np.inf), "A run cannot extend from 0 to inf h."),
        ([5.0], (None, 4.0), "A run cannot extend from 5 to 4 h."),
        ([], (0.0, None), "neither output times"),
        ([[0.0, 1.0]], (None, None), r"shape \(1, 2\)"),
    ],
)
def test_times_that_make_no_run_are_refused(
    decay: CompiledModel, times: list[float], span: tuple[float | None, float | None], says: str
) -> None:
    with pytest.raises(InvalidCall, match=says):
        decay.run(decay.parameters(1), times, start=span[0], end=span[1])


def test_a_run_without_outputs_ends_somewhere(decay: CompiledModel) -> None:
    outcome = decay.run(decay.parameters(1), [], start=0.0, end=2.0)
    assert outcome.values.shape == (1, 0, 1)
    assert outcome.states[0, 0] == pytest.approx(np.exp(-0.6), rel=1e-4)
    assert outcome.reached[0] == 2.0


def test_a_run_of_no_length_and_of_no_subjects(decay: CompiledModel) -> None:
    still = decay.run(decay.parameters(2, {"x_0": np.array([1.0, 7.0])}), [3.0])
    np.testing.assert_array_equal(still["x"], [[1.0], [7.0]])
    assert decay.run(decay.parameters(0), [0.0, 1.0]).values.shape == (0, 2, 1)


def test_observables_are_chosen_by_name(decay: CompiledModel) -> None:
    assert decay.run(decay.parameters(1), [0.0], observables=[]).values.shape == (1, 1, 0)
    twice = decay.run(decay.parameters(1), [0.0, 1.0], observables=["x", "x"])
    np.testing.assert_array_equal(twice.values[..., 0], twice.values[..., 1])
    with pytest.raises(UnknownName, match="decay has no observable 'z'"):
        decay.run(decay.parameters(1), [0.0], observables=["z"])


def test_what_is_given_is_not_changed(decay: CompiledModel) -> None:
    table, states, inputs = decay.parameters(1), np.ones((1, 1)), np.ones((1, 1))
    decay.run(table, [0.0, 5.0], states=states, inputs=inputs, events=Events.none(1))
    np.testing.assert_array_equal(states, 1.0)
    np.testing.assert_array_equal(inputs, 1.0)
    np.testing.assert_array_equal(table, decay.parameters(1))


@pytest.mark.parametrize("field", ["rtol", "atol", "first_step", "longest_step", "max_steps"])
@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_a_tolerance_is_positive(field: str, value: float) -> None:
    with pytest.raises(InvalidInput, match=f"A tolerance cannot have {field} = {value}"):
        Tolerance(**{field: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("threads", [0, -1])
def test_a_run_needs_a_thread(decay: CompiledModel, threads: int) -> None:
    with pytest.raises(InvalidInput, match=f"A run cannot use {threads} threads"):
        decay.run(decay.parameters(1), [0.0], threads=threads)
