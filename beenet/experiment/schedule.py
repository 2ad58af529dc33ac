"""The learning rate of an epoch, if the config has a schedule."""

from collections.abc import Sequence

from beenet.config import Config
from beenet.network.network import Network
from beenet.runs.history import Epoch
from beenet.runs.position import Position


def set_learning_rate(
    network: Network, config: Config, history: Sequence[Epoch]
) -> float | None:
    """Set the rate of the epoch that follows ``history``.

    Returns:
        The rate; None without a schedule: the optimizer's is then a constant.
    """
    schedule = config.training.schedule
    if schedule is None:
        return None
    losses = [row.test_loss for row in history]
    base = config.optimizer.learning_rate
    rate = schedule.rate(base, losses, config.training.epochs)
    network.set_learning_rate(rate)
    return rate


def same_rates(config: Config, position: Position, epochs: int) -> bool:
    """Return whether the config gives all epochs begun so far the rates they had.

    Args:
        config: the experiment.
        position: the progress of the run.
        epochs: the number of epochs planned so far.
    """
    schedule = config.training.schedule
    if schedule is None:
        return True
    losses = [row.test_loss for row in position.history]
    base = config.optimizer.learning_rate
    begun = position.epoch + (position.step > 0)
    return all(
        schedule.rate(base, losses[:done], epochs)
        == schedule.rate(base, losses[:done], config.training.epochs)
        for done in range(begun)
    )
