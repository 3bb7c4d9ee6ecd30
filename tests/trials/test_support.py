"""Endpoints of drugs without a published result are exploratory, and a comparison says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from quotidian.trials.benchmarks.support import exploratory, supported
from quotidian.trials.protocol.design import Arm, Trial
from quotidian.trials.protocol.library import design
from quotidian.trials.rows import EndpointRow

JIGSAW = design("jigsaw-118")


def row(endpoint: str, published: float | None = None) -> EndpointRow:
    return EndpointRow("tocilizumab", endpoint, 12, "%", 50.0, 40.0, 60.0, published)


def trial_of(give: str) -> Trial:
    return replace(JIGSAW, arms={"drug": Arm(give, 20)})


def test_cells_come_from_published_results_of_the_drug_in_the_disease() -> None:
    cells = supported()
    assert {("sjia", "tocilizumab", "acr70"), ("sjia", "canakinumab", "acr70")} <= cells
    assert ("pjia", "tocilizumab", "cmax_from_30_kg") in cells
    assert not any(drug in ("olamkicept", "siltuximab") for _, drug, _ in cells)
    assert ("pjia", "tocilizumab", "acr70") not in cells


@pytest.mark.parametrize("drug", ["siltuximab", "olamkicept"])
def test_a_drug_without_any_result_is_exploratory_throughout(drug: str) -> None:
    text = exploratory(trial_of(drug), [row("primary"), row("acr70"), row("crp")])
    assert text.startswith("Exploratory:") and f"3 of 3 endpoints of {drug}, the primary one" in text


def test_what_is_supported_or_compared_is_not_marked() -> None:
    assert exploratory(trial_of("tocilizumab-iv"), [row("acr70")]) == ""
    assert exploratory(trial_of("siltuximab"), [row("acr70", 71.0)]) == ""
    assert exploratory(trial_of("none"), [row("acr70")]) == ""
