"""Rate laws that mechanisms share are written once."""

from __future__ import annotations

from quotidian.models import DRUGS, MODELS, model


def test_no_law_is_written_twice() -> None:
    """Two laws that state the same words and the same formula are one function."""
    written = {use.law for name in MODELS for module in model(name, DRUGS).modules for use in module.laws}
    stated = [law.__doc__ for law in written]
    assert sorted({doc for doc in stated if doc and stated.count(doc) > 1}) == []
