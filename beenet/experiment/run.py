"""The state shared by the stages of a training, and its restoration."""

import time
from dataclasses import dataclass
from pathlib import Path

from beenet.config import Config
from beenet.config.identity import but_for_seed
from beenet.datasets import Dataset, Split
from beenet.engine import TrainLoop
from beenet.errors import NetworkError, RunError
from beenet.experiment.parts import score_split
from beenet.network.network import Network
from beenet.network.saved import model_digest, read_variables, restore_training
from beenet.network.transfer import transfer_weights
from beenet.reporter import Reporter
from beenet.runs.checkpoint import Checkpoint
from beenet.runs.folder import RunFolder
from beenet.runs.origin import Origin, StartModel
from beenet.runs.provenance import numeric_environment
from beenet.scores.metrics import Scores
from beenet.scores.outcomes import Outcomes
from beenet.system.thread_plan import ThreadPlan
from beenet.tracking.mlflow import Tracker


@dataclass(frozen=True)
class TrainingRun:
    """A config, its data, and the network trained on them."""

    config: Config
    dataset: Dataset
    splits: dict[str, Split]
    folder: RunFolder
    network: Network
    device: str
    plan: ThreadPlan
    weights: tuple[float, ...] | None
    """The weight of each class in the loss, in one-hot order; None if all are equal."""
    origin: Origin
    """How the run began: start model, data, versions."""
    reporter: Reporter
    tracker: Tracker | None = None
    """The MLflow tracker, if the config has one."""

    def score(self, split: str) -> tuple[Scores, Outcomes]:
        """Score the network's current weights on a split."""
        return score_split(self.network, self.config, self.splits[split], self.dataset)

    def loop(self) -> TrainLoop:
        """Compile the training loop."""
        training = self.config.training
        return TrainLoop(
            self.network,
            self.splits["train"],
            batch_size=training.batch_size,
            seed=training.seed,
            shuffle=training.shuffle,
        )


def repeats_of(config: Config, dataset: Dataset, origin: Origin) -> str:
    """Return a digest that is the same for runs that differ only by their seed.

    Args:
        config: the run's.
        dataset: its data.
        origin: how it began.
    """
    told = origin.source if config.warm_start is None else None
    return but_for_seed(config, dataset.hashes, told.sha256 if told else None)


def new_origin(
    dataset: Dataset, plan: ThreadPlan, device: str, model: Path | None
) -> Origin:
    """Return a new run's origin, which each of its checkpoints contains.

    Args:
        dataset: its data.
        plan: its thread plan.
        device: where it trains.
        model: the saved model whose weights it begins with.
    """
    source = None
    if model is not None:
        source = StartModel(model=str(model), sha256=model_digest(model))
    return Origin(
        started=time.time(),
        source=source,
        plan=plan,
        device=device,
        data=dict(dataset.hashes),
        versions=numeric_environment(),
    )


def restore_state(run: TrainingRun, checkpoint: Checkpoint | None) -> str:
    """Restore a run's network from a checkpoint, or to its initial state.

    Returns:
        A note for the user, perhaps empty.

    Raises:
        RunError: the checkpoint is of another network; or the saved model, which
            contains the variables of a finished run's checkpoint, cannot be read.
        NetworkError: the model to begin with cannot be read.
    """
    if checkpoint is None:
        return _begin(run)
    try:
        values = checkpoint.variables
        if not values:
            values = read_variables(run.folder.model)
            _check_model_is(run.folder.model, checkpoint.model)
        run.network.set_values(values)
    except NetworkError as error:
        raise RunError(
            f"the checkpoint in {run.folder.path} cannot be used: {error}; start over "
            "with --overwrite"
        ) from None
    return f"going on after {checkpoint.position}"


def _check_model_is(model: Path, digest: str | None) -> None:
    """Refuse a model that has replaced the one with which the training ended."""
    if digest is not None and model_digest(model) != digest:
        raise NetworkError(f"{model} is not the model that this training ended with")


def _begin(run: TrainingRun) -> str:
    """Load a start model's fitting weights, or the whole state of its training."""
    if run.origin.source is None:
        return ""
    model, start = Path(run.origin.source.model), run.config.warm_start
    if start is None:
        try:
            restore_training(run.network, model)
        except NetworkError as error:
            raise NetworkError(
                f"{error}; to take over the layers that fit, say from: {model} in the "
                "config, not --from"
            ) from None
        return f"beginning with the weights of {model}"
    return transfer_weights(run.network, model, start).text(model)
