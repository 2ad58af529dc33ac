"""Convert to TFLite, one file for small devices, in float32 or calibrated 8-bit."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.errors import ExportError
from beenet.export.frozen import FrozenGraph
from beenet.text.words import first_line
from beenet.tflearn_backend import quiet_stderr, tf

LABELS = "labels.txt"
"""The class names, one per line, in a zip archive appended to the network, as TFLite's
own tools do it."""

_BATCH_SIZE = 64


def convert(
    frozen: FrozenGraph, calibration: NDArray[np.float32] | None = None
) -> bytes:
    """Return a network as a TFLite file, whose input and output are float32.

    Args:
        frozen: the network.
        calibration: examples that determine the ranges of values, float32 [n, *shape];
            with them, all arithmetic is in 8-bit integers.

    Raises:
        ExportError: TFLite lacks an operation; names it and its layers.
    """

    def examples() -> Iterator[list[NDArray[np.float32]]]:
        for i in range(0 if calibration is None else len(calibration)):
            yield [calibration[i : i + 1]]  # type: ignore[index]

    with tf.Graph().as_default() as graph, _session(graph) as session:
        x, output = frozen.ends_in(graph)
        with quiet_stderr():
            converter = tf.lite.TFLiteConverter.from_session(session, [x], [output])
        if calibration is not None:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.representative_dataset = examples
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        with quiet_stderr():
            # Caught inside; otherwise the converter's own output would be shown, which
            # repeats the same for every node.
            try:
                return bytes(converter.convert())
            except Exception as error:  # the converter's and the calibrator's types
                refusal = _refusal(str(error), frozen)
    raise ExportError(refusal)


def with_labels(model: bytes, classes: Sequence[str]) -> bytes:
    """Return a TFLite file with its class names, which ``unzip`` can extract."""
    file = io.BytesIO(model)
    with zipfile.ZipFile(file, "a") as archive:
        # Without a time stamp: the same model gives the same bytes.
        archive.writestr(
            zipfile.ZipInfo(LABELS), "".join(f"{name}\n" for name in classes)
        )
    return file.getvalue()


def run(model: bytes, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the outputs of TFLite's interpreter.

    Args:
        model: the file.
        x: float32 [n, *shape].

    Returns:
        float32 [n, n_classes].

    Raises:
        ExportError: one of its kernels fails.
    """
    with warnings.catch_warnings(), quiet_stderr():
        # It warns that ai-edge-litert, a separate package, replaces TensorFlow's.
        warnings.simplefilter("ignore")
        interpreter = tf.lite.Interpreter(model_content=model)
        (taken,), (given,) = (
            interpreter.get_input_details(),
            interpreter.get_output_details(),
        )
        answers = []
        try:
            for start in range(0, len(x), _BATCH_SIZE):
                batch = x[start : start + _BATCH_SIZE]
                interpreter.resize_tensor_input(taken["index"], batch.shape)
                interpreter.allocate_tensors()
                interpreter.set_tensor(taken["index"], batch)
                interpreter.invoke()
                answers.append(interpreter.get_tensor(given["index"]))
        except (RuntimeError, ValueError) as error:  # from one of its kernels
            reason = first_line(error)
            raise ExportError(f"TFLite cannot run this network: {reason}") from None
    return np.concatenate(answers)


def _session(graph: Any) -> Any:
    with quiet_stderr():
        return tf.Session(graph=graph)


def _refusal(message: str, frozen: FrozenGraph) -> str:
    """Return in one line what the converter rejects, and in which layers."""
    refused = set(re.findall(r"'?tf\.(\w+)'? op is neither", message))
    places = [
        f"{op} in {node.name.split('/')[0]}"
        for node in frozen.graph_def.node
        for op in sorted(_ops(node, frozen.graph_def) & refused)
    ]
    if places:
        return f"TFLite has no operation for {', '.join(dict.fromkeys(places))}"
    first = next((line for line in message.splitlines() if line.strip()), "no reason")
    return f"TFLite's converter refuses this network: {first.strip()}"


def _ops(node: Any, graph_def: Any) -> set[str]:
    """Return a node's operation, and those of the functions that it calls."""
    functions = {f.signature.name: f.node_def for f in graph_def.library.function}
    found, todo = set[str](), [node]
    while todo:
        node = todo.pop()
        found.add(node.op)
        called = {value.func.name for value in node.attr.values()} & functions.keys()
        todo += [inner for name in called for inner in functions.pop(name)]
    return found
