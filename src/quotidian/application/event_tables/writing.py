"""Virtual cohorts and trials as event tables, for NONMEM, nlmixr2, Monolix and ``quotidian run-events``.

Columns of numbers come first; those of text (DRUG, OBSERVED, SEX, ARM) last, where NONMEM drops them. CMT and
DVID number the drugs by route and the observables, in the order of their first use. TIME is in hours from
midnight of the first day of treatment.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np

from quotidian.application.cohort_request import CohortRequest
from quotidian.application.event_tables.children import FACTOR, VALUE
from quotidian.dosing import Administration
from quotidian.drugs.catalogue import ROUTES, regimen
from quotidian.models import USUAL, model
from quotidian.network import replaced_constants
from quotidian.patients.child import Child
from quotidian.patients.population import draw
from quotidian.reports.files import whole_file
from quotidian.simulation import planned_doses
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.participants import MORNING
from quotidian.trials.protocol.design import Trial

RECORD = ("ID", "TIME", "EVID", "AMT", "RATE", "CMT", "DVID", "DV", "MDV")
TEXTS = ("DRUG", "OBSERVED", "SEX")
PREPARATION = {(drug, route): name for name, (drug, route, _) in ROUTES.items()}
Observation = tuple[float, str, float]
"""Hour, observable and value; not-a-number where it is not known."""


@dataclass(frozen=True)
class Subject:
    """One child of the table: identifier, covariates by column, sex, doses, and observations.

    ``more`` are further columns of text, by name.
    """

    identifier: str
    covariates: Mapping[str, float | None]
    sex: str
    doses: Sequence[Administration]
    observations: Sequence[Observation]
    more: Mapping[str, str]


def write_events(
    path: Path, subjects: Iterable[Subject], columns: Sequence[str], more: Sequence[str] = ()
) -> None:
    """Write subjects one after another; ``columns`` are their covariates. Raises OutputError."""
    numbers: dict[str, int] = {}
    with whole_file(path) as partial, partial.open("w", encoding="utf-8", newline="\n") as out:
        out.write(",".join((*RECORD, *columns, *TEXTS, *more)) + "\n")
        for subject in subjects:
            _write(out, subject, columns, more, numbers)


def _write(
    out: TextIO, subject: Subject, columns: Sequence[str], more: Sequence[str], numbers: dict[str, int]
) -> None:
    own = [_cell(subject.covariates.get(name)) for name in columns]
    texts = [subject.sex, *(subject.more.get(name, ".") for name in more)]
    rows: list[tuple[float, int, list[str]]] = []
    for dose in subject.doses:
        name = PREPARATION[dose.drug, dose.route]
        rate = dose.amount_mg / dose.duration_h if dose.duration_h else 0.0
        number = str(numbers.setdefault(name, len(numbers) + 1))
        cells = ["1", _cell(dose.amount_mg), _cell(rate), number, number, ".", "1", *own, name, "."]
        rows.append((dose.time_h, 1, cells))
    for hour, name, value in subject.observations:
        number = str(numbers.setdefault(name, len(numbers) + 1))
        known = "0" if math.isfinite(value) else "1"
        rows.append((hour, 0, ["0", ".", ".", number, number, _cell(value), known, *own, ".", name]))
    for hour, _, cells in sorted(rows, key=lambda row: row[:2]):
        out.write(",".join((subject.identifier, _cell(hour), *cells, *texts)) + "\n")


def _cell(value: float | None) -> str:
    """A number with all its digits; ``.`` where there is none."""
    return "." if value is None or not math.isfinite(value) else repr(float(value))


def cohort_events(request: CohortRequest, folder: Path, path: Path) -> None:
    """The finished cohort of a folder as an event table, with what differs between its children.

    With a steady course ``run-events --model sjia`` predicts the same values. Raises OutputError.
    """
    drugs = regimen(request.regimen).drugs
    known = model(request.model, {*USUAL, *drugs}).constants
    stated = _stated(request)
    first = draw(Streams(request.seed), 0, [0], request.population)[0]
    columns = tuple(_described(first, known, stated))
    write_events(path, _of_cohort(request, folder, known, stated), columns)


def _stated(request: CohortRequest) -> dict[str, float]:
    """Values that the request replaces, by name of the parameter of the model."""
    drugs = regimen(request.regimen).drugs
    return replaced_constants(model(request.model, {*USUAL, *drugs}), request.stated.overlay)


def _of_cohort(
    request: CohortRequest, folder: Path, known: Mapping[str, float], stated: Mapping[str, float]
) -> Iterator[Subject]:
    import polars

    plan = regimen(request.regimen)
    names = {f"{name} [{unit}]": name for name, unit in request.observables.items()}
    for part in range(request.parts):
        numbers = request.numbers(part)
        table = polars.read_parquet(folder / f"part-{request.label(part)}.parquet")
        values = table.select(*names).to_numpy().reshape(len(numbers), -1, len(names))
        hours = 24.0 * table["time_day"].to_numpy()[: values.shape[1]]
        for child, number, own in zip(_drawn(request, numbers), numbers, values, strict=True):
            lost = np.isnan(own.astype(np.float64)).all()
            doses = () if lost else planned_doses(child.person, plan, request.days * 24.0)
            seen = [
                (float(hour), name, float("nan") if value is None else float(value))
                for hour, row in zip(hours, own, strict=True)
                for name, value in zip(names.values(), row, strict=True)
            ]
            yield Subject(str(number), _described(child, known, stated), child.sex, doses, seen, {})


def _drawn(request: CohortRequest, numbers: range) -> list[Child]:
    return draw(Streams(request.seed), 0, numbers, request.population)


def _described(
    child: Child, known: Mapping[str, float], stated: Mapping[str, float]
) -> dict[str, float | None]:
    """Covariates by column: size, severity, and the child's own parameters that the model knows."""
    threshold = child.antibody_threshold
    values = {**stated, "joints.il6_share": child.il6_share, **child.values}
    return {
        "AGE": child.age_years, "WT": child.weight_kg, "HT": child.height_cm, "SEVERITY": child.severity,
        "TARGET_HEIGHT_Z": child.target_height_z, "ANTIBODY_THRESHOLD": threshold,
        **{f"{FACTOR}{name}": x for name, x in child.random_effects.items() if name in known},
        **{f"{VALUE}{name}": x for name, x in values.items() if name in known},
    }  # fmt: skip


def trial_events(trial: Trial, records: Sequence[CaseRecord], path: Path) -> None:
    """The children of a trial as an event table: doses given, and what was measured at the visits attended.

    Raises OutputError.
    """
    columns = ("AGE", "WT", "HT", "FEMALE", "DURATION")
    subjects = (s for record in records for s in _of_record(trial, record))
    write_events(path, subjects, columns, ("ARM",))


def _of_record(trial: Trial, record: CaseRecord) -> Iterator[Subject]:
    body, arms, left = record.body, list(trial.arms), record.first("withdrawal")
    for i in range(record.children):
        until = np.fmin(left[i] * 168.0 + MORNING, np.inf)
        seen: list[Observation] = []
        for week in record.weeks:
            away = record.missed[week][i] | record.left[week][i] | bool(record.last_visit[i] < week)
            measured = {} if away else {**record.observed[week], **record.core[week]}
            seen += [(week * 168.0 + MORNING, name, float(x[i])) for name, x in measured.items()]
        names = {"AGE": "age", "WT": "weight", "HT": "height", "FEMALE": "female", "DURATION": "duration"}
        yield Subject(
            f"{record.replicate[i]}-{record.number[i]}", {c: float(body[n][i]) for c, n in names.items()},
            "female" if body["female"][i] else "male",
            [dose for dose in record.doses[i] if dose.time_h <= until], seen,
            {"ARM": arms[record.arm[i]] if record.arm[i] >= 0 else "not randomised"},
        )  # fmt: skip
