"""Published claims as data: what a trial reported, with an interval, a role and a source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite, pi, sqrt
from pathlib import Path
from typing import Any

from quotidian.errors import LedgerError, UnknownName, closest
from quotidian.evidence.reading import read_mapping
from quotidian.evidence.roles import frozen_roles
from quotidian.statistics.intervals import Interval, clopper_pearson, score_interval
from quotidian.statistics.normal import normal_quantile

KINDS = ("endpoint", "exposure", "baseline", "context")
ROLES = ("calibration", "validation")
STATUSES = ("seen", "derived", "recalled")
COUNTS = ("printed", "recovered")

_PUBLISHED = Path(__file__).parents[1] / "published"
_TEXTS = ("endpoint", "kind", "unit", "role", "source", "place", "status")
_BLOCK = (*_TEXTS, "week", "arms", "counts", "note", "fact", "because")
_ARM = ("value", "count", "n", "sd", "low", "high", "q1", "q3")


@dataclass(frozen=True, slots=True)
class PublishedResult:
    """One published number of one arm.

    Parameters
    ----------
    id : trial.endpoint.arm, unique; with .weekN where an endpoint is reported for several weeks.
    kind : endpoint, exposure, baseline, or context (published, with no counterpart in the model).
    arm : name of the arm, or all.
    endpoint : name of what was measured.
    week : weeks from the first dose.
    value : as printed, in `unit`. decimals : number of printed decimals.
    unit : unit of value, sd, low and high.
    count, n : children with the property and children observed, if given.
    sd : SD between children, if given.
    low, high : 95 % interval of the arm's proportion, mean or rate; None if it cannot be computed.
    interval_basis : the method of the interval, in words.
    role : calibration (the model was fitted to it or to its origin) or validation, as frozen.
    source, place : key of the bibliography, and where in the source.
    status : seen (read in a public text), derived (computed from such), recalled (from memory).
    note : other information for the reader.
    fact : name of the number in `quotidian.evidence.facts`, if it was added after version 0.1.
    because : for context, the reason why the model or the design has no counterpart.
    """

    id: str
    kind: str
    arm: str
    endpoint: str
    week: float
    value: float
    unit: str
    count: int | None
    n: int | None
    sd: float | None
    low: float | None
    high: float | None
    interval_basis: str
    role: str
    source: str
    place: str
    status: str
    note: str
    decimals: int = 0
    fact: str = ""
    because: str = ""


def load_claims(trial: str) -> tuple[PublishedResult, ...]:
    """The published claims of a trial, in the order of its file.

    Raises UnknownName for a trial without such a file, LedgerError for a file without status or with
    another role than the frozen one.
    """
    files = {path.stem: path for path in _PUBLISHED.glob("*.yaml")}
    if trial not in files:
        raise UnknownName(
            f"There are no published results of a trial called '{trial}'.",
            "Each trial has a file of that name in trials/published.",
            closest(trial, files),
        )
    return _as_frozen(read_claims(files[trial]))


def _as_frozen(claims: tuple[PublishedResult, ...]) -> tuple[PublishedResult, ...]:
    """The claims, if each has the role that was frozen for it."""
    roles = frozen_roles()
    for claim in claims:
        frozen = roles.of(claim.id, claim.fact)
        if frozen != claim.role:
            was = f"was frozen as {frozen}" if frozen else "is in no frozen file"
            raise _malformed(claim.id, f"its role is {claim.role}, and it {was} ({roles.files[-1].name})")
    return claims


def claims_of(trial: str) -> tuple[PublishedResult, ...]:
    """The published claims of a design; none for a user's own design."""
    known = {path.stem for path in _PUBLISHED.glob("*.yaml")}  # a name is no path
    return load_claims(trial) if trial in known else ()


def entry_claims(trial: str) -> tuple[PublishedResult, ...]:
    """Those claims of a design that are compared at entry, by the scoreboard only."""
    return tuple(claim for claim in claims_of(trial) if claim.kind != "context" and claim.week == 0)


def read_claims(path: Path) -> tuple[PublishedResult, ...]:
    """The claims of one file, named after its trial, in the format of trials/published/tender.yaml.

    Raises LedgerError for anything malformed, without source, or contradictory.
    """
    document, trial = read_mapping(path), path.stem
    if set(document) != {"trial", "claims"} or document["trial"] != trial:
        raise _malformed(trial, f"its top must hold 'trial: {trial}' and 'claims', nothing else")
    blocks = document["claims"]
    if not (isinstance(blocks, list) and blocks and all(isinstance(block, dict) for block in blocks)):
        raise _malformed(trial, "'claims' must be a list of blocks, at least one")
    claims = _told_apart([claim for block in blocks for claim in _block(trial, block)])
    names = [claim.id for claim in claims]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise _malformed(trial, f"{', '.join(repeated)} is claimed twice")
    return claims


def _told_apart(claims: list[PublishedResult]) -> tuple[PublishedResult, ...]:
    """Claims of one endpoint and arm at several weeks carry the week in their id."""
    names = [claim.id for claim in claims]
    weeks = {claim.id: {c.week for c in claims if c.id == claim.id} for claim in claims}
    return tuple(
        replace(c, id=f"{c.id}.week{c.week:g}") if names.count(c.id) > 1 and len(weeks[c.id]) > 1 else c
        for c in claims
    )


def _block(trial: str, block: Mapping[str, Any]) -> list[PublishedResult]:
    """The claims of one endpoint, one for each arm."""
    where = f"{trial}.{block.get('endpoint', '(no endpoint)')}"
    if unknown := [str(key) for key in block if key not in _BLOCK]:
        raise _malformed(where, f"unknown field {', '.join(unknown)}")
    for key in _TEXTS:
        if not (isinstance(block.get(key), str) and block[key].strip()):
            raise _malformed(where, f"'{key}' must be a text that is not empty")
    for key, known in (("kind", KINDS), ("role", ROLES), ("status", STATUSES)):
        if block[key] not in known:
            raise _malformed(where, f"{key} '{block[key]}' is not one of {', '.join(known)}")
    if (block["kind"] == "context") != bool(str(block.get("because", "")).strip()):
        raise _malformed(where, "'because' must say of context, and of nothing else, why it has none")
    if not (_number(block.get("week")) and block["week"] >= 0):
        raise _malformed(where, "'week' must be a number from 0")
    arms = block.get("arms")
    if not (isinstance(arms, dict) and arms and all(isinstance(arm, dict) for arm in arms.values())):
        raise _malformed(where, "'arms' must name at least one arm with its value")
    return [_claim(f"{where}.{name}", str(name), arm, block) for name, arm in arms.items()]


def _claim(name: str, arm: str, numbers: Mapping[str, Any], block: Mapping[str, Any]) -> PublishedResult:
    """One claim, its numbers checked against one another."""
    if unknown := [str(key) for key in numbers if key not in _ARM]:
        raise _malformed(name, f"unknown field {', '.join(unknown)}")
    if bad := [key for key in _ARM if (key in numbers or key == "value") and not _number(numbers.get(key))]:
        raise _malformed(name, f"{', '.join(bad)} must be a number")
    value, sd = float(numbers["value"]), numbers.get("sd")
    count, n = _whole(name, numbers, "count", 0), _whole(name, numbers, "n", 1)
    if sd is not None and (sd <= 0 or n is None or count is not None):
        raise _malformed(name, "sd must be above 0, with n and without count")
    if count is not None:
        _agree(name, value, count, n, block)
    printed = _printed(name, value, numbers) or _of_median(name, value, n, numbers)
    interval, basis = printed or _interval(value, count, n, sd, block)
    return PublishedResult(
        id=name,
        arm=arm,
        week=float(block["week"]),
        value=value,
        count=count,
        n=n,
        sd=None if sd is None else float(sd),
        low=interval and interval.low,
        high=interval and interval.high,
        interval_basis=basis,
        note=str(block.get("note", "")),
        fact=str(block.get("fact", "")),
        because=str(block.get("because", "")),
        decimals=_decimals(numbers["value"]),
        **{key: block[key] for key in _TEXTS},
    )


def _decimals(value: float) -> int:
    """Number of decimals in the file: none for 70, one for 1.0."""
    return len(repr(value).partition(".")[2])


def _printed(name: str, value: float, numbers: Mapping[str, Any]) -> tuple[Interval, str] | None:
    """The interval that the source itself prints, if any."""
    low, high = numbers.get("low"), numbers.get("high")
    if low is None and high is None:
        return None
    if low is None or high is None or not low <= value <= high:
        raise _malformed(name, "a printed interval needs low and high with the value between them")
    return Interval(float(low), float(high)), "printed: 95 % interval of the source"


def _of_median(
    name: str, value: float, n: int | None, numbers: Mapping[str, Any]
) -> tuple[Interval, str] | None:
    r"""The interval of a median whose quartiles are printed.

    :math:`m \pm z\,1.253\,(q_3-q_1)/(1.349\sqrt{n})`, the standard error of the median of a normal sample.
    """
    q1, q3 = numbers.get("q1"), numbers.get("q3")
    if q1 is None and q3 is None:
        return None
    if q1 is None or q3 is None or n is None or not q1 <= value <= q3:
        raise _malformed(name, "quartiles need q1 and q3 with the median between them, and n")
    half = float(normal_quantile(0.975)) * sqrt(pi / 2.0) * (q3 - q1) / (1.349 * sqrt(n))
    basis = f"computed: median +- 1.82 (Q3 - Q1)/sqrt(n), quartiles {q1:g} and {q3:g}, n {n}"
    return Interval(value - half, value + half), basis


def _interval(
    value: float, count: int | None, n: int | None, sd: float | None, block: Mapping[str, Any]
) -> tuple[Interval | None, str]:
    r"""95 % interval and its method.

    Clopper-Pearson from counts, :math:`m \pm z\,sd/\sqrt{n}` from sd, the score interval from a percentage
    and n whose count cannot be recovered, or none.
    """
    if count is not None and n is not None:
        exact = clopper_pearson(count, n)
        printed = block.get("counts") == "printed"
        origin = "as printed" if printed else "recovered from the percentage"
        basis = f"computed: 95 % Clopper-Pearson from {count}/{n}, counts {origin}"
        return Interval(100.0 * exact.low, 100.0 * exact.high), basis
    if sd is not None and n is not None:
        half = float(normal_quantile(0.975)) * sd / sqrt(n)
        return Interval(value - half, value + half), f"computed: mean +- 1.96 SD/sqrt(n), SD {sd:g}, n {n}"
    if n is not None and block["unit"] == "%" and block["kind"] == "endpoint":
        score = score_interval(value / 100.0, n)
        basis = f"computed: 95 % score interval of {value:g} % of {n}; its count cannot be recovered"
        return Interval(100.0 * score.low, 100.0 * score.high), basis
    return None, "none: neither counts nor a spread are given"


def _agree(name: str, value: float, count: int, n: int | None, block: Mapping[str, Any]) -> None:
    """Refuse a count that does not round to the printed percentage."""
    if n is None or count > n or block["unit"] != "%":
        raise _malformed(name, 'a count needs n, at least as large, and the unit "%"')
    if abs(100.0 * count / n - value) > 0.5:
        raise _malformed(name, f"{count}/{n} is {100.0 * count / n:.1f} %, not {value:g} %")
    if block.get("counts") not in COUNTS:
        raise _malformed(name, f"'counts' must say where the counts come from: {' or '.join(COUNTS)}")


def _whole(name: str, numbers: Mapping[str, Any], key: str, least: int) -> int | None:
    """A whole number of at least `least`, or None if it is not given."""
    value = numbers.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or value < least:
        raise _malformed(name, f"{key} must be a whole number from {least}")
    return value


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)


def _malformed(where: str, why: str) -> LedgerError:
    return LedgerError(
        f"The published result {where} cannot be used: {why}.",
        "Each published result states what was measured, in whom, its source and its role.",
        "Correct the file in trials/published; tender.yaml shows every field.",
    )
