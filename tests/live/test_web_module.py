"""A model becomes a WebAssembly module without a linker: two functions are exported, none is called."""

from __future__ import annotations

import pytest

from quotidian.engine.web_module import CODE, CUSTOM, EXPORT, HEADER, _sections, exported, web_module
from quotidian.live.bundle import Bundle

# An object file by hand: type () -> (), one function "go" that returns, and the table of symbols.
TYPE, FUNCTION = (1, b"\x01\x60\0\0"), (3, b"\x01\0")
BODY = (10, b"\x01\x02\0\x0b")
LINKING = b"\x07linking\x02\x08"


def object_file(symbols: bytes) -> bytes:
    linking = (CUSTOM, LINKING + bytes([len(symbols)]) + symbols)
    return HEADER + b"".join(bytes([n, len(body)]) + body for n, body in (TYPE, FUNCTION, BODY, linking))


GO = b"\x01\0\0\0\x02go"


def test_an_export_section_takes_the_place_of_the_linkers() -> None:
    made = exported(object_file(GO), ("go",))
    assert list(_sections(made)) == [TYPE, FUNCTION, (EXPORT, b"\x01\x02go\0\0"), BODY]


@pytest.mark.parametrize(
    ("symbols", "names", "says"),
    [
        (GO, ("stop",), "the object has"),
        (b"\x01\0\x10\0", ("go",), "outside itself"),
        (b"\x01\x01\0\x01d\0\0\x08", ("go",), "has data"),
    ],
)
def test_an_object_that_needs_a_linker_is_refused(symbols: bytes, names: tuple[str, ...], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        exported(object_file(symbols), names)


def test_a_model_as_a_module(bundle: Bundle) -> None:
    made = bundle.module
    numbers = [number for number, _ in _sections(made.code)]
    assert numbers == sorted(numbers) and {EXPORT, CODE} <= set(numbers) and CUSTOM not in numbers
    assert made.numbering["states"] and len(made.numbering["values"]) == len(made.numbering["parameters"])
    assert made.numbering["arguments"][0] == ["first", "integer"]
    assert web_module(bundle.model) == made
