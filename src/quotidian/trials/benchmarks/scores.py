"""The scoreboard of a trial: one row for each published number, with the result of virtual replicates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from quotidian.errors import InvalidInput, SolverFailed
from quotidian.evidence import Overlay
from quotidian.statistics.intervals import overlaps
from quotidian.trials.agreement import printed
from quotidian.trials.benchmarks.comparison import endpoint_rows, published_values
from quotidian.trials.benchmarks.discrepancy import with_discrepancy
from quotidian.trials.benchmarks.members import follow_members, with_known
from quotidian.trials.benchmarks.published_results import PublishedResult, claims_of
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.parallel import BlockRunner, child_days, share
from quotidian.trials.conduct.schedule import TrialConductor
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.library import design
from quotidian.trials.result import ALL
from quotidian.trials.rows import EndpointRow
from quotidian.trials.run import conductor_of

KEYS = (
    "claim", "trial", "arm", "endpoint", "week", "published", "published_low", "published_high",
    "virtual", "low", "high", "role", "inside", "source", "fact", "estimand",
)  # fmt: skip
"""Keys of a row of the scoreboard's JSON, in order."""
KNOWN_KEYS = (
    "low_known", "high_known", "inside_known", "label", "skill", "rank", "rank_known", "virtual_known",
    "low_discrepancy", "high_discrepancy", "inside_discrepancy", "rank_discrepancy",
    "low_prior", "high_prior",
)  # fmt: skip
"""Further keys of a row for which an ensemble was run."""
NOBODY = "no virtual child of this run was counted in it"
"""The reason why a number with an endpoint is not in the table."""


@dataclass(frozen=True)
class ScoreRow(EndpointRow):
    """One published number beside the virtual one. ``virtual``, ``low``, ``high`` as in `EndpointRow`.

    ``fact`` is its name among the facts, for a number that was added after version 0.1.
    ``label`` says of a row that was missed whether the ensemble could reach it; ``skill`` compares it with a
    reference without a model (trials/benchmarks/labels.py).
    ``low_discrepancy`` and ``high_discrepancy`` are the ends of the interval that also contains the
    discrepancy, ``rank_discrepancy`` is the rank of the published number in that prediction, 0 to 1; None
    without an ensemble.
    ``low_prior`` and ``high_prior`` are the ends of the interval before any row was read; None for a row that
    was not missed.
    """

    claim: str = ""
    trial: str = ""
    fact: str = ""
    label: str = ""
    skill: float | None = None
    low_discrepancy: float | None = field(default=None, kw_only=True)
    high_discrepancy: float | None = field(default=None, kw_only=True)
    rank_discrepancy: float | None = field(default=None, kw_only=True)
    low_prior: float | None = field(default=None, kw_only=True)
    high_prior: float | None = field(default=None, kw_only=True)

    @property
    def inside_discrepancy(self) -> bool | None:
        """Whether the published number, to its last digit, lies within the interval with discrepancy; None
        without either."""
        if self.published is None or self.low_discrepancy is None or self.high_discrepancy is None:
            return None
        ends = self.low_discrepancy, self.high_discrepancy
        return overlaps(ends, printed(self.published, self.decimals))

    @property
    def inside(self) -> bool:
        """Whether the two numbers agree, whatever the number of replicates (`agreement.JUDGED_FROM`)."""
        return bool(super().inside)

    def as_dict(self) -> dict[str, Any]:
        """The row with the keys of `KEYS`, and those of `KNOWN_KEYS` if an ensemble was run."""
        keys = KEYS if self.low_known is None else (*KEYS, *KNOWN_KEYS)
        return {key: getattr(self, key) for key in keys}


@dataclass(frozen=True)
class Apart:
    """A published number without a counterpart in the model or the design, and the reason ``because``."""

    claim: str
    trial: str
    published: float
    unit: str
    role: str
    source: str
    because: str


@dataclass(frozen=True)
class TrialScore:
    """The rows of one trial, numbers without a counterpart, and accounts."""

    trial: str
    title: str
    replicates: int
    seed: int
    children: int
    rows: tuple[ScoreRow, ...]
    apart: tuple[Apart, ...]
    proposed: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    members: int = 0


def score(
    name: str, replicates: int, seed: int, progress: Callable[[float], None] | None = None,
    threads: int | None = None, values: Mapping[str, float] | None = None,
    elsewhere: BlockRunner | None = None, members: Sequence[Overlay] = (), prior: Sequence[Overlay] = (),
) -> TrialScore:  # fmt: skip
    """Run a published design and compare every published number with its virtual counterpart.

    ``values`` replaces entries of the ledger of variability between children. ``members`` of an ensemble add
    a second and a third interval to each row. ``prior`` : members before any row was read; they are run if
    the interval over members misses a published number. ``progress`` is called with the completed share of
    the replicates. A design without a number to compare is not run. Raises UnknownName for an unknown design,
    SolverFailed if no replicate can be finished.
    """
    trial = design(name)
    if all(claim.kind == "context" for claim in claims_of(name)):
        return TrialScore(name, trial.title, 0, seed, 0, *judged(name, ()))
    conductor = conductor_of(trial, seed, threads, values)
    tick = child_days(trial, replicates, progress)
    lost: Counter[str] = Counter()
    share_out = partial(share, conductor, replicates, threads, tick, elsewhere)
    records = _records(conductor, replicates, share_out, lost)
    published = endpoint_rows(trial, records, entry=True, only_published=True)
    predicted: Mapping[str, Sequence[float]] = {}
    if members:
        found = follow_members(trial, members, seed, threads=threads)
        lost.update(found.lost)
        known = endpoint_rows(trial, found.records, entry=True, only_published=True, predictive=True)
        published = with_known(published, known)
        predicted = published_values(trial, found.records)
    rows, apart = judged(name, published, arms=tuple(trial.arms))
    rows = with_prior(trial, _with_discrepancy(trial, rows, predicted), prior, seed, threads)
    failures = dict(sorted((conductor.account.failures + lost).items()))
    return TrialScore(
        name,
        trial.title,
        replicates,
        seed,
        replicates * trial.size,
        rows,
        apart,
        conductor.account.proposed,
        failures,
        len(members),
    )


def _with_discrepancy(
    trial: Trial, rows: Sequence[ScoreRow], predicted: Mapping[str, Sequence[float]]
) -> tuple[ScoreRow, ...]:
    """Rows with the interval that contains the discrepancy, where members predict their claim."""
    claims = {claim.id: claim for claim in claims_of(trial.name)}
    found = {key: with_discrepancy(claims[key], trial, values) for key, values in predicted.items() if values}
    return tuple(
        replace(row, low_discrepancy=x.low, high_discrepancy=x.high, rank_discrepancy=x.rank)
        if (x := found.get(row.claim))
        else row
        for row in rows
    )


def with_prior(
    trial: Trial, rows: Sequence[ScoreRow], prior: Sequence[Overlay], seed: int, threads: int | None
) -> tuple[ScoreRow, ...]:
    """Missed rows with the interval over members of the prior; others as they are.

    Nothing is run without a missed row. Rows keep no interval where most of these members have no result.
    """
    missed = {row.claim for row in rows if not row.inside and row.inside_known is False}
    if not missed or not prior:
        return tuple(rows)
    try:
        records = follow_members(trial, prior, seed, threads=threads).records
    except InvalidInput:
        return tuple(rows)
    before = endpoint_rows(trial, records, entry=True, only_published=True, predictive=True)
    found = {row.claim: row for row in judged(trial.name, before, arms=tuple(trial.arms))[0]}
    return tuple(
        replace(row, low_prior=own.low, high_prior=own.high)
        if row.claim in missed and (own := found.get(row.claim))
        else row
        for row in rows
    )


def _records(
    conductor: TrialConductor,
    replicates: int,
    share_out: Callable[[], Iterator[CaseRecord]],
    lost: Counter[str],
) -> Iterator[CaseRecord]:
    """The replicates, some at a time; a replicate with a child whose solution failed is left out and
    counted.

    Without that child it would be a trial of another size. Raises SolverFailed if no replicate is left.
    """
    done: set[int] = set()
    try:
        for record in share_out():
            done |= set(record.replicate.tolist())
            yield record
    except SolverFailed:
        for r in sorted(set(range(replicates)) - done):
            try:
                record = conductor.run(range(r, r + 1))
            except SolverFailed as error:
                lost[f"a replicate was left out: {error.what}"] += conductor.setting.trial.size
                continue
            done.add(r)
            yield record
    if not done:
        raise SolverFailed(
            f"No replicate of {conductor.setting.trial.name} could be completed.",
            "; ".join(lost),
            "Report the seed and this line, or try another seed.",
        )


def judged(
    trial: str, rows: Sequence[EndpointRow], claims: Sequence[PublishedResult] | None = None,
    arms: Sequence[str] | None = None,
) -> tuple[tuple[ScoreRow, ...], tuple[Apart, ...]]:  # fmt: skip
    """Each published number with its row, in the order of the claims; numbers without a row separately.

    ``arms`` are those of the trial; None takes those of the rows. In a trial with one arm, the arm is the
    same as all children.
    """
    found, alone = [], []
    named = {row.arm for row in rows if row.arm != ALL} if arms is None else set(arms)
    by_key = {(row.arm, row.endpoint, row.week): row for row in rows}
    for claim in claims_of(trial) if claims is None else claims:
        row = by_key.get((claim.arm, claim.endpoint, int(claim.week)))
        if row is None and claim.arm == ALL and len(named) == 1:
            row = by_key.get((next(iter(named)), claim.endpoint, int(claim.week)))
        if row is None or claim.kind == "context":
            why = claim.because or NOBODY
            alone.append(Apart(claim.id, trial, claim.value, claim.unit, claim.role, claim.source, why))
            continue
        found.append(
            ScoreRow(
                claim.arm, claim.endpoint, int(claim.week), claim.unit, row.virtual, row.low, row.high,
                claim.value, claim.low, claim.high, claim.role, claim.source, claim.decimals, row.estimand,
                row.low_known, row.high_known, row.rank, row.rank_known, row.virtual_known,
                claim=claim.id, trial=trial, fact=claim.fact,
            )
        )  # fmt: skip
    return tuple(found), tuple(alone)
