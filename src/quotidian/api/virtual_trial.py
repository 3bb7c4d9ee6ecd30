"""A published trial, re-run, from Python."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from quotidian.trials.conduct import run_design, run_trial
from quotidian.trials.result import TrialResult


@dataclass(frozen=True)
class VirtualTrial:
    """A trial that was run: ``endpoints`` as a table, ``report(file)`` as a page, ``result`` in full."""

    result: TrialResult

    @property
    def endpoints(self) -> pl.DataFrame:
        """Published beside virtual, one row an endpoint, arm and week."""
        rows = [{**vars(row), "inside": row.inside} for row in self.result.rows]
        return pl.DataFrame(rows, infer_schema_length=None)

    def report(self, file: str | Path) -> Path:
        """Write the one-file report, and say where it is."""
        from quotidian.reports.report import write_report

        return write_report(self.result, file)

    def __repr__(self) -> str:
        r = self.result
        told = [row.inside for row in r.rows if row.inside is not None]
        return (
            f"{r.title}: {r.replicates} replicates of {sum(r.children.values())} children, seed {r.seed}; "
            f"{sum(told)} of {len(told)} published figures inside their interval"
        )

    def _repr_html_(self) -> str:
        table: str = self.endpoints._repr_html_()
        return f"<p>{self!r}</p>{table}"


def trial(name: str, *, replicates: int = 20, seed: int = 1, threads: int | None = None) -> VirtualTrial:
    """Run a published trial on virtual children, in replicate.

    Raises UnknownName for a trial that is not here, UserError for a bad seed or number of replicates.
    """
    return VirtualTrial(run_trial(name, replicates, seed, threads=threads))


def study(
    file: str | Path, *, replicates: int = 20, seed: int = 1, threads: int | None = None
) -> VirtualTrial:
    """Run a trial of one's own, from a study file (``quotidian study new`` writes one), in replicate.

    Raises UserError with the line and a remedy for a file that cannot be run.
    """
    from quotidian.studies.study_file import read_study

    return VirtualTrial(run_design(read_study(Path(file)), replicates, seed, threads=threads))
