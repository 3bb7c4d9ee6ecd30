r"""Random words by address, as machine code: many short columns of one generator, or single words.

NumPy's generator of the same numbers must be set for each column, which takes longer than drawing a
hundred words. Here a row has a first column and a width of its own, and each block of four words is
computed once for rows that share it.

Philox 4x64-10: Salmon JK et al. Parallel random numbers: as easy as 1, 2, 3. SC 2011,
doi 10.1145/2063384.2063405. The words are those of :class:`quotidian.statistics.streams.Streams`: the second
word of the counter is the column, the first is :math:`\lfloor s / 4 \rfloor + 1` for subject s, whose word
of the block is s modulo 4.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidCall

if TYPE_CHECKING:
    from quotidian.engine.runtime.jit import MachineCode

Integers = NDArray[np.int64]
Words = NDArray[np.uint64]
MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
WEYL = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
ROUNDS = 10


def addressed_words(
    keys: Words, stream: Integers, subject: Integers, first: Integers, width: Integers
) -> Words:
    """Words of rows, one row after another, [sum of widths].

    Parameters
    ----------
    keys : [stream, 2] key of each generator. stream : [row] which of them.
    subject : [row] from 0. first : [row] first column. width : [row] number of columns; may be 0.

    Neighbouring rows of one stream and first column whose subjects are in the same block of four share their
    blocks; every order of rows gives the same words.

    Raises
    ------
    InvalidCall : columns of different lengths, a negative number, or a row of a generator that is not there.
    """
    rows = len(subject)
    least = min(int(x.min(initial=0)) for x in (stream, subject, first, width))
    if {len(stream), len(first), len(width)} != {rows} or least < 0 or stream.max(initial=-1) >= len(keys):
        raise InvalidCall(
            "Random numbers were requested for rows that do not exist.",
            "Each row has a generator, a subject, a first column and a number of columns, from 0.",
            "Pass four columns of one length.",
        )
    offset = np.concatenate([[0], np.cumsum(width)]).astype(np.int64)
    columns = [np.ascontiguousarray(x, dtype=np.int64) for x in (stream, subject, first, width)]
    table, out = np.ascontiguousarray(keys, dtype=np.uint64), np.empty(int(offset[-1]), dtype=np.uint64)
    pointers = [x.ctypes.data for x in (table, *columns, offset, out)]
    ctypes.CFUNCTYPE(None, ctypes.c_int64, *[ctypes.c_void_p] * len(pointers))(
        _code().addresses["addressed_words"]
    )(rows, *pointers)
    return out


@cache
def _code() -> MachineCode:
    from quotidian.engine.runtime.jit import machine_code

    return machine_code("addressed words", _text, ("addressed_words",))


def _text() -> str:
    """LLVM text of the loops over groups of rows, columns and rows of a group."""
    return _groups() + _columns()


def _groups() -> str:
    """The loop over groups: the rows that share blocks, and the widest of them."""
    return f"""
define void @addressed_words(i64 %rows, ptr %keys, ptr %stream, ptr %subject, ptr %first, ptr %width,
                             ptr %offset, ptr %out) {{
entry:
  %some = icmp sgt i64 %rows, 0
  br i1 %some, label %group, label %done
group:
  %row = phi i64 [ 0, %entry ], [ %more, %next ]
  {_load("s", "stream", "row")}
  {_load("own", "subject", "row")}
  {_load("f", "first", "row")}
  %block = lshr i64 %own, 2
  br label %widen
widen:
  %beyond = phi i64 [ %row, %group ], [ %more, %join ]
  %wide = phi i64 [ 0, %group ], [ %wider, %join ]
  {_load("w", "width", "beyond")}
  %larger = icmp sgt i64 %w, %wide
  %wider = select i1 %larger, i64 %w, i64 %wide
  %more = add i64 %beyond, 1
  %left = icmp slt i64 %more, %rows
  br i1 %left, label %compare, label %found
compare:
  {_load("s.1", "stream", "more")}
  {_load("own.1", "subject", "more")}
  {_load("f.1", "first", "more")}
  %block.1 = lshr i64 %own.1, 2
  %same.s = icmp eq i64 %s.1, %s
  %same.b = icmp eq i64 %block.1, %block
  %same.f = icmp eq i64 %f.1, %f
  %same.sb = and i1 %same.s, %same.b
  %same = and i1 %same.sb, %same.f
  br i1 %same, label %join, label %found
join:
  br label %widen
found:
  %key.at = shl i64 %s, 1
  {_load("key.0", "keys", "key.at")}
  %key.next = add i64 %key.at, 1
  {_load("key.1", "keys", "key.next")}
  %counter.0 = add i64 %block, 1
  br label %column
"""


def _columns() -> str:
    """The loop over the columns of a group: a block for each, and its words to the rows that need them."""
    return f"""column:
  %c = phi i64 [ 0, %found ], [ %c.next, %column.end ]
  %open = icmp slt i64 %c, %wider
  br i1 %open, label %draw, label %next
draw:
  %counter.1 = add i64 %f, %c
{_rounds()}
  br label %row.in
row.in:
  %i = phi i64 [ %row, %draw ], [ %i.next, %row.end ]
  {_load("w.i", "width", "i")}
  %within = icmp slt i64 %c, %w.i
  br i1 %within, label %store, label %row.end
store:
  {_load("own.i", "subject", "i")}
  %place = and i64 %own.i, 3
  %is.1 = icmp eq i64 %place, 1
  %is.2 = icmp eq i64 %place, 2
  %is.3 = icmp eq i64 %place, 3
  %word.01 = select i1 %is.1, i64 %x1.{ROUNDS}, i64 %x0.{ROUNDS}
  %word.012 = select i1 %is.2, i64 %x2.{ROUNDS}, i64 %word.01
  %word = select i1 %is.3, i64 %x3.{ROUNDS}, i64 %word.012
  {_load("o", "offset", "i")}
  %to = add i64 %o, %c
  %to.ptr = getelementptr i64, ptr %out, i64 %to
  store i64 %word, ptr %to.ptr
  br label %row.end
row.end:
  %i.next = add i64 %i, 1
  %again = icmp slt i64 %i.next, %more
  br i1 %again, label %row.in, label %column.end
column.end:
  %c.next = add i64 %c, 1
  br label %column
next:
  %rest = icmp slt i64 %more, %rows
  br i1 %rest, label %group, label %done
done:
  ret void
}}
"""


def _load(name: str, table: str, index: str) -> str:
    """``name`` is the whole number at ``index`` of ``table``."""
    return (
        f"%{name}.ptr = getelementptr i64, ptr %{table}, i64 %{index}\n  %{name} = load i64, ptr %{name}.ptr"
    )


def _rounds() -> str:
    """The ten rounds on the counter (block + 1, column, 0, 0)."""
    lines = ["%x0.0 = add i64 %counter.0, 0", "%x1.0 = add i64 %counter.1, 0"]
    lines += ["%x2.0 = add i64 0, 0", "%x3.0 = add i64 0, 0"]
    for r in range(ROUNDS):
        for k, (key, weyl) in enumerate(zip(("key.0", "key.1"), WEYL, strict=True)):
            bump = r * weyl % 2**64
            lines.append(f"%k{k}.{r} = add i64 %{key}, {_signed(bump)}")
        for k, (source, factor) in enumerate(zip(("x0", "x2"), MULTIPLIERS, strict=True)):
            lines += [
                f"%long{k}.{r} = zext i64 %{source}.{r} to i128",
                f"%product{k}.{r} = mul i128 %long{k}.{r}, {factor}",
                f"%low{k}.{r} = trunc i128 %product{k}.{r} to i64",
                f"%shifted{k}.{r} = lshr i128 %product{k}.{r}, 64",
                f"%high{k}.{r} = trunc i128 %shifted{k}.{r} to i64",
            ]
        n = r + 1
        lines += [
            f"%mix0.{r} = xor i64 %high1.{r}, %x1.{r}",
            f"%x0.{n} = xor i64 %mix0.{r}, %k0.{r}",
            f"%x1.{n} = add i64 %low1.{r}, 0",
            f"%mix2.{r} = xor i64 %high0.{r}, %x3.{r}",
            f"%x2.{n} = xor i64 %mix2.{r}, %k1.{r}",
            f"%x3.{n} = add i64 %low0.{r}, 0",
        ]
    return "\n".join(f"  {line}" for line in lines)


def _signed(word: int) -> int:
    """A word as LLVM reads a constant of 64 bits."""
    return word - 2**64 if word >= 2**63 else word
