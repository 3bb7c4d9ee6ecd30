"""Variability of a drug's pharmacokinetics between subjects, declared from its ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import log, sqrt

from quotidian.errors import LedgerError
from quotidian.evidence.spread import Cv, LogSd
from quotidian.network import Parameters
from quotidian.population import Correlation, LogNormal, PopulationModel, RandomEffect


@dataclass(frozen=True)
class Variability:
    """Log-normal random effects on parameters of a drug, with their correlations.

    Attributes
    ----------
    drug : the module that owns the parameters.
    parameters : names in its ledger, such as ``CL``.
    sizes : SD of the logarithm of each parameter, ``DRUG.omega_CL``, and correlations of the logarithms,
        ``DRUG.r_CL_V_c``. A pair without an entry is not correlated.
    stream : purpose of one random stream for all of them; without it each parameter has its own stream.
    """

    drug: str
    parameters: tuple[str, ...]
    sizes: Mapping[str, float]
    stream: str = ""

    def population_model(self, replaced: Mapping[str, float] | None = None) -> PopulationModel:
        """The random effects; ``replaced`` gives sizes other than those of the ledger, by name."""
        sizes = {name: (replaced or {}).get(name, size) for name, size in self.sizes.items()}
        effects = tuple(
            RandomEffect(
                f"{self.drug}.{name}",
                LogNormal(sizes[f"{self.drug}.omega_{name}"]),
                self.stream,
                column if self.stream else 0,
            )
            for column, name in enumerate(self.parameters)
        )
        correlations = tuple(
            Correlation(f"{self.drug}.{a}", f"{self.drug}.{b}", sizes[f"{self.drug}.r_{a}_{b}"])
            for a, b in combinations(self.parameters, 2)
            if f"{self.drug}.r_{a}_{b}" in sizes
        )
        return PopulationModel(effects, correlations)


def log_normal(k: Parameters, *parameters: str, stream: str = "") -> Variability:
    """Log-normal random effects of these parameters, with the sizes in the drug's ledger.

    The SD of the logarithm is an entry ``omega_NAME`` where it has a source of its own; otherwise it is the
    ``variability`` of the parameter, a ``log_sd`` or ``cv``. An entry ``r_NAME_NAME``, in the order of
    ``parameters``, correlates two of them.

    Parameters
    ----------
    k : the drug's ledger. stream : purpose of a random stream that they share.

    Raises
    ------
    LedgerError : a parameter without a stated variability.
    """
    sizes = {f"{k.owner}.omega_{name}": _omega(k, name) for name in parameters}
    for pair in (f"r_{a}_{b}" for a, b in combinations(parameters, 2)):
        if pair in k.ledger:
            sizes[f"{k.owner}.{pair}"] = k(pair, "1").value
    return Variability(k.owner, parameters, sizes, stream)


def _omega(k: Parameters, name: str) -> float:
    if f"omega_{name}" in k.ledger:
        return k(f"omega_{name}", "1").value
    match k.ledger[name].variability:
        case LogSd(omega):
            return omega
        case Cv(cv):
            return sqrt(log(1.0 + cv**2))
        case other:
            raise LedgerError(
                f"{k.owner}.yaml, {name}: no random effect follows from its variability.",
                f"It is '{other.text(k.ledger[name].unit)}'.",
                "State variability as {log_sd: ..} or {cv: ..}, or add an entry omega_" + f"{name}.",
            )
