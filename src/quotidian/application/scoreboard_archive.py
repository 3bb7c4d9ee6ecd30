"""The folder of a scoreboard: tables, page, manifest, and each finished trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from quotidian.application.accuracy.trial_check import as_plain
from quotidian.application.manifest import FORMAT, MANIFEST, as_json, manifest, sealed, unsealed, written_by
from quotidian.application.provenance import LIBRARIES, code_checksum, platform_of
from quotidian.evidence.roles import frozen_roles
from quotidian.reports.files import check_folder, folder_in_use, make_folder, write_atomically
from quotidian.reports.leftovers import is_leftover
from quotidian.trials.benchmarks.scores import Apart, ScoreRow, TrialScore
from quotidian.trials.protocol.library import names
from quotidian.trials.result import AccuracyCheck
from quotidian.trials.rows import numbers_sha256
from quotidian.version import __version__

PROGRAM = "quotidian scoreboard"
PAGE = "scoreboard.html"
FILES = ("scoreboard.csv", "scoreboard.json", "apart.csv", PAGE)
INTERVALS = "calibration.json"
"""Which share of validation rows the predictive intervals hold, where an ensemble was run."""
NO_CHECKS: Mapping[str, AccuracyCheck] = {}
FINISHED = "finished"
"""Subfolder of a scoreboard with one JSON file for each finished trial."""


@dataclass(frozen=True)
class ScoreboardRequest:
    """Names of published trials in the order of the library, the number of replicates, the seed.

    ``members`` of the ensemble of the package give a second and a third interval; 0 for none. A ``portable``
    scoreboard gives the same bits on every processor.
    """

    trials: tuple[str, ...]
    replicates: int
    seed: int
    members: int = 0
    portable: bool = False


def check_scoreboard_folder(folder: Path) -> None:
    """Refuse a path where the result could not be stored, or that contains something else. Raises
    OutputError."""
    check_folder(folder, (*FILES, INTERVALS, MANIFEST, FINISHED), _is_scoreboard)


def _is_scoreboard(folder: Path) -> bool:
    """Whether a folder contains a scoreboard, complete or incomplete."""
    place, known = folder / FINISHED, {f"{name}.json" for name in names()}
    begun = place.is_dir() and all(is_leftover(p.name) or p.name in known for p in place.iterdir())
    return begun or written_by(folder / MANIFEST, (PROGRAM,)) is not None


def keep_scoreboard(
    scores: Sequence[TrialScore], folder: Path, request: ScoreboardRequest, command: str,
    checks: Mapping[str, AccuracyCheck] = NO_CHECKS,
) -> None:  # fmt: skip
    """Write tables, page and manifest. Raises OutputError if the file system reports an error."""
    from quotidian.reports.scoreboard import apart_csv, calibration_json, scoreboard_csv, scoreboard_json
    from quotidian.reports.scoreboard_page import render_scoreboard

    page = render_scoreboard(scores, command, checks)
    texts = (scoreboard_csv(scores), scoreboard_json(scores), apart_csv(scores), page)
    files = {name: text.encode("utf-8") for name, text in zip(FILES, texts, strict=True)}
    if request.members:
        files[INTERVALS] = calibration_json(scores).encode("utf-8")
    asked = asdict(request) | {"trials": list(request.trials)}
    if not request.members:
        asked.pop("members")
    children = {one.trial: {"enrolled": one.children, "failed": dict(one.failures)} for one in scores}
    about: dict[str, Any] = {
        "children": children,
        "roles": [asdict(file) for file in frozen_roles().files],
        "numbers_sha256": numbers_sha256(row for one in scores for row in one.rows),
    }
    if checks:
        about["check"] = {name: as_plain(check) for name, check in checks.items()}
    found = manifest(PROGRAM, _identity(asked), about, command=command, files=files)
    make_folder(folder)
    for name, content in files.items():
        write_atomically(folder / name, content)
    write_atomically(folder / MANIFEST, as_json(found))


def _identity(asked: dict[str, Any]) -> dict[str, Any]:
    """The manifest, with the checksum of the whole program in place of that of one model's equations."""
    return {
        "format": FORMAT,
        "version": __version__,
        "request": asked,
        "code_sha256": code_checksum(),
        "platform": platform_of(LIBRARIES),
    }


def keep_finished(folder: Path, one: TrialScore, portable: bool) -> None:
    """Write a finished trial, completely or not at all. Raises OutputError."""
    place = folder / FINISHED
    content = {"program": PROGRAM, "code_sha256": code_checksum(), "portable": portable} | asdict(one)
    with folder_in_use(place):
        write_atomically(place / f"{one.trial}.json", as_json(sealed(content)))


def read_finished(
    folder: Path, name: str, replicates: int, seed: int, members: int = 0, portable: bool = False
) -> TrialScore | None:
    """The finished trial, if it exists, is complete, and has the same program, size, seed, members and
    arithmetic."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        held = unsealed((folder / FINISHED / f"{name}.json").read_bytes())
        same = held.pop("program") == PROGRAM and held.pop("code_sha256") == code_checksum()
        same = same and held.pop("portable") == portable
        asked = (name, replicates, seed, members)
        if same and tuple(held[k] for k in ("trial", "replicates", "seed", "members")) == asked:
            rows = tuple(ScoreRow(**row) for row in held.pop("rows"))
            return TrialScore(**held | {"rows": rows, "apart": tuple(Apart(**a) for a in held["apart"])})
    return None
