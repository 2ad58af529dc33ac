"""The contestant stock TFLearn: ``model.fit`` as a script of the lecture calls it."""

import gc
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.bench.clocked import Round
from beenet.bench.task import Task
from beenet.config.augmentation import Augmentation
from beenet.experiment.class_weights import class_weights
from beenet.network.build import build
from beenet.tflearn_backend import tf, tflearn

_CALIBRATION = 100  # steps


class Stock:
    """Unmodified TFLearn: its own kind of variables, its own session, its own loop."""

    def __init__(self, task: Task) -> None:
        """Build the network with the task's initial weights."""
        # beenet enables these for its loop; TFLearn alone disables them.
        tf.disable_resource_variables()
        tf.disable_control_flow_v2()
        self._task = task
        config = task.config
        self._batch_size = config.training.batch_size
        weights = class_weights(config, task.dataset, task.split())
        self._network = build(
            config, task.shape, len(task.dataset.classes), class_weights=weights
        )
        with self._network.graph.as_default():
            # beenet augments outside the graph, TFLearn by the input layer's object.
            tf.get_collection_ref(tf.GraphKeys.DATA_AUG)[:] = [
                image_augmentation(config.augmentation)
            ]
        self._network.model.trainer.tensorboard_dir = f"{task.folder / 'logs'}/"
        self._network.assign(task.weights())
        self._first = self._network.values()
        self._data: tuple[NDArray[Any], NDArray[Any]] | None = None

    def facts(self) -> dict[str, Any]:
        """Return whether TensorFlow uses oneDNN's kernels."""
        # Imported here: beenet chooses its kernels before TensorFlow is imported.
        from tensorflow.python.util._pywrap_util_port import IsMklEnabled

        return {"onednn": IsMklEnabled()}

    def calibrate(self) -> dict[str, Any]:
        """Measure some steps, for a rough estimate of the time per step."""
        split = self._task.split()
        n = min(len(split), _CALIBRATION * self._batch_size)
        x, y = split.rows(slice(n)), np.array(split.y[:n])
        self._fit(x[: self._batch_size], y[: self._batch_size])  # warm-up
        return self._fit(x, y).to_json()

    def round(self) -> dict[str, Any]:
        """Train once over the task's batches."""
        if self._data is None:
            self._data = self._load()
        n = self._task.rows().size
        x, y = self._data
        return self._fit(x[:n], y[:n]).to_json()

    def predict(self, examples: int) -> dict[str, Any]:
        """Score the first examples of valid one at a time."""
        split, model = self._task.split("valid"), self._network.model
        x, y = split.rows(slice(examples)), split.y[:examples]
        self._network.set_training(False)
        correct = 0
        began = time.perf_counter()
        for one, target in zip(x, y, strict=True):
            prediction = model.predict(one[np.newaxis])
            correct += np.argmax(prediction, axis=1)[0] == np.argmax(target)
        seconds = time.perf_counter() - began
        return {"seconds": seconds, "examples": len(x), "correct": int(correct)}

    def _load(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the train split as in the lecture's scripts: float32, in memory.

        The rows of the task come first, in its order, then all the others.
        """
        split, rows = self._task.split(), self._task.rows().ravel()
        others = np.setdiff1d(np.arange(len(split)), rows)
        rows = np.concatenate([rows, others])
        return split.rows(rows), split.y[rows]

    def _fit(self, x: NDArray[Any], y: NDArray[Any]) -> Round:
        network = self._network
        network.set_values(self._first)
        watch = _Watch()
        gc.collect()
        # Without validation, which is not measured, and without shuffling, because the
        # rows are already in order.
        with network.graph.as_default():  # in which it looks up its preprocessing
            network.model.fit(
                x,
                y,
                n_epoch=1,
                shuffle=False,
                show_metric=True,
                batch_size=self._batch_size,
                run_id="bench",
                callbacks=watch,
            )
        return Round(watch.steps, watch.seconds, loss=None)


def image_augmentation(methods: Sequence[Augmentation]) -> Any:
    """Return the ``tflearn.ImageAugmentation`` of a script; None without methods."""
    if not methods:
        return None
    made = tflearn.ImageAugmentation()
    for method in methods:
        getattr(made, f"add_{method.yaml_name}")(**method.arguments())
    return made


class _Watch(tflearn.callbacks.Callback):  # type: ignore[misc]
    """Times an epoch, from its first batch to its last."""

    def __init__(self) -> None:
        self.steps = 0
        self.seconds = 0.0
        self._began = 0.0

    def on_epoch_begin(self, training_state: Any) -> None:
        self._began = time.perf_counter()

    def on_batch_end(self, training_state: Any, snapshot: bool = False) -> None:
        self.steps += 1

    def on_epoch_end(self, training_state: Any) -> None:
        self.seconds = time.perf_counter() - self._began
