"""What a written file holds: valid SBML, units where they can be said, doses, the child's own values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import antimony
import libsbml
import numpy as np
import pytest

from quotidian.drugs.catalogue import regimen
from quotidian.engine import CompiledModel, Tolerance
from quotidian.errors import InvalidInput
from quotidian.evidence.bibliography import bibliography
from quotidian.interchange import from_sbml, to_antimony, to_sbml, untreated
from quotidian.interchange.identifiers import NAMES, OBSERVABLES, REACTIONS, Identifiers
from quotidian.interchange.sbml_units import Unit, factors, substance
from quotidian.models import MODELS, model
from quotidian.network import (
    NOTHING,
    Compartment,
    Covariate,
    Flux,
    InitialCondition,
    Input,
    Model,
    Module,
    Observable,
    Species,
    Transfer,
)
from quotidian.network.flux import itself
from quotidian.network.names import Parameter
from quotidian.patients.child import child

EXPECTED = {
    10503: "species are amounts of several kinds (nmol, mg, numbers), so reactions have no one unit",
    99507: "and for that reason the unit of extent is left open",
    20616: "degC, cm, years of bone age and levels such as g/dL are no substances to SBML",
    20702: "so are the numbers that go with it",
    80701: "the same, as a matter of good practice",
    99505: "formulas that read them are not checked",
    99508: "nor can these be",
}
"""Every kind of warning, and why it stands. Any other would be a unit that is wrong."""
GIRL = child(6, "female", 26.0)


_documents: list[libsbml.SBMLDocument] = []  # libSBML frees a model with its document


def read(sbml: str) -> libsbml.Model:
    _documents.append(libsbml.readSBMLFromString(sbml))
    return _documents[-1].getModel()


@pytest.mark.parametrize("name", ["sjia", "healthy_child", "adult_ra"])
@pytest.mark.parametrize("drug", ["none", "tocilizumab-iv", "tocilizumab-sc"])
def test_the_document_is_consistent(name: str, drug: str) -> None:
    given = GIRL if drug != "none" else None
    document = libsbml.readSBMLFromString(to_sbml(model(name), regimen(drug), given or GIRL, 336.0))
    document.checkConsistency()
    found = Counter(document.getError(i).getErrorId() for i in range(document.getNumErrors()))
    assert (
        document.getNumErrors(libsbml.LIBSBML_SEV_ERROR) + document.getNumErrors(libsbml.LIBSBML_SEV_FATAL)
        == 0
    )
    assert set(found) <= set(EXPECTED), found
    assert found.total() <= 2 * (len(model(name).fluxes) + len(model(name).species))


def test_the_document_says_what_it_is() -> None:
    written = to_sbml(model("sjia"))
    assert read(written).getLevel(), read(written).getVersion() == (3, 1)
    assert "Research use, not a medical device." in written
    assert read(written).getTimeUnits() == "h"


def test_every_constant_says_how_it_is_known() -> None:
    """Its basis and spread in the notes, and a MIRIAM reference to each source that has a DOI."""
    named = model("healthy_child")
    ledger = {n: a for n, a in named.arguments.items() if isinstance(a, Parameter) and a.entry is not None}
    document = read(to_sbml(named))
    assert len(ledger) > 50
    referred = 0
    for name, parameter in ledger.items():
        entry, element = parameter.entry, document.getParameter(Identifiers().of(NAMES, name))
        notes = " ".join(element.getNotesString().split())
        assert f"{entry.value:g} {entry.unit}; {entry.basis.word}" in notes, name
        assert "uncertainty:" in notes and "variability:" in notes
        sources = [bibliography()[s.key].doi for s in entry.sources]
        terms = [element.getCVTerm(i) for i in range(element.getNumCVTerms())]
        found = {t.getResourceURI(i) for t in terms for i in range(t.getNumResources())}
        assert {f"https://identifiers.org/doi:{doi}" for doi in sources if doi} <= found
        referred += bool(found)
    assert referred > 20
    assert {r.getSBOTermID() for r in document.getListOfReactions()} == {"SBO:0000176", "SBO:0000185"}


@pytest.mark.parametrize("name", MODELS)
def test_every_model_comes_back(name: str) -> None:
    """Exported, imported and solved, each state is that of the model itself, within 1e-8."""
    named = model(name)
    machine = CompiledModel(named)
    names = [s.name for s in named.species]
    fine = Tolerance(rtol=1e-12, atol=1e-14)
    ours = machine.run(machine.parameters(1), [0.0, 3.0], tolerance=fine)
    imported = from_sbml(to_sbml(named))
    theirs = imported.run([0.0, 3.0], [Identifiers().of(NAMES, n) for n in names], fine).values[0, 1]
    states = machine.named_states(ours.states[0])
    expected = np.array([states[n] for n in names])
    assert theirs == pytest.approx(expected, rel=1e-8, abs=1e-12)


def test_every_noun_of_the_model_is_there() -> None:
    m, sbml = model("sjia"), read(to_sbml(model("sjia")))
    assert {s.getId() for s in sbml.getListOfSpecies()} == {s.name.replace(".", "__") for s in m.species}
    values = {p.getId(): p.getValue() for p in sbml.getListOfParameters() if p.isSetValue()}
    for name, value in m.constants.items():
        assert values[name.replace(".", "__")] == pytest.approx(value, rel=1e-14)
    shown = {p.getId().removeprefix("observed_") for p in sbml.getListOfParameters()}
    assert set(m.observables) <= shown


def test_a_dose_is_an_event_at_its_time() -> None:
    sbml = read(to_sbml(model("sjia"), regimen("tocilizumab-iv"), GIRL, 24.0 * 28))
    rows = [
        (libsbml.formulaToL3String(e.getTrigger().getMath()),
         libsbml.formulaToL3String(e.getEventAssignment(0).getMath()), e.getEventAssignment(0).getVariable())
        for e in sbml.getListOfEvents()
    ]  # fmt: skip
    on, off = ("312 mg_per_h", "tocilizumab_infusion"), ("0 mg_per_h", "tocilizumab_infusion")
    assert rows == [
        ("time >= 9 h", *on), ("time >= 10 h", *off), ("time >= 345 h", *on), ("time >= 346 h", *off),
    ]  # fmt: skip


def test_an_injection_adds_to_its_depot() -> None:
    sbml = read(to_sbml(model("sjia"), regimen("tocilizumab-sc"), GIRL, 100.0))
    (change,) = sbml.getEvent(0).getListOfEventAssignments()
    assert libsbml.formulaToL3String(change.getMath()) == "tocilizumab_depot + 162 mg"


def test_the_child_gives_the_values() -> None:
    sbml = read(
        to_sbml(
            model("sjia"), child=child(6, "female", 26.0, severity=1.5, random_effects={"fever.gain": 2.0})
        )
    )
    assert sbml.getParameter("body_weight").getValue() == 26.0
    assert sbml.getParameter("severity").getValue() == 1.5
    typical = read(to_sbml(model("sjia")))
    ratio = sbml.getParameter("fever__gain").getValue() / typical.getParameter("fever__gain").getValue()
    assert ratio == pytest.approx(2.0)
    assert (
        sbml.getCompartment("tocilizumab_central_space").getSize()
        > typical.getCompartment("tocilizumab_central_space").getSize()
    )


def test_states_replace_starts() -> None:
    m = model("sjia")
    states = untreated(m, GIRL, 3)
    sbml = read(to_sbml(m, child=GIRL, states=states))
    assert sbml.getInitialAssignment("crp") is None
    assert sbml.getSpecies("crp").getInitialConcentration() == pytest.approx(states["crp"], rel=1e-14)
    assert states["crp"] != pytest.approx(
        read(to_sbml(m, child=GIRL)).getSpecies("crp").getInitialConcentration()
    )


@pytest.mark.parametrize("given", [{"child": GIRL}, {"until": 336.0}, {}])
def test_a_regimen_needs_a_child_and_an_end(given: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match="cannot be written without a child and an end"):
        to_sbml(model("sjia"), regimen("tocilizumab-iv"), **given)


# ---- forms that our own models do not show
weight = Covariate("weight", "kg", typical=3.0)
large = Compartment("large", Covariate("large_volume", "L", typical=5.0))
a, b, n = Species("a", "nM", within=large), Species("b", "nM", within=large), Species("2n", "1")


def joining(a: float, w: float) -> float:
    """Pairs join."""
    return w * a * a


def paired(a: float) -> float:
    """Grows with the square root, oddly named."""
    return a**0.5


def leaving(a: float) -> float:
    """Leaves, as an amount."""
    return 3 * a


def tiny() -> Model:
    module = Module(
        "m",
        "M",
        fluxes=(
            Flux(2 * a >> b, joining, a, weight),
            Transfer(a >> NOTHING, leaving, a),
            Flux(NOTHING >> n, paired, a),
        ),
        starts=(
            InitialCondition(a, itself, weight),
            InitialCondition(b, lambda: 0.0),
            InitialCondition(n, lambda: 0.0),
        ),
        observables=(Observable("m__joining", "nM", "b again", itself, b),),
    )
    return Model("tiny", "Tiny", (module,), audited=False)


def test_a_flux_within_a_volume_is_multiplied_by_it() -> None:
    reaction = read(to_sbml(tiny())).getReaction("m__joining_2")  # the observable was first
    assert libsbml.formulaToL3String(reaction.getKineticLaw().getMath()) == "large * weight * a * a"
    assert [r.getStoichiometry() for r in reaction.getListOfReactants()] == [2.0]
    assert read(to_sbml(tiny())).getCompartment("large").getSize() == 5.0


def test_a_small_model_comes_back(worst: Callable[..., float]) -> None:
    sbml, times = to_sbml(tiny()), np.linspace(0.0, 2.0, 9)
    machine = CompiledModel(tiny())
    exact = Tolerance(rtol=1e-10, atol=1e-12)
    ours = machine.run(machine.parameters(1), times, tolerance=exact)
    assert worst(from_sbml(sbml).run(times, ["m__joining"], exact).values[0], ours.values[0]) < 1e-8


def test_identifiers_are_legal_and_unlike() -> None:
    ids = Identifiers()
    assert ids.of(NAMES, "joints.k_entry") == "joints__k_entry"
    assert ids.of(NAMES, "2 n-mer") == "_2_n_mer"
    assert ids.of(NAMES, "crp") == ids.of(NAMES, "crp") == "crp"
    assert ids.of(OBSERVABLES, "crp") == "observed_crp"
    assert [ids.new(REACTIONS, "crp") for _ in range(2)] == ["crp_2", "crp_3"]
    assert ids.of(NAMES, "time") == "time_2"


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("1", ()),
        ("nM", (Unit("mole", 1, -9), Unit("litre", -1))),
        ("1/nM/h", (Unit("mole", -1, -9), Unit("litre", 1), Unit("second", -1, 0, 3600.0))),
        ("mg/kg/day", (Unit("gram", 1, -3), Unit("gram", -1, 3), Unit("second", -1, 0, 86400.0))),
        ("mm**2", (Unit("metre", 2, -3),)),
        ("degC", None),
        ("IU/L", None),
        ("nM/degC", None),
    ],
)
def test_units_are_said_where_sbml_can(unit: str, said: tuple[Unit, ...] | None) -> None:
    assert factors(unit) == said


@pytest.mark.parametrize(
    ("unit", "amount"),
    [("nM", "nmol"), ("mg/L", "mg"), ("g/L", "g"), ("pg/mL", None), ("1", None), ("mg", None)],
)
def test_only_an_amount_in_a_litre_is_a_concentration(unit: str, amount: str | None) -> None:
    assert substance(unit) == amount


# ---- Antimony
def test_antimony_says_the_same(worst: Callable[..., float]) -> None:
    m, days = model("sjia"), 2.0
    text = to_antimony(m, regimen("tocilizumab-iv"), GIRL, 24.0 * days)
    assert "at_9_h: at time >= 9 h" in text and "tocilizumab_infusion = 312 mg_per_h" in text
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(text) >= 0, antimony.getLastError()
    times, ids = np.linspace(0.0, 48.0, 13), ["observed_crp", "observed_temperature", "observed_tocilizumab"]
    direct = from_sbml(to_sbml(m, regimen("tocilizumab-iv"), GIRL, 24.0 * days)).run(times, ids)
    around = from_sbml(antimony.getSBMLString(None)).run(times, ids)
    assert worst(around.values[0], direct.values[0]) < 1e-6


def test_antimony_marks_no_pure_number() -> None:
    assert "1 dimensionless" not in to_antimony(model("sjia"))


def test_an_input_that_nothing_switches_rests() -> None:
    assert isinstance(model("sjia").inputs["course"], Input)
    course = read(to_sbml(model("sjia"))).getParameter("course")
    assert (course.getValue(), course.getConstant()) == (1.0, False)
