"""The YAML file of a PEtab problem: which tables and models it is made of, by version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from quotidian.errors import InvalidData

LARGEST = 2**20
"""Bytes of the largest problem file: it names tables, and has no numbers."""


@dataclass(frozen=True)
class Files:
    """Paths of tables by kind (parameter, condition, experiment, measurement, observable, mapping) and of
    models by id."""

    version: int
    tables: Mapping[str, list[Path]]
    models: Mapping[str, Path]
    name: str


def files_of(source: str | Path) -> Files:
    """The files of a problem.

    Raises InvalidData for no such file, no YAML, an unknown version, or models in another language.
    """
    path = Path(source)
    content = _content(path)
    stated = str(content.get("format_version", ""))
    if stated.split(".")[0] not in ("1", "2"):
        raise _refused(path, f"Its format_version is '{stated}'", "Versions 1 and 2 of PEtab are read")
    if content.get("extensions"):
        what = content["extensions"]
        shown = ", ".join(map(str, what)) if isinstance(what, list | dict) else what
        raise _refused(path, f"It needs the extensions {shown}", "Only PEtab itself is read; leave them out")
    return (_first if stated.startswith("1") else _second)(path, content)


def _content(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
        if len(text) > LARGEST or b"&" in text:
            raise _refused(path, "It is larger than 1 MB, or has an anchor (&)", "Write file names out")
        content = yaml.safe_load(text)
    except OSError as error:
        raise _refused(path, (error.strerror or str(error)).capitalize(), "Name a problem file") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        first = str(error).splitlines()[0] if str(error) else "It is nested too deeply"
        raise _refused(path, f"It is not YAML: {first}", "Correct it") from None
    if not isinstance(content, dict):
        raise _refused(path, "It holds no keys", "Name a problem file of PEtab")
    return content


def _first(path: Path, content: Mapping[str, Any]) -> Files:
    problems = content.get("problems")
    if not isinstance(problems, list) or len(problems) != 1 or not isinstance(problems[0], dict):
        raise _refused(
            path, "It does not have exactly one entry in 'problems'", "Split it into several files"
        )
    problem = problems[0]
    models = {f"model_{i}": p for i, p in enumerate(_paths(path, problem, "sbml_files"))}
    models |= _models(path, problem)
    tables = {kind: _paths(path, problem, f"{kind}_files") for kind in
              ("condition", "measurement", "observable", "mapping")}  # fmt: skip
    tables["parameter"] = _paths(path, content, "parameter_file")
    return _checked(path, Files(1, tables, models, path.name))


def _second(path: Path, content: Mapping[str, Any]) -> Files:
    models = _models(path, content)
    kinds = ("parameter", "condition", "experiment", "measurement", "observable", "mapping")
    tables = {kind: _paths(path, content, f"{kind}_files") for kind in kinds}
    return _checked(path, Files(2, tables, models, path.name))


def _checked(path: Path, files: Files) -> Files:
    for kind in ("parameter", "measurement", "observable"):
        if not files.tables[kind]:
            raise _refused(path, f"It names no {kind} file", "Name one")
    if not files.models or (files.version == 1 and len(files.models) > 1):
        count = "more than one model" if files.models else "no model"
        raise _refused(path, f"It names {count}", "Name one SBML file")
    return files


def _models(path: Path, content: Mapping[str, Any]) -> dict[str, Path]:
    stated = content.get("model_files") or {}
    if not isinstance(stated, dict):
        raise _refused(path, "Its model_files have no names", "Write NAME: {language: sbml, location: FILE}")
    return {str(name): _model(path, str(name), entry) for name, entry in stated.items()}


def _model(path: Path, name: str, entry: Any) -> Path:
    language = entry.get("language") if isinstance(entry, dict) else None
    if language != "sbml":
        raise _refused(path, f"The model '{name}' is in the language '{language}'", "Export it as SBML")
    return _path(path, entry.get("location"))


def _paths(path: Path, content: Mapping[str, Any], key: str) -> list[Path]:
    stated = content.get(key) or []
    if not isinstance(stated, str | list):
        raise _refused(path, f"Its {key} are not a list", "Write file names with a dash before each")
    return [_path(path, item) for item in ([stated] if isinstance(stated, str) else stated)]


def _path(path: Path, item: Any) -> Path:
    """A file beside the problem file, or in a folder below."""
    if not isinstance(item, str) or "://" in item:
        raise _refused(path, f"{item!r} is not a file name", "Name files beside the problem file")
    found = path.parent / item
    if not found.resolve().is_relative_to(path.parent.resolve()):
        raise _refused(path, f"'{item}' leaves its folder", "Name files beside the problem file")
    return found


def _refused(path: Path, why: str, remedy: str) -> InvalidData:
    return InvalidData(f"The PEtab problem '{path}' cannot be used.", f"{why}.", f"{remedy}.")
