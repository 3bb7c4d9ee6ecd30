"""Predictions of event tables with derivatives: the same numbers as without, and exact."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quotidian.data import read_events
from quotidian.inference.event_plan import EventPlan
from quotidian.inference.event_predictor import EventPredictor
from quotidian.inference.individual_model import IndividualModel
from quotidian.models.pk_shelf import pk_model
from quotidian.simulation.event_records import predict_events

from .problems import ORAL, mixed_of, oral_table

U = ("u_KA", "u_CL", "u_V")
MOVING = """ID,TIME,AMT,RATE,II,ADDL,EVID,CMT,DV,WT,OCC
1,0,100,0,12,3,1,1,.,70,1
1,6,0,0,0,0,0,2,2,75,1
1,30,0,0,0,0,0,2,2,60,2
1,50,50,0,0,0,4,1,.,66,2
1,60,0,0,0,0,0,2,1,66,1
2,0,100,0,0,0,1,1,.,70,1
2,5,0,0,0,0,0,2,3,72,2
"""


def _slopes_agree(predictor, u, which, rtol=1e-5):
    who = np.arange(len(u))
    f, slopes = predictor.linearise(who, u, which)
    np.testing.assert_allclose(f, predictor.predict(who, u), rtol=1e-7, atol=1e-9)
    for place, k in enumerate(which):
        e = np.zeros(u.shape[1])
        e[k] = 1e-3
        change = (predictor.predict(who, u + e) - predictor.predict(who, u - e)) / 2e-3
        scale = np.abs(slopes[..., place]).max()
        np.testing.assert_allclose(slopes[..., place], change, rtol=rtol, atol=rtol * scale)


def test_predictions_are_those_of_predict_events(tmp_path: Path):
    table = oral_table(tmp_path)
    model = mixed_of(table, IndividualModel.of(U, ORAL, ("KA", "CL", "V")))
    u = np.repeat([np.log([1.5, 2.8, 32.0])], 6, axis=0)
    found = model.predictor.predict(model.everyone(), u)
    formulas = ["CL = 2.8*(WT/70)**0.75", "V = 32*WT/70"]
    usual = predict_events(table, "pk-1cmt-oral", {"KA": 1.5}, covariates=formulas)
    np.testing.assert_allclose(found.ravel(), usual.values, rtol=1e-7)


def test_derivatives_are_exact_with_covariates_that_move_and_a_reset(tmp_path: Path):
    path = tmp_path / "moving.csv"
    path.write_text(MOVING)
    formulas = ("KA = exp(u_KA)", "CL = exp(u_CL + u_O*(OCC == 2))*(WT/70)**0.75", "V = exp(u_V)")
    individual = IndividualModel.of((*U, "u_O"), formulas, ("KA", "CL", "V"))
    predictor = EventPredictor(EventPlan(read_events(path), pk_model("pk-1cmt-oral"), individual))
    u = np.array([[0.3, 1.0, 3.0, 0.4], [0.1, 0.8, 3.2, -0.3]])
    _slopes_agree(predictor, u, [0, 1, 2, 3])
    assert abs(predictor.linearise(np.arange(2), u, [3])[1]).max() > 0.01


def test_derivatives_are_exact_with_a_bioavailability_and_follow_a_lag(tmp_path: Path):
    table = oral_table(tmp_path)
    share = (*ORAL, "F1 = 1/(1 + exp(-u_F))", "LAG = 0.3*exp(u_L)")
    individual = IndividualModel.of((*U, "u_F", "u_L"), share, ("KA", "CL", "V"), bioavailability={1: "F1"})
    u = np.repeat([[0.4, 1.0, 3.5, 0.2, 0.1]], 6, axis=0)
    _slopes_agree(EventPredictor(EventPlan(table, pk_model("pk-1cmt-oral"), individual)), u, [0, 3])
    late = IndividualModel.of((*U, "u_F", "u_L"), share, ("KA", "CL", "V"), lag={1: "LAG"})
    _slopes_agree(EventPredictor(EventPlan(table, pk_model("pk-1cmt-oral"), late)), u, [2, 4], rtol=1e-3)


@pytest.mark.parametrize("space", [{}, {1: "S"}])
def test_derivatives_by_what_scales_doses_are_kept_beside_a_lag(tmp_path: Path, space):
    own = (*ORAL, "F1 = 1/(1 + exp(-u_F))", "LAG = 0.3*exp(u_L)", "S = exp(u_S)*WT")
    individual = IndividualModel.of(
        (*U, "u_F", "u_L", "u_S"),
        own,
        ("KA", "CL", "V"),
        bioavailability={1: "F1"},
        lag={1: "LAG"},
        space=space,
    )
    u = np.repeat([[0.4, 1.0, 3.5, 0.2, 0.1, 0.3]], 6, axis=0)
    predictor = EventPredictor(EventPlan(oral_table(tmp_path), pk_model("pk-1cmt-oral"), individual))
    _slopes_agree(predictor, u, [2, 3, 4, 5], rtol=1e-3)


def test_a_space_divides_doses_and_leaves_infusions_their_duration(tmp_path: Path):
    """Amounts of a model are concentrations of one whose dose is divided by the volume."""
    path = tmp_path / "infusions.csv"
    path.write_text(
        "ID,TIME,AMT,RATE,EVID,DV,WT\n1,0,100,25,1,.,60\n1,3,0,0,0,2,60\n1,9,0,0,0,1,60\n"
        "2,0,100,0,1,.,90\n2,3,0,0,0,2,90\n2,9,0,0,0,1,90\n"
    )
    table, pk, u = read_events(path), pk_model("pk-1cmt"), np.repeat([[0.7, 3.0]], 2, axis=0)
    usual = IndividualModel.of(("u_CL", "u_V"), ("CL = exp(u_CL)", "V = exp(u_V)*WT/70"), ("CL", "V"))
    own = ("S = exp(u_V)*WT/70", "CL = exp(u_CL)/S")
    divided = IndividualModel.of(("u_CL", "u_V"), own, ("CL", "V"), space={1: "S"}, fixed={"V": 1.0})
    wanted, found = (EventPredictor(EventPlan(table, pk, one)) for one in (usual, divided))
    np.testing.assert_allclose(found.predict(np.arange(2), u), wanted.predict(np.arange(2), u), rtol=1e-6)
    _slopes_agree(found, u, [0, 1])
    assert not found.plan.timed_by


def test_a_copy_without_a_steady_state_is_lost_and_the_others_are_not(tmp_path: Path):
    path = tmp_path / "steady.csv"
    rows = "".join(f"{i},0,100,12,1,1,.\n{i},2,0,0,0,0,6\n" for i in (1, 2))
    path.write_text("ID,TIME,AMT,II,SS,EVID,DV\n" + rows)
    formulas = ("VM = exp(u_VM)", "KM = 2.0", "V = 20.0")
    individual = IndividualModel.of(("u_VM",), formulas, ("VM", "KM", "V"))
    predictor = EventPredictor(EventPlan(read_events(path), pk_model("pk-1cmt-mm"), individual))
    dose_per_hour = 100.0 / 12.0
    f, slopes = predictor.linearise(np.arange(2), np.log([[1.5 * dose_per_hour], [0.9 * dose_per_hour]]), [0])
    assert np.isfinite(f[0]).all() and np.isfinite(slopes[0]).all() and (f[0] > 0).all()
    assert np.isnan(f[1]).all() and np.isnan(slopes[1]).all()


def test_a_copy_with_impossible_parameters_is_lost_and_the_others_are_not(tmp_path: Path):
    model = mixed_of(oral_table(tmp_path), IndividualModel.of(U, ORAL, ("KA", "CL", "V")))
    u = np.array([[0.4, 1.0, 3.5], [0.4, 800.0, 3.5]])
    found = model.predictor.predict(np.array([0, 0]), u)
    assert np.isfinite(found[0]).all() and np.isnan(found[1]).all()
    alone = model.predictor.predict(np.array([0]), u[:1])
    assert alone[0].tobytes() == found[0].tobytes()


@pytest.mark.parametrize("threads", [1, 2])
def test_the_bytes_do_not_depend_on_threads(tmp_path: Path, threads):
    individual = IndividualModel.of(U, ORAL, ("KA", "CL", "V"))
    usual = mixed_of(oral_table(tmp_path), individual)
    own = mixed_of(oral_table(tmp_path), individual, threads=threads)
    u = np.repeat([np.log([1.5, 2.8, 32.0])], 6, axis=0)
    for a, b in zip(*(m.predictor.linearise(m.everyone(), u, [0, 1, 2]) for m in (usual, own)), strict=True):
        assert a.tobytes() == b.tobytes()
