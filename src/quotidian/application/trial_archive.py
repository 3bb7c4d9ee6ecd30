"""The folder of a trial or study: endpoints, report, and the manifest that reproduces them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from quotidian.application.accuracy.trial_check import as_plain
from quotidian.application.manifest import (
    MANIFEST,
    as_json,
    identity,
    manifest,
    model_checksums,
    written_by,
)  # fmt: skip
from quotidian.reports.files import check_folder, whole_folder
from quotidian.trials.result import TrialResult

ENDPOINTS, REPORT, EFFECTS, FLOW, BASELINE = RESULTS = (
    "endpoints.csv", "report.html", "effects.csv", "flow.csv", "baseline.csv",
)  # fmt: skip
"""Files of a result besides its manifest. ``effects.csv`` of a trial with one arm holds no row."""
PROGRAM = "quotidian trial"
EARLIER = (PROGRAM, "quotidian")
"""Programs whose result folders may be replaced; the second is the name of version 0.1."""
LIBRARIES = ("numpy", "llvmlite", "matplotlib")
"""Libraries whose version can change a byte of endpoints or report."""


def check_trial_folder(folder: Path) -> None:
    """Refuse a path where the result could not be stored. Raises OutputError."""
    check_folder(folder, (*RESULTS, MANIFEST), lambda path: written_by(path / MANIFEST, EARLIER) is not None)


def keep_trial(result: TrialResult, folder: Path) -> None:
    """Write all files or none. Raises OutputError if the file system reports an error."""
    from quotidian.reports.effect_tables import baseline_csv, effects_csv, flow_csv
    from quotidian.reports.report import write_report
    from quotidian.reports.tables import endpoints_csv

    tables = {
        ENDPOINTS: endpoints_csv(result.rows),
        EFFECTS: effects_csv(result.effects),
        FLOW: flow_csv(result.flow),
        BASELINE: baseline_csv(result.baseline),
    }
    with whole_folder(folder, last=MANIFEST) as partial:
        for name, text in tables.items():
            (partial / name).write_text(text, encoding="utf-8", newline="\n")
        write_report(result, partial / REPORT)
        account = as_json(trial_manifest(result, partial))
        (partial / MANIFEST).write_text(account, encoding="utf-8", newline="\n")


def trial_manifest(result: TrialResult, folder: Path) -> dict[str, Any]:
    """The manifest of the files in ``folder``."""
    account = result.account
    return manifest(
        PROGRAM,
        _identity(result),
        {
            "children": {
                "an_arm": dict(result.children),
                "proposed": account.proposed,
                "followed_to_screening": account.followed,
                "enrolled": account.enrolled,
                "screened_out": dict(account.screened_out),
                "failed": dict(account.failures),
                "safety": dict(account.safety),
            },
            "arithmetic": result.provenance["arithmetic"],
            "numbers_sha256": result.provenance["numbers_sha256"],
        }
        | ({} if result.accuracy is None else {"check": as_plain(result.accuracy)}),
        command=result.provenance["command"],
        files={name: (folder / name).read_bytes() for name in RESULTS},
    )


def _identity(result: TrialResult) -> dict[str, Any]:
    given = result.provenance
    return identity(
        {"trial": result.name, "replicates": result.replicates, "seed": result.seed}
        | ({"members": given["members"]} if "members" in given else {})
        | ({"parameters": given["parameters"]} if "parameters" in given else {})
        | ({"arithmetic": "portable"} if given["arithmetic"] == "portable" else {}),
        model_checksums(given["model"], given["model_fingerprint"]),
        {"relative": given["rtol"], "absolute": given["atol"]},
        LIBRARIES,
    )
