"""The page of the scoreboard: one self-contained HTML file without scripts."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence

from quotidian.evidence.bibliography import bibliography
from quotidian.evidence.roles import frozen_roles
from quotidian.reports import report, wording
from quotidian.reports.figures.calibration_curve import calibration_figure
from quotidian.reports.figures.scoreboard import trial_figure
from quotidian.reports.scoreboard import accounts, row_name, rows_of, scoreboard_csv
from quotidian.trials.agreement import RULE
from quotidian.trials.benchmarks.calibration_curve import calibration
from quotidian.trials.benchmarks.counts import CALIBRATION, EARLIER, LATER, group_of, last_line
from quotidian.trials.benchmarks.scores import TrialScore
from quotidian.trials.result import AccuracyCheck
from quotidian.trials.rows import numbers_sha256
from quotidian.version import RESEARCH_USE, __version__


def render_scoreboard(
    scores: Sequence[TrialScore], command: str, checks: Mapping[str, AccuracyCheck] | None = None
) -> str:
    """The page as HTML text; the same scores give the same bytes. ``checks`` of accuracy by trial."""
    shown = [one for one in scores if one.rows]
    rows = rows_of(scores)
    sources = list(dict.fromkeys([r.source for r in rows] + [a.source for s in scores for a in s.apart]))
    known = bibliography()
    return report.template("scoreboard.html.j2").render(
        scores=shown,
        pictures={one.trial: [trial_figure(one)] for one in shown},
        intervals=calibration_figure(calibration(rows)),
        outside=[row for row in rows if not row.inside],
        apart=[number for one in scores for number in one.apart],
        known=wording.has_known(rows),
        whole=any(row.low_discrepancy is not None for row in rows),
        rule=RULE,
        groups=(CALIBRATION, EARLIER, LATER),
        by_group=lambda one, group: [row for row in one.rows if group_of(row) == group],
        frozen=frozen_roles(),
        counts=last_line(rows),
        accounts=accounts(scores),
        command=command,
        checks=checks or {},
        checksum=numbers_sha256(rows),
        device=RESEARCH_USE.rstrip("."),
        version=__version__,
        csv=b64encode(scoreboard_csv(scores).encode()).decode(),
        row_name=row_name,
        citation=lambda key: known[key].full if key in known else key,
        stated=wording.stated,
        sources=sources,
        number=lambda key: sources.index(key) + 1,
    )
