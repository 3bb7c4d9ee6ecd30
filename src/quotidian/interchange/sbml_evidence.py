"""What the ledger says of a value, in the notes and annotations of an SBML element.

Notes say the value as its source has it, its basis, variability and uncertainty, and where it stands. The
annotation is a MIRIAM reference (``bqbiol:isDescribedBy``) to each source that has a DOI or a PubMed id.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from quotidian.evidence.bibliography import bibliography
from quotidian.evidence.entry import Entry

CONSTANT, TRANSPORT, REACTION, SPACE = "SBO:0000002", "SBO:0000185", "SBO:0000176", "SBO:0000290"
"""Terms of the Systems Biology Ontology: a parameter of a description, a transport reaction, a biochemical
reaction, a physical compartment."""
RESOURCES = "https://identifiers.org"


def describe(element: Any, entry: Entry) -> None:
    """Write the evidence of a value into its element, which has its id already."""
    import libsbml

    lines = "".join(f"<p>{escape(line)}</p>" for line in _lines(entry))
    element.setNotes(f'<body xmlns="http://www.w3.org/1999/xhtml">{lines}</body>')
    element.setSBOTerm(CONSTANT)
    resources = sorted({*_resources(entry)})
    if not resources:
        return
    element.setMetaId(f"evidence_of_{element.getId()}")
    term = libsbml.CVTerm(libsbml.BIOLOGICAL_QUALIFIER)
    term.setBiologicalQualifierType(libsbml.BQB_IS_DESCRIBED_BY)
    for resource in resources:
        term.addResource(resource)
    element.addCVTerm(term)


def _lines(entry: Entry) -> Iterator[str]:
    yield f"{entry.value:g} {entry.unit}; {entry.basis.word} {entry.basis.detail}".rstrip()
    yield f"variability: {entry.variability.text(entry.unit)}"
    yield f"uncertainty: {entry.uncertainty.text(entry.unit)}"
    for source in entry.sources:
        yield f"source ({source.status}): {source.citation}, {source.place}"
    if entry.note:
        yield entry.note


def _resources(entry: Entry) -> Iterator[str]:
    for source in entry.sources:
        reference = bibliography()[source.key]
        if reference.doi:
            yield f"{RESOURCES}/doi:{reference.doi}"
        elif reference.pmid:
            yield f"{RESOURCES}/pubmed:{reference.pmid}"
