"""The catalogue: every name can be given, every port is there, doses that are not licensed are marked."""

from __future__ import annotations

import pytest

from quotidian.dosing import Person, describe, schedule
from quotidian.drugs.catalogue import MARKS, PORTS, PREPARATIONS, REGIMENS, marks, regimen
from quotidian.errors import DoseOutsideBand, RegimenError, UnknownName
from quotidian.models import DRUGS, model
from quotidian.network.audit import audit
from quotidian.patients.child import child
from quotidian.patients.treatment import treatment_events

STABLE = (
    *("tocilizumab-iv", "tocilizumab-sc", "sarilumab", "satralizumab", "siltuximab", "sirukumab"),
    *("olokizumab", "clazakizumab", "olamkicept", "anakinra", "canakinumab", "emapalumab", "tofacitinib"),
    *("methotrexate", "ibuprofen"),
)
SMALL, LARGE = Person(20.0, 6.0, 115.0), Person(80.0, 16.0, 175.0)


def first_mg(name: str, person: Person) -> float:
    return schedule(REGIMENS[name], person, 24.0).administrations[0].amount_mg


def test_the_stable_names_are_there() -> None:
    assert set(STABLE) <= set(REGIMENS)


@pytest.mark.parametrize("name", STABLE)
def test_each_can_be_given_and_said(name: str) -> None:
    assert first_mg(name, SMALL) > 0
    assert describe(REGIMENS[name])


@pytest.mark.parametrize("drug", DRUGS)
def test_units_are_right_with_one_drug(drug: str) -> None:
    assert audit(model("sjia", (drug,))).warnings == ()


@pytest.mark.parametrize("name", ["sjia", "healthy_child", "adult_ra"])
def test_units_are_right_with_all_drugs_at_once(name: str) -> None:
    report = audit(model(name, DRUGS))
    assert {port.name for port in PORTS if not port.is_input} <= set(report.species)
    held = {frozenset(total.species) for total in report.moieties}
    assert (
        frozenset({"olokizumab", "olokizumab_peripheral", "olokizumab_il6", "olokizumab_il6_sil6r"}) in held
    )
    il6 = next(total for total in held if "il6" in total)
    assert {"siltuximab_il6", "olokizumab_il6_sil6r", "olamkicept_il6_sil6r", "il6_sil6r_sgp130"} <= il6


def test_every_port_leads_into_the_model() -> None:
    whole = model("sjia", DRUGS)
    states = {s.name for s in whole.species}
    assert all(port.name in (whole.inputs if port.is_input else states) for port in PORTS)


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("sarilumab", 200.0), ("satralizumab", 120.0), ("sirukumab", 100.0), ("olokizumab", 64.0),
        ("clazakizumab", 10.0), ("olamkicept", 600.0), ("anakinra", 100.0), ("canakinumab", 300.0),
        ("tofacitinib", 5.0), ("methotrexate", 25.0), ("ibuprofen", 400.0),
    ],
)  # fmt: skip
def test_no_child_is_given_more_than_an_adult(name: str, most: float) -> None:
    assert first_mg(name, LARGE) == most


@pytest.mark.parametrize(
    "name", [name for name, p in PREPARATIONS.items() if p.standard and p.basis == "scaled"]
)
def test_a_scaled_dose_is_the_adult_dose_by_clearance(name: str) -> None:
    """Per kg at 20 kg (70/20)^0.25 times the adult's, within rounding; siltuximab stays per kg."""
    per_kg = first_mg(name, SMALL) / 20.0
    adult = {"siltuximab": 11 * 70.0}.get(name, first_mg(name, LARGE))
    factor = 1.0 if name == "siltuximab" else (70 / 20) ** 0.25
    assert per_kg == pytest.approx(adult / 70.0 * factor, rel=0.05)


def test_what_is_not_licensed_is_marked_and_what_is_not() -> None:
    assert marks("none") == marks("tocilizumab-iv") == marks("canakinumab @7d") == ()
    (line,) = marks("tocilizumab-sc + siltuximab x3")
    assert line.startswith("siltuximab: dose not established in children: scaled from the adult dose (")
    assert [m.split(":")[0] for m in marks("sarilumab+methotrexate+sarilumab")] == [
        "sarilumab",
        "methotrexate",
    ]
    assert marks("anakinra") == ()  # licensed in Europe
    assert MARKS["tried"] in marks("tofacitinib")[0]


def test_a_dose_of_ones_own_carries_no_mark() -> None:
    assert marks("siltuximab:5mg/kg/2wk") == ()
    assert describe(regimen("canakinumab:4mg/kg/4wk")) == "canakinumab 4 mg/kg, under the skin every 28 days"


def test_subcutaneous_tocilizumab_goes_by_weight() -> None:
    times = {
        w: [
            a.time_h / 24
            for a in schedule(REGIMENS["tocilizumab-sc"], Person(w, 8.0), 30 * 24.0).administrations
        ]
        for w in (29.9, 30.0)
    }
    assert times == {29.9: [0, 14, 28], 30.0: [0, 7, 14, 21, 28]}


def test_emapalumab_falls_from_six_to_three_mg_per_kg_and_ends() -> None:
    given = schedule(REGIMENS["emapalumab"], SMALL, 100 * 24.0).administrations
    assert [round(a.time_h / 24, 1) for a in given] == [0, 3, 6, 9, 12, 15, 18.5, 22, 25.5]
    assert [a.amount_mg for a in given] == [120.0] + [60.0] * 8


def test_bad_doses_are_refused() -> None:
    for text in ("siltuximab:0mg/1wk", "siltuximab:500mg/kg/3wk", "anakinra:2mg/kg", "sarilumab:-3mg/kg/2wk"):
        with pytest.raises(RegimenError):
            regimen(text)
    with pytest.raises(UnknownName, match="silituximab") as refusal:
        regimen("silituximab")
    assert "siltuximab" in refusal.value.remedy + str(refusal.value)
    with pytest.raises(DoseOutsideBand):
        schedule(REGIMENS["tofacitinib"], Person(9.5, 2.0), 24.0)


def test_a_route_that_the_drug_has_not_is_refused() -> None:
    from quotidian.dosing import oral

    with pytest.raises(RegimenError, match="canakinumab cannot be given by oral"):
        girl = child(6, "female", 20.0)
        treatment_events(girl, oral("1 mg", of="canakinumab"), 24.0)
