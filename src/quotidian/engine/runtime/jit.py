"""Compile LLVM text to machine code, cached on disk: the only module that calls llvmlite's compiler."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from weakref import WeakValueDictionary

import llvmlite
import llvmlite.binding as llvm

MOST_BYTES = 512 * 2**20
"""Size of the cache of machine code; one model takes 0.1 to 2 MB."""
STALE_S = 3600.0
"""Age at which a part of a file is one that was left: it is written within a second."""
DIGEST = hashlib.sha256().digest_size  # bytes that stand before the code in a cache file
WEB = ("wasm32-unknown-unknown", "+simd128,+bulk-memory,+sign-ext,+nontrapping-fptoint")
"""Triple and features of WebAssembly: vectors of 128 bits, which browsers have had since 2023."""


@dataclass(frozen=True)
class MachineCode:
    """Addresses of compiled functions; keeps their memory alive.

    ``cached`` is True where the code was read from disk.
    """

    addresses: dict[str, int]
    cached: bool
    _keep: object


def cache_folder() -> Path:
    """Folder of cached machine code: ``QUOTIDIAN_CACHE``, else the user's cache folder."""
    named = os.environ.get("QUOTIDIAN_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    if base:
        return Path(base) / "quotidian"
    try:
        return Path.home() / ".cache" / "quotidian"
    except (
        RuntimeError
    ):  # an account without a home: nothing is kept, since others may write to shared folders
        return Path(os.devnull) / "quotidian"


def _target() -> llvm.TargetMachine:
    """A new target machine; a compiler owns the one it is given, so they are not shared."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    features = llvm.get_host_cpu_features().flatten()
    return target.create_target_machine(cpu=llvm.get_host_cpu_name(), features=features, opt=3, jit=True)


def _web_target() -> llvm.TargetMachine:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    triple, features = WEB
    return llvm.Target.from_triple(triple).create_target_machine("generic", features, opt=3, reloc="static")


@cache
def lanes() -> int:
    """Subjects per register group: 8 with AVX-512, else 4; twice as many in single precision."""
    return 8 if llvm.get_host_cpu_features().get("avx512f") else 4


@cache
def _own_version() -> str:
    """Hash of the engine's source: a changed code generator never uses old machine code."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _key(fingerprint: str) -> str:
    host = f"{llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()} {llvmlite.__version__}"
    return hashlib.sha256(f"{fingerprint} {_own_version()} {host} {lanes()}".encode()).hexdigest()[:32]


_ready: WeakValueDictionary[str, MachineCode] = WeakValueDictionary()  # as long as a model holds it
_latest: deque[MachineCode] = deque(maxlen=8)  # and these, for a model that is made again
_one_at_a_time = Lock()


def web_object(fingerprint: str, ir_text: Callable[[], str]) -> bytes:
    """The WebAssembly object file of ``ir_text()``, from disk if it was compiled before."""
    key = _key(f"{fingerprint} {WEB}")
    path = cache_folder() / f"{key}.o"
    code = _read(path, key)
    if code is None:
        code = compiled(ir_text(), _web_target())
        _write(path, key, code)
    return code


def machine_code(fingerprint: str, ir_text: Callable[[], str], names: tuple[str, ...]) -> MachineCode:
    """Machine code for ``ir_text()``, from disk if it was compiled before on this kind of machine."""
    with _one_at_a_time:
        found = _ready.get(fingerprint)
        if found is None:
            found = _ready[fingerprint] = _obtain(_key(fingerprint), ir_text, names)
            _latest.append(found)
        return found


def _obtain(key: str, ir_text: Callable[[], str], names: tuple[str, ...]) -> MachineCode:
    path = cache_folder() / f"{key}.o"
    code = _read(path, key)
    cached = code is not None
    if code is None:
        code = compiled(ir_text())
        _write(path, key, code)
    engine = loaded(code)
    return MachineCode({name: engine.get_function_address(name) for name in names}, cached, engine)


def compiled(text: str, target: llvm.TargetMachine | None = None) -> bytes:
    """The object file of a module given as LLVM text, for this machine unless another is given."""
    target = target or _target()
    module = llvm.parse_assembly(text)
    module.triple, module.data_layout = target.triple, str(target.target_data)
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.slp_vectorization = options.loop_vectorization = False
    builder = llvm.create_pass_builder(target, options)
    builder.getModulePassManager().run(module, builder)
    return bytes(target.emit_object(module))


def loaded(code: bytes) -> llvm.ExecutionEngine:
    """An object file in memory, ready to call for as long as the engine is held."""
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return engine


def _digest(key: str, code: bytes) -> bytes:
    return hashlib.sha256(key.encode() + code).digest()


def _read(path: Path, key: str) -> bytes | None:
    """Code from disk, or None if it is not intact: the loader would crash on damaged code."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, code = content[:DIGEST], content[DIGEST:]
    return code if digest == _digest(key, code) else None


def _write(path: Path, key: str, code: bytes) -> None:
    """Write a temporary file, then rename it: a reader never sees half a file. Failure is not an error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_digest(key, code) + code)
        os.replace(temporary, path)
        _prune(path.parent)
    except OSError:
        Path(temporary).unlink(missing_ok=True)


def _prune(folder: Path) -> None:
    """Remove the oldest code of a cache beyond ``MOST_BYTES``, and parts of files that killed runs left."""
    files = sorted((f.stat().st_mtime, f.stat().st_size, f) for f in folder.iterdir() if f.suffix == ".o")
    over = sum(size for _, size, _ in files) - MOST_BYTES
    for _, size, file in files:
        if over <= 0:
            break
        file.unlink(missing_ok=True)
        over -= size
    for part in folder.glob("*.part"):
        if time.time() - part.stat().st_mtime > STALE_S:
            part.unlink(missing_ok=True)
