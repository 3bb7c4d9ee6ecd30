"""The ranking of assumed numbers: known effects have sign and place, and the stored page is complete."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from quotidian.errors import UnknownName
from quotidian.evidence.spread import Cv, Fold, Range, Sd, Unknown
from quotidian.models import model
from quotidian.reports.assumption_page import HEADS, page
from quotidian.reports.assumption_sensitivity import OUTCOMES, assumed, assumption_sensitivity, ends, entries
from quotidian.units import quantity_text

PAGE = Path(__file__).resolve().parents[2] / "docs/firm-and-assumed.md"
SOME = ("acute_phase.crp_ec50", "innate_loop.gain_il1", "clinical_scores.chaq_steepness", "liver.k_ast")


@pytest.fixture(scope="module")
def found():
    return assumption_sensitivity("sjia", SOME)


def test_known_numbers_act_as_they_must(found) -> None:
    """A liver that needs more IL-6 makes less CRP; a stronger loop makes more IL-6 and so less growth."""
    effects = {e.name: e for e in found.effects}
    low, high = effects["acute_phase.crp_ec50"].of("crp")
    assert low > 0.3 > 0 > high
    assert effects["acute_phase.crp_ec50"].of("il6") == pytest.approx((0.0, 0.0), abs=1e-6)
    low, high = effects["innate_loop.gain_il1"].of("il6")
    assert low < -0.1 and high > 0.1
    low, high = effects["innate_loop.gain_il1"].of("height_velocity")
    assert low > 0 > high


def test_the_sensitive_stand_before_what_touches_none_of_the_outcomes(found) -> None:
    assert [e.name for e in found.effects] == list(SOME)
    assert found.effects[0].on.name == "crp"
    assert found.effects[-1].largest < 1e-4


def test_one_number_alone_has_the_same_effect(found) -> None:
    (alone,) = assumption_sensitivity("sjia", SOME[:1]).effects
    assert alone == found.effects[0]


def test_signs_are_seen_on_the_page(found) -> None:
    row = next(line for line in page(found).splitlines() if f"| `{SOME[0]}` | 150 " in line)
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    low, high = cells[4 + HEADS.index("CRP")].split(" / ")
    assert low.startswith("+") and high.startswith("−")
    assert len(cells) == 4 + len(OUTCOMES)


def test_a_definition_or_a_measured_number_is_not_ranked() -> None:
    with pytest.raises(UnknownName, match="not an assumed parameter"):
        assumption_sensitivity("sjia", ("growth.year",))
    with pytest.raises(UnknownName, match="No child can be simulated"):
        assumption_sensitivity("adult_ra")
    with pytest.raises(UnknownName, match="No child can be simulated"):
        assumption_sensitivity("transgenic_mouse")


@pytest.mark.parametrize(
    ("spread", "expected"),
    [
        (Range(1.0, 3.0), (1.0, 3.0)),
        (Fold(2.0), (75.0, 300.0)),
        (Fold(9.0), (20.0, 500.0)),
        (Sd(10.0), (130.0, 170.0)),
        (Cv(0.1), (120.0, 180.0)),
        (Unknown("nobody looked"), (20.0, 500.0)),
    ],
)
def test_the_ends_follow_the_spread(spread, expected) -> None:
    entry = replace(entries(model("sjia"))[SOME[0]], uncertainty=spread, plausible=(20.0, 500.0))
    assert ends(entry) == pytest.approx(expected)


def test_the_stored_page_ranks_what_the_ledger_assumes() -> None:
    """The numbers are written by ``make docs``; which parameters, values and ranges is checked here."""
    text = PAGE.read_text(encoding="utf-8")
    shown = re.findall(r"(?m)^\| \d+ \| `([\w.]+)` \| ([^|(]+) \((\S+) to ([^\s)]+)\)", text)
    known = assumed(model("sjia"))
    wanted = {
        n: (quantity_text(f"{e.value:g}", e.unit), *(f"{x:.3g}" for x in ends(e))) for n, e in known.items()
    }
    assert {name: tuple(rest) for name, *rest in shown} == wanted, "Run make docs."


def test_threads_change_no_byte(found) -> None:
    assert page(assumption_sensitivity("sjia", SOME, threads=2)) == page(found)


def test_the_stored_numbers_are_those_of_the_model(found) -> None:
    """Counts, outcomes of the typical child, and the rows of the few numbers that were moved here."""

    def rows(text: str) -> set[str]:
        lines = [line for line in text.splitlines() if any(f"| `{name}` |" in line for name in SOME)]
        return {re.sub(r"^\| \d+ ", "", line) for line in lines}

    stored, fresh = PAGE.read_text(encoding="utf-8"), page(found)
    heads = [text.partition("\n## Assumed numbers")[0] for text in (stored, fresh)]
    assert heads[0] == heads[1], "Run make docs."
    assert rows(stored) == rows(fresh), "Run make docs."
