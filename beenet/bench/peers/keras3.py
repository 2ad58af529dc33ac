"""Keras 3 on TensorFlow: ``fit`` with many steps per execution."""

import gc
import os
import time
from typing import Any

from beenet.bench.clocked import Round
from beenet.bench.peers.net import Conv, Drop, Part, Pool, paired, plain_net
from beenet.bench.task import Task
from beenet.system.onednn import VARIABLE as KERNELS

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault(KERNELS, "1")

import keras
import tensorflow as tf

_STEPS_PER_EXECUTION = 100


class Keras:
    """The net as a ``keras.Sequential``."""

    def __init__(self, task: Task, threads: int, *, jit: bool) -> None:
        """Build and compile it."""
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        net = plain_net(task.config)
        first = paired(task.weights())
        self._first = [array for pair in first for array in pair]
        x, y = task.batches()
        self._batch_size = x.shape[1]
        self._x = x.reshape(-1, *x.shape[2:])
        self._y = y.reshape(-1, *y.shape[2:])
        layers = [layer for part in net.parts for layer in _layers(part)]
        self._model = keras.Sequential([keras.Input(task.shape), *layers])
        # Keras's displayed loss includes the penalties; TFLearn's does not.
        self._shown = "categorical_crossentropy" if net.has_l2 else "loss"
        metrics = ["accuracy", self._shown] if net.has_l2 else ["accuracy"]
        self._model.compile(
            optimizer=keras.optimizers.SGD(
                net.learning_rate, global_clipnorm=net.clip or None
            ),
            loss="categorical_crossentropy",
            metrics=metrics,
            steps_per_execution=min(_STEPS_PER_EXECUTION, len(x)),
            jit_compile=jit,
        )

    def facts(self) -> dict[str, Any]:
        """Return the version."""
        return {"version": keras.__version__}

    def round(self) -> dict[str, Any]:
        """Train once over the task's batches."""
        self._model.set_weights(self._first)
        watch = _Watch()
        gc.collect()
        history = self._model.fit(
            self._x,
            self._y,
            batch_size=self._batch_size,
            shuffle=False,
            verbose=0,
            callbacks=[watch],
        )
        steps = len(self._x) // self._batch_size
        loss = float(history.history[self._shown][0])
        return Round(steps, watch.seconds, loss).to_json()


class _Watch(keras.callbacks.Callback):  # type: ignore[misc]
    """Times an epoch, without the preparation by ``fit`` before it."""

    seconds = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.seconds = time.perf_counter() - self._began


def _layers(part: Part) -> list[Any]:
    if isinstance(part, Pool):
        return [keras.layers.MaxPooling2D(part.window, padding="same")]
    if isinstance(part, Drop):
        return [keras.layers.Dropout(1 - part.keep)]
    penalty = keras.regularizers.L2(part.l2 / 2) if part.l2 else None
    if isinstance(part, Conv):
        padding = "same" if part.same else "valid"
        return [
            keras.layers.Conv2D(
                part.filters,
                part.window,
                padding=padding,
                activation=part.activation,
                kernel_regularizer=penalty,
            )
        ]
    # Flattening an already flat tensor costs nothing: it is a reshape.
    dense = keras.layers.Dense(
        part.units, activation=part.activation, kernel_regularizer=penalty
    )
    return [keras.layers.Flatten(), dense]
