"""Write a COMBINE archive: a model in SBML, and a uniform time course of some of its quantities in SED-ML.

The same model and the same course give the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

from quotidian.errors import UnknownName, closest
from quotidian.interchange.omex.xml_tree import Element, tree_of
from quotidian.version import RESEARCH_USE, __version__

MODEL, COURSE, MANIFEST = "model.xml", "simulation.sedml", "manifest.xml"
SEDML = "http://sed-ml.org/sed-ml/level1/version3"
"""Version 3 is read by every program that runs SED-ML."""
MATH = 'xmlns="http://www.w3.org/1998/Math/MathML"'
OMEX = "http://identifiers.org/combine.specifications"
LISTS = {"species": "listOfSpecies", "parameter": "listOfParameters", "compartment": "listOfCompartments"}
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every entry, so that bytes do not depend on the day."""


def to_omex(sbml: str, end: float, steps: int, columns: Mapping[str, str] | Sequence[str]) -> bytes:
    """The bytes of an archive that runs a model from time 0 to ``end`` in so many equal steps.

    Parameters
    ----------
    sbml : a document. end : in its unit of time. columns : ids of species, parameters and compartments, by
        the label that the report gives them. An observable of ours is found by its own name.

    Raises UnknownName for an id that the document does not have.
    """
    root = tree_of(sbml.encode(), "The document")
    chosen = columns if isinstance(columns, Mapping) else {name: name for name in columns}
    kinds = {e.attributes["id"]: e for kind in LISTS for e in root.all(kind) if "id" in e.attributes}
    for name in chosen.values():
        if name not in kinds:
            raise UnknownName(f"The document has no '{name}'.", closest(name, kinds))
    targets = {label: _target(kinds.get(f"observed_{n}") or kinds[n]) for label, n in chosen.items()}
    space = root.attributes.get("xmlns", "http://www.sbml.org/sbml/level3/version1/core")
    entries = {
        MANIFEST: _manifest(root),
        MODEL: sbml,
        COURSE: _course(space, end, steps, targets),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in entries.items():
            packed.writestr(zipfile.ZipInfo(name, EPOCH), text.encode(), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _target(e: Element) -> str:
    return f"/sbml:sbml/sbml:model/sbml:{LISTS[e.name]}/sbml:{e.name}[@id='{e.attributes['id']}']"


def _manifest(root: Element) -> str:
    level, version = (root.attributes.get(k, "") for k in ("level", "version"))
    contents = (
        (".", f"{OMEX}/omex", ""),
        (f"./{MANIFEST}", f"{OMEX}/omex-manifest", ""),
        (f"./{MODEL}", f"{OMEX}/sbml.level-{level}.version-{version}", ""),
        (f"./{COURSE}", f"{OMEX}/sed-ml.level-1.version-3", ' master="true"'),
    )
    lines = [f'  <content location="{p}" format="{f}"{m}/>' for p, f, m in contents]
    return "\n".join([
        '<?xml version="1.0" encoding="UTF-8"?>', f'<omexManifest xmlns="{OMEX}/omex-manifest">', *lines,
        "</omexManifest>", "",
    ])  # fmt: skip


def _course(space: str, end: float, steps: int, targets: Mapping[str, str]) -> str:
    variables = [("time", "time", 'symbol="urn:sedml:symbol:time"')]
    variables += [(f"g{i}", label, f"target={quoteattr(t)}") for i, (label, t) in enumerate(targets.items())]
    generators = [
        f'    <dataGenerator id="{name}"><listOfVariables>'
        f'<variable id="v_{name}" taskReference="task" {what}/>'
        f"</listOfVariables><math {MATH}><ci> v_{name} </ci></math></dataGenerator>"
        for name, _, what in variables
    ]
    sets = [
        f'      <dataSet id="d_{name}" label={quoteattr(label)} dataReference="{name}"/>'
        for name, label, _ in variables
    ]
    return "\n".join([
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<sedML xmlns="{SEDML}" xmlns:sbml="{space}" level="1" version="3">',
        f"  <!-- Written by Quotidian {__version__}. {RESEARCH_USE} -->",
        "  <listOfSimulations>",
        f'    <uniformTimeCourse id="course" initialTime="0" outputStartTime="0" outputEndTime="{end!r}" '
        f'numberOfPoints="{steps}"><algorithm kisaoID="KISAO:0000019"><listOfAlgorithmParameters>'
        '<algorithmParameter kisaoID="KISAO:0000209" value="1e-9"/>'
        '<algorithmParameter kisaoID="KISAO:0000211" value="1e-14"/>'
        "</listOfAlgorithmParameters></algorithm></uniformTimeCourse>",
        "  </listOfSimulations>",
        "  <listOfModels>",
        f'    <model id="model" language="urn:sedml:language:sbml" source="{MODEL}"/>',
        "  </listOfModels>",
        "  <listOfTasks>",
        '    <task id="task" modelReference="model" simulationReference="course"/>',
        "  </listOfTasks>",
        "  <listOfDataGenerators>", *generators, "  </listOfDataGenerators>",
        '  <listOfOutputs>', '    <report id="report"><listOfDataSets>', *sets,
        "    </listOfDataSets></report>", "  </listOfOutputs>", "</sedML>", "",
    ])  # fmt: skip
