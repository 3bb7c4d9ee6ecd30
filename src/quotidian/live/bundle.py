"""Write the page of one child, or the package from which other pages draw live figures."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from typing import Any

import numpy as np

from quotidian.dosing import Regimen
from quotidian.engine import CompiledModel, arithmetic
from quotidian.engine.web_module import WebModule, web_module
from quotidian.errors import UnknownName, closest
from quotidian.live.facts import facts
from quotidian.live.still import still
from quotidian.models import DRUGS, USUAL
from quotidian.patients.child import Child
from quotidian.patients.treatment import subjects_of
from quotidian.simulation import SimulationRequest, dosing_events, output_hours, planned_doses, reduced_model
from quotidian.version import __version__

CHARTED = (
    "temperature", "il6", "il6_total", "sil6r_free", "sil6r_total", "mil6r_free", "crp", "esr", "ferritin",
    "active_joints", "haemoglobin", "neutrophils", "platelets", "cortisol",
)  # fmt: skip
"""Observables of every page, besides the concentrations of its drugs."""
STEROID = "prednisolone"
BEFORE_DAYS = 7.0
LONGEST_WEEKS = 24.0
"""As long as the slider of the page goes."""
ENGINE = ("refusal.js", "child.js", "regimen.js", "dosing.js", "quotidian.js")
FIGURES = ("paths.js", "chart.js", "live.js")
"""Scripts in the order in which each may use those before it."""
FILES = (
    "quotidian.wasm",
    "model.json",
    "package.json",
    "README.md",
    "live.css",
    *ENGINE,
    *FIGURES,
    "figures.js",
)
"""Files of the package."""


@dataclass(frozen=True)
class Bundle:
    """The model of a page: its drugs, its observables, its machine code.

    Attributes
    ----------
    drugs : names; prednisolone and the usual drugs are always among them.
    more : observables besides :data:`CHARTED`.
    """

    drugs: frozenset[str]
    more: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        for name in self.drugs - DRUGS.keys():
            raise UnknownName(f"There is no drug '{name}'.", closest(name, DRUGS))
        object.__setattr__(self, "drugs", self.drugs | {STEROID, *USUAL})

    @cached_property
    def model(self) -> CompiledModel:
        """The model, narrowed to the states that its observables need."""
        own = [name for name in sorted(self.drugs) if name in _concentrations(self.drugs)]
        return reduced_model("sjia", self.drugs, tuple(dict.fromkeys((*CHARTED, *own, *self.more))))

    @cached_property
    def module(self) -> WebModule:
        """Its machine code for browsers."""
        return web_module(self.model)

    @cached_property
    def facts(self) -> str:
        """Content of ``model.json``."""
        known = facts(self.model, self.drugs, self.module.numbering)
        return json.dumps(known, separators=(",", ":"), ensure_ascii=False)

    def course(self, child: Child, regimens: Iterable[Regimen], days: float) -> dict[str, Any]:
        """The numbers of the page, by the native engine in portable arithmetic: the same to the last bit.

        Returns
        -------
        ``times`` : [time] h. ``values`` : [regimen, time, observable]. ``names`` : of the observables.
        ``doses`` : of the last regimen, days.
        """
        plans = tuple(regimens)
        request = SimulationRequest(
            subjects=subjects_of([child] * len(plans)), regimens=plans,
            times=output_hours(days, 1.0, -BEFORE_DAYS), end_h=24.0 * days,
        )  # fmt: skip
        given = [planned_doses(child.person, plan, request.end_h) for plan in plans]
        with arithmetic(portable=True):
            outcome = self.model.run(
                request.subjects.table(self.model), request.times, start=-24.0 * request.run_in_days,
                end=request.end_h, events=self.model.events([dosing_events(doses) for doses in given]),
            )  # fmt: skip
        doses = np.array([d.time_h for d in given[-1] if d.drug != STEROID]) / 24.0
        return {"times": outcome.times, "values": outcome.values, "names": outcome.names, "doses": doses}


def _concentrations(drugs: frozenset[str]) -> set[str]:
    return {name for name in drugs if any(o.name == name for o in DRUGS[name].module.observables)}


def script(names: Iterable[str]) -> str:
    """Several scripts of this folder as one, without imports and exports."""
    joined = "\n".join(_static(name) for name in names)
    bare = re.sub(r"(?ms)^import \{.*?\} from \"\./[\w.]+\";\n", "", joined)
    return re.sub(r"(?m)^export ", "", bare)


def page(bundle: Bundle, child: Child, regimen: str, plans: tuple[Regimen, Regimen], weeks: float) -> str:
    """One HTML file that begins with this child on this regimen and needs nothing else.

    Parameters
    ----------
    regimen : in the notation of ``quotidian simulate``. plans : no drug, and that regimen.
    """
    settings = {
        "age": child.age_years, "sex": child.sex, "weight": child.weight_kg, "severity": child.severity,
        "regimen": regimen, "weeks": float(weeks),
    }  # fmt: skip
    course = bundle.course(child, plans, 7.0 * weeks)
    filled = {
        "css": _static("live.css"),
        "settings": html.escape(json.dumps(settings)),
        "still": still(course),
        "caption": html.escape(f"{child.label}: without drug, and on {regimen}."),
        "states": str(len(bundle.module.numbering["states"])),
        "version": __version__,
        "facts": packed(bundle.facts.encode()),
        "code": packed(bundle.module.code),
        "script": script((*ENGINE, *FIGURES, "start.js")),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda place: filled[place[1]], _static("page.html"))


def package(bundle: Bundle) -> dict[str, bytes]:
    """Files of ``quotidian-wasm`` by name: machine code, names and values, typed scripts, how to use them."""
    about = {
        "name": "quotidian-wasm", "version": __version__, "license": "Apache-2.0", "type": "module",
        "description": "Interleukin-6 in systemic JIA and its treatment, compiled to WebAssembly. Research "
        "use, not a medical device.",
        "exports": {".": "./quotidian.js", "./figures": "./figures.js"},
    }  # fmt: skip
    scripts = {name: _static(name).encode() for name in (*ENGINE, *FIGURES, "figures.js")}
    return {
        "quotidian.wasm": bundle.module.code,
        "model.json": bundle.facts.encode(),
        "package.json": (json.dumps(about, indent=2) + "\n").encode(),
        "README.md": _static("package.md").encode(),
        "live.css": _static("live.css").encode(),
        **scripts,
    }


def packed(content: bytes) -> str:
    """Gzip in base64; the same bytes give the same text."""
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode("ascii")


def _static(name: str) -> str:
    return files("quotidian.live").joinpath("static", name).read_text(encoding="utf-8")
