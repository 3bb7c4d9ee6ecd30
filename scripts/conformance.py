"""Judge what is read from other programs by public cases, and write docs/conformance.md.

    python scripts/conformance.py FOLDER

FOLDER/sbml holds cases as the SBML Test Suite has them: NNNNN/NNNNN-sbml-LEVEL.xml, -settings.txt,
-results.csv; FOLDER/events, petab, omex and faults what conformance_suites.py judges. They are not part of
the project. SBML cases that have been judged are kept in out/conformance.json; remove that file to judge all
of them again. A number passes within absolute + relative |expected|, as the settings of its case say.
"""

from __future__ import annotations

import csv
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from quotidian.errors import QuotidianError
from quotidian.interchange import from_sbml

PAGE = Path(__file__).resolve().parents[1] / "docs/conformance.md"
KEPT = Path("out/conformance.json")
Verdicts = dict[str, tuple[str, str]]
KINDS = (
    ("delay(", "delay equations"),
    ("is fast", "fast reactions"),
    ("no rate law", "reactions without a rate law"),
    ("cannot be solved", "algebraic rules that are not linear"),
    ("attempt to flatten", "submodels that libSBML cannot combine"),
    ("not valid SBML", "files that libSBML finds invalid"),
    ("which cannot be computed here", "formulas with other mathematics than that of SBML Level 3"),
    ("has the id 'time'", "elements with the reserved id 'time'"),
    ("without end", "conditions that change endlessly at one instant"),
)
"""A part of the refusal, and what the page calls its reason."""


@dataclass(frozen=True)
class Case:
    """One case: its file, what is asked, and the expected table."""

    file: Path
    settings: Mapping[str, str]
    head: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]

    @staticmethod
    def read(folder: Path) -> Case:
        """The case of a folder."""
        name = folder.name
        lines = (folder / f"{name}-settings.txt").read_text(encoding="utf-8").splitlines()
        settings = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        with (folder / f"{name}-results.csv").open(encoding="utf-8") as stream:
            head, *rows = [row for row in csv.reader(stream) if any(cell.strip() for cell in row)]
        table = tuple(tuple(number(cell) for cell in row[: len(head)]) for row in rows)
        return Case(
            next(folder.glob(f"{name}-sbml-*.xml")), settings, tuple(h.strip(' "') for h in head), table
        )

    def listed(self, key: str) -> list[str]:
        """Names in a line of the settings."""
        return [name.strip() for name in self.settings.get(key, "").split(",") if name.strip()]

    def outputs(self) -> dict[str, str]:
        """For each column the output that means it."""
        amounts, concentrations = self.listed("amount"), self.listed("concentration")
        return {
            name: f"amount({name})" if name in amounts else f"[{name}]" if name in concentrations else name
            for name in self.head[1:]
        }

    def tolerated(self, found: float, expected: float) -> bool:
        """Whether a number passes."""
        if not math.isfinite(expected):
            return found == expected or (math.isnan(found) and math.isnan(expected))
        absolute, relative = (float(self.settings.get(k) or 0.0) for k in ("absolute", "relative"))
        return abs(found - expected) <= absolute + relative * abs(expected)


def number(text: str) -> float:
    """A cell of an expected table."""
    plain = text.strip().lower()
    return math.nan if plain in ("", "na") else float(plain)


def judged(case: Case) -> tuple[str, str]:
    """Passed, refused (with the reason), or wrong (with the first number that is)."""
    outputs = case.outputs()
    try:
        imported = from_sbml(case.file)
        known = {n: o for n, o in outputs.items() if o in imported.system.measures or n in imported.labels}
        names = [o if o in imported.system.measures else n for n, o in known.items()]
        outcome = imported.run([row[0] for row in case.rows], names)
    except QuotidianError as refusal:
        return "refused", " ".join(str(refusal).split())
    for column, name in enumerate(known):
        place = case.head.index(name)
        for row, found in zip(case.rows, outcome.values[0, :, column], strict=True):
            if not case.tolerated(float(found), row[place]):
                return "wrong", f"{name} at {row[0]:g}: {found:.8g} instead of {row[place]:.8g}"
    return ("passed", "") if len(known) == len(outputs) else ("passed in part", "an output is not known")


def all_judged(folder: Path) -> Verdicts:
    """Every case of a folder, those kept and those judged now."""
    kept: Verdicts = (
        {k: (s, w) for k, (s, w) in json.loads(KEPT.read_text()).items()} if KEPT.is_file() else {}
    )
    for place in sorted(p for p in folder.iterdir() if (p / f"{p.name}-results.csv").is_file()):
        case = Case.read(place) if place.name not in kept else None
        if case is not None and case.settings.get("duration"):  # others are no time courses
            kept[place.name] = judged(case)
            KEPT.parent.mkdir(exist_ok=True)
            KEPT.write_text(json.dumps(kept, indent=0), encoding="utf-8")
    return kept


def reason(refusal: str) -> str:
    """What the page calls the reason of a refusal."""
    return next((words for part, words in KINDS if part in refusal), re.sub(r"'[^']*'", "...", refusal)[:100])


def page(verdicts: Verdicts) -> Iterator[str]:
    """Lines of docs/conformance.md."""
    counts = Counter(status for status, _ in verdicts.values())
    reasons = Counter(reason(why) for status, why in verdicts.values() if status == "refused")
    yield "# Conformance: results of public test suites\n"
    yield "Written by `make conformance`. Research use, not a medical device.\n"
    yield "Public test cases are run and compared with independent reference results."
    yield "Nothing is tuned to them. A case that must be refused is passed if it is refused.\n"
    yield "## SBML\n"
    suite = "[SBML Test Suite](https://github.com/sbmlteam/sbml-test-suite)"
    yield f"{len(verdicts):,} time courses of the {suite} were run"
    yield "and compared with its expected tables, by its own tolerances.\n"
    yield "| | cases |\n|---|---|"
    for status in ("passed", "passed in part", "refused", "wrong"):
        yield f"| {status} | {counts[status]:,} |"
    yield "\nA case is refused with the name of the element, its line and a remedy. The reasons:\n"
    yield "| reason | cases |\n|---|---|"
    for words, count in reasons.most_common():
        yield f"| {words} | {count} |"


TITLES = {
    "events": "Event tables in the format of NONMEM; invalid ones must be refused with a message",
    "petab": "PEtab problems, versions 1 and 2",
    "omex": "COMBINE archives; some must be refused",
    "faults": "SBML files on which version 0.1 failed",
}


def others(found: Iterable[tuple[str, str, Verdicts]]) -> Iterator[str]:
    """Lines on the suites besides SBML: name, comparison, verdicts."""
    yield "\n## Other suites\n"
    yield "| suite | compared with | cases | passed | refused | wrong |\n|---|---|---|---|---|---|"
    reasons: list[str] = []
    for name, compared, verdicts in found:
        counts = Counter(status for status, _ in verdicts.values())
        numbers = " | ".join(str(counts[status]) for status in ("passed", "refused", "wrong"))
        yield f"| {TITLES.get(name, name)} | {compared} | {len(verdicts)} | {numbers} |"
        reasons += [f"- {name} {case}: {status}, {why[:150]}"
                    for case, (status, why) in verdicts.items() if status != "passed"]  # fmt: skip
    yield from (["", *reasons] if reasons else [])


def main() -> None:
    """Judge the folder and write the page."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("conformance: name the folder of the cases: make conformance CASES=FOLDER")
    from conformance_suites import suites

    root = Path(sys.argv[1])
    lines = [*page(all_judged(root / "sbml")), *others(suites(root))]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
