"""The objective of a PEtab problem against closed forms: simulations, scores, priors, gradient."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from quotidian.errors import InvalidInput, NotSolvable
from quotidian.interchange.petab.objective import gradient, objective
from quotidian.interchange.petab.reader import read_petab


def normal(m: float, y: float, s: float) -> float:
    return -0.5 * math.log(2 * math.pi * s**2) - 0.5 * ((m - y) / s) ** 2


def test_version_1_has_its_closed_form(problem) -> None:
    found = objective(read_petab(problem(1)))
    y = [8.0, 8 * math.exp(-1.0)]
    assert found.simulated == pytest.approx(y, rel=1e-9)
    assert found.log_likelihood == pytest.approx(normal(7, y[0], 0.5) + normal(3, y[1], 0.5), rel=1e-9)
    assert found.chi2 == pytest.approx(4.0 + ((3 - y[1]) / 0.5) ** 2, rel=1e-8)


def test_a_period_adds_a_dose(problem) -> None:
    found = objective(read_petab(problem(2)))
    after = 8 * math.exp(-1.0) + 4
    assert found.simulated == pytest.approx([8.0, after, after * math.exp(-1.0)], rel=1e-9)


def test_other_values_are_used(problem) -> None:
    found = objective(read_petab(problem(1)), {"k": 1.0, "a0": 2.0})
    assert found.simulated == pytest.approx([2.0, 2 * math.exp(-2.0)], rel=1e-9)


@pytest.mark.parametrize(
    ("heads", "cells", "score"),
    [
        ("observableTransformation", "log", lambda m, y: normal(math.log(m), math.log(y), 0.5) - math.log(m)),
        ("observableTransformation", "log10",
         lambda m, y: normal(math.log10(m), math.log10(y), 0.5) - math.log(m * math.log(10))),
        ("noiseDistribution", "laplace", lambda m, y: -math.log(1.0) - abs(m - y) / 0.5),
        ("noiseDistribution observableTransformation", "laplace log",
         lambda m, y: -math.log(1.0) - abs(math.log(m / y)) / 0.5 - math.log(m)),
    ],
)  # fmt: skip
def test_every_noise_has_its_density(problem, heads: str, cells: str, score) -> None:
    table = f"observableId observableFormula noiseFormula {heads}\no A 0.5 {cells}"
    found = objective(read_petab(problem(1, o=table)))
    expected = score(7.0, 8.0) + score(3.0, 8 * math.exp(-1.0))
    assert found.log_likelihood == pytest.approx(expected, rel=1e-9)


def test_a_huge_noise_and_a_huge_residual_are_numbers(problem) -> None:
    head = "observableId observableFormula noiseFormula\n"
    assert objective(read_petab(problem(1, o=f"{head}o A 1e300"))).log_likelihood < -1000
    far = objective(read_petab(problem(1, o=f"{head}o A*1e200 1")))
    assert far.log_likelihood == -math.inf and far.chi2 == math.inf


def test_placeholders_take_the_values_of_each_measurement(problem) -> None:
    found = objective(
        read_petab(
            problem(
                1,
                o="observableId observableFormula noiseFormula\n"
                "o observableParameter1_o*A+observableParameter2_o noiseParameter1_o*k",
                m="observableId simulationConditionId time measurement observableParameters noiseParameters\n"
                "o c0 0 7 2;a0 0.5\no c0 2 3 3;1 4",
            )
        )
    )
    assert found.simulated == pytest.approx([24.0, 24 * math.exp(-1.0) + 1], rel=1e-9)
    assert found.noise == pytest.approx((0.25, 2.0))


def test_a_noise_reads_observables_by_their_ids(problem) -> None:
    table = "observableId observableFormula noiseFormula\no 2*A 0.1+0.05*o+p\np A/4 1"
    found = objective(read_petab(problem(1, o=table)))
    y = [8.0, 8 * math.exp(-1.0)]
    assert found.noise == pytest.approx([0.1 + 0.1 * a + a / 4 for a in y], rel=1e-9)


MAPPED = {
    "yaml": "format_version: 2.0.0\nparameter_files: [p.tsv]\ncondition_files: [c.tsv]\n"
    "experiment_files: [e.tsv]\nmeasurement_files: [m.tsv]\nobservable_files: [o.tsv]\n"
    "mapping_files: [map.tsv]\nmodel_files:\n  one: {language: sbml, location: model.xml}\n",
    "map": "petabEntityId modelEntityId\namount A\nrate k",
    "p": "parameterId lowerBound upperBound nominalValue estimate\nrate 0.001 10 1 true\na0 0 10 8 true",
    "o": "observableId observableFormula noiseFormula\no amount*rate 0.5",
}


def test_names_of_the_mapping_table_serve_everywhere(problem) -> None:
    """In observables, the parameter table and the changes of conditions."""
    files = MAPPED | {"c": "conditionId targetId targetValue\nd amount amount+4\nd rate rate/2"}
    read = read_petab(problem(2, **files))
    after = 8 * math.exp(-2.0) + 4
    assert objective(read).simulated == pytest.approx([8.0, after / 2, after / 2 * math.exp(-1.0)], rel=1e-9)
    assert objective(read, {"rate": 2.0}).simulated[1] == pytest.approx(8 * math.exp(-4.0) + 4, rel=1e-8)
    assert gradient(read)["rate"] != 0.0


def test_two_names_of_one_quantity_are_not_stated_both(problem) -> None:
    both = "conditionId targetId targetValue\nd amount 4\nd A 5"
    with pytest.raises(InvalidInput, match="changes 'amount' and 'A'"):
        read_petab(problem(2, **MAPPED, c=both))
    with pytest.raises(InvalidInput, match="'rate' and 'k' are two parameters"):
        read_petab(problem(2, **MAPPED | {"p": MAPPED["p"] + "\nk 0.001 10 1 true"}))
    twice = MAPPED | {"map": MAPPED["map"] + "\nrate a0"}
    with pytest.raises(InvalidInput, match="'rate' is mapped twice"):
        read_petab(problem(2, **twice))


def test_what_settles_before_is_the_start(problem) -> None:
    table = "conditionId s k A\nbefore 6 1 NaN\nc0 0 NaN NaN"
    head = "observableId preequilibrationConditionId simulationConditionId time measurement\n"
    found = objective(read_petab(problem(1, c=table, m=f"{head}o before c0 0 7\no before c0 2 3")))
    assert found.simulated == pytest.approx([6.0, 6 * math.exp(-1.0)], rel=1e-6)


def test_version_2_keeps_what_settled_and_settles_in_the_end(problem) -> None:
    found = objective(
        read_petab(
            problem(
                2,
                c="conditionId targetId targetValue\nbefore s 6\nbefore k 1\nd A A/2\nd s s+1",
                e="experimentId time conditionId\ne -inf before\ne 3 \ne 4 d",
                m="observableId experimentId time measurement\no e 3 7\no e 4 6\no e 6 3\no e inf 3",
            )
        )
    )
    y = [6.0, 3.0, 7 - 4 * math.exp(-2.0), 7.0]
    assert found.simulated == pytest.approx(y, rel=1e-6)


def test_a_change_of_size_keeps_concentrations(problem) -> None:
    """Version 2; an event of SBML would keep amounts. What is assigned holds in the new size."""
    model = "compartment c = 2; species A in c; species B in c; A = 6; B = 6; k = 0; a0 = 0"
    found = objective(
        read_petab(
            problem(
                2,
                model,
                c="conditionId targetId targetValue\nd c c*4\nd B B+1",
                e="experimentId time conditionId\ne 0 \ne 2 d",
                o="observableId observableFormula noiseFormula\no A 1\np B 1\nn c*B 1",
                m="observableId experimentId time measurement\no e 2 6\np e 2 6\nn e 2 6",
            )
        )
    )
    assert found.simulated == pytest.approx([6.0, 7.0, 56.0])


def test_the_clock_shows_the_time_of_the_experiment(problem) -> None:
    model = "x' = time; x = 1; k = 0; a0 = 0; E: at (time > 6): x = 0"
    found = objective(
        read_petab(
            problem(
                2, model, c="conditionId targetId targetValue", e="experimentId time conditionId\ne 5 ",
                o="observableId observableFormula noiseFormula\no x+time 1",
                m="observableId experimentId time measurement\no e 5 1\no e 6 1\no e 8 1",
            )
        )
    )  # fmt: skip
    assert found.simulated == pytest.approx([6.0, 1 + 5.5 + 6, 14 + 8.0], rel=1e-9)


def test_the_gradient_is_that_of_the_closed_form(problem) -> None:
    """On the scale of each parameter: k by its decimal logarithm."""
    y, m = 8 * math.exp(-1.0), 3.0
    slopes = gradient(read_petab(problem(1)))
    pull = (m - y) / 0.25
    assert slopes["a0"] == pytest.approx((7 - 8) / 0.25 + pull * math.exp(-1.0), rel=1e-6)
    assert slopes["k"] == pytest.approx(pull * (-2 * y) * 0.5 * math.log(10), rel=1e-6)


def test_what_never_settles_is_a_failure(problem) -> None:
    model = "compartment c = 1; species A in c; A = 1; k = 1; a0 = 0; Q: -> A; c*k"
    table = "observableId simulationConditionId time measurement\no c0 inf 7"
    with pytest.raises(NotSolvable, match="does not reach a steady state"):
        objective(read_petab(problem(1, model, m=table)))


def test_a_start_that_may_follow_a_condition_or_not_is_refused(problem) -> None:
    """Version 2 does not say whether a start computed from a parameter follows a condition on it."""
    files = {"c": "conditionId targetId targetValue\nd a0 5", "e": "experimentId time conditionId\ne 0 d"}
    with pytest.raises(InvalidInput, match="start of 'A'"):
        objective(read_petab(problem(2, **files)))


def test_a_noise_of_nothing_is_a_failure(problem) -> None:
    table = "observableId observableFormula noiseFormula\no A A-8"
    with pytest.raises(NotSolvable, match=r"noise 0 \(line 2 of m.tsv\)"):
        objective(read_petab(problem(1, o=table)))


REFUSED = {
    "an unknown version": ({"yaml": "format_version: 3"}, ["format_version", "'3'"]),
    "no YAML": ({"yaml": "a: [1"}, ["not YAML"]),
    "an extension": ({"yaml": "format_version: 1\nextensions: {x: 1}"}, ["extensions x"]),
    "a file elsewhere": (
        {"yaml": "format_version: 1\nparameter_file: ../p.tsv\nproblems: [{sbml_files: [model.xml]}]"},
        ["'../p.tsv'", "leaves its folder"],
    ),
    "another language": (
        {"yaml": "format_version: 1\nproblems: [{model_files: {a: {language: pysb}}}]"},
        ["'pysb'", "SBML"],
    ),
    "a missing column": ({"m": "observableId time\no 1"}, ["no column measurement", "m.tsv"]),
    "no number": (
        {"m": "observableId simulationConditionId time measurement\no c0 soon 7"},
        ["time", "line 2 of m.tsv", "'soon'"],
    ),
    "an unknown observable": (
        {"m": "observableId simulationConditionId time measurement\nx c0 1 7"},
        ["There is no 'x'", "line 2"],
    ),
    "an unknown condition": (
        {"m": "observableId simulationConditionId time measurement\no c9 1 7"},
        ["There is no condition 'c9'"],
    ),
    "an unknown quantity": (
        {"o": "observableId observableFormula noiseFormula\no A+zz 0.5"}, ["'o'", "'zz'"],
    ),
    "an unknown function": (
        {"o": "observableId observableFormula noiseFormula\no sine(A) 0.5"},
        ["observableFormula (line 2 of o.tsv)", "no function 'sine'"],
    ),
    "too few placeholders": (
        {"o": "observableId observableFormula noiseFormula\no A noiseParameter1_o"},
        ["noiseParameters", "1 placeholders, and 0"],
    ),
    "a logarithm of nothing": (
        {"o": "observableId observableFormula noiseFormula observableTransformation\no A 1 log",
         "m": "observableId simulationConditionId time measurement\no c0 1 -7"},
        ["-7 has no logarithm"],
    ),
    "a condition on nothing": ({"c": "conditionId kk\nc0 3"}, ["changes 'kk'", "Did you mean 'k'?"]),
    "a condition twice": ({"c": "conditionId k\nc0 3\nc0 4"}, ["'c0' is defined twice", "line 3 of c.tsv"]),
    "an infinite measurement": (
        {"m": "observableId simulationConditionId time measurement\no c0 1 inf"}, ["measurement", "infinite"],
    ),
    "a list where names are due": (
        {"yaml": "format_version: 2.0.0\nmodel_files: [model.xml]"}, ["model_files", "no names"],
    ),
    "a number where files are due": (
        {"yaml": "format_version: 2.0.0\nparameter_files: 3"}, ["parameter_files", "not a list"],
    ),
    "a byte that no table has": ({"p": "parameterId estimate\nk\0 1"}, ["p.tsv"]),
    "a parameter twice": (
        {"p": "parameterId lowerBound upperBound nominalValue estimate\nk 0 1 1 1\nk 0 1 1 1"},
        ["'k' is defined twice"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_used_is_refused_with_its_place(problem, case: str) -> None:
    files, words = REFUSED[case]
    with pytest.raises(InvalidInput) as refusal:
        objective(read_petab(problem(1, **files)))
    assert all(word in str(refusal.value) for word in words), str(refusal.value)


def test_a_change_of_what_a_rule_gives_is_refused(problem) -> None:
    model = "x' = 1; x = 0; y := 2*x; k = 0; a0 = 0"
    files = {
        "c": "conditionId targetId targetValue\nd y 4",
        "o": "observableId observableFormula noiseFormula\no x 1",
    }
    with pytest.raises(InvalidInput, match="changes 'y'"):
        objective(read_petab(problem(2, model, **files)))


def test_a_condition_of_version_2_on_nothing_is_refused(problem) -> None:
    with pytest.raises(InvalidInput, match="changes 'kk'"):
        read_petab(problem(2, c="conditionId targetId targetValue\nd kk 4"))


def test_a_gradient_by_the_logarithm_of_nothing_is_a_failure(problem) -> None:
    with pytest.raises(NotSolvable, match="scale log10"):
        gradient(read_petab(problem(1)), {"k": 0.0})


def test_no_such_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="No such file"):
        read_petab(tmp_path / "none.yaml")
