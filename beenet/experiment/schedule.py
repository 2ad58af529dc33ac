"""The learning rate of an epoch, where a config has a schedule."""

from collections.abc import Sequence

from beenet.config import Config
from beenet.history import Epoch
from beenet.network.network import Network


def set_learning_rate(
    network: Network, config: Config, history: Sequence[Epoch]
) -> float | None:
    """Set the rate of the epoch that follows ``history``.

    Returns:
        The rate; None without a schedule, as the optimizer's is then a constant.
    """
    schedule = config.training.schedule
    if schedule is None:
        return None
    losses = [row.test_loss for row in history]
    base = config.optimizer.learning_rate
    rate = schedule.rate(base, losses, config.training.epochs)
    network.set_learning_rate(rate)
    return rate
