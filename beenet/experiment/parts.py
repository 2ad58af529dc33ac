"""What training and scoring have in common: the data, the network, the score."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from beenet.config import Config
from beenet.datasets import Dataset, Split, open_dataset
from beenet.datasets.union import union
from beenet.engine import Plan, score, session_config, settle_process
from beenet.metrics import Scores, compute_scores
from beenet.network.build import build
from beenet.network.network import Network
from beenet.outcomes import Outcomes, outcomes_of


def open_data(config: Config, data_dir: Path | None) -> Dataset:
    """Open the data set that a config names.

    Raises:
        DatasetError: it is not installed, or not what it should be.
    """
    wanted = config.dataset
    first = open_dataset(
        name=wanted.name,
        path=Path(wanted.path) if wanted.path else None,
        classes=wanted.classes,
        data_dir=data_dir,
    )
    if not wanted.plus:
        return first
    more = [open_dataset(name=name, data_dir=data_dir) for name in wanted.plus]
    return union([first, *more])


def build_on(
    config: Config,
    dataset: Dataset,
    device: str,
    plan: Plan,
    weights: Sequence[float] | None = None,
) -> Network:
    """Build a config's network for its data, on a device, with so many threads."""
    shape, n_classes = dataset.shape, len(dataset.classes)
    return build_for(config, shape, n_classes, device, plan, weights)


def build_for(
    config: Config,
    shape: Sequence[int],
    n_classes: int,
    device: str,
    plan: Plan,
    weights: Sequence[float] | None = None,
) -> Network:
    """Build a config's network without data: for examples of a shape."""
    settle_process(device, plan)
    return build(
        config,
        shape,
        n_classes,
        session_config=session_config(device, plan),
        class_weights=weights,
    )


def open_split(config: Config, dataset: Dataset, name: str) -> Split:
    """Return a split in the shape that the network's input has."""
    split = dataset.split(name)
    shape = config.input_shape(dataset.shape)
    return replace(split, x=split.x.reshape(len(split), *shape))


def score_split(
    network: Network, split: Split, dataset: Dataset
) -> tuple[Scores, Outcomes]:
    """Score a network on a split; training and `beenet eval` both come here.

    Returns:
        The scores, and what became of each example.
    """
    scored = score(network, split)
    labels = split.labels
    scores = compute_scores(labels, scored.probabilities, scored.loss, dataset.classes)
    return scores, outcomes_of(labels, scored.probabilities)
