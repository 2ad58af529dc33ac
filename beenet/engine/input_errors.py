"""One-line errors for operations that cannot process their input."""

from collections.abc import Iterator
from contextlib import contextmanager

from beenet.errors import NetworkError
from beenet.tflearn_backend import tf


@contextmanager
def explain_input_errors() -> Iterator[None]:
    """Turn an operation's ``InvalidArgumentError`` into a one-line error.

    Raises:
        NetworkError: an operation cannot process its input values.
    """
    try:
        yield
    except tf.errors.InvalidArgumentError as error:
        lines = [line.strip() for line in str(error.message).splitlines()]
        why = next((line for line in lines if "indices[" in line), lines[0])
        hint = ""
        if "indices[" in why:
            hint = "; an embedding's input_dim must be above every value of the data"
        raise NetworkError(f"the data do not fit the network: {why}{hint}") from None
