"""Find where a training diverged, by repeating the steps since the last checkpoint.

A step depends only on the checkpoint before it, so the failed step can be reached
again, and its weights and layer outputs inspected.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from beenet.datasets.encode import decode
from beenet.errors import BeenetError, DivergedError
from beenet.experiment.parts import build_on
from beenet.experiment.run import TrainingRun, restore_state
from beenet.experiment.schedule import set_learning_rate
from beenet.network.network import Network
from beenet.runs.checkpoint import Checkpoint
from beenet.runs.position import Position


@contextlib.contextmanager
def explain_divergence(
    run: TrainingRun, checkpoint: Callable[[], Checkpoint | None]
) -> Iterator[None]:
    """Add to a divergence the layer where it began, and what to do.

    Args:
        run: the training.
        checkpoint: returns its last checkpoint; None if it had none.

    Raises:
        DivergedError: the loss is no longer a finite number.
    """
    try:
        yield
    except DivergedError as error:
        where = ""
        with contextlib.suppress(BeenetError):
            # There may be no room for the second net that this takes.
            where = _where(run, checkpoint(), error)
        raise DivergedError(
            f"{error}{where}; try a smaller learning_rate",
            epoch=error.epoch,
            step=error.step,
        ) from None


def _where(
    run: TrainingRun, checkpoint: Checkpoint | None, error: DivergedError
) -> str:
    """Return ``: ...`` naming the first layer with bad values; empty if none is found.

    Args:
        run: the training that failed.
        checkpoint: its last one; None if it had none.
        error: contains the step.
    """
    run.reporter.note(f"{error}; looking for the layer where it began")
    position = checkpoint.position if checkpoint else Position()
    if position.epoch != error.epoch:  # the newest checkpoint is damaged
        return ""
    with build_on(
        run.config, run.dataset, run.device, run.plan, run.weights
    ) as network:
        again = replace(run, network=network)
        restore_state(again, checkpoint)
        set_learning_rate(network, run.config, position.history)
        loop = again.loop()
        steps = loop.run_epoch(error.epoch, position.step, error.step)
        with contextlib.closing(steps), contextlib.suppress(DivergedError):
            for _ in steps:
                pass
        if bad := _bad_weights(network):
            return f": the weights {bad} are the first that are not finite"
        if error.step < loop.steps_per_epoch:
            batch = loop.batch(error.epoch, error.step)
            if bad := _bad_output(network, decode(batch.x[0])):
                return f": the output of layer {bad} is the first that is not finite"
    return ""


def _bad_weights(network: Network) -> str | None:
    """Return the name of the first non-finite weights, in the order of the layers."""
    values = network.values()
    for variable in network.weights():
        if not np.isfinite(values[variable.op.name]).all():
            return str(variable.op.name)
    return None


def _bad_output(network: Network, x: Any) -> str | None:
    """Return the name of the first layer whose output for a batch is not finite."""
    layers = network.layer_outputs()
    network.set_training(True)
    outputs = network.session.run(list(layers.values()), {network.x: x})
    for name, output in zip(layers, outputs, strict=True):
        if not np.isfinite(output).all():
            return name
    return None
