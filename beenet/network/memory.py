"""Report insufficient memory in one line instead of TensorFlow's pages."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from beenet.errors import NetworkError
from beenet.system.hardware import memory_bytes
from beenet.text.words import size
from beenet.tflearn_backend import tf

OUT_OF_MEMORY = (MemoryError, tf.errors.ResourceExhaustedError, tf.errors.InternalError)
"""Errors that may mean so; `is_short_of_memory` decides."""

_OF_A_GPU = ("out of memory", "out_of_memory", "allocat", "dst tensor is not init")
"""Parts of TensorFlow's InternalError, in lower case, when a GPU's memory is full."""


def is_short_of_memory(error: Exception) -> bool:
    """Return whether an error of `OUT_OF_MEMORY` really is about memory."""
    text = str(error).lower()
    return not isinstance(error, tf.errors.InternalError) or any(
        words in text for words in _OF_A_GPU
    )


@contextmanager
def explain_shortage(what: str) -> Iterator[None]:
    """Turn an operation's lack of memory into a one-line error.

    Args:
        what: what does not fit, and what to do: ``a step finds no room; ...``.

    Raises:
        NetworkError: there was not enough memory.
    """
    try:
        yield
    except OUT_OF_MEMORY as error:
        if not is_short_of_memory(error):
            raise
        raise NetworkError(f"not enough memory: {what}") from None


def check_room() -> None:
    """Check that the variables of the default graph fit into this machine's memory.

    To be called before they are initialized: otherwise the system kills the process.

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
    """Check that a training step fits into this machine's memory.

    Activations are not counted: they depend on the batch size, and TensorFlow frees
    most of them during the step. Gradients exist all at once if they are clipped.

    Args:
        variables: all of the network's, including the optimizer's.
        trained: those whose gradients exist at the same time.

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
