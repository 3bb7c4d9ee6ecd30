"""The ensemble that the package carries."""

from __future__ import annotations

import numpy as np

from quotidian.application.learning.knowledge import read_knowledge
from quotidian.application.learning.learnt_rows import learnt_rows
from quotidian.evidence.overlay import entries


def test_it_is_whole_and_within_what_is_plausible() -> None:
    known = read_knowledge()
    assert known.values.shape == (200, len(known.names))
    assert np.isfinite(known.values).all()
    for i, name in enumerate(known.names):
        low, high = entries()[name].plausible
        assert low <= known.values[:, i].min() <= known.values[:, i].max() <= high, name
    assert known.overlay(0) != known.overlay(1)


def test_it_read_calibration_rows_alone() -> None:
    known = read_knowledge()
    asked = known.manifest["identity"]["request"]
    rows = {row.claim.id: row.claim for row in learnt_rows(asked["trials"], asked["leave_out"])}
    assert set(known.rows_read) <= set(rows)
    assert {rows[name].role for name in known.rows_read} == {"calibration"}
    assert known.rows["claim"].to_list() == list(known.rows_read)
