"""Finds the one numpy array in a pickle, and refuses any other pickle."""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from beenet.datasets.pickle_machine import Blob, Name, PickleMachine
from beenet.datasets.stored import StoredArray
from beenet.errors import DatasetError
from beenet.text.words import reason

_MAX_DIMENSIONS = 32
_NUMBERS = re.compile(r"b1|[iu][1248]|f[248]")

# numpy 2 moved `core` to `_core`; the course's files are older.
_RECONSTRUCT = {
    "numpy.core.multiarray._reconstruct",
    "numpy._core.multiarray._reconstruct",
}
_FROM_BUFFER = {"numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer"}

# The first bytes of files that are not pickles, and what they most likely are.
_OTHER_FILES = {
    b"\x1f\x8b": "a gzip file; unpack it first",
    b"PK": "a zip file; unpack it first",
    b"BZh": "a bzip2 file; unpack it first",
    b"\xfd7zXZ": "an xz file; unpack it first",
    b"\x93NUMPY": "a .npy file; a pickle was expected",
    b"\x89HDF": "an HDF5 file; a pickle was expected",
}


@dataclass
class _DType:
    """A dtype under construction."""

    code: str
    order: str = "="


class _Empty:
    """An array that `_reconstruct` made and that BUILD will fill."""


def stored_array(path: Path) -> StoredArray:
    """Find the array in a pickle of protocol 2 to 5; read only the header.

    Raises:
        DatasetError: the file is missing, truncated, not the pickle of one numeric
            array, or uses anything that is not needed to build one.
    """
    try:
        with path.open("rb") as file:
            _refuse_other_files(path, file.peek(8)[:8])
            found = PickleMachine(file, path, _reduce, _build).run()
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {reason(error)}") from error
    if not isinstance(found, StoredArray):
        raise DatasetError(f"{path}: holds something other than one numpy array")
    return found


def _refuse_other_files(path: Path, start: bytes) -> None:
    if not start:
        raise DatasetError(f"{path}: is empty")
    for magic, kind in _OTHER_FILES.items():
        if start.startswith(magic):
            raise DatasetError(f"{path}: is {kind}")
    if start[:1] != b"\x80":
        raise DatasetError(
            f"{path}: is not a pickle of protocol 2 or later (it starts with {start!r})"
        )


def _reduce(
    machine: PickleMachine, name: str, arguments: tuple[object, ...]
) -> StoredArray | Blob | _DType | _Empty:
    """Evaluate the few calls that an array's pickle makes; refuse all others."""
    if name == "numpy.dtype" and arguments:
        return _DType(_number_code(machine, arguments[0]))
    if name in _RECONSTRUCT and arguments:
        # The shape argument is ignored: nothing is allocated here.
        if arguments[0] != Name("numpy.ndarray"):
            raise _refused(machine, arguments[0])
        return _Empty()
    if name in _FROM_BUFFER and len(arguments) in (4, 5):
        return _from_buffer(machine, *arguments)
    if name == "_codecs.encode" and len(arguments) == 2:
        text = arguments[0]
        if isinstance(text, Blob) and machine.text(arguments[1]) == "latin1":
            return Blob(text.offset, text.size, latin1=True)
    if name in ("__builtin__.bytes", "builtins.bytes") and not arguments:
        return Blob(0, 0)  # how protocol 2 writes the bytes of an empty array
    raise _refused(machine, Name(name))


def _refused(machine: PickleMachine, asked: object) -> DatasetError:
    shown = ascii(asked.text)[1:-1] if isinstance(asked, Name) else "something else"
    return machine.fail(
        f"asks to call {shown}, which no numeric array needs; nothing was run"
    )


def _number_code(machine: PickleMachine, argument: object) -> str:
    code = machine.text(argument)
    if not _NUMBERS.fullmatch(code):
        raise machine.fail(f"holds values of dtype {code!a}; expected plain numbers")
    return code


def _build(machine: PickleMachine, target: object, state: object) -> object:
    """Fill a dtype (its byte order) or an array (shape, dtype, order, bytes)."""
    if isinstance(target, _DType) and isinstance(state, tuple) and len(state) >= 5:
        order = machine.text(state[1])
        if order in ("<", ">", "|", "=") and state[2:5] == (None, None, None):
            target.order = order
            return target
    if isinstance(target, _Empty) and isinstance(state, tuple) and len(state) == 5:
        _, shape, dtype, fortran, data = state
        layout = "F" if fortran else "C"
        return _array(machine, shape, dtype, data, layout, None)
    raise machine.fail("is a damaged pickle (an object's state does not fit it)")


def _from_buffer(
    machine: PickleMachine,
    data: object,
    dtype: object,
    shape: object,
    layout: object,
    axes: object = None,
) -> StoredArray:
    """Evaluate what protocol 5 calls instead of `_reconstruct`."""
    return _array(machine, shape, dtype, data, machine.text(layout), axes)


def _array(
    machine: PickleMachine,
    shape: object,
    dtype: object,
    data: object,
    layout: str,
    axes: object,
) -> StoredArray:
    """Return the array after checking that shape, dtype and bytes agree."""
    sizes = _sizes(machine, shape)
    if not sizes:
        raise machine.fail("holds a single number; expected an array of examples")
    if not isinstance(dtype, _DType) or not isinstance(data, Blob):
        raise machine.fail("is a damaged pickle (an array without dtype or bytes)")
    numbers: np.dtype[Any] = np.dtype(dtype.order + dtype.code)
    needed = math.prod(sizes) * numbers.itemsize
    # A byte takes one or two bytes in UTF-8; `rows` checks the exact size.
    most = 2 * needed if data.latin1 else needed
    if not needed <= data.size <= most:
        raise machine.fail(
            f"declares shape {sizes} of {numbers.name}, {needed} bytes, "
            f"but holds {data.size}"
        )
    order = tuple(range(len(sizes)))
    if layout == "F":
        sizes, order = sizes[::-1], order[::-1]
    elif layout == "K" and isinstance(axes, tuple):
        if not all(type(a) is int for a in axes) or sorted(axes) != list(order):
            raise machine.fail("is a damaged pickle (axes that do not exist)")
        order = axes
    elif layout != "C":
        raise machine.fail("is a damaged pickle (an unknown memory layout)")
    return StoredArray(
        machine.path, numbers, sizes, order, data.offset, data.size, data.latin1
    )


def _sizes(machine: PickleMachine, shape: object) -> tuple[int, ...]:
    if (
        not isinstance(shape, tuple)
        or len(shape) > _MAX_DIMENSIONS
        or not all(type(side) is int and 0 <= side < 2**40 for side in shape)
    ):
        raise machine.fail("is a damaged pickle (a shape that cannot be)")
    return shape
