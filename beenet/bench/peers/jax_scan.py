"""JAX: the step compiled by XLA, a hundred steps in one ``lax.scan``."""

import gc
import time
from typing import Any

import jax
from jax import lax
from jax import numpy as jnp

from beenet.bench.clocked import Round
from beenet.bench.peers.net import Conv, Drop, PlainNet, Pool, paired, plain_net
from beenet.bench.task import Task

_STEPS_PER_SCAN = 100


class Jax:
    """The net as a function of its weights."""

    def __init__(self, task: Task) -> None:
        """Prepare data and weights; the first round compiles."""
        self._first = paired(task.weights())
        self._key = jax.random.key(task.config.training.seed)
        self._scan = jax.jit(_scan(plain_net(task.config)), donate_argnums=(0, 1))
        x, y = task.batches()
        self._steps = len(x)
        self._chunks = [
            (jax.device_put(x[i : i + _STEPS_PER_SCAN]), y[i : i + _STEPS_PER_SCAN])
            for i in range(0, len(x), _STEPS_PER_SCAN)
        ]

    def facts(self) -> dict[str, Any]:
        """Return the version."""
        return {"version": jax.__version__}

    def round(self) -> dict[str, Any]:
        """Train once over the task's batches."""
        weights = jax.tree.map(jax.numpy.array, self._first)
        # A copy, because the scan's arguments are donated.
        key = jax.random.clone(self._key)
        shown = []
        gc.collect()
        began = time.perf_counter()
        for x, y in self._chunks:
            weights, key, losses = self._scan(weights, key, x, y)
            shown.append(losses)
        jax.block_until_ready((weights, shown))
        seconds = time.perf_counter() - began
        loss = sum(float(losses.sum()) for losses, _ in shown) / self._steps
        return Round(self._steps, seconds, loss).to_json()


def _scan(net: PlainNet) -> Any:
    """Return the function that trains over a chunk: weights, key, x [steps, batch]."""

    def loss_of(weights: Any, x: Any, y: Any, key: Any) -> tuple[Any, Any]:
        logits = _forward(net, weights, x, key)
        loss = -(y * jax.nn.log_softmax(logits)).sum(1).mean()
        correct = (logits.argmax(1) == y.argmax(1)).mean()
        penalties = [
            part.l2 / 2 * (w**2).sum()
            for part, (w, _) in zip(_trained(net), weights, strict=True)
            if part.l2
        ]
        return loss + sum(penalties), (loss, correct)

    def step(state: tuple[Any, Any], batch: tuple[Any, Any]) -> tuple[Any, Any]:
        weights, key = state
        key, now = jax.random.split(key)
        grads, shown = jax.grad(loss_of, has_aux=True)(weights, *batch, now)
        factor = net.learning_rate
        if net.clip:
            square = sum((g**2).sum() for g in jax.tree.leaves(grads))
            factor *= net.clip / jnp.maximum(jnp.sqrt(square), net.clip)
        weights = jax.tree.map(lambda w, g: w - factor * g, weights, grads)
        return (weights, key), shown

    def scan(weights: Any, key: Any, x: Any, y: Any) -> tuple[Any, Any, Any]:
        (weights, key), shown = jax.lax.scan(step, (weights, key), (x, y))
        return weights, key, shown

    return scan


def _forward(net: PlainNet, weights: Any, x: Any, key: Any) -> Any:
    """Return the logits of a batch."""
    activations = {
        "relu": jax.nn.relu,
        "sigmoid": jax.nn.sigmoid,
        "tanh": jnp.tanh,
    }
    values = iter(weights)
    for part in net.parts:
        if isinstance(part, Drop):
            key, now = jax.random.split(key)
            kept = jax.random.bernoulli(now, part.keep, x.shape)
            x = jnp.where(kept, x / part.keep, 0)
            continue
        if isinstance(part, Pool):
            window = (1, *part.window, 1)
            x = lax.reduce_window(x, -jnp.inf, lax.max, window, window, "SAME")
            continue
        w, b = next(values)
        if isinstance(part, Conv):
            padding = "SAME" if part.same else "VALID"
            layout = ("NHWC", "HWIO", "NHWC")
            x = lax.conv_general_dilated(
                x, w, (1, 1), padding, dimension_numbers=layout
            )
        else:
            x = x.reshape(len(x), -1) @ w
        # The softmax is in the loss.
        x = activations.get(part.activation, lambda z: z)(x + b)
    return x


def _trained(net: PlainNet) -> list[Any]:
    return [part for part in net.parts if not isinstance(part, Pool | Drop)]
