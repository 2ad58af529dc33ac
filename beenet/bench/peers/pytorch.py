"""PyTorch: the usual training loop, without the cost of a DataLoader."""

import gc
import time
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from beenet.bench.clocked import Round
from beenet.bench.peers.net import (
    Conv,
    Drop,
    Part,
    Pool,
    paired,
    plain_net,
    same_padding,
)
from beenet.bench.task import Task

_ACTIVATIONS = {
    "relu": torch.nn.ReLU,
    "sigmoid": torch.nn.Sigmoid,
    "tanh": torch.nn.Tanh,
}


class Torch:
    """The net as a ``torch.nn.Sequential``, its last layer without the softmax."""

    def __init__(self, task: Task, threads: int) -> None:
        """Build it, and convert data and weights to PyTorch's layout."""
        torch.set_num_threads(threads)
        torch.manual_seed(task.config.training.seed)
        self._net = plain_net(task.config)
        layers, shape, values = [], task.shape, iter(paired(task.weights()))
        self._first: list[Any] = []
        self._penalties: list[tuple[int, float]] = []
        for part in self._net.parts:
            made, after = _layers(part, shape)
            layers += made
            if not isinstance(part, Pool | Drop):
                if part.l2:
                    self._penalties.append((len(self._first), part.l2))
                self._first += _turned(*next(values), shape)
            shape = after
        self._model = torch.nn.Sequential(*layers)
        self._parameters = list(self._model.parameters())
        # Fused is PyTorch's fastest implementation of the update on a CPU.
        self._optimizer = torch.optim.SGD(
            self._parameters, self._net.learning_rate, fused=True
        )
        x, y = task.batches()
        if x.ndim == 5:  # channels first
            x = np.ascontiguousarray(x.transpose(0, 1, 4, 2, 3))
        self._x = torch.from_numpy(x)
        self._y = torch.from_numpy(y.argmax(axis=-1))

    def facts(self) -> dict[str, Any]:
        """Return the version."""
        return {"version": torch.__version__}

    def round(self) -> dict[str, Any]:
        """Train once over the task's batches."""
        with torch.no_grad():
            for parameter, value in zip(self._parameters, self._first, strict=True):
                parameter.copy_(value)
        self._model.train()
        total, correct = torch.zeros(()), torch.zeros((), dtype=torch.int64)
        gc.collect()
        began = time.perf_counter()
        for x, y in zip(self._x, self._y, strict=True):
            self._optimizer.zero_grad(set_to_none=True)
            output = self._model(x)
            loss = functional.cross_entropy(output, y)
            self._penalized(loss).backward()
            if self._net.clip:
                torch.nn.utils.clip_grad_norm_(self._parameters, self._net.clip)
            self._optimizer.step()
            total += loss.detach()
            correct += (output.detach().argmax(1) == y).sum()
        mean = float(total) / len(self._x)
        return Round(len(self._x), time.perf_counter() - began, mean).to_json()

    def _penalized(self, loss: Any) -> Any:
        for place, l2 in self._penalties:
            loss = loss + l2 / 2 * self._parameters[place].square().sum()
        return loss


def _layers(part: Part, shape: tuple[int, ...]) -> tuple[list[Any], tuple[int, ...]]:
    """Return a part's layers, and their output's shape in TFLearn's layout."""
    if isinstance(part, Drop):
        return [torch.nn.Dropout(1 - part.keep)], shape
    if isinstance(part, Pool):
        sides = (
            -(-side // window)
            for side, window in zip(shape[:2], part.window, strict=True)
        )
        pool = torch.nn.MaxPool2d(part.window, ceil_mode=True)
        return [pool], (*sides, shape[2])
    # The softmax is in the loss.
    known = part.activation in _ACTIVATIONS
    activation = [_ACTIVATIONS[part.activation]()] if known else []
    if isinstance(part, Conv):
        padding = same_padding(part.window) if part.same else (0, 0)
        conv = torch.nn.Conv2d(shape[2], part.filters, part.window, padding=padding)
        height, width = (
            side + 2 * pad - window + 1
            for side, pad, window in zip(shape[:2], padding, part.window, strict=True)
        )
        return [conv, *activation], (height, width, part.filters)
    dense = torch.nn.Linear(int(np.prod(shape)), part.units)
    flatten = [torch.nn.Flatten()] * (len(shape) > 1)
    return [*flatten, dense, *activation], (part.units,)


def _turned(
    w: NDArray[np.float32], b: NDArray[np.float32], shape: tuple[int, ...]
) -> list[Any]:
    """Return a layer's weights in PyTorch's layout, channels first."""
    if w.ndim == 4:
        w = w.transpose(3, 2, 0, 1)
    else:
        if len(shape) == 3:  # PyTorch flattens with channels first
            w = w.reshape(*shape, -1).transpose(2, 0, 1, 3).reshape(len(w), -1)
        w = w.T
    return [torch.from_numpy(np.ascontiguousarray(w)), torch.from_numpy(b)]
