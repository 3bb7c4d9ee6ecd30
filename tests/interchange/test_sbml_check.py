"""Long chains of rules are checked in a process with a limit, and give the same answer as here."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("libsbml")

from quotidian.errors import InvalidInput
from quotidian.interchange import sbml_check
from quotidian.interchange.sbml_document import opened

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">{}</math>'
RULE = f'<assignmentRule variable="p{{}}">{MATH.format("<ci>{}</ci>")}</assignmentRule>\n'


def chain(length: int, first: str = "k") -> str:
    """A model in which each parameter is the one before it; the first one is ``first``."""
    numbers = range(length)
    names = "".join(f'<parameter id="p{i}" constant="false"/>' for i in numbers)
    rules = "".join(RULE.format(i, f"p{i - 1}" if i else first) for i in numbers)
    return (
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="m">'
        f'<listOfParameters><parameter id="k" value="1" constant="true"/>{names}</listOfParameters>'
        f"<listOfRules>\n{rules}</listOfRules></model></sbml>"
    )


@pytest.mark.parametrize("length", [sbml_check.AT_ONCE - 1, sbml_check.AT_ONCE + 1])
def test_a_chain_is_read_and_a_circle_is_refused_with_its_line(length: int) -> None:
    assert sbml_check.takes_long(opened(chain(length))) == (length > sbml_check.AT_ONCE)
    with pytest.raises(InvalidInput, match=r"is not valid SBML\.\n  Line \d+: .*cycle"):
        opened(chain(length, f"p{length - 1}"))


@pytest.mark.parametrize("program", ["import time; time.sleep(60)", "import sys; sys.exit(1)"])
def test_a_check_without_end_is_a_refusal(
    program: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "program.py").write_text(program)
    monkeypatch.setattr(sbml_check, "PROGRAM", tmp_path / "program.py")
    monkeypatch.setattr(sbml_check, "PATIENCE_S", 2)
    with pytest.raises(InvalidInput, match="It has 150 rules"):
        opened(chain(150))
