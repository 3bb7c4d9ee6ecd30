"""Children on different drugs together: each as it would be alone, and 0 for drugs it is not given."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.drugs.catalogue import regimen
from quotidian.errors import RegimenError, UnknownName
from quotidian.patients.child import child
from quotidian.patients.treatment import simulate

GIRL, BOY = child(6, "female", 20.0), child(12, "male", 40.0)
CHILDREN = [GIRL, BOY, GIRL, BOY]
TEXTS = ["canakinumab", "tocilizumab-iv", "none", "canakinumab"]
NAMES = ("crp", "canakinumab", "tocilizumab", "siltuximab")


def followed(children, texts):
    plans = [regimen(t) for t in texts]
    return simulate(children, plans, days=10, every_hours=12, observables=NAMES)


def test_a_childs_bytes_depend_on_its_own_regimen_alone() -> None:
    mixed = followed(CHILDREN, TEXTS)
    for i, (one, text) in enumerate(zip(CHILDREN, TEXTS, strict=True)):
        alone = followed([one], [text])
        assert mixed.values[i].tobytes() == alone.values[0].tobytes(), i
    backwards = followed(CHILDREN[::-1], TEXTS[::-1])
    assert backwards.values[::-1].tobytes() == mixed.values.tobytes()


def test_what_a_child_is_not_given_is_0() -> None:
    mixed = followed(CHILDREN, TEXTS)
    assert mixed.names == NAMES
    assert np.all(mixed["siltuximab"] == 0.0)
    assert [bool(x) for x in mixed["canakinumab"].max(axis=1) > 0] == [True, False, False, True]
    assert [bool(x) for x in mixed["tocilizumab"].max(axis=1) > 0] == [False, True, False, False]


def test_all_names_are_those_of_the_drugs_given() -> None:
    run = simulate([GIRL, BOY], [regimen("none"), regimen("canakinumab")], days=2)
    assert "canakinumab" in run.names
    assert "siltuximab" not in run.names


def test_a_name_that_nothing_knows_is_refused() -> None:
    with pytest.raises(UnknownName, match="no observable 'canakinumap'"):
        simulate(GIRL, regimen("canakinumab"), days=2, observables=["canakinumap"])


def test_as_many_regimens_as_children_are_wanted() -> None:
    with pytest.raises(RegimenError, match="2 regimens for 3 children"):
        simulate([GIRL] * 3, [regimen("none")] * 2, days=2)


def test_drugs_are_put_together_with_a_plus() -> None:
    run = simulate(GIRL, regimen("tocilizumab-iv+canakinumab"), days=10, observables=NAMES)
    assert run["tocilizumab"].max() > 100
    assert run["canakinumab"].max() > 5
