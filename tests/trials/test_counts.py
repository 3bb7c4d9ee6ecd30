"""What a scoreboard counts, and that a row never has another role than the frozen one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from quotidian.errors import LedgerError
from quotidian.evidence.roles import frozen_roles
from quotidian.trials.benchmarks import published_results
from quotidian.trials.benchmarks.counts import cited_facts, fact_counts, in_view, last_line, role_lines
from quotidian.trials.benchmarks.published_results import load_claims
from quotidian.trials.benchmarks.scores import ScoreRow

INSIDE = ScoreRow("drug", "acr30", 12, "%", 50, 40, 60, 55, 45, 65, role="validation")
OUTSIDE = replace(INSIDE, virtual=10, low=5, high=12)


def test_the_last_line_counts_earlier_and_later_rows_apart() -> None:
    rows = [replace(INSIDE, role="calibration"), INSIDE, OUTSIDE, replace(OUTSIDE, fact="MF-F12")]
    assert last_line(rows) == (
        "calibration: 1 of 1 inside; validation, rows of version 0.1: 1 of 2 inside; "
        "validation, later rows: 0 of 1 inside"
    )


def test_rows_that_the_design_quotes_are_counted_as_well() -> None:
    tuned_to = replace(INSIDE, claim="tender.neutropenia.tocilizumab", role="calibration")
    rows = [replace(INSIDE, claim="yokota-2008.acr30.all"), INSIDE, tuned_to]
    assert in_view(rows) == (1, 1)
    assert role_lines(rows)[-1].endswith("quotes: 1 of 1 inside.")
    first, second = frozen_roles().files
    assert role_lines(rows)[0] == f"Roles: 2026-11-29.yaml, frozen 2026-11-29, SHA-256 {first.sha256}."
    assert role_lines(rows)[1].startswith(
        "Roles: 2026-11-29b.yaml, frozen 2026-11-29b, SHA-256 " + second.sha256
    )


def test_a_cited_fact_has_a_counterpart() -> None:
    without = {count.role: count for count in fact_counts(())}
    assert [without[role].all for role in ("calibration", "validation", "context")] == [86, 85, 24]
    one = {count.role: count for count in fact_counts({"MF-A10"})}
    assert one["validation"].with_counterpart == without["validation"].with_counterpart + 1
    assert cited_facts() <= set(frozen_roles().facts)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("role: validation", "role: calibration", "its role is calibration, and it was frozen as validation"),
        ("endpoint: acr30_ever", "endpoint: acr90_ever", "is in no frozen file"),
    ],
)
def test_another_role_than_the_frozen_one_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, root: Path, old: str, new: str, says: str
) -> None:
    text = (root / "src/quotidian/trials/published/woo-2005.yaml").read_text()
    assert old in text
    (tmp_path / "woo-2005.yaml").write_text(text.replace(old, new, 1))
    monkeypatch.setattr(published_results, "_PUBLISHED", tmp_path)
    with pytest.raises(LedgerError) as refusal:
        load_claims("woo-2005")
    assert says in str(refusal.value)
