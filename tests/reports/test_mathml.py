"""Formulas as MathML: their structure, and every law of the largest model."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from quotidian.models import DRUGS, model
from quotidian.network.formula import latex
from quotidian.network.typeset import section_symbols, shared_symbols
from quotidian.reports.mathml import mathml

MATH = "{http://www.w3.org/1998/Math/MathML}"
ARITY = {"mfrac": 2, "msub": 2, "msup": 2, "msubsup": 3, "mover": 2, "msqrt": 1}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("k_a", "<msub><mi>k</mi><mi>a</mi></msub>"),
        (
            r"\frac{12.5}{E^n}",
            "<mfrac><mrow><mn>12.5</mn></mrow><mrow><msup><mi>E</mi><mi>n</mi></msup></mrow></mfrac>",
        ),
        (
            r"\left(1 - q\right)^{2}",
            "<msup><mrow><mo>(</mo><mn>1</mn><mo>−</mo><mi>q</mi><mo>)</mo></mrow><mrow><mn>2</mn></mrow></msup>",
        ),
        (r"\mathrm{Hb_6}", '<msub><mi mathvariant="normal">Hb</mi><mi>6</mi></msub>'),
        ("B_1'", "<mrow><msub><mi>B</mi><mn>1</mn></msub><mo>′</mo></mrow>"),
        (r"\bar I_0", '<msub><mover accent="true"><mi>I</mi><mo>¯</mo></mover><mn>0</mn></msub>'),
        (r"\unheard_x", "<msub><mo>unheard</mo><mi>x</mi></msub>"),
    ],
)  # fmt: skip
def test_a_formula_has_its_structure(written: str, expected: str) -> None:
    assert mathml(written).partition("<mrow>")[2].removesuffix("</mrow></math>") == expected


def test_every_law_becomes_wellformed_mathml_with_all_its_letters() -> None:
    whole = model("sjia", DRUGS)
    shared = shared_symbols(whole)
    for module in whole.modules:
        names = section_symbols(module, shared)
        for use in (*module.definitions, *module.fluxes):
            written = latex(use, names)
            root = ElementTree.fromstring(mathml(written))
            text = "".join(root.itertext())
            assert "\\" not in text and "{" not in text, written
            assert text.count("(") == written.count("(") == text.count(")"), written
            assert sum(1 for e in root.iter(f"{MATH}mfrac")) == written.count(r"\frac"), written
            for element in root.iter():
                name = element.tag.removeprefix(MATH)
                assert len(element) == ARITY.get(name, len(element)), written
