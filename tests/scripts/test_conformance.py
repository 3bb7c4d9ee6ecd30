"""The judge of the SBML Test Suite: what passes, what is wrong, and what is refused."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

MODEL = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="m">'
    '<listOfCompartments><compartment id="c" spatialDimensions="3" size="2" constant="true"/>'
    '</listOfCompartments><listOfSpecies><species id="S" compartment="c" initialConcentration="3" '
    'hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false"/></listOfSpecies>'
    '<listOfRules><rateRule variable="S"><math xmlns="http://www.w3.org/1998/Math/MathML">LAW</math>'
    "</rateRule></listOfRules></model></sbml>"
)


@pytest.fixture(scope="module")
def conformance() -> ModuleType:
    place = Path(__file__).parents[2] / "scripts/conformance.py"
    spec = importlib.util.spec_from_file_location("conformance", place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["conformance"] = module
    spec.loader.exec_module(module)
    return module


def written(folder: Path, law: str, last: float, amount: str = "S") -> Path:
    """A case of one species at times 0 and 2."""
    place = folder / "00001"
    place.mkdir(exist_ok=True)
    (place / "00001-sbml-l3v1.xml").write_text(MODEL.replace("LAW", law))
    settings = f"start: 0\nvariables: S\nabsolute: 1e-6\nrelative: 1e-4\namount: {amount}\nconcentration:\n"
    (place / "00001-settings.txt").write_text(settings)
    (place / "00001-results.csv").write_text(f"time,S\n0,6\n2,{last}\n")
    return place


def test_a_case_is_judged_by_its_own_tolerances(conformance: ModuleType, tmp_path: Path) -> None:
    judge = lambda *a: conformance.judged(conformance.Case.read(written(tmp_path, *a)))  # noqa: E731
    assert judge("<cn>1</cn>", 10.0005) == ("passed", "")
    assert judge("<cn>1</cn>", 10.01) == ("wrong", "S at 2: 10 instead of 10.01")
    assert judge("<cn>1</cn>", 10.0, "") == ("wrong", "S at 0: 3 instead of 6")
    delay = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/delay">delay</csymbol>'
    status, why = judge(f"<apply>{delay}<ci>S</ci><cn>1</cn></apply>", 0.0)
    assert (status, conformance.reason(why)) == ("refused", "delay equations")


def test_the_page_counts(conformance: ModuleType) -> None:
    verdicts = {
        "1": ("passed", ""),
        "2": ("refused", "The reaction 'J' (line 3) is fast."),
        "3": ("wrong", "x"),
    }
    lines = "\n".join(conformance.page(verdicts))
    assert "3 time courses" in lines
    assert "| passed | 1 |" in lines and "| wrong | 1 |" in lines and "| fast reactions | 1 |" in lines


def test_other_suites_are_counted_and_what_fails_is_named(conformance: ModuleType) -> None:
    found = [("petab", "solutions", {"1": ("passed", ""), "2": ("wrong", "llh 1 instead of 2")})]
    lines = list(conformance.others(found))
    assert "| PEtab problems, versions 1 and 2 | solutions | 2 | 1 | 0 | 1 |" in lines
    assert lines[-1] == "- petab 2: wrong, llh 1 instead of 2"
