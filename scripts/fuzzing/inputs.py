"""Random inputs: command lines, study files, event tables and SBML files, each from a seed and a number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from fuzzing.dosing_tables import drawn_table
from fuzzing.drawn_studies import drawn_study
from fuzzing.hostile import CELLS, SCALARS, WORDS, encoded, letters_changed, lines_changed
from fuzzing.sbml_models import drawn_model
from quotidian.application.study_example import EXAMPLE

CHEAP = (
    "simulate --age 6 --sex female --weeks 1 --every 1d --observables crp --output out.csv",
    "simulate --age 6 --sex female --weight 20 --weeks 1 --every 12h --regimen tocilizumab-iv",
    "simulate --seed 3 --weeks 1 --every 1d --observables crp,temperature --output -", "drugs", "trials",
    "drugs --help", "scenarios", "evidence sgp130", "observables sjia", "map healthy_child --output out.svg",
    "run-events --model pk-1cmt --data events.csv --set CL=2,V=20 --output out.csv",
    "run-sbml model.xml --until 1 --every 1 --output out.csv", "study new new.yaml", "study schema",
    "study run study.yaml --replicates 2 --seed 1 --output out", "trial woo-2005 --replicates 2 --output out",
    "trial tender --replicates 20 --threads 2",
    "scoreboard --replicates 2 --trials woo-2005 --json rows.json",
    "scoreboard --replicates 2 --seed 1 --output out", "cohort --children 10 --weeks 1 --output out --part 5",
    "cohort --children 10 --course drawn --output out --every 1d",
    "fit population --data events.csv --output out",
    "power woo-2005 --endpoint acr70 --sizes 20,40 --replicates 2", "export healthy_child --help",
    "explore --port 0 --help", "fit child --data no.csv --age 6 --sex female --output out", "--version",
    "learn --members 8 --replicates 16 --output out", "worth crp --week 4 --children 5 --members 8",
    "sensitivity --age 6 --sex female --method sobol --samples 8 --parameters biology.fever --output out.csv",
    "run-archive model.xml --output out", "petab study.yaml", "check fit out --copies 100",
    "export sjia --age 6 --sex female --every 1d --format omex --output out.omex",
    "explore --host localhost --port 0 --no-browser", "page --weeks 4 --output out.html",
    "petab --help", "equations healthy_child --help", "firm --help", "doctor --help", "bench --help",
)  # fmt: skip
TABLE = """\
ID,TIME,AMT,RATE,II,ADDL,SS,EVID,CMT,DV,MDV,CENS,LIMIT,WT
1,0,100,0,12,3,0,1,1,.,1,0,.,70
1,2,0,0,0,0,0,0,1,3.8,0,0,.,70
1,30,0,0,0,0,0,0,1,0.5,0,1,.,70
2,0,100,50,0,0,0,1,1,.,1,0,.,52
2,9,0,0,0,0,0,2,1,.,1,0,.,52
2,24,100,0,24,0,1,4,1,.,1,0,.,52
2,30,0,0,0,0,0,0,1,4.9,0,0,.,52
"""
ADPPK = """\
STUDYID,USUBJID,AFRLT,EVID,MDV,CMT,AMT,ADDL,II,AVAL,BLQFN,ALLOQ,WTBL
Q,Q-01,0,1,1,1,80,2,24,.,0,.,20
Q,Q-01,3.5,0,0,1,.,.,.,4.25,0,0.1,20
Q,Q-01,90,0,0,1,.,.,.,.,1,0.1,20
"""
CHILDREN = """\
ID,DATE,TIME,EVID,AMT,CMT,DVID,AGE,SEX,WT
a,2024-03-01,09:00,1,240,tocilizumab-iv,.,6,F,20
a,2024-03-08,08:00,0,.,.,crp,6,F,20
b,2024-03-01,09:00,0,.,.,temperature,12,M,40
"""
MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">
<model id="m">
<listOfCompartments>
<compartment id="c" spatialDimensions="3" size="2" constant="true"/>
</listOfCompartments>
<listOfSpecies>
<species id="S" compartment="c" initialConcentration="3" hasOnlySubstanceUnits="false"
 boundaryCondition="false" constant="false"/>
</listOfSpecies>
<listOfParameters>
<parameter id="k" value="0.5" constant="true"/>
<parameter id="x" value="1" constant="false"/>
</listOfParameters>
<listOfRules>
<rateRule variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><minus/><ci>x</ci></apply></math></rateRule>
</listOfRules>
<listOfReactions>
<reaction id="r" reversible="false" fast="false">
<listOfReactants><speciesReference species="S" stoichiometry="1" constant="true"/></listOfReactants>
<kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><ci>k</ci><ci>S</ci><ci>c</ci></apply></math></kineticLaw>
</reaction>
</listOfReactions>
<listOfEvents>
<event id="e" useValuesFromTriggerTime="true">
<trigger initialValue="true" persistent="true"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><gt/>
<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol><cn>0.5</cn></apply></math></trigger>
<listOfEventAssignments><eventAssignment variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML"><cn>2</cn></math></eventAssignment></listOfEventAssignments>
</event>
</listOfEvents>
</model>
</sbml>
"""
XML = (
    '"0"',
    '"-1"',
    '"INF"',
    '"NaN"',
    '"1e999"',
    '"x"',
    '"S"',
    '""',
    '"é"',
    '"true"',
    '"&x;"',
    '"9999999999"',
)
KINDS = {"command": 55, "study": 22, "table": 20, "sbml": 3}
"""Share of each kind, per cent: SBML files take most of the time, since each is compiled."""


@dataclass(frozen=True)
class Case:
    """One input: the words of a command line, and the files that lie beside it."""

    kind: str
    number: int
    words: tuple[str, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)


def make(seed: int, number: int, kind: str = "") -> Case:
    """The input of a number, of a kind if one is named; the same on every machine."""
    random = Random(f"{seed}/{number}")
    kind = kind or random.choices(tuple(KINDS), tuple(KINDS.values()))[0]
    words, files = MAKERS[kind](random)
    return Case(kind, number, words, files)


def _command(random: Random) -> tuple[tuple[str, ...], dict[str, bytes]]:
    words = random.choice(CHEAP).split()
    for _ in range(random.choice((1, 1, 2, 3))):
        place = random.randrange(len(words))
        change = random.randrange(9)
        if change == 0:
            words = words[:place] + words[place + 1 :] or ["drugs"]
        elif change == 1:
            words.insert(place, random.choice(WORDS))
        elif change == 2:
            words.insert(place, words[random.randrange(len(words))])
        elif change == 3:
            words[place] = letters_changed(words[place], random)
        elif change == 4:
            words += random.choice(CHEAP).split()[1:]
        else:
            words[place] = random.choice(WORDS)
    files = {"study.yaml": EXAMPLE.encode(), "events.csv": TABLE.encode(), "model.xml": MODEL.encode()}
    return tuple(word.replace("\0", "") for word in words), files


def _study(random: Random) -> tuple[tuple[str, ...], dict[str, bytes]]:
    text = drawn_study(random) if random.random() < 0.4 else EXAMPLE
    if text is EXAMPLE or random.random() < 0.3:
        text = lines_changed(text, random, SCALARS, ":")
    words = ("study", "run", "s.yaml", "--replicates", "1", "--threads", "1", "--output", "out")
    return words, {"s.yaml": encoded(text, random)}


def _table(random: Random) -> tuple[tuple[str, ...], dict[str, bytes]]:
    if random.random() < 0.3:
        words, text = drawn_table(random)
        return ("run-events", "--data", "t.csv", "--output", "out.csv", *words), {"t.csv": text.encode()}
    text = random.choices((TABLE, ADPPK, CHILDREN), (8, 2, 1))[0]
    model = (
        "sjia" if text is CHILDREN else random.choice(("pk-1cmt", "pk-1cmt", "pk-1cmt-oral", "pk-1cmt-mm"))
    )
    values = {"pk-1cmt": "CL=2,V=20", "pk-1cmt-oral": "CL=2,V=20,KA=1", "pk-1cmt-mm": "VM=9,KM=2,V=20"}
    changed = lines_changed(text, random, CELLS, ",")
    if random.randrange(12) == 0:
        changed = changed.replace(",", random.choice((";", "\t", " ", "|")))
    words = ["run-events", "--model", model, "--data", "t.csv", "--output", "out.csv"]
    words += ["--set", values[model]] if model in values else []
    words += random.choice(((), (), ("--sort",), ("--carried", "forward"), ("--dosing", "F1=0.5,ALAG1=1")))
    return tuple(words), {"t.csv": encoded(changed, random)}


def _sbml(random: Random) -> tuple[tuple[str, ...], dict[str, bytes]]:
    if random.random() < 0.3:
        words = ("run-sbml", "m.xml", "--until", "5", "--every", "0.5", "--observables", "all")
        return (*words, "--output", "out.csv"), {"m.xml": drawn_model(random).encode()}
    text = MODEL
    change = random.randrange(8)
    if change == 0:
        depth = random.choice((50, 500, 5000))
        text = text.replace("<ci>k</ci>", "<apply><minus/>" * depth + "<ci>k</ci>" + "</apply>" * depth)
    elif change == 1:
        terms = random.choice((100, 5000, 100_000))
        text = text.replace("<ci>k</ci>", "<apply><plus/>" + "<cn>1e-9</cn>" * terms + "</apply>")
    elif change == 2:
        text = text.replace("<cn>0.5</cn>", '<cn type="rational">1<sep/>0</cn>')
    elif change == 3:
        text = text.replace("UTF-8", random.choice(("utf-7", "hex", "utf-16", "no-such", "latin-1", "")))
    elif change == 4:  # elements that only another encoding makes of a text
        depth = random.choice((1, 50, 50_000))
        inner = r"\x3capply>\x3cminus/>" * depth + "<ci>k</ci>" + r"\x3c/apply>" * depth
        text = text.replace("<ci>k</ci>", inner)
        text = text.replace("UTF-8", random.choice(("unicode_escape", "raw_unicode_escape")))
    else:
        text = lines_changed(text, random, XML, "=")
    return ("run-sbml", "m.xml", "--until", "1", "--every", "1", "--output", "out.csv"), {
        "m.xml": encoded(text, random)
    }


MAKERS: Mapping[str, Callable[[Random], tuple[tuple[str, ...], dict[str, bytes]]]] = {
    "command": _command, "study": _study, "table": _table, "sbml": _sbml,
}  # fmt: skip
