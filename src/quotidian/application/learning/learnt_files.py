"""The folder of what was learnt: members, rows, manifest, report, and parts of the runs."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from quotidian.application.learning.ensemble_runs import PARTS
from quotidian.application.learning.learning_checks import (
    FEWEST_CONFIRMED,
    agreement,
    confirmed_k,
    informative,
    left_out,
    row_summary,
    surrogate_error,
)
from quotidian.application.learning.learning_run import Learnt
from quotidian.application.manifest import MANIFEST, as_json, manifest, written_by
from quotidian.application.provenance import digest, evidence_checksum
from quotidian.evidence import Entry, all_ledgers, as_dict
from quotidian.reports.files import check_folder, make_folder, write_atomically
from quotidian.reports.learning_report import learning_report

if TYPE_CHECKING:
    import polars

PROGRAM = "quotidian learn"
MEMBERS, ROWS, REPORT = "members.parquet", "rows.parquet", "report.html"
FILES = (MEMBERS, ROWS, REPORT)


def check_learning_folder(folder: Path) -> None:
    """Refuse a path where the result could not be stored. Raises OutputError."""
    check_folder(folder, (*FILES, MANIFEST, PARTS), is_learning)


def is_learning(folder: Path) -> bool:
    """Whether a folder holds a run of learning, complete or begun."""
    return (folder / PARTS).is_dir() or written_by(folder / MANIFEST, (PROGRAM,)) is not None


def keep_learnt(learnt: Learnt, folder: Path, command: str) -> dict[str, Any]:
    """Write all files, the manifest last, and return it. Raises OutputError."""
    checks = checks_of(learnt)
    files = {MEMBERS: _parquet(members_frame(learnt)), ROWS: _parquet(rows_frame(learnt))}
    files[REPORT] = learning_report(_shown(learnt), checks, command).encode()
    about = {
        "rows_read": [row.claim.id for row in learnt.rows],
        "left_out": list(learnt.request.leave_out),
        "checks": checks,
        "evidence_sha256": evidence_checksum(),
        "ledgers": ledger_checksums(),
    }
    found = manifest(PROGRAM, learnt.identity, about, command=command, files=files)
    make_folder(folder)
    for name, content in files.items():
        write_atomically(folder / name, content)
    write_atomically(folder / MANIFEST, as_json(found))
    return found


def checks_of(learnt: Learnt) -> dict[str, Any]:
    """The checks as plain values, rounded: they are read by people.

    ``runs`` counts trials of each design, ``sets`` the sets of values of which they were run (``repeats``
    trials each, ``confirmed_repeats`` of the confirmed, repetitions of the centre counted), ``failed`` those
    sets without a result in one of them.
    """
    c, moved = learnt.coverage, informative(learnt)
    error = surrogate_error(learnt)[moved] if moved.any() else surrogate_error(learnt)
    own = learnt.scores.std(axis=0)
    informed = [
        {
            "value": learnt.prior.names[i],
            "coverage": round(float(c.inside[i]), 3),
            "sd_left": round(float(own[i]), 3),
        }
        for i in c.informed
    ]  # fmt: skip
    return {
        "runs": learnt.request.trials_of_a_design,
        "sets": learnt.request.runs,
        "failed": learnt.failed,
        "misfit_by_step": [round(x, 2) for x in learnt.misfit],
        "rows": len(learnt.rows),
        "coverage_90_informed": _mean(c.inside[c.informed]),
        "coverage_90_all": _mean(c.inside),
        "informed": informed,
        "agreement_rms_sd": agreement(learnt),
        "informative_rows": int(moved.sum()),
        "surrogate_error_median": round(float(np.median(error)), 3),
        "surrogate_error_90": round(float(np.quantile(error, 0.9)), 3),
        "pareto_k": round(confirmed_k(learnt), 3) if len(learnt.confirmed) >= FEWEST_CONFIRMED else None,
        "left_out": [vars(one) for one in left_out(learnt)],
    }


def members_frame(learnt: Learnt) -> polars.DataFrame:
    """One row for each member, one column for each value in the unit of the ledger."""
    import polars

    columns = {name: learnt.members[:, i] for i, name in enumerate(learnt.prior.names)}
    return polars.DataFrame({"member": np.arange(len(learnt.members)), **columns})


def rows_frame(learnt: Learnt) -> polars.DataFrame:
    """One row for each published number that was read, with its intervals in its unit."""
    import polars

    return polars.DataFrame(_shown(learnt))


def _shown(learnt: Learnt) -> Mapping[str, list[Any]]:
    s = row_summary(learnt)
    columns: dict[str, list[Any]] = {
        "claim": [row.claim.id for row in learnt.rows],
        "trial": [row.summary.trial for row in learnt.rows],
        "unit": [row.claim.unit for row in learnt.rows],
        "published": [row.claim.value for row in learnt.rows],
        "expected": s.expected.tolist(),
    }
    for name in ("prior", "chance", "known", "discrepancy"):
        low, high = getattr(s, name)
        columns |= {f"{name}_low": low.tolist(), f"{name}_high": high.tolist()}
    return columns


def ledger_checksums() -> dict[str, str]:
    """A checksum of the numbers of each ledger, by module; wording and sources do not count."""
    return {
        one.module: digest({n: _numbers(entry) for n, entry in one.items()})[:16] for one in all_ledgers()
    }


def _numbers(entry: Entry) -> dict[str, Any]:
    """Value, unit, ranges and spreads; of an absent spread its kind, without the reason for its absence."""
    found = as_dict(entry)
    spreads = {
        name: found[name] if found[name]["kind"] not in ("unknown", "none") else found[name]["kind"]
        for name in ("variability", "uncertainty")
    }
    return {**{name: found[name] for name in ("value", "unit", "plausible")}, **spreads}


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a complete run; None where there is none."""
    return written_by(folder / MANIFEST, (PROGRAM,))


def _mean(x: np.ndarray[Any, Any]) -> float | None:
    return round(float(x.mean()), 3) if len(x) else None


def _parquet(frame: polars.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=3)
    return buffer.getvalue()
