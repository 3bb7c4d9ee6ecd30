"""Published trials and the user's own, from Python."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from io import StringIO
from pathlib import Path

import polars as pl

from quotidian.api import trial_tables
from quotidian.api.arguments.door import door
from quotidian.api.arguments.kinds import path, text
from quotidian.api.arguments.trials import MEASURE, STUDY, STUDY_FILE, TRIAL_NAME
from quotidian.application.learning.knowledge import member_overlays
from quotidian.application.stated_parameters import Given
from quotidian.application.trial_run import TrialRequest, published_trial, run_trial
from quotidian.errors import InvalidInput
from quotidian.reports.effect_tables import baseline_csv
from quotidian.reports.wording import counted, no_verdict
from quotidian.trials.analysis.effects import effect_rows
from quotidian.trials.benchmarks.comparison import endpoint_rows
from quotidian.trials.benchmarks.members import with_known
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.endpoints.own import Measure, one_endpoint
from quotidian.trials.protocol.design import Trial
from quotidian.trials.result import TrialResult
from quotidian.trials.rows import of_replicates


@dataclass(frozen=True)
class VirtualTrial:
    """A trial that was run.

    ``endpoints``, ``effects`` and ``compare`` hold what it found, ``flow`` and ``baseline`` who took part,
    ``visits``, ``exposures`` and ``events`` each child; ``visits_known`` each child of the replicates with
    members of the ensemble;
    ``report(file)`` writes the page; ``result`` and ``records`` hold it in full.
    """

    result: TrialResult
    design: Trial = field(repr=False)
    records: tuple[CaseRecord, ...] = field(repr=False)
    known: tuple[CaseRecord, ...] = field(default=(), repr=False, kw_only=True)

    @property
    def endpoints(self) -> pl.DataFrame:
        """Published beside virtual, one row an endpoint, arm and week.

        ``inside`` is null if nothing is published, and in every row of fewer than 20 replicates.
        """
        rows = [{**vars(row), "inside": row.inside} for row in self.result.rows]
        return pl.DataFrame(rows, infer_schema_length=None).drop("named", "replicates", strict=False)

    @property
    def effects(self) -> pl.DataFrame:
        """One row an endpoint, week, pair of arms and measure (risk difference, risk ratio, odds ratio,
        difference, difference in change); columns as :class:`quotidian.trials.rows.EffectRow`."""
        rows = [vars(row) for row in self.result.effects]
        return pl.DataFrame(rows, infer_schema_length=None).drop("named", strict=False)

    @property
    def flow(self) -> pl.DataFrame:
        """Children at each stage, from screening to the end: mean number a replicate, and its range."""
        return pl.DataFrame([vars(row) for row in self.result.flow], infer_schema_length=None)

    @property
    def baseline(self) -> pl.DataFrame:
        """Characteristics at entry, of all children and by arm: mean and SD."""
        return pl.read_csv(StringIO(baseline_csv(self.result.baseline)))

    @cached_property
    def visits(self) -> pl.DataFrame:
        """One row a child and visit; columns as :func:`quotidian.api.trial_tables.visits` describes them."""
        return trial_tables.visits(self.design, self.records)

    @cached_property
    def visits_known(self) -> pl.DataFrame:
        """As ``visits``, of one replicate with each member; ``replicate`` is its number, from 0.

        Two designs with the same seed and members can be compared member by member. Raises InvalidInput for
        a trial without members.
        """
        if not self.known:
            raise InvalidInput(
                "The trial has no replicates with members.", "It was run without them.",
                "Run it with, for example, members=40.",
            )  # fmt: skip
        return trial_tables.visits(self.design, self.known)

    @property
    def units(self) -> dict[str, str]:
        """The unit of each column of ``visits``."""
        return trial_tables.visit_units(self.design, self.visits)

    @cached_property
    def exposures(self) -> pl.DataFrame:
        """One row a child and sampled dose; columns as in :func:`quotidian.api.trial_tables.exposures`."""
        return trial_tables.exposures(self.design, self.records)

    @cached_property
    def events(self) -> pl.DataFrame:
        """One row an event, as :func:`quotidian.api.trial_tables.events` describes them."""
        return trial_tables.events(self.design, self.records)

    @door(endpoints=text("the name of an endpoint", "acr70"))
    def compare(self, *endpoints: str, week: int | None = None) -> pl.DataFrame:
        """One row an endpoint and week, one column an arm: ``median (low to high)`` over replicates.

        All endpoints where none is named; all weeks where none is given. Raises InvalidInput for none left.
        """
        from quotidian.reports.wording import row_name, unit_sign, virtual_cell

        lines: dict[tuple[str, int], dict[str, object]] = {}
        for row in self.result.by_arm:
            if (row.endpoint in endpoints or not endpoints) and week in (None, row.week):
                name = ", ".join(x for x in (row_name(row), unit_sign(row.unit)) if x)
                line = lines.setdefault((row.endpoint, row.week), {"endpoint": name, "week": row.week})
                line[row.arm] = virtual_cell(row)
        if not lines:
            raise InvalidInput(
                f"The trial reports nothing on {', '.join(endpoints) or 'any endpoint'}.",
                f"The search covered {'all weeks' if week is None else f'week {week}'}.",
                "'endpoints' lists what it reports, with weeks.",
            )
        return pl.DataFrame(list(lines.values()), infer_schema_length=None)

    @door(what=MEASURE, name=text("a name", "own"), unit=text("a unit", "%"))
    def measure(self, what: str | Measure, name: str = "own", *, unit: str = "%") -> VirtualTrial:
        """The same trial with an endpoint of one's own in place of those of the design.

        Parameters
        ----------
        what : an expression as in study files, ``"acr50 & crp < 15"``, or a function of a visit that gives an
            array over the children: ``lambda v: v["ferritin"] < 0.5 * v.baseline("ferritin")``. Only what the
            design records can be read.
        unit : that of a number; ``%`` for a condition, of which the share of children is reported.

        Raises InvalidInput for what cannot be read.

        Example: `q.trial("tender").measure("acr50 & crp < 15").effects`
        """
        chosen = (one_endpoint(what, name, unit, self.design),)
        rows = endpoint_rows(self.design, self.records, chosen=chosen)
        if not rows:
            raise InvalidInput(
                f"'{name}' has no value at any visit.",
                "It depends on an observable that the trial does not record.",
                "'visits' shows what is recorded; 'observables' of a study file adds more.",
            )  # fmt: skip
        rows = of_replicates(rows, self.result.replicates)
        if self.known:
            known = endpoint_rows(self.design, self.known, chosen=chosen, predictive=True)
            rows = with_known(rows, known)
        effects = effect_rows(self.design, self.records, chosen)
        return replace(self, result=replace(self.result, rows=rows, effects=effects))

    @door(file=path("the path of a file to write", "report.html"))
    def report(self, file: str | Path) -> Path:
        """Write the report as one file and return its path."""
        from quotidian.reports.report import write_report

        return write_report(self.result, file)

    def __repr__(self) -> str:
        r = self.result
        inside = [bool(row.inside) for row in r.rows if row.inside is not None]
        children = counted(r.size, "child", "children")
        size = f"{counted(r.replicates, 'replicate')} of {children}"
        agreed = f"{sum(inside)} of {len(inside)} published numbers inside their interval"
        return f"{r.title}: {size}, seed {r.seed}; {agreed if inside else no_verdict(r.rows)}"

    def _repr_html_(self) -> str:
        table: str = self.endpoints._repr_html_()
        return f"<p>{self!r}</p>{table}"


@door(name=TRIAL_NAME)
def trial(
    name: str, *, replicates: int = 20, seed: int = 1, members: int = 0, parameters: Given | None = None,
    threads: int | None = None,
) -> VirtualTrial:  # fmt: skip
    """Run replicates of a published trial in virtual children.

    With ``members``, the number of parameter sets of the ensemble (:func:`quotidian.knowledge`), each
    endpoint has a second interval, which includes parameter uncertainty. ``parameters`` are values of the
    ledger for this run, as in :func:`quotidian.simulate`.

    Raises UnknownName for an unknown trial, InvalidInput for a bad seed or number of replicates.

    Example: `q.trial("tender", replicates=20, parameters={"drugs.tocilizumab.CL": 6.0}).endpoints`
    """
    request = published_trial(name, replicates, seed, members)
    return _run(request.with_parameters(parameters or {}), threads)


@door(of=STUDY)
def study(
    of: str | Path | Trial, *, replicates: int = 20, seed: int = 1, members: int = 0,
    parameters: Given | None = None, threads: int | None = None,
) -> VirtualTrial:  # fmt: skip
    """Run replicates of a user's own trial, from a study file or a design; ``members`` as in :func:`trial`.

    ``quotidian study new`` writes a study file. :func:`plan` reads a design from it, which
    ``dataclasses.replace`` can vary. ``parameters`` are as in :func:`trial`. Raises InvalidInput, with line
    or place and a remedy, for a design that cannot be run.
    """
    own = _sensible(of) if isinstance(of, Trial) else plan(of)
    request = TrialRequest(own, replicates, seed, members=member_overlays(members))
    return _run(request.with_parameters(parameters or {}), threads)


@door(file=STUDY_FILE)
def plan(file: str | Path) -> Trial:
    """The design in a study file. Raises InvalidInput, with line and remedy, if it cannot be run."""
    from quotidian.application.study_file import read_study

    return read_study(Path(file))


def _sensible(own: Trial) -> Trial:
    from quotidian.application.study_file import faults_of

    for fault in faults_of(own):
        raise InvalidInput(f"{'.'.join(map(str, fault.place))}: {fault.what}", fault.why, fault.remedy)
    return own


def _run(request: TrialRequest, threads: int | None) -> VirtualTrial:
    done = run_trial(request, threads=threads)
    return VirtualTrial(done.result, request.design, done.records, known=done.known)
