r"""A model as a WebAssembly module: the same integrator in portable arithmetic, two subjects at a time.

The compiler writes an object file. It is nearly a module already, since it calls nothing outside itself and
has no data: what a linker would add is the section that names its two functions for the outside. That
section is written here, so that no linker is needed. Format: WebAssembly Core Specification 2.0, chapter 5,
and the tool conventions "Linking" for the table of symbols.

The module imports a memory (``env.__linear_memory``) and a stack pointer (``env.__stack_pointer``, mutable
i32), and exports ``prepare`` and ``integrate`` with the arguments of :mod:`quotidian.engine.abi`; an address
is an i32, an integer an i64.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from quotidian.engine.abi import ARGUMENTS
from quotidian.engine.compiled_model import CompiledModel
from quotidian.engine.tolerance import Tolerance

LANES = 2
EXPORTED = ("prepare", "integrate")
HEADER = b"\0asm\x01\0\0\0"
CUSTOM, EXPORT, CODE = 0, 7, 10  # numbers of sections
SYMBOLS = 8  # subsection of "linking"
FUNCTION, GLOBAL = 0, 2  # kinds of symbols
OUTSIDE, NAMED = 0x10, 0x40  # flags of a symbol


@dataclass(frozen=True)
class WebModule:
    """A module and what its caller must know.

    Attributes
    ----------
    code : the module, bytes.
    numbering : names and values in the order of the tables, as plain data: ``arguments`` of ``integrate``
        with their kinds, ``parameters`` and their ``values``, ``states`` and their usual ``scales``,
        ``inputs`` and their ``resting`` values, ``observables``, number of ``constants``, and the default
        ``tolerance``.
    """

    code: bytes
    numbering: dict[str, Any]


def web_module(model: CompiledModel) -> WebModule:
    """The model as WebAssembly. The same model and compiler give the same bytes on any machine."""
    from quotidian.engine.runtime.jit import web_object

    system = model.ode_system
    code = exported(web_object(f"{system.fingerprint} web {LANES}", partial(_text, model)), EXPORTED)
    numbering = {
        "fingerprint": system.fingerprint,
        "arguments": [[name, kind.value] for name, kind in ARGUMENTS.items()],
        "parameters": list(system.parameters),
        "values": [float(model.model.constants[name]) for name in system.parameters],
        "states": list(system.states),
        "scales": [float(scale) for scale in system.scales],
        "inputs": list(system.inputs),
        "resting": [float(value) for value in system.resting],
        "observables": list(system.observables),
        "constants": len(system.hoisted),
        "tolerance": {name: x for name, x in vars(Tolerance()).items() if name != "precision"},
    }
    return WebModule(code, numbering)


def _text(model: CompiledModel) -> str:
    from quotidian.engine.codegen.integrate import emit_integrator
    from quotidian.engine.codegen.rosenbrock import RODAS5P
    from quotidian.network.audit import audit

    audit(model.model)
    return emit_integrator(model.ode_system, RODAS5P, LANES, portable=True)


def exported(code: bytes, names: tuple[str, ...]) -> bytes:
    """An object file as a module that exports these functions and keeps no section for linkers.

    Raises ValueError for an object that needs a function from outside or lacks one of the names.
    """
    sections = list(_sections(code))
    linking = next(body for number, body in sections if number == CUSTOM and _name(body) == b"linking")
    known = dict(_functions(linking))
    places = [(name.encode(), known[name.encode()]) for name in names if name.encode() in known]
    if len(places) < len(names):
        raise ValueError(f"the object has {sorted(known)}, not {names}")
    entries = b"".join(_text_of(name) + bytes([FUNCTION]) + _leb(place) for name, place in places)
    made = [(number, body) for number, body in sections if number != CUSTOM]
    before = next(i for i, (number, _) in enumerate(made) if number == CODE)
    made.insert(before, (EXPORT, _leb(len(places)) + entries))
    return HEADER + b"".join(bytes([number]) + _leb(len(body)) + body for number, body in made)


def _sections(code: bytes) -> Iterator[tuple[int, bytes]]:
    at = len(HEADER)
    while at < len(code):
        number = code[at]
        size, at = _number(code, at + 1)
        yield number, code[at : at + size]
        at += size


def _functions(linking: bytes) -> Iterator[tuple[bytes, int]]:
    """Names and places of the functions that an object defines, from its section ``linking``."""
    at = 1 + len(b"linking") + 1  # after the name and the version
    while at < len(linking):
        kind, (size, at) = linking[at], _number(linking, at + 1)
        if kind == SYMBOLS:
            yield from _symbols(linking[at : at + size])
        at += size


def _symbols(table: bytes) -> Iterator[tuple[bytes, int]]:
    count, at = _number(table, 0)
    for _ in range(count):
        kind = table[at]
        flags, at = _number(table, at + 1)
        place, at = _number(table, at)
        if kind not in (FUNCTION, GLOBAL) or (kind == FUNCTION and flags & OUTSIDE):
            raise ValueError("the object has data, or calls a function outside itself")
        if flags & NAMED or not flags & OUTSIDE:
            size, at = _number(table, at)
            if kind == FUNCTION:
                yield table[at : at + size], place
            at += size


def _name(body: bytes) -> bytes:
    """Name of a custom section."""
    size, at = _number(body, 0)
    return body[at : at + size]


def _text_of(name: bytes) -> bytes:
    return _leb(len(name)) + name


def _number(code: bytes, at: int) -> tuple[int, int]:
    """An unsigned number of variable length (LEB128), and the place after it."""
    value = shift = 0
    while True:
        byte = code[at]
        at, value, shift = at + 1, value | (byte & 0x7F) << shift, shift + 7
        if byte < 0x80:
            return value, at


def _leb(value: int) -> bytes:
    parts = bytearray()
    while value >= 0x80:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])
