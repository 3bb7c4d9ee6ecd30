"""What ``--seed`` drew for a child: a line for the screen, and every value for a file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quotidian.version import RESEARCH_USE, __version__

if TYPE_CHECKING:
    from quotidian.cli.support.course import Course
    from quotidian.patients.child import Child

SHOWN = 3
"""Random effects in the line on the screen; a sampled child has about forty."""


def sampled_words(child: Child, seed: int) -> str:
    """The properties in a line, sampled or stated; of the random effects those farthest from 1."""
    share = "typical" if child.il6_share is None else f"{child.il6_share:.2f}"
    years = "" if child.duration_years is None else f", {child.duration_years:.1f} years since onset"
    effects = sorted(child.random_effects.items(), key=lambda one: -abs(math.log(one[1])))
    largest = ", ".join(f"{name} x {factor:.2g}" for name, factor in effects[:SHOWN])
    return (
        f"Child of seed {seed}: severity {child.severity:.3g} (1 is typical), height "
        f"{child.height_cm:.0f} cm{years}, share of arthritis by IL-6 {share}; {len(effects)} random "
        f"effects, the largest {largest}. --json FILE writes every value."
    )


def written_child(course: Course, seed: int | None, path: Path) -> None:
    """Write the child and what was simulated of it as JSON, completely or not at all.

    Raises OutputError if the disk refuses.
    """
    from quotidian.application.manifest import as_json
    from quotidian.reports.files import write_atomically

    write_atomically(path, as_json(child_manifest(course, seed)))


def child_manifest(course: Course, seed: int | None) -> dict[str, Any]:
    """The child in full, plain values: years, kg, cm, SD scores, and factors on parameters of the model."""
    from quotidian.dosing import describe

    who = course.child
    return {
        "program": "quotidian simulate",
        "version": __version__,
        "use": RESEARCH_USE,
        "child": {
            "label": who.label,
            "seed": seed,
            "age_years": who.age_years,
            "sex": who.sex,
            "weight_kg": who.weight_kg,
            "height_cm": who.height_cm,
            "severity": who.severity,
            "il6_share": who.il6_share,
            "duration_years": who.duration_years,
            "target_height_z": who.target_height_z,
            "antibody_threshold": who.antibody_threshold if math.isfinite(who.antibody_threshold) else None,
            "random_effects": dict(who.random_effects),
            "values": dict(who.values),
        },
        "model": course.model,
        "scenario": course.scenario,
        "course": _natural(course),
        "weeks": course.days / 7.0,
        "regimens": {text: describe(regimen) for text, regimen in course.regimens.items()},
        "remarks": list(course.marks),
    }


def _natural(course: Course) -> dict[str, Any] | None:
    one = course.natural
    if one is None:
        return None
    return {"kind": one.text, "flares": list(one.flares), "infections": list(one.infections)}
