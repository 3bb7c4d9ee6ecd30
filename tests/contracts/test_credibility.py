"""Pages of credibility: one for each guide that asks a question, and verdicts that follow from the rows."""

from __future__ import annotations

import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from quotidian.evidence.reading import read_mapping
from quotidian.trials.benchmarks.published_results import claims_of
from quotidian.trials.protocol.library import names

ROOT = Path(__file__).resolve().parents[2]
SIMULATED = {
    "dose-below-30-kg", "every-2-or-4-weeks", "iv-to-sc", "how-fast-to-taper", "withdrawal-design-size",
    "biosimilar", "mas-behind-normal-crp",
}  # fmt: skip
FEW = {"iv-to-sc", "how-fast-to-taper"}
"""Guides whose question is answered by fewer published numbers than are demanded."""


@pytest.fixture(scope="module")
def made() -> Any:
    """docs/credibility.py, without running it."""
    spec = spec_from_file_location("credibility", ROOT / "docs/credibility.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    import sys

    sys.modules["credibility"] = module  # a dataclass looks for its module there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def content(made: Any) -> dict[str, Any]:
    return dict(read_mapping(made.QUESTIONS))


def _rows(trial: str, endpoint: str, inside: int, count: int) -> list[dict[str, Any]]:
    return [
        {
            "claim": f"{trial}.{endpoint}.{i}", "trial": trial, "arm": "all", "endpoint": endpoint,
            "week": 12, "published": 50.0, "virtual": 51.0, "low": 40.0, "high": 60.0, "role": "validation",
            "inside": i < inside, "low_known": 30.0, "high_known": 70.0, "inside_known": i < inside,
        }
        for i in range(count)
    ]  # fmt: skip


def test_every_guide_that_asks_a_question_has_criteria(content: dict[str, Any]) -> None:
    guides = [one["guide"] for one in content["questions"]]
    assert set(guides) == SIMULATED and len(guides) == 7
    for guide in guides:
        assert (ROOT / "docs/guides" / f"{guide}.md").is_file()


def test_a_criterion_selects_published_rows_that_exist(content: dict[str, Any]) -> None:
    claims = [c for name in names() for c in claims_of(name) if c.kind != "context"]
    for question in content["questions"]:
        for one in question["criteria"]:
            starts = tuple(one["rows"]["endpoints"])
            own = [c for c in claims if c.id.split(".")[0] in one["rows"]["trials"]]
            count = sum(c.endpoint.startswith(starts) for c in own)
            assert count >= one["fewest"] or question["guide"] in FEW, (question["guide"], one["says"])


def test_risk_is_the_higher_of_influence_and_consequence(made: Any) -> None:
    assert made.risk({"influence": "low", "consequence": "high"}) == "high"
    assert made.risk({"influence": "medium", "consequence": "low"}) == "medium"


@pytest.mark.parametrize(
    ("inside", "count", "demanded", "verdict"),
    [(9, 10, 0.9, "met"), (8, 10, 0.9, "not met"), (3, 3, 0.9, "not shown"), (0, 0, 0.6, "not shown")],
)
def test_a_criterion_follows_from_its_rows(
    made: Any, inside: int, count: int, demanded: float, verdict: str
) -> None:
    asked: dict[str, Any] = {"says": "x", "by": "inside", "fewest": 5}
    asked["rows"] = {"trials": ["tender"], "endpoints": ["acr"], "without": "placebo"}
    others = _rows("tender", "crp", 0, 9) + _rows("woo-2005", "acr70", 0, 9)
    placebo = [{**row, "arm": "placebo"} for row in _rows("tender", "acr70", 0, 4)]
    found = made.found(asked, demanded, _rows("tender", "acr70", inside, count) + others + placebo)
    assert (found.verdict, found.inside, len(found.rows)) == (verdict, inside, count)


def test_the_verdict_names_what_is_missing(made: Any) -> None:
    def one(verdict: str) -> Any:
        return made.Finding(f"criterion {verdict}", "inside", (), 0, verdict)

    assert made.verdict([one("met")], True).startswith("Sufficient")
    assert "Not met: criterion not met" in made.verdict([one("met"), one("not met")], True)
    assert "Too few rows: criterion not shown" in made.verdict([one("not shown")], True)
    assert made.verdict([one("met")], False).startswith("Not credible")


def test_pages_say_question_criteria_and_rows(made: Any, content: dict[str, Any]) -> None:
    rows = _rows("tender", "acr70", 9, 10) + _rows("tender", "ctrough", 10, 10)
    evidence = {"command": "quotidian scoreboard", "version": "0", "largest_error": 1e-5, "rows": rows}
    written = made.pages(content, evidence)
    assert set(written) == {"README.md", *(f"{name}.md" for name in SIMULATED)}
    text = written["biosimilar.md"]
    assert "| Model risk | medium |" in text and "at least 75 % of rows | 9 of 10 | met |" in text
    assert "Sufficient for this context of use" in text and "51 (40 to 60) ✕ | 30 to 70 ✕" in text
    assert "not shown" in written["iv-to-sc.md"]
    inaccurate = made.pages(content, {**evidence, "largest_error": 0.01})
    assert "Not credible" in inaccurate["biosimilar.md"]


def test_committed_pages_are_those_of_the_committed_evidence(made: Any, content: dict[str, Any]) -> None:
    written = made.pages(content, json.loads(made.EVIDENCE.read_text(encoding="utf-8")))
    for name, text in written.items():
        assert (made.FOLDER / name).read_text(encoding="utf-8") == text, name
