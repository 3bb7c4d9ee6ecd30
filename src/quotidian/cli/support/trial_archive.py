"""A trial's folder: endpoints, report, and a manifest that says how to get the same bytes again."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quotidian.cli.support.console import RESEARCH_USE
from quotidian.cli.support.output import check_folder, whole_folder
from quotidian.version import __version__

if TYPE_CHECKING:
    from quotidian.trials.result import TrialResult

ENDPOINTS, REPORT, MANIFEST = FILES = ("endpoints.csv", "report.html", "manifest.json")
PROGRAM = "quotidian"
LIBRARIES = ("numpy", "llvmlite", "matplotlib")
"""Those whose version can change a byte of the result."""


def check(folder: Path) -> None:
    """Refuse a place where the result could not be kept. Raises OutputError."""
    check_folder(folder, FILES, _is_ours)


def _is_ours(folder: Path) -> bool:
    """Whether the folder's manifest was written here."""
    try:
        return bool(json.loads((folder / MANIFEST).read_bytes())["program"] == PROGRAM)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def keep(result: TrialResult, folder: Path) -> None:
    """Write the three files: all of them, or none. Raises OutputError if the disk refused."""
    from quotidian.reports.report import write_report
    from quotidian.reports.tables import endpoints_csv

    with whole_folder(folder, last=MANIFEST) as partial:
        (partial / ENDPOINTS).write_text(endpoints_csv(result.rows), encoding="utf-8", newline="\n")
        write_report(result, partial / REPORT)
        text = json.dumps(manifest(result, partial), indent=2, ensure_ascii=False) + "\n"
        (partial / MANIFEST).write_text(text, encoding="utf-8", newline="\n")


def manifest(result: TrialResult, folder: Path) -> dict[str, Any]:
    """What made the files in ``folder``, and their checksums; nothing in it depends on the time of day."""
    return {
        "program": PROGRAM,
        "use": RESEARCH_USE,
        "version": __version__,
        "trial": result.name,
        "replicates": result.replicates,
        "seed": result.seed,
        "command": result.provenance["command"],
        "model": {
            "name": result.provenance["model"],
            "equations_sha256": result.provenance["model_fingerprint"],
            "evidence_sha256": _evidence(),
        },
        "tolerances": {"relative": result.provenance["rtol"], "absolute": result.provenance["atol"]},
        "children": {
            "an_arm": dict(result.children),
            "proposed": result.account.proposed,
            "followed_to_screening": result.account.followed,
            "enrolled": result.account.enrolled,
            "screened_out": dict(result.account.screened_out),
            "failed": dict(result.account.failures),
            "safety": dict(result.account.safety),
        },
        "platform": {
            "system": platform.system(),
            "machine": platform.machine(),
            "python": platform.python_version(),
        }
        | {name: version(name) for name in LIBRARIES},
        "files": {name: {"sha256": _sha256((folder / name).read_bytes())} for name in (ENDPOINTS, REPORT)},
    }


def _evidence() -> str:
    """Checksum of what ``quotidian evidence --json`` prints: every number, and how it is known."""
    from quotidian.cli.evidence import as_json
    from quotidian.evidence import search

    return _sha256(f"{as_json(search(''))}\n".encode())


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
