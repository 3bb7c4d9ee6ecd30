"""The cache of machine code: what is kept, what is trusted, and what is audited before it is made."""

from __future__ import annotations

import gc
import os
import shutil
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np
import pytest

from quotidian.engine import CompiledModel
from quotidian.engine.codegen import integrate
from quotidian.engine.runtime import jit
from quotidian.errors import AuditError
from quotidian.network import NOTHING, Covariate, Flux, Model, audit

from .conftest import DECAY, GROWTH, first_order, model, x, x_0

TIMES = [0.0, 1.0, 5.0]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache, and a process that has compiled nothing yet."""
    monkeypatch.setenv("QUOTIDIAN_CACHE", str(tmp_path / "cache"))
    forget(monkeypatch)
    yield tmp_path / "cache"


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the process had just started."""
    monkeypatch.setattr(jit, "_ready", {})


def solve(model: Model) -> tuple[bool, bytes]:
    """Whether the code came from the cache, and every bit of a result."""
    machine = CompiledModel(model)
    outcome = machine.run(machine.parameters(3), TIMES)
    return machine._code.cached, outcome.values.tobytes()


def test_a_second_start_compiles_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached, first = solve(DECAY)
    assert not cached
    forget(monkeypatch)
    monkeypatch.setattr(integrate, "emit_integrator", lambda *_: pytest.fail("emitted again"))
    assert solve(DECAY) == (True, first)


def test_one_process_compiles_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    solve(DECAY)
    shutil.rmtree(folder)
    monkeypatch.setattr(integrate, "emit_integrator", lambda *_: pytest.fail("emitted again"))
    solve(DECAY)


def spoilt(kind: str, good: bytes) -> bytes:
    return {
        "empty": b"",
        "short": good[:20],
        "half": good[: len(good) // 2],
        "garbage": bytes(range(256)) * 40,
        "one bit": good[:5000] + bytes([good[5000] ^ 1]) + good[5001:],
        "bare": good[jit.DIGEST :],
    }[kind]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes, bytes]:
    """Name and content of a sound cache file, and the result that its code gives."""
    folder = tmp_path_factory.mktemp("good")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUOTIDIAN_CACHE", str(folder))
        forget(patch)
        _, result = solve(DECAY)
    (file,) = folder.iterdir()
    return file.name, file.read_bytes(), result


@pytest.mark.parametrize("kind", ["empty", "short", "half", "garbage", "one bit", "bare"])
def test_a_spoilt_cache_is_compiled_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str, good: tuple[str, bytes, bytes]
) -> None:
    name, content, result = good
    folder.mkdir()
    (folder / name).write_bytes(spoilt(kind, content))
    assert solve(DECAY) == (False, result)
    forget(monkeypatch)
    assert solve(DECAY) == (True, result), "and the cache is whole again"


def test_the_code_of_another_model_is_not_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, decays = solve(DECAY)
    (file,) = folder.iterdir()
    _, grows = solve(GROWTH)
    other = next(path for path in folder.iterdir() if path != file)
    shutil.copy(other, file)
    forget(monkeypatch)
    assert decays != grows
    assert solve(DECAY) == (False, decays)


def test_a_cache_that_cannot_be_written_is_no_error(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("QUOTIDIAN_CACHE", str(tmp_path / "file" / "cache"))
    assert not solve(DECAY)[0]


def test_a_write_that_fails_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", full)
    assert not solve(DECAY)[0]
    assert list(folder.iterdir()) == []


def test_a_changed_engine_shares_no_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = jit._own_version.__wrapped__
    here = Path(jit.__file__).parents[1]
    copy = Path(shutil.copytree(here, tmp_path / "engine"))
    monkeypatch.setattr(jit, "__file__", str(copy / "runtime" / "jit.py"))
    assert version() == jit._own_version()
    versions = {version()}
    for file in sorted(copy.rglob("*.py")):
        file.write_text(file.read_text() + "\n# changed\n")
        versions.add(version())
    assert len(versions) == 1 + len(list(copy.rglob("*.py"))) > 10


def test_the_cache_lies_where_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("QUOTIDIAN_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert jit.cache_folder() == tmp_path / "quotidian"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert jit.cache_folder() == tmp_path / ".cache" / "quotidian"


# ---- the audit that comes before the code
def leaving(unit: str) -> Model:
    return model("decay", {x: x_0}, Flux(x >> NOTHING, first_order, Covariate("k", unit, typical=0.3), x))


def test_a_model_is_audited_before_it_is_compiled(folder: Path) -> None:
    with pytest.raises(AuditError, match=r"gives .*'x'"):
        solve(leaving("nM/h"))
    assert not folder.exists()


def test_the_cache_remembers_the_audit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    real = audit.audit
    monkeypatch.setattr(audit, "audit", lambda m: heard.append(m.name) or real(m))
    for _ in range(2):
        solve(leaving("1/h"))
        forget(monkeypatch)
    assert heard == ["decay"]


def test_the_same_equations_in_other_units_are_audited_again(folder: Path) -> None:
    solve(leaving("1/h"))
    with pytest.raises(AuditError):
        solve(leaving("1/day"))


def test_bits_do_not_depend_on_the_width_of_the_register(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = solve(GROWTH)[1]
    monkeypatch.setattr(jit, "lanes", lambda: 12 - LANES)
    forget(monkeypatch)
    cached, wide = solve(GROWTH)
    assert not cached
    np.testing.assert_array_equal(np.frombuffer(wide, np.int64), np.frombuffer(narrow, np.int64))


LANES = jit.lanes()  # 4 or 8


def test_the_cache_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "MOST_BYTES", 2 * (jit.DIGEST + 10))
    for age, name in ((30, "old"), (20, "middle")):
        jit._write(tmp_path / f"{name}.o", name, b"0123456789")
        os.utime(tmp_path / f"{name}.o", (time.time() - age,) * 2)
    (tmp_path / "left.part").write_text("half")
    os.utime(tmp_path / "left.part", (0, 0))
    (tmp_path / "now.part").write_text("half")
    jit._write(tmp_path / "new.o", "new", b"0123456789")
    assert {file.name for file in tmp_path.iterdir()} == {"middle.o", "new.o", "now.part"}


def test_code_of_models_that_are_gone_is_gone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "_ready", WeakValueDictionary())
    monkeypatch.setattr(jit, "_latest", deque(maxlen=1))
    monkeypatch.setattr(jit, "_obtain", lambda key, text, names: jit.MachineCode({}, False, None))
    held = jit.machine_code("held", str, ())
    for number in range(9):
        jit.machine_code(f"passing {number}", str, ())
    gc.collect()
    assert set(jit._ready) == {"held", "passing 8"} and jit.machine_code("held", str, ()) is held
