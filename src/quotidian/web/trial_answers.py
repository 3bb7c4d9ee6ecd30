"""Content of the Trial page as plain values: progress and figures of a virtual trial, and a link for each
child."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from threading import Event
from typing import Any

from quotidian.application.learning.knowledge import member_overlays
from quotidian.application.study_file import design_from
from quotidian.application.trial_run import TrialRequest, run_trial
from quotidian.application.yaml_positions import lined_text
from quotidian.errors import Cancelled, InvalidInput, InvalidQuantity, StudyTooLarge
from quotidian.reports import narrative
from quotidian.reports.figures import Picture, bands, comparison, responders, staying
from quotidian.reports.report import known_table
from quotidian.reports.tables import endpoints_csv
from quotidian.reports.wording import counted
from quotidian.trials.agreement import JUDGED_FROM
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.library import design, names
from quotidian.trials.result import TrialResult
from quotidian.web import form_input
from quotidian.web.trial_children import children_of, dots
from quotidian.web.work_queue import Shelf

USUAL, MOST_REPLICATES, MOST_MEMBERS = "tender", JUDGED_FROM, 20
MOST_STUDY = 20_000
"""Characters of a study that is pasted into the page."""
MOST_CHILD_WEEKS = 60_000
"""Largest product of children, weeks and replicates, members included, of a request: about half a minute."""


def trials() -> dict[str, str]:
    """Titles of the published designs by name."""
    return {name: design(name).title for name in names()}


@dataclass(frozen=True)
class TrialState:
    """Which design, how many replicates, which seed, and how many members of the ensemble."""

    name: str = USUAL
    replicates: int = MOST_REPLICATES
    seed: int = 1
    study: str = ""
    members: int = 0

    @staticmethod
    def read(query: Mapping[str, str]) -> TrialState:
        """The state of a query. Raises UnknownName, InvalidQuantity."""
        study = str(query.get("study", "")).strip()
        if len(study) > MOST_STUDY:
            raise InvalidQuantity(
                "The study is too long.",
                f"The page accepts {MOST_STUDY:,} characters.",
                "Run it with 'quotidian study run'.",
            )
        return TrialState(
            form_input.choice(query, "trial", USUAL, names()),
            int(form_input.number(query, "replicates", MOST_REPLICATES, 1, MOST_REPLICATES)),
            int(form_input.number(query, "seed", 1, 0, 9999)),
            study,
            int(form_input.number(query, "members", 0, 0, MOST_MEMBERS)),
        )

    @cached_property
    def design(self) -> Trial:
        """The design: the published one, or that of the study. Raises InvalidInput with its line."""
        trial = design_from(lined_text(self.study, "study")) if self.study else design(self.name)
        most = MOST_CHILD_WEEKS // (trial.size * trial.weeks)
        if self.replicates + self.members > most:
            what = "replicates and members" if self.members else "replicates"
            fewer = f"Choose fewer {what}, {most} at most" if most else "Choose a smaller design"
            known = f" and {counted(self.members, 'member')}" if self.members else ""
            raise StudyTooLarge(
                f"{counted(self.replicates, 'replicate')}{known} of {trial.size} children "
                f"over {trial.weeks} weeks cannot be run here.",
                f"The page runs at most {MOST_CHILD_WEEKS:,} child-weeks.",
                f"{fewer}, or use the command line.",
            )
        return trial

    @property
    def key(self) -> str:
        """The key under which its result is stored."""
        return sha256(repr(self).encode()).hexdigest()[:20]

    @property
    def command(self) -> str:
        """The command that runs the same trial."""
        what = "study run my-study.yaml" if self.study else f"trial {self.name}"
        known = f" --members {self.members}" if self.members else ""
        return f"quotidian {what} --replicates {self.replicates} --seed {self.seed}{known}"

    @property
    def code(self) -> str:
        """Python that runs the same trial."""
        if self.study:
            return "# A study file: save it as my-study.yaml and use the command line."
        asked = f"{self.name!r}, replicates={self.replicates}, seed={self.seed}"
        asked += f", members={self.members}" if self.members else ""
        return f"import quotidian as q\n\nresult = q.trial({asked})"

    @property
    def link(self) -> str:
        """The query string that restores the form."""
        known = f"&members={self.members}" if self.members else ""
        return f"?page=trial&trial={self.name}&replicates={self.replicates}&seed={self.seed}{known}"


@dataclass(frozen=True)
class Finished:
    """A completed trial: its result and the content that the page shows."""

    result: TrialResult
    answer: dict[str, Any]


RESULTS: Shelf[str, Finished] = Shelf(6)
"""The last few trials, for downloads and for repeated requests."""


class TrialRun:
    """One run. It reports the completed share and can be stopped from another thread."""

    def __init__(self, state: TrialState) -> None:
        self.state, self.share, self._stop = state, 0.0, Event()

    @property
    def cancelled(self) -> bool:
        """Whether a stop was requested."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Stop at the next report of progress."""
        self._stop.set()

    def _tick(self, share: float) -> None:
        self.share = share
        if self._stop.is_set():
            raise Cancelled("The trial was cancelled.", "", "You can run it again.")

    def conduct(self) -> dict[str, Any]:
        """Content of the page. Raises Cancelled, and the errors of a trial run."""
        kept = RESULTS.get(self.state.key)
        if kept is not None:
            return kept.answer
        s, trial = self.state, self.state.design
        self._tick(0.0)
        known = member_overlays(s.members)
        request = TrialRequest(trial, s.replicates, s.seed, s.command.partition(" --")[0], known)
        done = run_trial(request, threads=1, progress=self._tick)
        self._tick(1.0)
        result = done.result
        found = children_of(trial, done.records[0], s.seed)
        answer = {
            "headline": narrative.headline(result), "agreement": narrative.agreement(result.rows),
            "title": result.title, "figures": [_shown(p) for p in figures(result)],
            "table": known_table(result),
            "children": dots(found, trial.primary_week), "cli": s.command, "python": s.code, "link": s.link,
            "download": f"kept={s.key}",
            "seconds": round(result.account.seconds, 1),
        }  # fmt: skip
        RESULTS.put(s.key, Finished(result, answer))
        return answer


def figures(result: TrialResult) -> list[Picture]:
    """The available figures of a result, the comparison first."""
    found = [
        comparison(result),
        responders(result),
        staying(result),
        bands(result, "temperature_max"),
        bands(result, "crp"),
    ]
    return [picture for picture in found if picture is not None]


def _shown(picture: Picture) -> dict[str, str]:
    return {
        "name": picture.name, "title": picture.title, "wide": picture.wide, "narrow": picture.narrow,
        "caption": f"{picture.shows} {picture.source} {picture.certainty}",
    }  # fmt: skip


def _kept(query: Mapping[str, str]) -> Finished:
    found = RESULTS.get(form_input.text(query, "kept"))
    if found is None:
        raise InvalidInput("That trial is no longer stored.", "Only the last few are kept.", "Run it again.")
    return found


def trial_csv(query: Mapping[str, str]) -> str:
    """Endpoints of a completed trial. Raises InvalidInput if its result is no longer stored."""
    return endpoints_csv(_kept(query).result.rows)


def trial_svg(query: Mapping[str, str]) -> str:
    """One figure of a completed trial, by name. Raises InvalidInput if the result is no longer stored or
    lacks it."""
    kept, name = _kept(query), form_input.text(query, "figure", "comparison")
    for shown in kept.answer["figures"]:
        if shown["name"] == name:
            return str(shown["wide"])
    if name == "children":
        return str(kept.answer["children"])
    raise InvalidInput(f"The trial has no figure '{name}'.", "", "Choose one of those on the page.")
