"""Exchange with other programs: SBML and Antimony out, SBML in."""

from quotidian.interchange.antimony import to_antimony
from quotidian.interchange.computed_sizes import computed_sizes
from quotidian.interchange.sbml_reader import Imported, from_sbml
from quotidian.interchange.sbml_writer import to_sbml, untreated

__all__ = ["Imported", "computed_sizes", "from_sbml", "to_antimony", "to_sbml", "untreated"]
