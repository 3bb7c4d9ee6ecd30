"""Archives against closed forms; what is not supported, and what could do harm, is refused in words."""

from __future__ import annotations

import math
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from quotidian.errors import InvalidInput
from quotidian.interchange.omex.running import run_archive

Make = Callable[..., Path]
SPACE = 'xmlns:sbml="http://www.sbml.org/sbml/level3/version1/core"'
PATH = "/sbml:sbml/sbml:model/sbml:"
COURSE = (
    '<uniformTimeCourse id="s" initialTime="0" outputStartTime="0" outputEndTime="4" numberOfSteps="2">'
    '<algorithm kisaoID="KISAO:0000019"/></uniformTimeCourse>'
)
MODEL = '<model id="m" language="urn:sedml:language:sbml" source="model.xml"/>'
TASK = '<task id="t" modelReference="m" simulationReference="s"/>'
MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">{}</math>'


def generator(target: str, math: str = "<ci>v</ci>") -> str:
    """A data generator ``g`` of one variable ``v``."""
    what = f'target="{target}"' if target != "time" else 'symbol="urn:sedml:symbol:time"'
    return (f'<dataGenerator id="g"><listOfVariables><variable id="v" taskReference="t" {what}/>'
            f"</listOfVariables>{MATH.format(math)}</dataGenerator>")  # fmt: skip


def sedml(
    course: str = COURSE, model: str = MODEL, task: str = TASK, generators: str = "", report: str = ""
) -> str:
    """A document that reports species A."""
    shown = generators or generator(f"{PATH}listOfSpecies/sbml:species[@id='A']")
    outputs = (
        report
        or '<report id="r"><listOfDataSets><dataSet label="A" dataReference="g"/></listOfDataSets></report>'
    )
    return (f'<sedML xmlns="http://sed-ml.org/sed-ml/level1/version4" {SPACE} level="1" version="4">'
            f"<listOfSimulations>{course}</listOfSimulations><listOfModels>{model}</listOfModels>"
            f"<listOfTasks>{task}</listOfTasks><listOfDataGenerators>{shown}</listOfDataGenerators>"
            f"<listOfOutputs>{outputs}</listOfOutputs></sedML>")  # fmt: skip


def manifest(*entries: tuple[str, str, bool]) -> str:
    """Location, format and whether it is a master."""
    lines = "".join(
        f'<content location="./{p}" format="{f}" master="{str(m).lower()}"/>' for p, f, m in entries
    )
    space = "http://identifiers.org/combine.specifications/omex-manifest"
    return f'<omexManifest xmlns="{space}">{lines}</omexManifest>'


USUAL = manifest(("model.xml", "sbml", False), ("run.sedml", "sed-ml.level-1", True))


@pytest.fixture(scope="session")
def decay(sbml: Callable[[str], str]) -> str:
    return sbml("compartment c = 2; species A in c; A = 8; B := 2*A; k = 0.5; R: A -> ; c*k*A")


@pytest.fixture
def archive(tmp_path: Path, decay: str) -> Make:
    """Write an archive of these entries beside the usual ones; None leaves an entry out."""

    def make(document: str | None = None, **entries: str | None) -> Path:
        texts: dict[str, str | None] = {
            "manifest.xml": USUAL, "model.xml": decay, "run.sedml": document or sedml()
        } | {name.replace("__", "."): text for name, text in entries.items()}  # fmt: skip
        path = tmp_path / "run.omex"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, text in texts.items():
                if text is not None:
                    packed.writestr(name, text)
        return path

    return make


TIMES = [0.0, 2.0, 4.0]


def a(k: float = 0.5, start: float = 8.0) -> list[float]:
    return [start * math.exp(-k * t) for t in TIMES]


def test_a_species_is_reported(archive) -> None:
    assert run_archive(archive()).reports["r"]["A"] == pytest.approx(a(), rel=1e-8)


def test_formulas_read_rules_rates_and_the_time(archive) -> None:
    for target, math_, expected in (
        (f"{PATH}listOfParameters/sbml:parameter[@id='B']", "<ci>v</ci>", [2 * x for x in a()]),
        (f"{PATH}listOfReactions/sbml:reaction[@id='R']", "<ci>v</ci>", a()),
        ("time", "<apply><times/><cn type='e-notation'>1<sep/>1</cn><ci>v</ci></apply>", [0, 20, 40]),
    ):
        found = run_archive(archive(sedml(generators=generator(target, math_)))).reports["r"]["A"]
        assert found == pytest.approx(expected, rel=1e-8)


def test_changes_are_made_in_order_through_models_of_models(archive) -> None:
    change = '<listOfChanges><changeAttribute target="{}" newValue="{}"/></listOfChanges>'
    concentration = f"{PATH}listOfSpecies/sbml:species[@id='A']/@initialConcentration"
    k = f"{PATH}listOfParameters/sbml:parameter[@id='k']/@value"
    base = MODEL.replace('id="m"', 'id="b"').replace("/>", f">{change.format(concentration, 4)}</model>")
    top = f'<model id="m" language="urn:sedml:language:sbml" source="#b">{change.format(k, 0.25)}</model>'
    found = run_archive(archive(sedml(model=base + top))).reports["r"]["A"]
    assert found == pytest.approx(a(0.25, 4.0), rel=1e-8)


def test_a_computed_change_reads_the_model(archive) -> None:
    k = f"{PATH}listOfParameters/sbml:parameter[@id='k']/@value"
    change = (f'<listOfChanges><computeChange target="{k}"><listOfVariables><variable id="w" target="{k}"/>'
              "</listOfVariables><listOfParameters><parameter id='p' value='2'/></listOfParameters>"
              + MATH.format("<apply><times/><ci>w</ci><ci>p</ci></apply>")
              + "</computeChange></listOfChanges>")  # fmt: skip
    model = MODEL.replace("/>", f">{change}</model>")
    assert run_archive(archive(sedml(model=model))).reports["r"]["A"] == pytest.approx(a(1.0), rel=1e-8)


def repeated(ranges: str, math_: str = "<ci>x</ci>", reset: str = "true", target: str = "") -> str:
    where = target or f"{PATH}listOfParameters/sbml:parameter[@id='k']/@value"
    return TASK.replace('id="t"', 'id="t0"') + (
        f'<repeatedTask id="t" range="x" resetModel="{reset}"><listOfRanges>{ranges}</listOfRanges>'
        f'<listOfChanges><setValue modelReference="m" target="{where}">{MATH.format(math_)}</setValue>'
        '</listOfChanges><listOfSubTasks><subTask task="t0"/></listOfSubTasks></repeatedTask>'
    )


UNIFORM = '<uniformRange id="x" start="0.1" end="10" numberOfSteps="2" type="log"/>'


def test_a_task_is_repeated_over_a_range(archive) -> None:
    columns = run_archive(archive(sedml(task=repeated(UNIFORM)))).reports["r"]
    assert list(columns) == ["A[0]", "A[1]", "A[2]"]
    for name, k in zip(columns, (0.1, 1.0, 10.0), strict=True):
        assert columns[name] == pytest.approx(a(k), rel=1e-7, abs=1e-10)


def test_a_start_is_set_as_what_its_attribute_says(archive) -> None:
    ranges = '<vectorRange id="x"><value>6</value></vectorRange>'
    for attribute, start in (("initialAmount", 3.0), ("initialConcentration", 6.0)):
        target = f"{PATH}listOfSpecies/sbml:species[@id='A']/@{attribute}"
        columns = run_archive(archive(sedml(task=repeated(ranges, target=target)))).reports["r"]
        assert columns["A[0]"] == pytest.approx(a(0.5, start), rel=1e-8)


def test_a_course_may_begin_later_and_end_in_a_steady_state(archive, sbml) -> None:
    model = sbml("compartment c = 1; species A in c; A = time; k = 0.5; R: -> A; 1 - k*A*0")
    late = COURSE.replace('initialTime="0"', 'initialTime="2"').replace('StartTime="0"', 'StartTime="3"')
    found = run_archive(archive(sedml(course=late), **{"model__xml": model})).reports["r"]["A"]
    assert found == pytest.approx([3.0, 3.5, 4.0])
    model = sbml("compartment c = 1; species A in c; A = 0; k = 0.5; R: -> A; 1 - k*A")
    steady = '<steadyState id="s"><algorithm kisaoID="KISAO:0000407"/></steadyState>'
    run = run_archive(archive(sedml(course=steady), **{"model__xml": model}))
    assert run.reports["r"]["A"] == pytest.approx([2.0], rel=1e-6)
    assert "KISAO:0000407" in run.warnings[0]


def test_without_a_report_all_generators_are_given(archive) -> None:
    run = run_archive(archive(sedml(report='<plot2D id="p"/>')))
    assert run.reports["report"]["g"] == pytest.approx(a(), rel=1e-8)
    assert "1 plots are not drawn" in run.warnings


REFUSED: dict[str, tuple[dict[str, str], list[str]]] = {
    "a stochastic method": (
        {"course": COURSE.replace("0000019", "0000241")}, ["KISAO:0000241", "stochastic"],
    ),
    "one step": ({"course": '<oneStep id="s" step="1"/>'}, ["<oneStep> 's' (line 1)"]),
    "a course backwards": ({"course": COURSE.replace('EndTime="4"', 'EndTime="-1"')}, ["steps from 0 to -1"]),
    "endless steps": ({"course": COURSE.replace('Steps="2"', 'Steps="inf"')}, ["numberOfSteps is 'inf'"]),
    "half a step": ({"course": COURSE.replace('Steps="2"', 'Steps="2.5"')}, ["2.5 steps"]),
    "a model of the net": ({"model": MODEL.replace("model.xml", "http://x.org/a.xml")}, ["lacks the model"]),
    "a model outside": ({"model": MODEL.replace("model.xml", "../../etc/passwd")}, ["'../../etc/passwd'"]),
    "another language": ({"model": MODEL.replace("language:sbml", "language:vcml")}, ["vcml"]),
    "new XML": (
        {"model": MODEL.replace("/>", f'><listOfChanges><addXML target="{PATH}x"/></listOfChanges></model>')},
        ["<addXML>", "rewrites"],
    ),
    "no such element": (
        {"model": MODEL.replace("/>", "><listOfChanges><changeAttribute newValue='1' target=\""
                                f"{PATH}listOfSpecies/sbml:species[@id='Z']/@x\"/></listOfChanges></model>")},
        ["'Z'", "0 elements"],
    ),
    "an axis of XPath": ({"generators": generator("//sbml:species[@id='A']")}, ["Only a path of elements"]),
    "no such quantity": (
        {"generators": generator(f"{PATH}listOfSpecies/sbml:species[@id='Z']")}, ["'m' has no 'Z'"],
    ),
    "an unknown name": ({"generators": generator("time", "<ci>zz</ci>")}, ["'g' reads 'zz'"]),
    "no task": ({"task": TASK.replace('id="t"', 'id="u"')}, ["no task 't'"]),
    "no simulation": ({"task": TASK.replace('Reference="s"', 'Reference="u"')}, ["no simulation 'u'"]),
    "no generator": (
        {"report": '<report id="r"><dataSet label="A" dataReference="h"/></report>'},
        ["no data generator 'h'"],
    ),
    "no reset": ({"task": repeated(UNIFORM, reset="false")}, ["not reset"]),
    "a range of another kind": ({"task": repeated('<dataRange id="x"/>')}, ["<dataRange>"]),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_supported_is_refused(archive, case: str) -> None:
    parts, words = REFUSED[case]
    with pytest.raises(InvalidInput) as refusal:
        run_archive(archive(sedml(**parts)))
    assert all(word in str(refusal.value) for word in words), str(refusal.value)


def test_a_start_that_may_follow_or_not_is_refused(archive, sbml) -> None:
    model = sbml("compartment c = 2; species A in c; k = 0.5; A = 4*k; R: A -> ; c*k*A")
    with pytest.raises(InvalidInput, match=r"A repetition changes k, from which .* the start of 'A'"):
        run_archive(archive(sedml(task=repeated(UNIFORM)), **{"model__xml": model}))


DEEP = "<a>" * 300 + "</a>" * 300
HARMFUL: dict[str, tuple[dict[str, str | None], list[str]]] = {
    "no manifest": ({"manifest__xml": None}, ["no manifest"]),
    "a step up": ({"../evil.xml": "x"}, ["../evil.xml", "leaves"]),
    "a step up in the style of Windows": ({"..\\evil.xml": "x"}, ["evil.xml", "leaves"]),
    "a path from the root": ({"/tmp/evil.xml": "x"}, ["leaves"]),
    "a file in a file": ({"model.xml/x": "x"}, ["cannot be unpacked"]),
    "a drive": ({"C:/evil.xml": "x"}, ["leaves"]),
    "a bomb": ({"big.txt": "0" * 30_000_000}, ["big.txt", "two hundred times"]),
    "an entity": ({"run__sedml": '<!DOCTYPE a [<!ENTITY b "c">]><sedML/>'}, ["document type"]),
    "an unknown encoding": (
        {"run__sedml": '<?xml version="1.0" encoding="UTF-80"?><sedML/>'}, ["unknown encoding"],
    ),
    "depth": ({"run__sedml": DEEP}, ["nested too deeply"]),
    "no XML": ({"run__sedml": "hello"}, ["not XML"]),
    "a manifest of nothing": ({"manifest__xml": "<omexManifest/>"}, ["no single master"]),
    "two masters": (
        {"manifest__xml": manifest(("run.sedml", "sed-ml", True), ("model.xml", "sed-ml", True))}, ["master"],
    ),
    "an entry that is missing": (
        {"manifest__xml": manifest(("gone.sedml", "sed-ml", True))}, ["'gone.sedml'"],
    ),
    "a manifest that leaves": ({"manifest__xml": manifest(("../../etc/passwd", "sed-ml", True))}, ["leaves"]),
    "a picture as master": (
        {"manifest__xml": manifest(("a.png", "image/png", True)), "a.png": "x"}, ["'a.png' cannot be run"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HARMFUL)
def test_what_could_do_harm_is_refused_and_nothing_is_left(archive, case: str, tmp_path, monkeypatch) -> None:
    entries, words = HARMFUL[case]
    path = archive(**entries)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(InvalidInput) as refusal:
        run_archive(path)
    assert all(word in str(refusal.value) for word in words), str(refusal.value)
    assert [p.name for p in tmp_path.iterdir()] == ["run.omex"]


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.omex").write_text("hello")
    for name in ("a.omex", "none.omex", "."):
        with pytest.raises(InvalidInput, match="is not a COMBINE archive"):
            run_archive(tmp_path / name)


BESIDE = Path(__file__).resolve().parents[3].parent / "shared/cases"
SUITE = Path(os.environ.get("QUOTIDIAN_CASES", BESIDE)) / "omex"
CASES = sorted(SUITE.glob("o*.yaml"))


@pytest.mark.skipif(not CASES, reason=f"no cases at {SUITE}: set QUOTIDIAN_CASES to a folder that has omex/")
@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_a_shared_case_has_its_outcome(case: Path) -> None:
    wanted = yaml.safe_load(case.read_text())
    words = [word.lower() for word in wanted.get("message_names", [])]
    if wanted["outcome"] == "refuse":
        with pytest.raises(InvalidInput) as refusal:
            run_archive(case.with_suffix(".omex"))
        assert all(word in str(refusal.value).lower() for word in words)
        return
    run = run_archive(case.with_suffix(".omex"))
    assert all(word in " ".join(run.warnings).lower() for word in words)
    if run.objective is not None:
        assert run.objective.log_likelihood == pytest.approx(wanted["llh"], abs=1e-3)
        return
    import polars

    expected = polars.read_csv(case.parent / wanted["expected"])
    (columns,) = run.reports.values()
    for name in expected.columns:
        assert columns[name] == pytest.approx(expected[name].to_list(), rel=1e-6, abs=1e-8)
