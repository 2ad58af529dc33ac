"""`.tfl` files: written by TFLearn's saver, checked before they are read back."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet import files
from beenet.errors import NetworkError
from beenet.network.network import Network
from beenet.tflearn_backend import quiet_stderr, tf

SUFFIXES = (".data-00000-of-00001", ".index", ".meta")
"""The three files of a `.tfl`, in the order in which they are put in place."""


_UNREADABLE = (tf.errors.OpError, LookupError, RuntimeError, ValueError)
"""What TensorFlow's reader of checkpoints raises, by the kind of damage."""


def save_model(network: Network, prefix: Path) -> None:
    """Save a network by TFLearn's saver, each file whole.

    Writes the triple and TFLearn's ``checkpoint`` file beside it. That file names
    the model relative to itself, so that the folder may be moved.

    Raises:
        OSError: the disk is full or read-only; nothing is changed.
    """
    with files.scratch_folder(prefix.parent) as scratch:
        _save_variables(network, scratch / prefix.name)
        (scratch / (prefix.name + ".meta")).write_bytes(network.meta)
        for suffix in SUFFIXES:
            files.sync(scratch / (prefix.name + suffix))
        for suffix in SUFFIXES:
            os.replace(scratch / (prefix.name + suffix), f"{prefix}{suffix}")
    files.write_text(
        prefix.parent / "checkpoint",
        f'model_checkpoint_path: "{prefix.name}"\n'
        f'all_model_checkpoint_paths: "{prefix.name}"\n',
    )


def _save_variables(network: Network, prefix: Path) -> None:
    """Have TFLearn's saver write the variables; its failures become OSErrors."""
    saver, reason = network.model.trainer.saver, None
    with quiet_stderr():  # a failing operation is logged, too
        try:
            saver.save(network.session, str(prefix), write_meta_graph=False)
        except tf.errors.OpError as error:
            # among lines about the graph: "<path>; No space left on device"
            found = re.search(r"; ([^;\n]+)$", error.message, re.MULTILINE)
            reason = found.group(1) if found else error.message.splitlines()[0]
    if reason is not None:
        raise OSError(None, reason)


def restore_weights(network: Network, prefix: Path) -> None:
    """Read the layers' weights, and the moving averages they predict with.

    What a training left beside them is not needed: a model that a plain script saved
    without its regression layer will do.

    Raises:
        NetworkError: the file cannot be read, or does not fit; names the first
            variable that differs.
    """
    _restore(network, prefix, _weights(network))


def restore_training(network: Network, prefix: Path, *, all_of_it: bool) -> None:
    """Read the weights and what training had reached: steps, slots, averages.

    Args:
        network: where to.
        prefix: the saved model.
        all_of_it: every variable must be there. Else a layer with ``restore: false``
            keeps its own weights, and of the training's variables those are taken
            that are there and fit: a new optimizer starts afresh.

    Raises:
        NetworkError: the file cannot be read, or does not fit.
    """
    variables = network.variables()
    if all_of_it:
        return _restore(network, prefix, variables.values())
    weights = {v.op.name for v in _weights(network)}
    with network.graph.as_default():
        kept = {v.op.name for v in tf.get_collection(tf.GraphKeys.EXCL_RESTORE_VARS)}
    shapes = _shapes(prefix)
    return _restore(
        network,
        prefix,
        [
            v
            for name, v in variables.items()
            if name not in kept
            and (name in weights or shapes.get(name) == v.shape.as_list())
        ],
    )


def read_variables(prefix: Path) -> dict[str, NDArray[Any]]:
    """Return every variable of a saved model by name.

    Raises:
        NetworkError: the file cannot be read.
    """
    reader = _open(prefix)
    return {name: reader.get_tensor(name) for name in _shapes(prefix)}


def _weights(network: Network) -> list[Any]:
    """Return the variables that a prediction depends on."""
    with network.graph.as_default():
        made_by_layers = tf.get_collection(tf.GraphKeys.MODEL_VARIABLES)
    return [v for v in made_by_layers if v.op.name != "is_training"]


def _open(prefix: Path) -> Any:
    try:
        return tf.train.load_checkpoint(str(prefix))
    except _UNREADABLE as error:
        reason = str(error).strip().splitlines()[0]
        raise NetworkError(f"{prefix} is not a saved model: {reason}") from None


def _shapes(prefix: Path) -> dict[str, list[int]]:
    shapes: dict[str, list[int]] = _open(prefix).get_variable_to_shape_map()
    return shapes


def _restore(network: Network, prefix: Path, variables: Iterable[Any]) -> None:
    reader = _open(prefix)
    there = reader.get_variable_to_shape_map()
    values: list[tuple[Any, NDArray[Any]]] = []
    for variable in variables:
        name, shape = variable.op.name, variable.shape.as_list()
        if name not in there:
            raise NetworkError(
                f"{prefix} does not fit the config: it has no variable {name} "
                f"{shape}; it has {', '.join(sorted(there))}"
            )
        if there[name] != shape:
            raise NetworkError(
                f"{prefix} does not fit the config: its variable {name} is "
                f"{there[name]}, the config's is {shape}"
            )
        try:
            value = reader.get_tensor(name)
        except _UNREADABLE as error:
            raise NetworkError(
                f"{prefix} is damaged at {name}: {str(error).splitlines()[0]}"
            ) from None
        values.append((variable, np.asarray(value, variable.dtype.as_numpy_dtype)))
    # All are read before the first is set: a damaged file leaves nothing half loaded.
    for variable, value in values:
        variable.load(value, network.session)
