"""The Trial page in plain values: a virtual trial with its progress, its figures, every child a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any

from quotidian.errors import UserError
from quotidian.reports import narrative
from quotidian.reports.figures import Picture, bands, comparison, responders
from quotidian.reports.tables import endpoints_csv
from quotidian.trials.conduct import follow, result_of
from quotidian.trials.declared import design, names
from quotidian.trials.result import TrialResult
from quotidian.web import reading
from quotidian.web.desk import Shelf
from quotidian.web.trial_children import children_of, dots

MOST_REPLICATES = 20


class Cancelled(UserError):
    """A trial that its visitor stopped."""


@dataclass(frozen=True)
class TrialState:
    """Which design, how many replicates, which seed."""

    name: str = "tender"
    replicates: int = 1
    seed: int = 1

    @staticmethod
    def read(query: Mapping[str, str]) -> TrialState:
        """The state of a query. Raises UnknownName, InvalidQuantity."""
        return TrialState(
            reading.choice(query, "trial", "tender", names()),
            int(reading.number(query, "replicates", 1, 1, MOST_REPLICATES)),
            int(reading.number(query, "seed", 1, 0, 9999)),
        )

    @property
    def command(self) -> str:
        """The command that runs the same trial."""
        return f"quotidian trial {self.name} --replicates {self.replicates} --seed {self.seed}"

    @property
    def code(self) -> str:
        """Python that runs the same trial."""
        asked = f"{self.name!r}, replicates={self.replicates}, seed={self.seed}"
        return f"import quotidian as q\n\nresult = q.trial({asked})"

    @property
    def link(self) -> str:
        """The query string that restores the form."""
        return f"?page=trial&trial={self.name}&replicates={self.replicates}&seed={self.seed}"


@dataclass(frozen=True)
class Finished:
    """A trial that was run: its result and what the page shows of it."""

    result: TrialResult
    answer: dict[str, Any]


RESULTS: Shelf[TrialState, Finished] = Shelf(6)
"""The last few trials, for downloads and for whoever asks for the same again."""


class TrialRun:
    """One run that reports the share done and can be stopped from another thread."""

    def __init__(self, state: TrialState) -> None:
        self.state, self.share, self._stop = state, 0.0, Event()

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Stop at the next report of progress."""
        self._stop.set()

    def _tick(self, share: float) -> None:
        self.share = share
        if self._stop.is_set():
            raise Cancelled("The trial was cancelled.", "", "Run it again whenever you like.")

    def conduct(self) -> dict[str, Any]:
        """What the page shows. Raises Cancelled, and what a trial raises."""
        kept = RESULTS.get(self.state)
        if kept is not None:
            return kept.answer
        trial, s = design(self.state.name), self.state
        self._tick(0.0)
        done = follow(trial, s.replicates, s.seed, self._tick, threads=1)
        self._tick(1.0)
        result = result_of(trial, done, s.replicates, s.seed)
        found = children_of(trial, done.records[0], s.seed)
        answer = {
            "headline": narrative.headline(result), "agreement": narrative.agreement(result.rows),
            "title": result.title, "figures": [_shown(p) for p in figures(result)],
            "children": dots(found, trial.primary_week), "cli": s.command, "python": s.code, "link": s.link,
            "download": f"trial={s.name}&replicates={s.replicates}&seed={s.seed}",
            "seconds": round(result.account.seconds, 1),
        }  # fmt: skip
        RESULTS.put(s, Finished(result, answer))
        return answer


def figures(result: TrialResult) -> list[Picture]:
    """The figures of a result that exist, the comparison first."""
    found = [comparison(result), responders(result), bands(result, "temperature_max"), bands(result, "crp")]
    return [picture for picture in found if picture is not None]


def _shown(picture: Picture) -> dict[str, str]:
    return {
        "name": picture.name, "title": picture.title, "wide": picture.wide, "narrow": picture.narrow,
        "caption": f"{picture.shows} {picture.source} {picture.certainty}",
    }  # fmt: skip


def _kept(query: Mapping[str, str]) -> Finished:
    found = RESULTS.get(TrialState.read(query))
    if found is None:
        raise UserError("That trial is no longer at hand.", "Only the last few are kept.", "Run it again.")
    return found


def trial_csv(query: Mapping[str, str]) -> str:
    """Endpoints of a trial that was run. Raises UserError for one that is not kept."""
    return endpoints_csv(_kept(query).result.rows)


def trial_svg(query: Mapping[str, str]) -> str:
    """One of its figures by name. Raises UserError for one that is not kept or has no such figure."""
    kept, name = _kept(query), reading.text(query, "figure", "comparison")
    for shown in kept.answer["figures"]:
        if shown["name"] == name:
            return str(shown["wide"])
    if name == "children":
        return str(kept.answer["children"])
    raise UserError(f"The trial has no figure '{name}'.", "", "Choose one that the page shows.")
