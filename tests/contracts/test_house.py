"""The house rules: small files, short functions, no import cycle, documented modules, one version."""

from __future__ import annotations

import ast
import re
import statistics
import tomllib
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest
import yaml

LIMIT, LOOK_AGAIN, MEDIAN = 300, 250, 100
MOST_FILES, CONTENT = 25, {"biology", "drugs"}
LONGEST_BODY = 60


def lines(file: Path) -> int:
    """Number of lines of a file."""
    return len(file.read_text(encoding="utf-8").splitlines())


def test_no_source_file_outgrows_the_house(root: Path) -> None:
    sizes = {str(file.relative_to(root)): lines(file) for file in (root / "src").rglob("*.py")}
    large = sorted(f"{name}: {size} lines" for name, size in sizes.items() if size > LOOK_AGAIN)
    if large:
        warnings.warn(f"Look for the noun that each of these hides: {', '.join(large)}", stacklevel=1)
    assert {name: size for name, size in sizes.items() if size > LIMIT} == {}


def test_the_median_file_is_short(root: Path) -> None:
    assert statistics.median(lines(file) for file in (root / "src").rglob("*.py")) < MEDIAN


def crowded(root: Path) -> dict[str, int]:
    """Folders with too many modules side by side; content folders hold one module a mechanism or drug."""
    folders = Counter(f.parent for part in ("src", "tests") for f in (root / part).rglob("*.py"))
    return {
        str(folder.relative_to(root)): count
        for folder, count in folders.items()
        if count > MOST_FILES and folder.name not in CONTENT
    }


def test_no_folder_is_crowded(root: Path) -> None:
    assert crowded(root) == {}


def test_a_crowded_folder_is_found(tmp_path: Path) -> None:
    for name in ("src/hall", "src/biology"):
        (tmp_path / name).mkdir(parents=True)
        for number in range(MOST_FILES + 1):
            (tmp_path / name / f"part_{number}.py").touch()
    assert crowded(tmp_path) == {"src/hall": MOST_FILES + 1}


def long_bodies(files: Iterable[Path]) -> Iterator[str]:
    """Functions whose body, without its docstring, has too many lines."""
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) is not None else node.body
                length = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
                if length > LONGEST_BODY:
                    yield f"{file}:{node.lineno} {node.name}: {length} lines"


def test_no_function_is_long(root: Path) -> None:
    assert list(long_bodies((root / "src").rglob("*.py"))) == []


def test_a_long_function_is_found(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("def short():\n" + "    x = 0\n" * LONGEST_BODY)
    assert list(long_bodies([planted])) == []
    planted.write_text("def long():\n" + "    x = 0\n" * (LONGEST_BODY + 1))
    assert len(list(long_bodies([planted]))) == 1


def cycle(package: str) -> list[str]:
    """Modules that import one another in a circle; empty where there is none.

    Counted are all imports: those inside functions, those for type checkers, and those of ``__init__``.
    """
    graph = grimp.build_graph(package, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_import_goes_in_a_circle() -> None:
    assert cycle("quotidian") == []


@pytest.mark.parametrize(
    "line",
    ["import {p}.high", "from {p} import TOP", "def f() -> None:\n    import {p}.high",
     "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import {p}.high"],
)  # fmt: skip
def test_an_import_circle_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    package = f"planted_{tmp_path.name}"  # every case its own, since Python remembers packages by name
    folder = tmp_path / package
    folder.mkdir()
    (folder / "__init__.py").write_text(f"from {package}.high import TOP as TOP\n")
    (folder / "high.py").write_text(f"import {package}.low\n\nTOP = 1\n")
    (folder / "low.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert cycle(package) == []
    (folder / "low.py").write_text(line.format(p=package))
    assert cycle(package) != []


def test_every_module_says_what_it_is(root: Path) -> None:
    files = sorted((root / "src").rglob("*.py"))
    silent = [str(f) for f in files if not ast.get_docstring(ast.parse(f.read_text(encoding="utf-8")))]
    assert silent == []


def test_every_package_has_its_first_page(root: Path) -> None:
    folders = {file.parent for file in (root / "src/quotidian").rglob("*.py")}
    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


FORBIDDEN = re.compile(r"\b(luck|told|whoever|hangs on|anew)\b", re.IGNORECASE)
TEXTS = {".py", ".yaml", ".md", ".j2", ".html", ".js", ".css"}


def private_dialect(root: Path) -> list[str]:
    """Lines with a word that the field does not use, in the sources and in what a reader is given."""
    files = [f for part in ("src", "docs") for f in sorted((root / part).rglob("*")) if f.suffix in TEXTS]
    files += [
        root / name
        for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile")
        if (root / name).exists()
    ]
    return [
        f"{file.relative_to(root)}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if FORBIDDEN.search(line)
    ]


def test_the_words_are_those_of_the_field(root: Path) -> None:
    assert private_dialect(root) == []


def test_a_word_of_a_private_dialect_is_found(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/planted.py").write_text("x = 0\ntold = 1  # Whoever\nretold = 2\n")
    assert private_dialect(tmp_path) == ["src/planted.py:2: told = 1  # Whoever"]


OTHER_DIGITS = re.compile(r"\\d(?![a-z])|\.is(decimal|numeric)\(")


def other_digits(root: Path) -> list[str]:
    """Lines that take digits of any script for digits: ``\\d``, and methods of texts."""
    return [
        f"{file.relative_to(root)}:{number}"
        for file in sorted((root / "src").rglob("*.py"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if OTHER_DIGITS.search(line)
    ]


def test_numbers_of_a_user_have_the_digits_0_to_9(root: Path) -> None:
    assert other_digits(root) == []


def test_digits_of_any_script_are_found(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.py").write_text('"""The rate \\dot x."""\nx = r"\\d+"\ny = x.isdecimal()\n')
    assert other_digits(tmp_path) == ["src/a.py:2", "src/a.py:3"]


def pins(lock: str) -> dict[str, str]:
    """Each requirement of a lock file, ``name==version``, with the text that follows up to the next."""
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9])", lock)
    return {block.split()[0]: block for block in blocks if block.strip()}


def test_the_lock_names_every_package_by_version_and_hash(root: Path) -> None:
    locked = pins((root / "requirements.lock").read_text())
    assert len(locked) > 20
    assert [name for name in locked if not re.fullmatch(r"[\w.-]+==[\w.]+", name)] == []
    assert [
        name for name, block in locked.items() if not re.search(r"--hash=sha256:[0-9a-f]{64}", block)
    ] == []


def test_the_lock_names_no_address(root: Path) -> None:
    text = (root / "requirements.lock").read_text()
    assert re.findall(r"\S*://\S*|--(?:extra-)?index-url.*|--find-links.*", text) == []


def test_the_lock_has_every_dependency(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {re.split(r"[\[<>=~! ;]", requirement)[0].lower() for requirement in wanted}
    locked = {name.split("==")[0] for name in pins((root / "requirements.lock").read_text())}
    assert names - locked == set()


def test_the_citation_is_complete(root: Path) -> None:
    entry = yaml.safe_load((root / "CITATION.cff").read_text())
    assert {"cff-version", "title", "type", "message", "authors", "version", "license"} <= entry.keys()
    assert entry["license"] == tomllib.loads((root / "pyproject.toml").read_text())["project"]["license"]


@pytest.mark.parametrize("file", ["README.md", "CITATION.cff", "pyproject.toml"])
def test_every_face_says_what_it_is_not(root: Path, file: str) -> None:
    assert "research use, not a medical device" in (root / file).read_text().lower().replace("\n", " ")
