"""Memory that does not suffice, in one line instead of TensorFlow's pages."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from beenet.errors import NetworkError
from beenet.system.hardware import memory_bytes
from beenet.text.words import size
from beenet.tflearn_backend import tf

OUT_OF_MEMORY = (MemoryError, tf.errors.ResourceExhaustedError, tf.errors.InternalError)
"""What may say so; ask `is_short_of_memory`."""

_OF_A_GPU = ("out of memory", "out_of_memory", "allocat", "dst tensor is not init")
"""What TensorFlow's InternalError says, in lower case, where a GPU has no room."""


def is_short_of_memory(error: Exception) -> bool:
    """Return whether an error of `OUT_OF_MEMORY` tells of memory and nothing else."""
    text = str(error).lower()
    return not isinstance(error, tf.errors.InternalError) or any(
        words in text for words in _OF_A_GPU
    )


@contextmanager
def explain_shortage(what: str) -> Iterator[None]:
    """Turn an operation's want of memory into one line.

    Args:
        what: finds no room, and what to do: ``a step finds no room; ...``.

    Raises:
        NetworkError: memory did not suffice.
    """
    try:
        yield
    except OUT_OF_MEMORY as error:
        if not is_short_of_memory(error):
            raise
        raise NetworkError(f"not enough memory: {what}") from None


def check_room() -> None:
    """Check that the variables of the default graph can have room on this machine.

    To be called before they are given values: the system would rather kill the process.

    Raises:
        NetworkError: they are larger than the machine's memory.
    """
    needed, memory = _bytes(tf.global_variables()), memory_bytes()
    if memory is not None and needed > memory:
        raise NetworkError(
            f"the network's weights take {size(needed)}, and this machine has "
            f"{size(memory)} of memory; give it fewer or smaller layers"
        )


def check_room_to_train(variables: Iterable[Any], trained: Iterable[Any]) -> None:
    """Check that a training step can have room on this machine.

    A batch's own numbers are not counted: they depend on its size, and TensorFlow frees
    most of them on the way. The gradients it holds all at once where it clips them.

    Args:
        variables: all that the network has, with the optimizer's.
        trained: those whose gradients are held at the same time.

    Raises:
        NetworkError: they are larger than the machine's memory.
    """
    needed, memory = _bytes(variables) + _bytes(trained), memory_bytes()
    if memory is not None and needed > memory:
        raise NetworkError(
            f"weights, the optimizer's averages and gradients take {size(needed)}, and "
            f"this machine has {size(memory)} of memory; give the network fewer or "
            "smaller layers"
        )


def _bytes(variables: Iterable[Any]) -> int:
    return sum(
        (variable.shape.num_elements() or 0) * variable.dtype.base_dtype.size
        for variable in variables
    )
