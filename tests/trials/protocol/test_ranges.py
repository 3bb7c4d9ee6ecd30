"""Numbers of a design outside their range, and rules that can never act, are refused with their place."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from quotidian.application.study_example import EXAMPLE
from quotidian.application.study_file import design_from, faults_of, json_schema
from quotidian.application.yaml_positions import lined_text
from quotidian.errors import InvalidInput
from quotidian.trials.protocol.library import design, names
from quotidian.trials.protocol.population import STATISTICS
from quotidian.trials.protocol.ranges import MATCHED, RANGES


@pytest.mark.parametrize("name", names())
def test_published_designs_lie_within_every_range(name: str) -> None:
    assert not faults_of(design(name))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("acr: 70", "acr: 521", "taper.acr is 521"),
        ("acr: 70", "acr: 0", "taper.acr is 0"),
        ("esr_below: 20 ", "esr_below: -3 ", "taper.esr_below is -3"),
        ("every_weeks: 4", "every_weeks: 1000000000000000000", "taper.every_weeks"),
        ("  by_percent: 20", "  fever_free_days: -7", "taper.fever_free_days is -7"),
        ("  fever_days: 3", "  fever_days: 300", "escape.fever_days is 300"),
        ("  joints: 5", "  joints: -5", "entry.joints is -5"),
        ("  fever: 38.0              # degC", "  fever: 380", "entry.fever is 380"),
        ("  crp_above: 10 ", "  crp_above: 1e9 ", "entry.crp_above"),
        ("  from_week: 4\n", "  from_week: 13\n", "can never act from week 13"),
        ("  from_week: 12\n", "  from_week: 25\n", "can never act from week 25"),
        ("  by_percent: 20", "  weeks: [1, 3]", "can never act at those weeks"),
        ("  flare: true ", "  flare: false ", ""),
        ("indication: sjia ", "children: 1\nindication: sjia ", "1 children in 2 arms"),
        ("  # match: {age: 9.8, joints: 19.8}", "  match: {age: 1e300} #", "population.match.age"),
        ("  # match: {age: 9.8, joints: 19.8}", "  match: {joints: 300} #", "population.match.joints is 300"),
        ("  # match: {age: 9.8, joints: 19.8}", "  match: {age: 52} #", "2 to 18 years have the mean age 52"),
        ("  # match: {age: 9.8, joints: 19.8}", "  values: {age_mean: -7} #", "population.values.age_mean"),
        (
            "missed: 0.03",
            "safety: [{drug: tocilizumab, reads: neutrophils, act: hold, below: -7}]",
            "safety.0.below is -7",
        ),
        (
            "missed: 0.03",
            "interval_extension: {give: tocilizumab-iv, quiet_weeks: 300, from_week: 4}",
            "can never act after 300 quiet weeks",
        ),
    ],
)
def test_a_number_out_of_range_is_refused_with_its_line(old: str, new: str, words: str) -> None:
    assert old in EXAMPLE
    text = EXAMPLE.replace(old, new, 1)
    if not words:  # the fever is a cause of its own
        design_from(lined_text(text, "s.yaml"))
        text, words = text.replace("  fever_days: 3", "  fever_days: 0"), "an escape without a cause"
    with pytest.raises(InvalidInput, match=re.escape(words)) as refusal:
        design_from(lined_text(text, "s.yaml"))
    line = int(re.search(r"line (\d+)", str(refusal.value))[1])
    assert line > 1 and len(str(refusal.value).splitlines()) == 3


def test_every_mean_to_match_has_a_range_and_the_schema_states_them() -> None:
    assert set(MATCHED) == set(STATISTICS)
    parts = json.loads(json_schema())["$defs"]
    acr, crp = parts["Taper"]["properties"]["acr"], parts["Escape"]["properties"]["crp_above"]
    assert (acr["minimum"], acr["maximum"]) == (1, 100) and acr[
        "description"
    ] == "1 to 100: per cent of improvement"
    assert crp["anyOf"][0]["maximum"] == 1000.0
    assert parts["Period"]["properties"]["admit_acr"]["minimum"] == 0


def test_every_range_names_a_field_that_exists_and_a_reason() -> None:
    trial = design("tender-extension")
    for one in RANGES:
        part: Any = getattr(trial, one.place[0]) if one.place[1:] else trial
        assert one.low < one.high and one.because
        assert part is None or hasattr(part, one.place[-1])
