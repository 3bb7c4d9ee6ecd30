"""The model of children with systemic JIA as a structural model of population fits, with its ledger."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from quotidian.inference.effects import ParameterEffect
from quotidian.models import DRUGS, model
from quotidian.network import Model
from quotidian.patients.population import TYPICAL
from quotidian.population import LogitNormal, LogNormal

SHARE = "joints.il6_share"


@dataclass(frozen=True)
class ChildrenModel:
    """A model whose subjects are children of the columns AGE, SEX and WT."""

    name: str

    @cached_property
    def whole(self) -> Model:
        """The model with every drug."""
        return model(self.name, DRUGS)

    @cached_property
    def effects(self) -> Mapping[str, ParameterEffect]:
        """Each parameter with the typical value and the variability of its ledger.

        Parameters that are properties of a child, such as its weight, are not among them.
        """
        stated = {e.parameter: e.distribution for e in TYPICAL.random_effects.effects}
        s = TYPICAL.values
        stated["severity"] = LogNormal(s["severity"], s["severity_median"])
        properties = {*self.whole.covariates} - {"severity"}
        found = {}
        for name, value in self.whole.constants.items():
            if name in properties or not math.isfinite(value):
                continue
            found[name] = ParameterEffect(name, value, shape="log-normal" if value > 0 else "normal")
            d = stated.get(name)
            if isinstance(d, LogNormal) and value > 0:
                found[name] = ParameterEffect(name, value * d.median, d.omega)
            elif isinstance(d, LogitNormal) and math.isclose(d.relative_to, value, rel_tol=1e-9):
                found[name] = ParameterEffect(name, _share(d.location), d.omega, "logit-normal")
        location = s["il6_share_logit"]
        found[SHARE] = ParameterEffect(SHARE, _share(location), s["il6_share_sd"], "logit-normal")
        return MappingProxyType(found)


def _share(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-logit))
