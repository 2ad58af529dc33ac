"""Functions shared by training and scoring: build the network, compute the scores."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from beenet.config import Config
from beenet.config.estimator import Loss
from beenet.datasets import Dataset, Split
from beenet.engine import score, session_config, settle_process
from beenet.network.build import build
from beenet.network.network import Network
from beenet.scores.metrics import Scores, compute_scores
from beenet.scores.outcomes import Outcomes, outcomes_of
from beenet.system.thread_plan import ThreadPlan


def build_on(
    config: Config,
    dataset: Dataset,
    device: str,
    plan: ThreadPlan,
    weights: Sequence[float] | None = None,
) -> Network:
    """Build a config's network for its data, on a device, under a thread plan."""
    shape, n_classes = dataset.shape, len(dataset.classes)
    return build_for(config, shape, n_classes, device, plan, weights)


def build_for(
    config: Config,
    shape: Sequence[int],
    n_classes: int,
    device: str,
    plan: ThreadPlan,
    weights: Sequence[float] | None = None,
) -> Network:
    """Build a config's network without data, for examples of a given shape."""
    settle_process(device, plan)
    return build(
        config,
        shape,
        n_classes,
        session_config=session_config(device, plan),
        class_weights=weights,
    )


def probabilities_of(outputs: NDArray[np.float32], loss: Loss) -> NDArray[np.float32]:
    """Apply a loss's link function, softmax or sigmoid if any, to [n, n_classes]."""
    if loss.link == "softmax":
        return np.asarray(softmax(outputs, axis=1), np.float32)
    if loss.link == "sigmoid":
        return np.asarray(expit(outputs), np.float32)
    return outputs


def no_probabilities(outputs: NDArray[np.float32]) -> str | None:
    """Return why outputs are not probabilities, or None if they are."""
    low, high = float(outputs.min(initial=0)), float(outputs.max(initial=1))
    if low >= 0 and high <= 1 + 1e-5:
        return None
    return f"its outputs, from {low:.3g} to {high:.3g}, are no probabilities"


def score_split(
    network: Network, config: Config, split: Split, dataset: Dataset
) -> tuple[Scores, Outcomes]:
    """Score a network on a split; training and `beenet eval` both use this.

    Returns:
        The scores, and the outcome of each example.
    """
    scored = score(network, split)
    labels = split.labels
    scores = compute_scores(labels, scored.outputs, scored.loss, dataset.classes)
    # The class is taken from the output: two probabilities near 1 may round alike.
    predicted = scored.outputs.argmax(axis=1)
    given = probabilities_of(scored.outputs, config.loss)
    return scores, outcomes_of(labels, given, predicted)
