"""Structural models of population fits: a built-in one by name, or an SBML file."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from quotidian.application.fitting.children.model import ChildrenModel
from quotidian.data.covariate_model import CovariateFormula
from quotidian.errors import InvalidInput
from quotidian.inference.individual_model import IndividualModel
from quotidian.models import MODELS
from quotidian.models.pk_shelf import SHELF, PkModel, pk_model
from quotidian.network import NOTHING, Flux, Input, Model, Module
from quotidian.network.flux import itself
from quotidian.simulation.event_parameters import refuse_unknown_size

CHILDREN = ("sjia",)
SUFFIXES = (".xml", ".sbml")


def structural_model(name: str) -> PkModel | ChildrenModel:
    """A model for population fits: that of children with systemic JIA, or as :func:`pk_model_of`."""
    return ChildrenModel(name) if name in CHILDREN else pk_model_of(name)


def pk_model_of(name: str) -> PkModel:
    """A model of the shelf, or that of an SBML file.

    In a file every species is a compartment, numbered in the order of the file and called by its id; doses
    and infusions go there as amounts. Parameters are the constants of the file.

    Raises UnknownName for a name that is neither, InvalidInput for a file that cannot be used.
    """
    path = Path(name)
    if path.suffix.lower() in SUFFIXES or os.path.isfile(path):
        return _from_file(path)
    if name not in SHELF:
        from quotidian.errors import UnknownName, closest

        if name in MODELS:
            raise UnknownName(
                f"'{name}' cannot be used as it is.",
                "An event table needs a pharmacokinetic model by name, or a file.",
                f"Write it with 'quotidian export {name} --output {name}.xml', and name that file.",
            )
        raise UnknownName(
            f"There is no model '{name}'.", closest(name, SHELF), "Choose one of these, or an SBML file."
        )
    return pk_model(name)


def _from_file(path: Path) -> PkModel:
    from quotidian.interchange import computed_sizes, from_sbml

    imported = from_sbml(path)
    if imported.system.events or imported.system.conditions:
        raise InvalidInput(
            f"'{path}' has events or conditions on time.",
            "Doses come from the data; events of the file cannot depend on the parameters of a subject.",
            "Remove the events from the file.",
        )
    model = imported.model
    states = {s.name: s for s in model.species}
    doses = {name: Input(f"infusion_{name}", "1", f"infusion into {name}") for name in states}
    module = Module(
        "doses", "Doses of the data",
        fluxes=tuple(Flux(NOTHING >> species, itself, doses[name]) for name, species in states.items()),
    )  # fmt: skip
    whole = Model(model.name, model.title, (*model.modules, module), audited=False)
    stated = [name for name in imported.species if name in states]
    names = tuple(dict.fromkeys([*stated, *states]))
    quantities = imported.system.contents.quantities
    spaces = tuple(quantities[name].space or "" if name in quantities else "" for name in names)
    missing = [name for name in names if name not in whole.observables]
    if missing:
        raise InvalidInput(
            f"'{missing[0]}' of '{path}' cannot be observed.", "", "Declare it as a species of the file."
        )
    return PkModel(
        path.stem, whole, names, tuple(doses[name].name for name in names), names,
        tuple(whole.covariates), 1, 1, has_values=True, spaces=spaces,
        sizes=computed_sizes(spaces, quantities, whole.constants),
    )  # fmt: skip


def with_spaces(pk: PkModel, individual: IndividualModel, dosed: Collection[int]) -> IndividualModel:
    """The individual model in which doses into a concentration are divided by its compartment's size.

    ``dosed`` : numbers of the compartments that receive doses. Raises InvalidInput for one whose size is not
    known in advance.
    """
    spaces = {number: space for number, space in enumerate(pk.spaces, start=1) if space and number in dosed}
    for number in spaces:
        refuse_unknown_size(pk, number, {*pk.model.constants, *individual.parameters})
    formulas = [
        CovariateFormula.read(f"{s} = {pk.sizes[s]}") for s in dict.fromkeys(spaces.values()) if s in pk.sizes
    ]
    read = {*(s.upper() for s in spaces.values()), *(name for f in formulas for name in f.columns)}
    own = {
        name: value
        for name, value in pk.model.constants.items()
        if name.upper() in read and name not in individual.parameters
    }
    return replace(
        individual, space=spaces, formulas=(*individual.formulas, *formulas),
        fixed={**individual.fixed, **own},
    )  # fmt: skip
