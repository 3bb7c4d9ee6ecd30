"""Judge what is read besides SBML: event tables, PEtab problems, archives, and inputs that were once wrong.

Each judge takes a folder and gives a verdict for each case: passed, refused (with the reason), or wrong.
"""

from __future__ import annotations

import csv
import importlib.util
import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from quotidian.data import read_events
from quotidian.data.dosing_records import Dosing
from quotidian.errors import QuotidianError
from quotidian.interchange import from_sbml
from quotidian.interchange.omex.running import run_archive
from quotidian.interchange.petab.objective import objective
from quotidian.interchange.petab.reader import read_petab
from quotidian.population import ErrorModel
from quotidian.simulation.event_likelihood import minus_two_log_likelihood
from quotidian.simulation.event_records import predict_events

Verdict = tuple[str, str]
Verdicts = dict[str, Verdict]
PASSED: Verdict = ("passed", "")
FAULTS = Path(__file__).resolve().parents[1] / "tests/interchange/test_shared_faults.py"
KINDS = {"additive_sd": "additive", "proportional_sd": "proportional", "log_sd": "log"}


def close(found: float, expected: float, relative: float, absolute: float) -> bool:
    """Whether a number passes; what is not finite has to be the same."""
    if not math.isfinite(expected):
        return found == expected
    return math.isfinite(found) and abs(found - expected) <= absolute + relative * abs(expected)


def judged(cases: Mapping[str, Callable[[], Verdict]]) -> Verdicts:
    """The verdict of each case; a refusal is one, and so is a failure that is none."""
    found: Verdicts = {}
    for name, judge in cases.items():
        try:
            found[name] = judge()
        except QuotidianError as refusal:
            found[name] = "refused", " ".join(str(refusal).split())
        except Exception as fault:
            found[name] = "wrong", f"{type(fault).__name__}: {fault}"
    return found


def rows(file: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """A table with a heading."""
    with file.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter=delimiter))


# ---- PEtab
def petab(root: Path) -> Verdicts:
    """``v1/NNNN`` and ``v2/NNNN`` of the PEtab test suite."""
    solutions = sorted(root.glob("v[12]/*/_*_solution.yaml"))
    return judged({f"{s.parts[-3]}/{s.parts[-2]}": partial(_problem, s) for s in solutions})


def _problem(solution: Path) -> Verdict:
    wanted = yaml.safe_load(solution.read_text())
    found = objective(read_petab(solution.with_name(solution.name.replace("_solution", ""))))
    for what, value in (("llh", found.log_likelihood), ("chi2", found.chi2)):
        if not close(value, wanted[what], 0.0, wanted[f"tol_{what}"]):
            return "wrong", f"{what} {value:.10g} instead of {wanted[what]:.10g}"
    expected = [float(r["simulation"]) for r in rows(solution.parent / wanted["simulation_files"][0], "\t")]
    for number, (y, want) in enumerate(zip(found.simulated, expected, strict=True), start=1):
        if not close(y, want, 0.0, wanted["tol_simulations"]):
            return "wrong", f"simulation {number}: {y:.10g} instead of {want:.10g}"
    posterior = wanted.get("unnorm_log_posterior")
    if posterior is not None and abs(found.log_posterior - posterior) > wanted["tol_unnorm_log_posterior"]:
        return "wrong", f"log-posterior {found.log_posterior:.10g} instead of {posterior:.10g}"
    return PASSED


# ---- archives
def omex(root: Path) -> Verdicts:
    """Archives ``oNN.omex`` with their outcome in ``oNN.yaml``."""
    return judged({y.stem: partial(_archive, y) for y in sorted(root.glob("o*.yaml"))})


def _archive(case: Path) -> Verdict:
    wanted = yaml.safe_load(case.read_text())
    words = [word.lower() for word in wanted.get("message_names", [])]
    try:
        run = run_archive(case.with_suffix(".omex"))
    except QuotidianError as refusal:
        if wanted["outcome"] != "refuse":
            raise
        return _named(words, str(refusal))
    if wanted["outcome"] == "refuse":
        return "wrong", "accepted"
    if run.objective is not None:
        right = close(run.objective.log_likelihood, wanted["llh"], 0.0, 1e-3)
        return PASSED if right else ("wrong", f"llh {run.objective.log_likelihood:.10g}")
    (columns,) = run.reports.values()
    for number, row in enumerate(rows(case.parent / wanted["expected"])):
        for label, cell in row.items():
            if not close(columns[label][number], float(cell), 1e-6, 1e-8):
                return "wrong", f"{label}, row {number + 1}: {columns[label][number]:.10g}, not {cell}"
    return _named(words, " ".join(run.warnings))


def _named(words: list[str], text: str) -> Verdict:
    missing = [word for word in words if word not in text.lower()]
    return ("wrong", f"words do not name {missing}: {text[:80]}") if missing else PASSED


# ---- event tables
def events(root: Path) -> Verdicts:
    """Tables with values by closed forms (``cases``) and by NONMEM (``nonmem``), and invalid ones."""
    found: Verdicts = {}
    for part, relative in (("cases", 1e-5), ("nonmem", 2e-4), ("invalid", 0.0)):
        cases = {f"{part}/{y.stem}": y for y in sorted((root / part).glob("*.yaml"))}
        judge = _invalid if part == "invalid" else partial(_table, relative=relative)
        kept = {n: y for n, y in cases.items() if yaml.safe_load(y.read_text()).get("verdict") != "free"}
        found |= judged({name: partial(judge, y) for name, y in kept.items()})
    return found


def _predicted(case: Mapping[str, Any], file: Path) -> tuple[dict[int, float], float | None, str]:
    m, dosing, covariates = case["model"], case.get("dosing") or {}, case.get("covariates") or {}
    items = ("bioavailability", "lag", "duration", "rate")
    given = Dosing(*({int(k): float(v) for k, v in (dosing.get(i) or {}).items()} for i in items))
    table = read_events(file, dates=(case.get("reading") or {}).get("date"))
    found = predict_events(
        table, f"pk-{m['compartments']}cmt{'-oral' if m['depot'] else ''}",
        {k: v for k, v in m.items() if k in ("CL", "V", "Q", "V2", "KA")}, dosing=given,
        covariates=[f.strip() for f in covariates.get("model", "").split(";") if f.strip()],
        carried=covariates.get("carried", "backward"), scale=m.get("scale", 1.0),
    )  # fmt: skip
    likelihood = None
    for kind, sd in (case.get("residual_error") or {}).items():
        likelihood = minus_two_log_likelihood(table, found, ErrorModel("DV", KINDS[kind], sd))
    values = {int(row) + 1: float(v) for row, v in zip(found.rows, found.values, strict=True)}
    return values, likelihood, " ".join(found.notes)


def _table(case_file: Path, relative: float) -> Verdict:
    case = yaml.safe_load(case_file.read_text())
    want = {int(r["ROW"]): float(r["VALUE"])
            for r in rows(case_file.with_name(f"{case_file.stem}_expected.csv"))}  # fmt: skip
    try:
        values, likelihood, _ = _predicted(case, case_file.with_suffix(".csv"))
    except QuotidianError:
        if case["verdict"] == "either":
            return PASSED
        raise
    top = max(map(abs, want.values())) or 1.0
    for row, value in want.items():
        absolute = 1e-8 * (top if top < 1e6 else abs(value))
        if not close(values.get(row, math.nan), value, relative, absolute):
            return "wrong", f"row {row}: {values.get(row)} instead of {value:.10g}"
    wanted = case.get("minus_two_log_likelihood")
    if wanted is not None and not close(likelihood or math.nan, wanted, 1e-5, 1e-5):
        return "wrong", f"-2 log-likelihood {likelihood} instead of {wanted:.10g}"
    return PASSED


def _invalid(case_file: Path) -> Verdict:
    case = yaml.safe_load(case_file.read_text())
    words, refuse = [w.lower() for w in case["message_names"]], case["outcome"].startswith("refuse")
    try:
        _, _, notes = _predicted(case, case_file.with_suffix(".csv"))
    except QuotidianError as refusal:
        return _named(words, str(refusal)) if refuse else ("wrong", "refused, should be accepted")
    return ("wrong", "accepted") if refuse else _named(words, notes)


# ---- inputs that were once wrong
def faults(root: Path) -> Verdicts:
    """SBML files on which version 0.1 failed; their values stand in the test that reads them."""
    spec = importlib.util.spec_from_file_location("shared_faults", FAULTS)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    known: dict[str, tuple[str, dict[float, float]]] = module.RIGHT
    cases = {n: right for n, right in known.items() if (root / f"{n}.xml").is_file()}
    return judged({n: partial(_fault, root / f"{n}.xml", *r) for n, r in cases.items()})


def _fault(file: Path, name: str, right: Mapping[float, float]) -> Verdict:
    found = from_sbml(file).run(list(right), [name]).values[0, :, 0]
    for (time, value), got in zip(right.items(), found.tolist(), strict=True):
        if not close(got, value, 1e-4, 1e-9):
            return "wrong", f"{name} at {time:g}: {got:.8g} instead of {value:.8g}"
    return PASSED


SUITES: Mapping[str, tuple[str, Callable[[Path], Verdicts]]] = {
    "events": ("closed forms, and tables that NONMEM 7 printed", events),
    "petab": ("the solutions of the PEtab test suite, by its own tolerances", petab),
    "omex": ("closed forms", omex),
    "faults": ("closed forms, or two other engines", faults),
}
"""By folder: what a suite is compared with, and its judge."""


def suites(root: Path) -> Iterator[tuple[str, str, Verdicts]]:
    """Name, comparison and verdicts of each suite that the folder has."""
    for name, (compared, judge) in SUITES.items():
        if (root / name).is_dir():
            yield name, compared, judge(root / name)
