"""Write and run a SavedModel: a folder for TensorFlow's own loaders and servers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from beenet.export.frozen import FrozenGraph
from beenet.system.write_errors import with_number
from beenet.tflearn_backend import quiet_stderr, tf

INPUT, OUTPUT = "x", "probabilities"
"""The names of the network's input and output in the signature."""

CLASSES = "classes.txt"
"""The asset with the class names, one per line, in the order of the output."""

_SERVE = "serve"
_SIGNATURE = "serving_default"
_BATCH_SIZE = 256


def write(frozen: FrozenGraph, classes: Sequence[str], folder: Path) -> None:
    """Write a network as a SavedModel with one signature.

    Args:
        frozen: the network.
        classes: the class names in one-hot order.
        folder: the folder to write; must not exist.

    Raises:
        OSError: it cannot be written.
    """
    reason = None
    try:
        _write(frozen, classes, folder)
    except tf.errors.OpError as error:  # "<path>; No space left on device"
        reason = error.message.splitlines()[0].rpartition("; ")[2]
    if reason is not None:
        raise with_number(reason)


def _write(frozen: FrozenGraph, classes: Sequence[str], folder: Path) -> None:
    names = folder.with_name(CLASSES)
    names.write_text("".join(f"{name}\n" for name in classes), encoding="utf-8")
    with quiet_stderr(), tf.Graph().as_default() as graph:
        x, output = frozen.ends_in(graph)
        asset = tf.constant(str(names), name="classes")
        tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, asset)
        signature = tf.saved_model.predict_signature_def({INPUT: x}, {OUTPUT: output})
        builder = tf.saved_model.Builder(str(folder))
        with tf.Session(graph=graph) as session:
            builder.add_meta_graph_and_variables(
                session,
                [_SERVE],
                signature_def_map={_SIGNATURE: signature},
                assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS),
            )
            builder.save()
    names.unlink()


def run(folder: Path, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the outputs of a SavedModel, run in a new graph.

    Args:
        folder: the SavedModel.
        x: float32 [n, *shape].

    Returns:
        float32 [n, n_classes].
    """
    with (
        quiet_stderr(),
        tf.Graph().as_default() as graph,
        tf.Session(graph=graph) as session,
    ):
        meta = tf.saved_model.load(session, [_SERVE], str(folder))
        signature = meta.signature_def[_SIGNATURE]
        taken = signature.inputs[INPUT].name
        given = signature.outputs[OUTPUT].name
        answers = [
            session.run(given, {taken: x[start : start + _BATCH_SIZE]})
            for start in range(0, len(x), _BATCH_SIZE)
        ]
    return np.concatenate(answers)
