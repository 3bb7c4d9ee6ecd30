"""Facts: each has a source, a status, a frozen role, and a counterpart or the reason why it has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from quotidian.errors import LedgerError
from quotidian.evidence.facts import STATUSES, Fact, facts, read_facts
from quotidian.evidence.roles import frozen_roles
from quotidian.trials.benchmarks.counts import cited_facts

FACTS = list(facts().values())


def test_no_fact_of_this_version_is_dropped() -> None:
    assert len(FACTS) == 195
    assert set(facts()) == set(frozen_roles().facts)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.id)
def test_each_fact_has_a_counterpart_or_says_why_not(fact: Fact) -> None:
    assert fact.status in STATUSES and fact.sources and fact.says and fact.value
    known = fact.id in cited_facts() or bool(fact.counterpart)
    assert known or len(fact.no_counterpart_yet) > len("because the")
    assert not (fact.counterpart and fact.no_counterpart_yet)


@pytest.mark.parametrize("fact", [f for f in FACTS if f.counterpart], ids=lambda fact: fact.id)
def test_a_counterpart_names_a_file_or_a_number_that_is_there(fact: Fact, root: Path) -> None:
    words = fact.counterpart.replace(",", " ").replace(";", " ").split()
    files = [word for word in words if word.endswith((".yaml", ".py"))]
    known = frozen_roles().earlier
    numbers = [word for word in words if any(name.startswith(f"{word}.") for name in known)]
    assert files or numbers
    for file in files:
        assert (root / file).is_file() or (root / "src/quotidian" / file).is_file(), file


GOOD = """\
X-1:
  says: height
  value: "1"
  unit: cm
  source: {key: woo2005, place: abstract}
  status: seen
  no_counterpart_yet: because it is a test
"""


def read(tmp_path: Path, text: str) -> Fact:
    path = tmp_path / "some.yaml"
    path.write_text(text)
    (fact,) = read_facts(path).values()
    return fact


def test_a_good_fact_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD).sources[0].key == "woo2005"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("status: seen", "status: heard", "no status"),
        ("  unit: cm\n", "", "unit missing"),
        ('"1"', "1", "value must be a text"),
        ("woo2005", "woo1905", "is not a source"),
        ("because it", "as it", "no reason"),
        ("says:", "tells:", "unknown field 'tells'"),
    ],
)
def test_refusals(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(LedgerError) as refusal:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert says in str(refusal.value)
