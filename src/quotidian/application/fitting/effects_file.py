"""An effects file in YAML: typical values, spreads, covariates, residual errors; each fault with its line."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from quotidian.application.yaml_positions import Lined, Place, Wording, read_lined
from quotidian.data.covariate_model import CovariateFormula
from quotidian.errors import InvalidInput, closest
from quotidian.inference.effects import (
    CovariateEffect,
    Effects,
    Endpoint,
    OccasionEffect,
    ParameterEffect,
    Relation,
    Shape,
)
from quotidian.inference.residual import Kind

REMEDY = "docs/fitting.md shows an effects file."
WORDING = Wording("list of effects", "'parameters:' and 'residual:'", REMEDY)
TOP = ("parameters", "residual", "blocks", "correlations", "formulas", "mixture")
OF_PARAMETER = ("typical", "between", "distribution", "covariates", "fixed", "occasions")
RELATIONS: tuple[Relation, ...] = ("power", "factor", "exponent")
SHAPES: tuple[Shape, ...] = ("log-normal", "logit-normal", "normal")
RANGES = {"log-normal": (0.0, math.inf), "logit-normal": (0.0, 1.0), "normal": (-math.inf, math.inf)}
ERRORS: tuple[Kind, ...] = ("additive", "proportional", "log")
SUMS: Mapping[str, Kind] = {"variance": "combined", "sd": "linear"}
"""What of an additive and a proportional part is added."""
ROWS = ("dvid", "cmt")


def read_effects(path: Path, known: Mapping[str, ParameterEffect] = MappingProxyType({})) -> Effects:
    """The effects that a file states. Raises InvalidInput for the first fault, with line and remedy.

    ``known`` : effects of the model; a parameter of it need not state its typical value and spread.
    """
    return _Reader(read_lined(path, WORDING), known).effects()


@dataclass(frozen=True)
class _Reader:
    lined: Lined
    known: Mapping[str, ParameterEffect]

    def effects(self) -> Effects:
        whole = self.lined.value
        self._known(whole, TOP, ())
        shares = self._shares(whole["mixture"]) if "mixture" in whole else (1.0,)
        named = self._mapping(whole.get("parameters"), ("parameters",))
        parameters = tuple(self._parameter(name, value, len(shares)) for name, value in named.items())
        if not parameters:
            raise self._refuse(("parameters",), "No parameter is stated.", "Each needs its typical value.")
        residual = self._mapping(whole.get("residual"), ("residual",))
        found = Effects(parameters, self._endpoints(residual), shares=shares)
        found = replace(found, blocks=self._blocks(whole.get("blocks", []), found.random))
        found = replace(found, correlations=self._correlations(whole.get("correlations", {}), found))
        return replace(found, formulas=self._formulas(whole.get("formulas", []), found.names))

    def _shares(self, value: Any) -> tuple[float, ...]:
        place: Place = ("mixture",)
        if not isinstance(value, list) or len(value) < 2:
            raise self._refuse(
                place, "A mixture is a list of shares, one for each class.", "Write [0.6, 0.4]."
            )
        shares = tuple(self._number(share, (*place, k)) for k, share in enumerate(value))
        if not all(0 < share < 1 for share in shares) or abs(sum(shares) - 1) > 1e-6:
            raise self._refuse(place, "These shares are not positive numbers that sum to 1.", "Correct them.")
        return tuple(share / sum(shares) for share in shares)

    def _typicals(self, value: Any, place: Place, classes: int) -> tuple[float, ...]:
        """Typical values: one, or one for each class of a mixture."""
        if not isinstance(value, list):
            return (self._number(value, place),)
        found = tuple(self._number(one, (*place, k)) for k, one in enumerate(value))
        if classes == 1 or len(found) != classes:
            raise self._refuse(
                place, f"There are {len(found)} typical values, and {classes} "
                f"{'classes' if classes > 1 else 'class'} of subjects.",
                "mixture: [0.6, 0.4] states two classes by their shares.",
            )  # fmt: skip
        if len({*found}) == 1:
            raise self._refuse(
                place, "The typical values of all classes are equal.",
                "The search could not separate classes that start at one value.",
            )  # fmt: skip
        return found

    def _parameter(self, name: str, value: Any, classes: int) -> ParameterEffect:
        place: Place = ("parameters", name)
        if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?", name):
            raise self._refuse(place, f"'{name}' is not a name of a parameter.")
        own = {"typical": value} if isinstance(value, int | float | list) else self._of_model(name, value)
        self._known(own, OF_PARAMETER, place)
        if "typical" not in own:
            raise self._refuse(place, f"{name} has no typical value.")
        shape: Any = own.get("distribution", "log-normal")
        if shape not in SHAPES:
            raise self._refuse(
                (*place, "distribution"), f"'{shape}' is not a distribution.", closest(str(shape), SHAPES)
            )
        typicals = self._typicals(own["typical"], (*place, "typical"), classes)
        low, high = RANGES[shape]
        for typical in typicals:
            if not low < typical < high:
                rule = "above 0" if shape == "log-normal" else "between 0 and 1"
                raise self._refuse(
                    (*place, "typical"), f"The typical value of {name} is {typical:g}.", f"It must be {rule}."
                )
        between = self._number(own.get("between", 0.0), (*place, "between"))
        if between < 0:
            raise self._refuse((*place, "between"), f"{name} has a standard deviation of {between:g}.")
        stated = self._mapping(own.get("covariates", {}), (*place, "covariates"))
        covariates = tuple(self._covariate(name, column, c) for column, c in stated.items())
        occasions = self._occasions(own["occasions"], (*place, "occasions")) if "occasions" in own else None
        return ParameterEffect(
            name, typicals[0], between, shape, covariates, self._truth(own, place), occasions, typicals[1:]
        )

    def _of_model(self, name: str, value: Any) -> dict[str, Any]:
        """What a parameter states, completed by what the model knows of it."""
        usual = self.known.get(name)
        if value is None and usual is None and self.known:
            raise self._refuse(
                ("parameters", name), f"The model has no parameter '{name}'.", closest(name, self.known)
            )
        own = self._mapping({} if value is None and usual else value, ("parameters", name))
        if usual is None or own.get("distribution", usual.shape) != usual.shape:
            return own
        known = {"typical": usual.typical, "between": usual.between, "distribution": usual.shape}
        return {**known, **own}

    def _occasions(self, value: Any, place: Place) -> OccasionEffect:
        own = self._mapping(value, place)
        if len(own) != 1:
            raise self._refuse(
                place, "The occasions are not numbered by one column.", "Write for example {OCC: 0.2}."
            )
        ((column, size),) = own.items()
        between = self._number(size, (*place, column))
        if not between > 0:
            raise self._refuse((*place, column), f"A standard deviation of {between:g} is impossible.")
        return OccasionEffect(column.upper(), between)

    def _covariate(self, name: str, column: str, value: Any) -> CovariateEffect:
        place: Place = ("parameters", name, "covariates", column)
        own = self._mapping(value, place)
        self._known(own, (*RELATIONS, "of", "fixed"), place)
        chosen = [r for r in RELATIONS if r in own]
        if len(chosen) != 1 or not re.fullmatch(r"[A-Za-z_]\w*", column):
            raise self._refuse(
                place,
                f"The effect of {column} is not stated in one way.",
                f"Give one of {', '.join(RELATIONS)}.",
            )
        number = self._number(own[chosen[0]], (*place, chosen[0]))
        if chosen[0] == "factor" and not number > 0:
            raise self._refuse((*place, "factor"), f"A factor of {number:g} is impossible.")
        centre = self._number(own.get("of", 1.0 if chosen[0] == "power" else 0.0), (*place, "of"))
        if chosen[0] == "power" and not centre > 0:
            raise self._refuse((*place, "of"), f"A power of {column}/{centre:g} is impossible.")
        return CovariateEffect(
            column.upper(),
            chosen[0],
            number,
            centre,
            self._truth(own, place),
        )

    def _endpoints(self, residual: Mapping[str, Any]) -> tuple[Endpoint, ...]:
        place: Place = ("residual",)
        if not residual:
            raise self._refuse(place, "No residual error is stated.", "Write for example additive: 0.5.")
        if all(name in (*ERRORS, "combined") for name in residual):
            return (self._endpoint("", residual, place),)
        return tuple(
            self._endpoint(name, self._mapping(own, (*place, name)), (*place, name))
            for name, own in residual.items()
        )

    def _endpoint(self, observable: str, own: Mapping[str, Any], place: Place) -> Endpoint:
        self._known(own, (*ERRORS, "combined", *ROWS), place)
        sizes: dict[Kind, float] = {
            name: self._number(own[name], (*place, name)) for name in ERRORS if name in own
        }
        for name, size in sizes.items():
            if not size > 0:
                raise self._refuse((*place, name), f"A residual error of {size:g} is impossible.")
        if not sizes or ("log" in sizes and len(sizes) > 1):
            raise self._refuse(
                place, "The residual error is not stated in one way.",
                "It is additive, proportional, both of these, or log.",
            )  # fmt: skip
        kind: Kind = next(iter(sizes)) if len(sizes) == 1 else SUMS[self._sum(own, place)]
        if "combined" in own and len(sizes) == 1:
            raise self._refuse(
                (*place, "combined"), "'combined' says how two parts are added, and one is stated.",
                "State additive and proportional, or leave combined out.",
            )  # fmt: skip
        rows = [name for name in ROWS if name in own]
        if len(rows) > 1:
            raise self._refuse(place, "Its rows are stated by dvid and by cmt.", "Give one of the two.")
        column = rows[0].upper() if rows else ""
        return Endpoint(observable, kind, tuple(sizes.values()), column, str(own[rows[0]]) if rows else "")

    def _sum(self, own: Mapping[str, Any], place: Place) -> str:
        found = own.get("combined", "variance")
        if not isinstance(found, str) or found not in SUMS:
            raise self._refuse(
                (*place, "combined"), f"combined: '{found}' is neither variance nor sd.",
                "variance: SD sqrt(a^2 + b^2 f^2); sd: SD a + b f.",
            )  # fmt: skip
        return found

    def _blocks(self, value: Any, random: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        if not isinstance(value, list) or not all(isinstance(block, list) for block in value):
            raise self._refuse(("blocks",), "Blocks are lists of names.", "Write for example [[CL, V]].")
        seen: list[str] = []
        for number, block in enumerate(value):
            for name in block:
                if name not in random or name in seen:
                    why = "It stands twice." if name in seen else "It has no random effect (between)."
                    raise self._refuse(("blocks", number), f"{name} cannot be in this block.", why)
                seen.append(name)
        return tuple(tuple(block) for block in value)

    def _correlations(self, value: Any, found: Effects) -> tuple[tuple[str, str, float], ...]:
        place: Place = ("correlations",)
        stated = []
        for pair, size in self._mapping(value, place).items():
            names = [name.strip() for name in str(pair).split(",")]
            if len(names) != 2 or not any({*names} <= {*block} for block in found.blocks):
                raise self._refuse(
                    (*place, pair), f"'{pair}' is not a pair of names of one block.",
                    "Write for example blocks: [[CL, V]] and correlations: {'CL,V': 0.3}.",
                )  # fmt: skip
            stated.append((names[0], names[1], self._number(size, (*place, pair))))
        whole = replace(found, correlations=tuple(stated)).covariance
        if len(whole) and not np.linalg.eigvalsh(whole)[0] > 0:
            raise self._refuse(place, "The correlations belong to no distribution.", "Make them smaller.")
        return tuple(stated)

    def _formulas(self, value: Any, names: tuple[str, ...]) -> tuple[CovariateFormula, ...]:
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise self._refuse(("formulas",), "Formulas are a list of texts.", "Write [F2 = 1 - F1].")
        found: list[CovariateFormula] = []
        taken = {name.upper() for name in names}
        for number, text in enumerate(value):
            try:
                found.append(CovariateFormula.read(text))
            except InvalidInput as fault:
                raise self._refuse(("formulas", number), fault.what, fault.why) from None
            name = found[-1].parameter
            if name.upper() in taken:
                raise self._refuse(
                    ("formulas", number), f"{name} has a value already.", "Give the result another name."
                )
            taken.add(name.upper())
        return tuple(found)

    # ---- values
    def _mapping(self, value: Any, place: Place) -> dict[str, Any]:
        if not isinstance(value, dict):
            what = ".".join(map(str, place))
            raise self._refuse(place, f"'{what}' is missing, or does not hold names with values.")
        return value

    def _number(self, value: Any, place: Place) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self._refuse(place, f"{place[-1]}: '{value}' is not a finite number.")
        return float(value)

    def _truth(self, own: Mapping[str, Any], place: Place) -> bool:
        value = own.get("fixed", False)
        if not isinstance(value, bool):
            raise self._refuse((*place, "fixed"), f"fixed: '{value}' is neither true nor false.")
        return value

    def _known(self, own: Mapping[str, Any], names: tuple[str, ...], place: Place) -> None:
        for name in own:
            if name not in names:
                raise self._refuse((*place, name), f"'{name}' is not known here.", closest(name, names))

    def _refuse(self, place: Place, what: str, why: str = "") -> Exception:
        return self.lined.refusal(place, what, why, REMEDY)
