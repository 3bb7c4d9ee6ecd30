"""From LLVM text to machine code, kept on disk: the only door to llvmlite's compiler."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import llvmlite
import llvmlite.binding as llvm

ENGINE_FILES = ("graph", "problem", "method", "vector_math", "sparse", "emit", "march", "compile")


@dataclass(frozen=True)
class MachineCode:
    """Addresses of compiled functions; holds on to the memory they live in."""

    addresses: dict[str, int]
    cached: bool
    _keep: object


def cache_folder() -> Path:
    """Where machine code is kept: ``QUOTIDIAN_CACHE``, else the user's cache folder."""
    named = os.environ.get("QUOTIDIAN_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "quotidian"


def _target() -> llvm.TargetMachine:
    """A fresh description of this machine; a compiler takes possession of the one it is given."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    features = llvm.get_host_cpu_features().flatten()
    return target.create_target_machine(cpu=llvm.get_host_cpu_name(), features=features, opt=3, jit=True)


@cache
def lanes() -> int:
    """Children per register group: 8 with AVX-512, else 4."""
    return 8 if llvm.get_host_cpu_features().get("avx512f") else 4


@cache
def _own_version() -> str:
    """Hash of the engine's own source: a changed emitter never meets old machine code."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for stem in ENGINE_FILES:
        digest.update((here / f"{stem}.py").read_bytes())
    return digest.hexdigest()


def _key(fingerprint: str) -> str:
    host = f"{llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()} {llvmlite.__version__}"
    return hashlib.sha256(f"{fingerprint} {_own_version()} {host} {lanes()}".encode()).hexdigest()[:32]


_ready: dict[str, MachineCode] = {}


def machine_code(fingerprint: str, ir_text: Callable[[], str], names: tuple[str, ...]) -> MachineCode:
    """Machine code for ``ir_text()``, from disk if it was compiled before on this kind of machine."""
    if fingerprint in _ready:
        return _ready[fingerprint]
    path = cache_folder() / f"{_key(fingerprint)}.o"
    target = _target()
    cached = path.is_file()
    code = path.read_bytes() if cached else _compile(ir_text(), target)
    if not cached:
        _keep(path, code)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    addresses = {name: engine.get_function_address(name) for name in names}
    _ready[fingerprint] = MachineCode(addresses, cached, engine)
    return _ready[fingerprint]


def _compile(text: str, target: llvm.TargetMachine) -> bytes:
    module = llvm.parse_assembly(text)
    module.triple, module.data_layout = target.triple, str(target.target_data)
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.slp_vectorization = options.loop_vectorization = False
    llvm.create_pass_builder(target, options).getModulePassManager().run(module, llvm.create_pass_builder(target, options))
    return bytes(target.emit_object(module))


def _keep(path: Path, code: bytes) -> None:
    """Write beside, then rename: a reader never meets half a file. A cache that cannot be written is no error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(code)
        os.replace(temporary, path)
    except OSError:
        return
