"""Build the documentation site: ``python docs/site/build.py FOLDER [PAGE ...]``.

The pages are those of the checkout. They are copied beside settings of Sphinx; links between them are kept,
links to source files become plain text, and live figures (live.yaml) take their places. The README is the
first page, and its section "Documentation" is the table of contents. Named pages alone make a small site, for
tests.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import notebooks
import yaml

from quotidian.drugs.catalogue import regimen
from quotidian.live.bundle import Bundle, package
from quotidian.live.still import still
from quotidian.patients.child import child

SITE = Path(__file__).resolve().parent
ROOT = SITE.parents[1]
FIRST = "README.md"
BESIDE = ("CONTRIBUTING.md", "CHANGELOG.md")
LINK = re.compile(r"(\[(?:[^\[\]]|\[[^\]]*\])*\])\(([^()\s]+)\)")
SOURCE = re.compile(r"(src)=\"([^\"]+)\"")


def sources(only: list[str]) -> list[Path]:
    """Pages of the site, as paths from the root; all of the documentation unless some are named."""
    everything = sorted((*ROOT.glob("docs/**/*.md"), *ROOT.glob("docs/**/*.ipynb")))
    found = [FIRST, *only] if only else [FIRST, *BESIDE, *map(str, everything)]
    return list(dict.fromkeys(Path(ROOT, name).relative_to(ROOT) for name in found))


def place(page: Path) -> Path:
    """Where a page of the checkout lies in the site."""
    if page == Path(FIRST):
        return Path("index.md")
    inside = page.relative_to("docs") if page.parts[0] == "docs" else Path(page.name.lower())
    return inside.with_name("index.md") if inside.name == "README.md" else inside.with_suffix(".md")


def linked(text: str, page: Path, pages: set[Path]) -> str:
    """The text with its links as the site needs them."""
    here = place(page).parent

    def target(link: str) -> str | None:
        path, _, anchor = link.partition("#")
        if not path or re.match(r"[a-z]+:", link):
            return link
        there = Path(os.path.normpath(page.parent / path))
        there = there / "README.md" if (ROOT / there).is_dir() else there
        if there in pages:
            new = os.path.relpath(place(there), here)
        elif there.parts[0] == "docs" and there.suffix in (".svg", ".png"):
            new = os.path.relpath(there.relative_to("docs"), here)
        else:
            return None
        return new + (f"#{anchor}" if anchor else "")

    def link(found: re.Match[str]) -> str:
        new = target(found[2])
        return found[1][1:-1] if new is None else f"{found[1]}({new})"

    kept = re.split(r"(?ms)(^```.*?^```[^\n]*$)", text)
    bare = [part if part.startswith("```") else LINK.sub(link, part) for part in kept]
    return SOURCE.sub(lambda found: f'{found[1]}="{target(found[2]) or found[2]}"', "".join(bare))


def contents(readme: str, pages: set[Path]) -> str:
    """Tables of contents from the lists of the README's section "Documentation"."""
    section = readme.partition("## Documentation")[2].partition("\n## ")[0]
    made = []
    for caption, listed in re.findall(r"(?ms)^([^\n-][^\n]*):\n\n(- .*?)(?=\n\n|\Z)", section):
        names = [
            Path(link) / "README.md" if (ROOT / link).is_dir() else Path(link)
            for _, link in LINK.findall(listed)
        ]
        entries = [str(place(name).with_suffix("")) for name in names if name in pages]
        made.append(tree(entries, f":caption: {caption}\n") if entries else "")
    return "".join(made)


def tree(entries: list[str], options: str = "") -> str:
    """A hidden table of contents."""
    return f"\n```{{toctree}}\n:hidden:\n{options}\n" + "\n".join(dict.fromkeys(entries)) + "\n```\n"


def figure(bundle: Bundle, settings: dict[str, Any], about: str) -> str:
    """A live figure around its plain picture."""
    who = child(settings["age"], settings["sex"], settings.get("weight"))
    plans = (regimen("none"), regimen(settings["regimen"]))
    picture = still(bundle.course(who, plans, 7.0 * settings["weeks"]))
    data = html.escape(json.dumps(settings))
    return f'<div class="quotidian-live" data-settings="{data}">{picture}</div>\n\n*{about}*\n\n'


def with_figures(text: str, page: Path, bundle: Bundle) -> str:
    """The text with its live figures: before a line, or after the introduction."""
    for one in yaml.safe_load((SITE / "live.yaml").read_text(encoding="utf-8")):
        if one["page"] != str(page):
            continue
        if "replaces" in one:
            text = re.sub(rf"(?m)^{re.escape(one['replaces'])}.*\n", "", text, count=1)
        before = one.get("before", "## ")
        at = re.search(rf"(?m)^{re.escape(before)}", text)
        if at is None:
            raise SystemExit(
                f"{page} has no line that begins with '{before}', where live.yaml puts a figure."
            )
        text = text[: at.start()] + figure(bundle, one["settings"], one["about"]) + text[at.start() :]
    return text


def stage(folder: Path, pages: list[Path]) -> None:
    """Everything that Sphinx reads, in one folder."""
    bundle, known = Bundle(frozenset({"tocilizumab"})), set(pages)
    for file in (*ROOT.glob("docs/**/*.svg"), *ROOT.glob("docs/**/*.png")):
        target = folder / file.relative_to(ROOT / "docs")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    for page in pages:
        target = folder / place(page)
        target.parent.mkdir(parents=True, exist_ok=True)
        if page.suffix == ".ipynb":
            target.write_text(notebooks.page(ROOT / page, target.parent), encoding="utf-8")
            continue
        text = with_figures((ROOT / page).read_text(encoding="utf-8"), page, bundle)
        text = linked(text, page, known).replace("\n```csv\n", "\n```text\n")
        if page == Path(FIRST):
            text += contents((ROOT / page).read_text(encoding="utf-8"), known)
            text += tree([place(Path(b)).stem for b in BESIDE[1:] if Path(b) in known])
        elif page.name == "README.md":
            text += tree([p.stem for p in pages if p.parent == page.parent and p != page])
        target.write_text(text, encoding="utf-8")
    static = folder / "_static"
    (static / "quotidian").mkdir(parents=True)
    for name, content in package(bundle).items():
        (static / "quotidian" / name).write_bytes(content)
    for name in ("start.js", "site.css"):
        shutil.copy(SITE / name, static / name)
    shutil.copy(ROOT / "src/quotidian/web/static/icon.svg", static / "icon.svg")
    shutil.copy(SITE / "conf.py", folder / "conf.py")


def build(target: Path, only: list[str]) -> int:
    """The site in a folder; the exit code of Sphinx, for which a warning is an error."""
    with tempfile.TemporaryDirectory() as folder:
        stage(Path(folder), sources(only))
        command = [
            sys.executable,
            "-m",
            "sphinx",
            "-W",
            "--keep-going",
            "-q",
            "-b",
            "html",
            "-d",
            f"{folder}/.trees",
        ]
        return subprocess.run([*command, folder, str(target)], check=False).returncode


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Name the folder of the site: python docs/site/build.py out/site")
    code = build(Path(sys.argv[1]), sys.argv[2:])
    if code == 0:
        print(f"Documentation: {sys.argv[1]}/index.html. Research use, not a medical device.")
    sys.exit(code)
