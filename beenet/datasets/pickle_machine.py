"""Interprets a pickle without running it.

Python's own unpickler may call anything that a file names, and copies every byte. This
one knows only the few instructions that an array needs, and calls nothing: names stay
names, and byte strings stay in the file as (offset, size). A file of hostile
instructions costs no more than reading its first few kilobytes.
"""

import os
import pickletools
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from beenet.errors import DatasetError

_MAX_STEPS = 1000  # an array takes about a hundred
_MAX_NAME = 200


@dataclass(frozen=True)
class Blob:
    """Bytes, or text in UTF-8, that stay in the file."""

    offset: int
    size: int
    latin1: bool = False
    """Whether the text stands for bytes: one Latin-1 character each."""


@dataclass(frozen=True)
class Name:
    """A `module.attribute` that the pickle mentions."""

    text: str


class _Mark:
    """The object that MARK pushes on the stack."""


class PickleMachine:
    """Reads one pickle of protocol 2 to 5; `reduce` and `build` interpret its calls.

    Args:
        file: open for reading in binary mode.
        path: names the file in errors.
        reduce: called as (machine, name, arguments) for REDUCE; returns the result.
        build: called as (machine, object, state) for BUILD; returns the result.
    """

    def __init__(
        self,
        file: BinaryIO,
        path: Path,
        reduce: Callable[["PickleMachine", str, tuple[object, ...]], object],
        build: Callable[["PickleMachine", object, object], object],
    ) -> None:
        self._file = file
        self.path = path
        self._reduce = reduce
        self._build = build
        self._size = os.fstat(file.fileno()).st_size
        self._stack: list[object] = []
        self._memo: dict[int, object] = {}

    def fail(self, reason: str) -> DatasetError:
        """Return (not raise) the error that names this file."""
        return DatasetError(f"{self.path}: {reason}")

    def run(self) -> object:
        """Return what the pickle describes.

        Raises:
            DatasetError: the file is truncated, or uses what no array needs.
        """
        for _ in range(_MAX_STEPS):
            code = self._take(1)
            if code == b".":
                return self._pop()
            self._step(code)
        raise self.fail("is not the pickle of one numpy array (too many instructions)")

    def text(self, value: object) -> str:
        """Return a short string of the pickle; refuse anything else."""
        if not isinstance(value, Blob) or value.size > _MAX_NAME:
            raise self.fail("is not the pickle of a numpy array (a name was expected)")
        here = self._file.tell()
        self._file.seek(value.offset)
        raw = self._file.read(value.size)
        self._file.seek(here)
        return raw.decode("utf-8", "backslashreplace")

    def _step(self, code: bytes) -> None:
        if code in _BLOBS:
            self._stack.append(self._blob(self._number(_BLOBS[code])))
        elif code in _INTEGERS:
            self._stack.append(self._number(_INTEGERS[code]))
        elif code in _CONSTANTS:
            self._stack.append(_CONSTANTS[code])
        elif code in _TUPLES:
            self._stack.append(self._popped(_TUPLES[code]))
        elif code in _PUTS:
            self._memo[self._number(_PUTS[code])] = self._top()
        elif code in _GETS:
            self._get(self._number(_GETS[code]))
        elif code in _ACTIONS:
            _ACTIONS[code](self)
        else:
            raise self.fail(_refusal(code))

    def _take(self, count: int) -> bytes:
        taken = self._file.read(count)
        if len(taken) < count:
            raise self.fail("ends in the middle of its pickle: it is truncated")
        return taken

    def _number(self, form: str) -> int:
        value: int = struct.unpack(form, self._take(struct.calcsize(form)))[0]
        return value

    def _blob(self, size: int) -> Blob:
        offset = self._file.tell()
        left = self._size - offset
        if not 0 <= size <= left:
            raise self.fail(
                f"declares {size} bytes at byte {offset} where {left} are left: "
                "it is truncated or damaged"
            )
        self._file.seek(size, os.SEEK_CUR)
        return Blob(offset, size)

    def _top(self) -> object:
        if not self._stack:
            raise self.fail("is a damaged pickle (its stack is empty)")
        return self._stack[-1]

    def _pop(self) -> object:
        top = self._top()
        self._stack.pop()
        return top

    def _popped(self, count: int) -> tuple[object, ...]:
        return tuple([self._pop() for _ in range(count)][::-1])

    def _get(self, index: int) -> None:
        if index not in self._memo:
            raise self.fail("is a damaged pickle (it recalls what it never stored)")
        self._stack.append(self._memo[index])

    def _protocol(self) -> None:
        version = self._number("<B")
        if not 2 <= version <= 5:
            raise self.fail(f"is a pickle of protocol {version}; 2 to 5 are read")

    def _frame(self) -> None:
        self._number("<Q")  # frames only matter to readers that read ahead

    def _long(self) -> None:
        raw = self._take(self._number("<B"))
        self._stack.append(int.from_bytes(raw, "little", signed=True))

    def _memoize(self) -> None:
        self._memo[len(self._memo)] = self._top()

    def _mark(self) -> None:
        self._stack.append(_Mark())

    def _tuple(self) -> None:
        items: list[object] = []
        while not isinstance(item := self._pop(), _Mark):
            items.append(item)
        self._stack.append(tuple(reversed(items)))

    def _line(self) -> str:
        line = self._file.readline(_MAX_NAME)
        if not line.endswith(b"\n"):
            raise self.fail("ends in the middle of a name: it is truncated or damaged")
        return line[:-1].decode("utf-8", "backslashreplace")

    def _global(self) -> None:
        module = self._line()
        self._stack.append(Name(f"{module}.{self._line()}"))

    def _stack_global(self) -> None:
        attribute = self.text(self._pop())
        self._stack.append(Name(f"{self.text(self._pop())}.{attribute}"))

    def _call(self) -> None:
        arguments, function = self._pop(), self._pop()
        if not isinstance(function, Name) or not isinstance(arguments, tuple):
            raise self.fail("is a damaged pickle (it calls what is no function)")
        self._stack.append(self._reduce(self, function.text, arguments))

    def _set_state(self) -> None:
        state, target = self._pop(), self._pop()
        self._stack.append(self._build(self, target, state))


def _refusal(code: bytes) -> str:
    """Return why an instruction is refused: what it would have made, or its name."""
    if code in _OTHER_THINGS:
        return f"holds {_OTHER_THINGS[code]}; expected one numpy array"
    known = _OPCODES.get(code.decode("latin-1"))
    shown = known or repr(code)
    return f"holds the pickle instruction {shown}, which no numpy array needs"


_OPCODES = {opcode.code: opcode.name for opcode in pickletools.opcodes}
_BLOBS = {
    b"U": "<B",
    b"T": "<i",
    b"C": "<B",
    b"B": "<I",
    b"\x8e": "<Q",
    b"\x96": "<Q",
    b"\x8c": "<B",
    b"X": "<I",
    b"\x8d": "<Q",
}
_INTEGERS = {b"K": "<B", b"M": "<H", b"J": "<i"}
_CONSTANTS: dict[bytes, object] = {b"N": None, b"\x88": True, b"\x89": False, b")": ()}
_TUPLES = {b"\x85": 1, b"\x86": 2, b"\x87": 3}
_PUTS = {b"q": "<B", b"r": "<I"}
_GETS = {b"h": "<B", b"j": "<I"}
_ACTIONS: dict[bytes, Callable[[PickleMachine], None]] = {
    b"\x80": PickleMachine._protocol,
    b"\x95": PickleMachine._frame,
    b"\x8a": PickleMachine._long,
    b"\x94": PickleMachine._memoize,
    b"(": PickleMachine._mark,
    b"t": PickleMachine._tuple,
    b"c": PickleMachine._global,
    b"\x93": PickleMachine._stack_global,
    b"R": PickleMachine._call,
    b"b": PickleMachine._set_state,
}
_OTHER_THINGS = {
    b"]": "a Python list",
    b"l": "a Python list",
    b"}": "a Python dict",
    b"d": "a Python dict",
    b"\x8f": "a Python set",
    b"G": "a Python float",
    b"\x97": "an array kept outside the file",
}
