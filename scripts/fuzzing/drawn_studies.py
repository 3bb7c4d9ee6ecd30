"""Random studies that are valid, or nearly: every part of the schema, in random company and sizes."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import yaml

GIVEN = (
    "tocilizumab-iv", "tocilizumab-iv:8mg/kg/4wk", "tocilizumab-sc", "anakinra", "canakinumab", "sarilumab",
    "methotrexate", "prednisolone", "none", "tocilizumab-iv+methotrexate", "ibuprofen", "satralizumab",
)  # fmt: skip
BANDS = {"below 30 kg": "tocilizumab-iv:12mg/kg/2wk", "30 kg and above": "tocilizumab-iv:8mg/kg/2wk"}
AGES = {"sjia": (2, 18), "sjia_infants": (1, 2), "pjia": (2, 18), "adult_ra": (18, 80), "castleman": (18, 80)}
INDICATIONS = ("sjia", "sjia", "sjia", "sjia_infants", "pjia", "adult_ra", "castleman")
ENDPOINTS = (
    "primary", "acr30", "acr50", "acr70", "acr90", "fever_free", "crp_normal", "steroid_free", "ctrough",
    "flare_free",
)  # fmt: skip
OWN: Mapping[str, Any] = {
    "calm": "crp < 15", "halved": "ferritin < 0.5 * baseline", "early": "week < 8 & crp < 100",
    "ratio": {"value": "crp / baseline", "unit": "1", "label": "CRP over that at entry"},
    "heavy": {"when": "weight > 30 | age > 10"}, "difference": {"value": "il6 - baseline", "unit": "pg/mL"},
}  # fmt: skip
MATCHES = {"age": (4, 14), "weight": (15, 45), "joints": (5, 25), "crp": (20, 150), "duration": (0.5, 6)}
RECORDED = ("il6", "ferritin", "sil6r_free", "haemoglobin", "temperature", "neutrophils", "no-such")


class _WithoutAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def drawn_study(random: Random, most: int = 80) -> str:
    """A study file with at most about ``most`` children; one of forty is far larger."""
    size = most * random.choice((1,) * 39 + (12,))
    indication = random.choice(INDICATIONS)
    weeks = [random.choice((1, 2, 4, 8, 12, 24)) for _ in range(random.randrange(1, 4))]
    ends = [sum(weeks[: i + 1]) for i in range(len(weeks))]
    arms = random.randrange(1, 4)
    blinded = random.randrange(len(weeks)) if arms > 1 or random.random() < 0.5 else None
    visits = sorted({*ends, *(w for w in range(1, ends[-1]) if random.random() < 0.25)})
    study: dict[str, Any] = {
        "name": f"drawn-{indication}", "indication": indication,
        "arms": {
            f"arm {i}": {"give": _give(random), "children": 1 + int(size ** random.random() / arms)}
            for i in range(arms)
        },
        "periods": [_period(random, i, n, i == blinded) for i, n in enumerate(weeks)],
        "visits": visits, "primary_week": random.choice(visits),
    }  # fmt: skip
    parts = {
        "population": _population(random, indication), "entry": _entry(random, indication),
        "kinetics": {"days": random.choice((7, 14, 28)), "first": 0},
        "define": dict(random.sample(sorted(OWN.items()), 2)),
        "endpoints": random.sample(ENDPOINTS, 3), "observables": random.sample(RECORDED, 2),
        "missed": random.choice((0.03, 0.5)), "window": random.choice((1, 7)),
        "fever_from": random.choice((37.0, 38.5)), "marker": random.choice(("esr", "crp")),
        "imputation": random.choice(("locf", "last-on-treatment")),
        "estimand": random.choice(("composite", "while-on-treatment", "treatment-policy")),
        "children": random.randrange(arms, size), "safety": _safety(random),
        "stratify": random.sample(("weight", "steroid", "methotrexate", "joints"), random.randrange(1, 4)),
        "interval_extension": {"give": "tocilizumab-iv:8mg/kg/4wk", "from_week": 4, "quiet_weeks": 4},
        "escalation": {"ladder": ["tocilizumab-iv:2mg/kg/2wk", "tocilizumab-iv:8mg/kg/2wk"], "crp_above": 5},
    }  # fmt: skip
    study |= {name: part for name, part in parts.items() if random.random() < 0.25}
    if indication == "sjia" and random.random() < 0.5:
        study["steroid"] = {"share": random.random(), "median": 0.3, "spread": 0.5}
        study |= (
            {"taper": {"from_week": 1, "acr": random.choice((1, 50, 100))}} if random.random() < 0.5 else {}
        )
    if blinded is not None and random.random() < 0.6:
        study |= _escape(random, ends[blinded], blinded == len(weeks) - 1)
    return yaml.dump(study, Dumper=_WithoutAliases, sort_keys=False, allow_unicode=True)


def _give(random: Random) -> Any:
    return BANDS if random.random() < 0.15 else random.choice(GIVEN)


def _period(random: Random, number: int, weeks: int, blinded: bool) -> dict[str, Any]:
    period: dict[str, Any] = {
        "name": f"part {number}",
        "kind": "randomised" if blinded else "open",
        "weeks": weeks,
    }
    if not blinded and random.random() < 0.3:
        period["give"] = _give(random)
    if blinded and number and random.random() < 0.5:
        period |= {"admit_acr": random.choice((0, 30, 100)), "admit_crp_below": random.choice((5, 50))}
    return period


def _population(random: Random, indication: str) -> dict[str, Any]:
    low, high = AGES[indication]
    ages = sorted((random.uniform(low, high), random.uniform(low, high)))
    shown: dict[str, Any] = {"youngest": round(ages[0], 1), "oldest": round(ages[1], 1)}
    if random.random() < 0.4:
        chosen = random.sample(sorted(MATCHES), random.randrange(1, 3))
        shown = {"match": {name: round(random.uniform(*MATCHES[name]), 1) for name in chosen}}
    return shown | ({"lightest": random.choice((10, 30, 60))} if random.random() < 0.3 else {})


def _entry(random: Random, indication: str) -> dict[str, Any]:
    joints = random.choice((0, 2, 5, 30)) if indication in ("sjia", "pjia") else 0
    entry = {"joints": joints, "joints_with_fever": joints // 2, "fever_days": random.choice((0, 1, 5, 14))}
    entry |= {"crp_above": random.choice((10, 30, 100))} if random.random() < 0.4 else {}
    return entry | ({random.choice(("febrile", "afebrile")): True} if random.random() < 0.3 else {})


def _safety(random: Random) -> Any:
    limit = {"drug": "tocilizumab", "reads": "neutrophils", "act": random.choice(("hold", "reduce", "stop"))}
    return random.choice(("none", "label", [limit | {"below": random.choice((0.5, 1, 100))}]))


def _escape(random: Random, end: int, last: bool) -> dict[str, Any]:
    rule = {
        "from_week": random.randrange(end + 1), "flare": random.random() < 0.7,
        "fever_days": random.choice((0, 1, 7)), "kind": random.choice(("escape", "flare")),
        "reference": random.choice(("entry", "randomisation")),
    }  # fmt: skip
    rule |= {"give": _give(random)} if random.random() < 0.5 else {}
    rule |= {"crp_above": random.choice((0, 15, 1000))} if random.random() < 0.5 else {}
    if last and random.random() < 0.5:
        stop = {
            "events": random.choice((1, 2, 10)),
            "kind": rule["kind"],
            "accrual_weeks": random.choice((0, 5, 52)),
        }
        return {"escape": rule, "stop": stop}
    return {"escape": rule}
