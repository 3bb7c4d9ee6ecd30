"""Variability of drugs between subjects: declared by the drug, sized by its ledger."""

from __future__ import annotations

from math import log, sqrt
from pathlib import Path

import numpy as np
import pytest

from quotidian.drugs.registry import DRUGS
from quotidian.drugs.variability import log_normal
from quotidian.errors import LedgerError
from quotidian.network import Parameters
from quotidian.population import LogNormal
from quotidian.statistics.streams import Streams

ENTRY = """{name}:
  meaning: invented
  symbol: x
  value: {value}
  unit: "1"
  variability: {variability}
  uncertainty: {{none: "invented"}}
  basis: {{assumed: "because it is invented"}}
  plausible: [-1, 10]
"""
FIXED = '{none: "invented"}'


def ledger(folder: Path, **entries: tuple[float, str]) -> Parameters:
    text = "".join(ENTRY.format(name=n, value=v, variability=s) for n, (v, s) in entries.items())
    (folder / "toy.yaml").write_text(text)
    return Parameters(str(folder / "toy.py"))


def test_tocilizumab_varies_in_its_disposition_and_its_rise_of_alt() -> None:
    names = ("CL", "V_c", "V_p", "V_m", "strain")
    assert DRUGS["tocilizumab"].random_effects.parameters == tuple(f"tocilizumab.{name}" for name in names)


def test_sizes_come_from_entries_of_their_own_or_from_the_parameter(tmp_path: Path) -> None:
    k = ledger(
        tmp_path, CL=(5.0, "{log_sd: 0.3}"), V_c=(3.0, "{cv: 0.4}"), k_a=(1.0, FIXED),
        omega_k_a=(0.7, FIXED), r_CL_V_c=(0.5, FIXED),
    )  # fmt: skip
    model = log_normal(k, "CL", "V_c", "k_a").population_model({"toy.omega_CL": 0.2})
    omegas = [e.distribution.omega for e in model.effects if isinstance(e.distribution, LogNormal)]
    assert omegas == pytest.approx([0.2, sqrt(log(1.16)), 0.7])
    drawn = np.log(list(model.sample(Streams(1), 0, range(4000)).values()))
    assert np.corrcoef(drawn) == pytest.approx(np.array([[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]]), abs=0.05)


def test_a_parameter_whose_variability_is_unknown_has_no_random_effect(tmp_path: Path) -> None:
    k = ledger(tmp_path, CL=(5.0, '{unknown: "not measured"}'))
    with pytest.raises(LedgerError, match="CL: no random effect") as refusal:
        log_normal(k, "CL")
    assert "unknown: not measured" in str(refusal.value)
