"""Effects files: what they state, and what is refused, with its line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quotidian.application.fitting.effects_file import read_effects
from quotidian.errors import InvalidInput
from quotidian.inference.effects import OccasionEffect

WHOLE = """parameters:
  KA: {typical: 1.5, between: 0.5}
  CL:
    typical: 2.8
    between: 0.3
    covariates:
      WT: {power: 0.75, of: 70, fixed: true}
      SEX: {factor: 0.8}
  V: {typical: 32, between: 0.2}
  F1: {typical: 0.7, distribution: logit-normal}
blocks: [[CL, V]]
residual: {additive: 0.7, proportional: 0.1}
"""


def _read(folder: Path, text: str):
    file = folder / "effects.yaml"
    file.write_text(text, encoding="utf-8")
    return read_effects(file)


def test_a_file_states_parameters_covariates_blocks_and_errors(tmp_path: Path):
    found = _read(tmp_path, WHOLE)
    assert [p.name for p in found.parameters] == ["KA", "CL", "V", "F1"]
    assert found.random == ("KA", "CL", "V") and found.block_numbers == ((0,), (1, 2))
    weight, sex = found.parameters[1].covariates
    assert (weight.relation, weight.value, weight.of, weight.fixed) == ("power", 0.75, 70.0, True)
    assert sex.relation == "factor" and not sex.fixed
    (error,) = found.endpoints
    assert (error.kind, error.sigma, error.observable) == ("combined", (0.7, 0.1), "")


def test_kinds_of_observation_have_errors_of_their_own(tmp_path: Path):
    text = "parameters: {CL: {typical: 2, between: 0.3}}\nresidual:\n"
    text += "  conc: {dvid: 1, proportional: 0.1}\n  pca: {cmt: 3, log: 0.2}\n"
    first, second = _read(tmp_path, text).endpoints
    assert (first.observable, first.column, first.value) == ("conc", "DVID", "1")
    assert (second.kind, second.column, second.value) == ("log", "CMT", "3")


@pytest.mark.parametrize(("more", "kind"), [("", "combined"), ("variance", "combined"), ("sd", "linear")])
def test_two_parts_are_added_as_variances_or_as_standard_deviations(tmp_path: Path, more, kind):
    how = f", combined: {more}" if more else ""
    text = "parameters: {CL: {typical: 2, between: 0.3}}\nresidual: "
    for place in ("{%s}", "{conc: {dvid: 1, %s}}"):
        (error,) = _read(tmp_path, text + place % f"proportional: 0.1, additive: 0.7{how}").endpoints
        assert (error.kind, error.sigma) == (kind, (0.7, 0.1))


def test_occasions_correlations_and_formulas_are_read(tmp_path: Path):
    text = """parameters:
  CL: {typical: 2, between: 0.3, occasions: {occ: 0.2}}
  V: {typical: 30, between: 0.2}
  F1: {typical: 0.7, distribution: logit-normal, fixed: true}
blocks: [[CL, V]]
correlations: {"CL, V": 0.5}
formulas: [F2 = 1 - F1]
residual: {additive: 1}
"""
    found = _read(tmp_path, text)
    assert found.parameters[0].occasions == OccasionEffect("OCC", 0.2)
    assert found.covariance.tolist() == pytest.approx(np.array([[0.09, 0.03], [0.03, 0.04]]))
    assert found.names == ("CL", "V", "F1", "F2") and found.parameters[2].constant


PAIR = "parameters: {CL: {typical: 1, between: 1}, V: {typical: 1, between: 1}}\nresidual: {additive: 1}\n"
BAD = {
    PAIR + "correlations: {'CL,V': 0.5}": ("pair of names of one block", "line 3"),
    PAIR + "blocks: [[CL, V]]\ncorrelations: {'CL,V': 1.5}": ("no distribution", "line 4"),
    PAIR + "formulas: F2 = 1": ("list of texts", "line 3"),
    PAIR + "formulas:\n - F2 = 1\n - F3 = import": ("not a formula", "line 5"),
    PAIR + "formulas: [cl = 1]": ("has a value already", "line 3"),
    "parameters: {CL: {typical: 1, occasions: {OCC: 0}}}": ("standard deviation of 0", "line 1"),
    "parameters: {CL: {typical: 1, occasions: {}}}": ("one column", "OCC"),
    "parameter: {}": ("did you mean|Did you mean", "line 1"),
    "parameters: {CL: {typical: -1}}\nresidual: {additive: 1}": ("typical value of CL is -1", "line 1"),
    "parameters: {CL: {typical: 1, betwen: 1}}": ("'betwen' is not known", "between"),
    "parameters: {CL: {between: 1}}\nresidual: {additive: 1}": ("no typical value", "line 1"),
    "parameters: {CL: {typical: two}}\nresidual: {additive: 1}": ("not a finite number", "two"),
    "parameters: {CL: {typical: 1, between: -0.1}}\nresidual: {additive: 1}": ("standard deviation", "-0.1"),
    "parameters: {CL: {typical: 1}}": ("residual", "missing"),
    "parameters: {CL: {typical: 1}}\nresidual: {}": ("No residual error", "line 2"),
    "parameters: {CL: {typical: 1}}\nresidual: {additive: 0}": ("residual error of 0", "line 2"),
    "parameters: {CL: {typical: 1}}\nresidual: {log: 1, additive: 1}": ("not stated in one way", "line 2"),
    "parameters: {CL: {typical: 1}}\nresidual: {additive: 1}\nblocks: [[CL]]": ("random effect", "line 3"),
    "parameters: {CL: {typical: 1, covariates: {WT: 0.75}}}\nresidual: {additive: 1}": ("WT", "line 1"),
    "parameters: {CL: {typical: 1, covariates: {WT: {of: 70}}}}": ("one way", "power"),
    "parameters: {p: {typical: 2, distribution: logit-normal}}": ("between 0 and 1", "2"),
    "parameters: {p: {typical: 2, distribution: gamma}}": ("not a distribution", "gamma"),
    "parameters: {CL: {typical: 1}}\nresidual: {additive: 1, proportional: 1, combined: both}": (
        "combined: 'both' is neither", "line 2",
    ),
    "parameters: {CL: {typical: 1}}\nresidual: {additive: 1, combined: sd}": ("one is stated", "line 2"),
    "just text": ("no list of effects", "parameters"),
}  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_faults_are_refused_with_their_line(tmp_path: Path, text):
    with pytest.raises(InvalidInput) as refused:
        _read(tmp_path, text)
    what, detail = BAD[text]
    assert any(part in str(refused.value) for part in what.split("|"))
    assert detail in str(refused.value) and "docs/fitting.md" in str(refused.value)
