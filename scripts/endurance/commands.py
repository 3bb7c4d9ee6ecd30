"""The commands that take long, each in a small version, with the files that they read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

PROBLEM = Path(__file__).parent / "problem"
PK = "--data data.csv --model pk-1cmt --effects effects.yaml"
GIRL = "--age 6 --sex female --weight 20 --regimen tocilizumab-iv"


@dataclass(frozen=True)
class Command:
    """One command.

    ``output`` is what it writes: a folder, or a file if its name has a suffix; "" for nothing. ``first`` are
    commands that make what it reads. ``resumes`` says whether an ended run leaves finished parts.
    """

    name: str
    words: str
    output: str
    first: tuple[str, ...] = ()
    resumes: bool = False


COMMANDS = (
    Command("trial", "trial woo-2005 --replicates 2 --output out", "out"),
    Command("trial --check", "trial woo-2005 --replicates 1 --check --events e.csv --output out", "out"),
    Command("trial --dask", "trial woo-2005 --replicates 2 --dask local --threads 2 --output out", "out"),
    Command("study run", "study run s.yaml --replicates 1 --output out", "out", ("study new s.yaml",)),
    Command("cohort", "cohort --children 24 --part 4 --weeks 2 --output out", "out", resumes=True),
    Command("cohort --dask", "cohort --children 24 --part 4 --dask local --threads 2 --output out", "out",
            resumes=True),
    Command("scoreboard", "scoreboard --replicates 2 --trials woo-2005,jigsaw-118 --threads 2 --output out",
            "out", resumes=True),
    Command("power", "power yokota-2008 --endpoint flare_free --sizes 20 --replicates 2 --json out.json",
            "out.json"),
    Command("learn", "learn --trials canakinumab-single --members 8 --replicates 16 --draws 1 --confirmed 0 "
            "--steps 1 --output out --threads 2", "out", resumes=True),
    Command("fit population", f"fit population {PK} --output out", "out"),
    Command("fit population saem", f"fit population {PK} --method saem --output out", "out"),
    Command("check fit", "check fit fit --copies 100 --output out", "out",
            (f"fit population {PK} --output fit",)),
    Command("fit child", f"fit child --data child.csv {GIRL} --output out", "out"),
    Command("simulate", f"simulate {GIRL} --weeks 52 --every 1h --output out.csv --plot p.svg", "out.csv"),
    Command("simulate parquet", f"simulate {GIRL} --weeks 52 --every 1h --output out.parquet", "out.parquet"),
    Command("run-events", "run-events --model pk-1cmt --data data.csv --set CL=2,V=20 --output out.csv",
            "out.csv"),
    Command("export", "export sjia --output out.xml", "out.xml"),
    Command("export omex", "export healthy_child --format omex --output out.omex", "out.omex"),
    Command("run-sbml", "run-sbml m.xml --until 336 --every 6 --output out.csv", "out.csv",
            ("export healthy_child --output m.xml",)),
    Command("map", "map sjia --output out.svg", "out.svg"),
    Command("page", "page --output out.html", "out.html"),
)  # fmt: skip


def prepared(folder: Path) -> None:
    """Copy the files that the commands read."""
    copytree(PROBLEM, folder, dirs_exist_ok=True)


PRINTING = (
    "drugs", "trials", "scenarios", "evidence sgp130", "observables sjia", "study schema", "--help",
    "equations healthy_child", "trial woo-2005 --replicates 1", "export healthy_child",
    "run-events --model pk-1cmt --data data.csv --set CL=2,V=20 --output -", f"simulate {GIRL} --weeks 1",
    "power yokota-2008 --endpoint flare_free --sizes 20 --replicates 1", "run-sbml --help",
    "scoreboard --replicates 1 --trials woo-2005", "doctor --help", "firm --help", "bench --help",
)  # fmt: skip
QUICK = tuple(Command(words, words, "") for words in PRINTING)
"""Commands that print and write nothing."""
