from __future__ import annotations

import re
import subprocess
import sys
from base64 import b64decode
from collections import Counter
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from quotidian.evidence import all_ledgers
from quotidian.reports import narrative, wording
from quotidian.reports.figures import Picture
from quotidian.reports.report import render_report, write_report
from quotidian.reports.tables import endpoints_csv
from quotidian.trials.result import Account, TrialResult
from quotidian.trials.rows import EndpointRow

VOID = {"meta", "br", "hr", "img", "input", "link", "wbr"}


class Outline(HTMLParser):
    """Ids, links and text of a page, and whether its tags close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [
            value or "" for name, value in attrs if name in {"href", "src", "xlink:href", "srcset"}
        ]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in {"style", "title"}:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def outline(page: str) -> Outline:
    return Outline(page)


def test_every_tag_closes_and_no_id_stands_twice(outline: Outline) -> None:
    assert outline.open == []
    assert [name for name, count in Counter(outline.ids).items() if count > 1] == []


def test_nothing_is_fetched_and_nothing_is_run(page: str, outline: Outline) -> None:
    remote = [link for link in outline.links if not link.startswith(("#", "data:text/csv"))]
    assert [link for link in remote if not link.startswith("https://doi.org/10.")] == []
    assert outline.tags["script"] == outline.tags["link"] == outline.tags["img"] == 0
    assert outline.handlers == []
    assert re.findall(r"@import|url\((?!#)|javascript:", page) == []


def test_every_link_inside_the_page_arrives(outline: Outline) -> None:
    targets = {link[1:] for link in outline.links if link.startswith("#")}
    assert len(targets) > 20
    assert targets - set(outline.ids) == set()


def test_the_sections_stand_in_their_order(page: str) -> None:
    names = "comparison courses responders child baseline methods evidence sources repeat".split()
    places = [page.index(f'<section id="{name}">') for name in names]
    assert places == sorted(places)
    assert page.index("not a medical device.</strong>") < page.index("<h1>") < places[0]


def test_every_row_is_there(page: str, result: TrialResult) -> None:
    tables = re.findall(r'<table class="endpoints">.*?</table>', page, re.DOTALL)
    cells = [
        " ".join(Outline(row).text.split()) for row in re.findall(r"<tr.*?</tr>", "".join(tables), re.DOTALL)
    ]
    for row in result.rows:
        week = f", week {row.week}" if row.published is None else ""
        wanted = f"{row.arm}{week} {wording.virtual_cell(row)}"
        if row.published is not None:
            sign = {True: "✓ inside", False: "✕ outside"}[bool(row.inside)]
            wanted += f" {wording.published_cell(row)} {sign} {row.role}"
        assert any(cell.startswith(wanted) for cell in cells), wanted


def test_rows_without_a_published_number_are_counted_as_they_are_shown(result: TrialResult) -> None:
    other = next(row for row in result.rows if row.published is None)
    page = render_report(replace(result, rows=(*result.rows, replace(other, arm="all"))), [])
    counted = re.search(
        r"<summary>(\d+) rows? without a published number</summary>(.*?)</details>", page, re.DOTALL
    )
    assert counted is not None
    assert int(counted[1]) == len(re.findall(r"week \d+", Outline(counted[2]).text))


def test_the_rows_outside_are_stated(outline: Outline, result: TrialResult) -> None:
    sentences = narrative.outside(result.rows)
    assert len(sentences) == 2
    for sentence in sentences:
        assert " ".join(sentence.split()) in outline.text
    assert "2 rows do not agree with the published number" in outline.text


def test_all_inside_is_stated_too(result: TrialResult, bare: TrialResult) -> None:
    good = tuple(row for row in result.rows if row.inside)
    text = Outline(render_report(replace(bare, rows=good[:2]), [])).text
    assert "No compared row is outside." in text


def test_the_csv_inside_is_the_csv(page: str, result: TrialResult) -> None:
    found = re.search(r'download="endpoints.csv" href="data:text/csv;charset=utf-8;base64,([^"]+)', page)
    assert found is not None
    assert b64decode(found[1]).decode() == endpoints_csv(result.rows)


def test_every_figure_comes_wide_and_narrow_with_words_for_it(page: str) -> None:
    figures = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    assert len(figures) == 6
    for figure in figures:
        assert len(re.findall(r'<svg [^>]*role="img"[^>]*aria-label="[^"]{40,}"', figure)) == 2
        assert re.search(r"<figcaption>.*<b>From</b> \S.*<b>Certainty</b> \S", figure, re.DOTALL)


def test_the_evidence_is_counted_and_the_assumed_are_listed(outline: Outline) -> None:
    entries = [entry for ledger in all_ledgers() for entry in ledger.values()]
    assert f"uses {len(entries)} numbers" in outline.text
    assumed = [entry for entry in entries if entry.basis.word == "assumed"]
    assert f"{len(assumed)} assumed" in outline.text
    for entry in assumed:
        assert " ".join(f"assumed {entry.basis.detail}".split()) in outline.text


def test_it_says_how_to_repeat_it(outline: Outline, result: TrialResult) -> None:
    for value in (*result.provenance.values(), "seed 1", "replicates 100"):
        assert value in outline.text


def test_methods_hold_design_rules_notes_and_counts(outline: Outline, result: TrialResult) -> None:
    for said in (result.about, *result.rules, *result.notes, "N Engl J Med 367:2385"):
        assert said in outline.text
    for said in ("Candidates 15 873", "screened out: few joints 4 102", "Enrolled 11 200", "step limit 2"):
        assert said in outline.text


def test_no_failure_is_said_as_well(bare: TrialResult) -> None:
    account = Account(200, 112, {}, {}, 1.0)
    text = Outline(render_report(replace(bare, account=account), [])).text
    assert "simulations that failed 0" in text


def test_the_baseline_has_a_ratio_where_something_is_published(outline: Outline) -> None:
    assert "age, year 9.6 ± 4.4 9.7 ± 4.5 0.99" in outline.text
    assert "active joints 18.9 ± 12.2 19.8 0.95" in outline.text
    assert "CRP, mg/L 141 ± 96 – –" in outline.text


REPEAT = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("conftest", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
from quotidian.reports import figures
from quotidian.reports.report import render_report
result = module.trial_result()
print(render_report(module.without_pictures(result)) + figures.comparison(result).wide, end="")
"""


def test_the_same_result_gives_the_same_bytes_in_another_process(
    bare: TrialResult, drawn: dict[str, list[Picture]], root: Path
) -> None:
    command = [sys.executable, "-c", REPEAT, str(root / "tests/reports/conftest.py")]
    environment = {"PYTHONPATH": str(root / "src"), "PYTHONHASHSEED": "7", "HOME": str(Path.home())}
    again = subprocess.run(command, capture_output=True, check=True, env=environment)
    here = render_report(bare) + drawn["comparison"][0].wide
    assert again.stdout.decode() == here


def test_time_spent_does_not_change_the_report(bare: TrialResult) -> None:
    slow = replace(bare, account=replace(bare.account, seconds=1e6))
    assert render_report(bare, []) == render_report(slow, [])


def test_odd_text_is_escaped(result: TrialResult) -> None:
    odd = "<script>alert('x')</script> & \"y\" $z^1$"
    row = EndpointRow(odd, odd, 12, "%", 50.0, 40.0, 60.0, 10.0, 5.0, 15.0, odd, odd)
    child = replace(result.child, label=odd, values={"temperature": result.child.values["temperature"]})
    strange = replace(
        result, title=odd, about=odd, citation=odd, rows=(row,), bands=(), baseline=(), child=child,
        children={odd: 3}, rules=(odd,), notes=(odd,), provenance={"command": odd, odd: odd},
        account=Account(1, 1, {odd: 1}, {odd: 1}, 0.0),
    )  # fmt: skip
    page = render_report(strange, [])
    outline = Outline(page)
    assert outline.tags["script"] == 0
    assert outline.open == []
    assert odd in outline.text
    assert odd in unescape(page)
    labels = re.findall(r"<text[^>]*>([^<]*alert[^<]*)</text>", page)
    assert labels
    assert all(odd in unescape(label).strip() for label in labels)  # a dollar sign starts no formula


def test_a_result_without_anything_still_gives_a_page(bare: TrialResult) -> None:
    empty = replace(
        bare, baseline=(), rules=(), notes=(), provenance={}, citation=""
    )  # fmt: skip
    outline = Outline(render_report(empty, []))
    assert outline.tags["svg"] == 0
    assert "no primary endpoint was computed" in outline.text
    assert "Research use, not a medical device." in outline.text


def test_the_file_holds_the_page(
    result: TrialResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quotidian.reports.report.render_report", lambda _: "<p>page</p>\n")
    assert write_report(result, tmp_path / "report.html").read_text() == "<p>page</p>\n"


def test_importing_the_layer_does_not_load_matplotlib(root: Path) -> None:
    code = "import sys, quotidian.reports; print('matplotlib' in sys.modules or 'jinja2' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(root / "src")},
    )
    assert done.stdout == "False\n"


def test_two_virtual_intervals_are_named_where_there_are_two(result: TrialResult) -> None:
    known = "central 95&nbsp;% with parameter uncertainty"
    assert known not in render_report(result, [])
    rows = tuple(replace(row, low_known=row.low - 3.0, high_known=row.high + 3.0) for row in result.rows)
    page = render_report(replace(result, rows=rows), [])
    assert page.count(known) == 2
    first = next(row for row in rows if row.published is not None)
    assert wording.known_cell(first) in page
