"""A run of an SBML file that begins in the steady state before it, against closed forms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from quotidian.errors import InvalidInput, NotSolvable
from quotidian.interchange import from_sbml

TIMES = np.array([0.0, 1.1, 2.3, 4.0])
Sbml = Callable[[str], str]


def test_a_run_begins_at_rest_where_asked(sbml: Sbml) -> None:
    """What settled is the start, with other values in force; an event that held there does not act again."""
    text = """A' = s - k*A; A = 0; s = 6; k = 2; n = 0; e = 0
              E: at (A > 2): n = n + 1; F: at (A > 5), t0=false: e = 1"""
    usual = from_sbml(sbml(text)).run(TIMES, ["A", "n"]).values[0]
    assert usual[0].tolist() == [0.0, 0.0] and usual[-1, 1] == 1.0
    rest = from_sbml(sbml(text), equilibrate=True).run(TIMES, ["A", "n", "e"]).values[0]
    np.testing.assert_allclose(rest, np.tile([3.0, 1.0, 0.0], (len(TIMES), 1)), rtol=1e-6)
    other = from_sbml(sbml(text), {"s": 12.0}, equilibrate=True).run(TIMES, ["A", "e"]).values[0]
    np.testing.assert_allclose(other, np.tile([6.0, 1.0], (len(TIMES), 1)), rtol=1e-6)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("A' = sin(time) - A; A = 0", InvalidInput, "cannot reach a steady state before the run"),
        ("A' = 1; A = 0", NotSolvable, "does not reach a steady state"),
    ],
)
def test_what_has_no_rest_is_not_begun_there(
    sbml: Sbml, text: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        from_sbml(sbml(text), equilibrate=True)
