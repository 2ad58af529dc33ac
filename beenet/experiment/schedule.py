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


def same_rates(config: Config, history: Sequence[Epoch], epochs: int) -> bool:
    """Return whether the epochs done had the rates that the config gives them.

    Args:
        config: the experiment.
        history: the epochs done.
        epochs: how many there were to be when they were trained.
    """
    schedule = config.training.schedule
    if schedule is None:
        return True
    losses = [row.test_loss for row in history]
    base = config.optimizer.learning_rate
    return all(
        schedule.rate(base, losses[:done], epochs)
        == schedule.rate(base, losses[:done], config.training.epochs)
        for done in range(len(losses))
    )
