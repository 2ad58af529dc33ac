"""Write `.tfl` files with TFLearn's saver; check them before they are read."""

import glob
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.config.identity import digest
from beenet.datasets.fingerprint import sha256_of
from beenet.errors import NetworkError
from beenet.network.network import Network
from beenet.network.variable_matching import check_names, misfit, source
from beenet.system import files
from beenet.system.scratch import scratch_folder
from beenet.system.write_errors import with_number
from beenet.text.words import first_line, reason
from beenet.tflearn_backend import quiet_stderr, tf

SUFFIXES = (".data-00000-of-00001", ".index", ".meta")
"""The three files of a `.tfl`, in the order in which they are put in place."""


_UNREADABLE = (tf.errors.OpError, LookupError, RuntimeError, ValueError)
"""Errors of TensorFlow's checkpoint reader, depending on the kind of damage."""


def save_model(network: Network, prefix: Path) -> None:
    """Save a network with TFLearn's saver, replacing each file atomically.

    Writes the triple and TFLearn's ``checkpoint`` file beside it. That file names
    the model relative to itself, so that the folder may be moved.

    Raises:
        OSError: the disk is full or read-only; nothing is changed.
    """
    with scratch_folder(prefix.parent) as scratch:
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
    """Write the variables with TFLearn's saver; raise its failures as OSErrors."""
    saver, reason = network.model.trainer.saver, None
    with quiet_stderr():  # a failing operation is logged, too
        try:
            saver.save(network.session, str(prefix), write_meta_graph=False)
        except tf.errors.OpError as error:
            # among lines about the graph: "<path>; No space left on device"
            found = re.search(r"; ([^;\n]+)$", error.message, re.MULTILINE)
            reason = found.group(1) if found else error.message.splitlines()[0]
    if reason is not None:
        raise with_number(reason)


def restore_weights(
    network: Network, prefix: Path, names: Mapping[str, str] | None = None
) -> None:
    """Read the layers' weights, and the moving averages used in predictions.

    Variables of the training are not needed: a model that a script saved without its
    regression layer is enough.

    Args:
        network: the network to fill.
        prefix: the saved model.
        names: layers or variables that have another name in the file, that name first:
            ``{"Conv2D": "conv_layer_1"}``.

    Raises:
        NetworkError: the file cannot be read, or does not fit; names what is missing
            and what may be meant, or the first variable of another shape.
    """
    checkpoint = ModelFile(prefix)
    variables = network.weights()
    if network.preprocessor is not None:
        variables += network.preprocessor.variables(list(checkpoint.shapes))
    _restore(network, checkpoint, variables, names or {})


def restore_training(network: Network, prefix: Path) -> None:
    """Read the weights and the state of the training: steps, slots, averages.

    A layer with ``restore: false`` keeps its own weights; of the training's variables
    those are read that exist and fit: a new optimizer starts from its initial state.

    Args:
        network: the network to fill.
        prefix: the saved model.

    Raises:
        NetworkError: the file cannot be read, or does not fit.
    """
    checkpoint = ModelFile(prefix)
    weights = {v.op.name for v in network.weights()}
    kept = network.kept_on_restore()
    variables = [
        v
        for name, v in network.variables().items()
        if name not in kept
        and (name in weights or _takes(v, checkpoint.shapes.get(name)))
    ]
    _restore(network, checkpoint, variables, {})


def read_variables(prefix: Path) -> dict[str, NDArray[Any]]:
    """Return every variable of a saved model by name.

    Raises:
        NetworkError: the file cannot be read.
    """
    checkpoint = ModelFile(prefix)
    return {name: checkpoint.read(name) for name in checkpoint.shapes}


def variable_shapes(prefix: Path) -> dict[str, list[int]]:
    """Return the shape of every variable of a saved model by name.

    Raises:
        NetworkError: the file cannot be read.
    """
    return ModelFile(prefix).shapes


def _shape(variable: Any, there: list[int] | None) -> list[int]:
    """Return a variable's shape; that in the file if it accepts any shape."""
    if variable.shape.rank is None:
        return there or []
    shape: list[int] = variable.shape.as_list()
    return shape


def _takes(variable: Any, there: list[int] | None) -> bool:
    return there is not None and there == _shape(variable, there)


def model_digest(prefix: Path) -> str:
    """Return the SHA-256 of a saved model's values: usually that of its data file.

    Raises:
        NetworkError: the file cannot be read.
    """
    parts = sorted(prefix.parent.glob(f"{glob.escape(prefix.name)}.data-*"))
    try:
        # TensorFlow's first format is one file.
        digests = [sha256_of(path) for path in parts or [prefix]]
    except OSError as error:
        raise NetworkError(f"{prefix} cannot be read: {reason(error)}") from None
    return digests[0] if len(digests) == 1 else digest(digests)


class ModelFile:
    """The variables of a saved model, in either of TensorFlow's formats."""

    def __init__(self, prefix: Path) -> None:
        """Open a saved model.

        Raises:
            NetworkError: it cannot be read.
        """
        self.prefix = prefix
        try:
            self._reader = tf.train.load_checkpoint(str(prefix))
            self.shapes: dict[str, list[int]] = self._reader.get_variable_to_shape_map()
        except _UNREADABLE as error:
            reason = first_line(error)
            raise NetworkError(f"{prefix} is not a saved model: {reason}") from None

    def read(self, name: str) -> NDArray[Any]:
        """Return a variable's value."""
        try:
            return np.asarray(self._reader.get_tensor(name))
        except _UNREADABLE as error:
            raise NetworkError(
                f"{self.prefix} is damaged at {name}: {first_line(error)}"
            ) from None

    def fill(
        self, network: Network, variables: Mapping[str, Any], names: Mapping[str, str]
    ) -> None:
        """Set variables, by name, to their values in the file."""
        # All are read before the first is set, so that a damaged file changes nothing.
        values = {name: self.read(source(name, names)) for name in variables}
        network.assign(
            {
                name: values[name].astype(variable.dtype.as_numpy_dtype, copy=False)
                for name, variable in variables.items()
            }
        )


def _restore(
    network: Network,
    checkpoint: ModelFile,
    variables: Iterable[Any],
    names: Mapping[str, str],
) -> None:
    wanted = {v.op.name: v for v in variables}
    check_names(names, checkpoint.shapes, network.variables())
    there = checkpoint.shapes
    shapes = {n: _shape(v, there.get(source(n, names))) for n, v in wanted.items()}
    if reason := misfit(shapes, checkpoint.shapes, names):
        raise NetworkError(f"{checkpoint.prefix} does not fit the config: {reason}")
    checkpoint.fill(network, wanted, names)
