"""Compiled models are kept while they are in use, and a limited number of others."""

from __future__ import annotations

from collections import OrderedDict

import pytest

from quotidian.simulation import compiled_models
from quotidian.simulation.compiled_models import compiled_model, keep_at_most, reduced_model


def test_the_longest_unused_model_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_models, "_KEPT", OrderedDict())
    monkeypatch.setattr(compiled_models, "MOST", 48)
    first = compiled_model("healthy_child")
    keep_at_most(2)
    narrow = reduced_model("healthy_child", (), ("crp",))
    assert compiled_model("healthy_child") is first and reduced_model("healthy_child", (), ("crp",)) is narrow
    assert reduced_model("healthy_child", (), ("temperature",)) is not narrow
    assert len(compiled_models._KEPT) == 2
    assert reduced_model("healthy_child", (), ("crp",)) is not narrow
