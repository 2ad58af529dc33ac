"""Score an ensemble of saved models on a split: majority vote and mean probability."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from beenet.datasets import Dataset
from beenet.datasets.configured import open_split
from beenet.errors import DatasetError
from beenet.experiment.models import find_models, open_own
from beenet.experiment.parts import no_probabilities
from beenet.experiment.predict import open_predictor
from beenet.runs.folder import RunFolder
from beenet.runs.looks import Look, note_look
from beenet.scores.metrics import Scores, compute_scores


@dataclass(frozen=True)
class Member:
    """One model of an ensemble."""

    model: str
    """Its path."""
    scores: Scores
    """Its own scores."""


@dataclass(frozen=True)
class Ensemble:
    """The scores of several models on one split, each alone and combined."""

    dataset: str
    """The data's title, which contains *synthetic* if they are."""
    synthetic: bool
    """Whether the data are a stand-in, so that the scores are meaningless."""
    split: str
    members: tuple[Member, ...]
    vote: Scores
    """The class with the most votes; of tied ones, that with the highest sum of
    probabilities. Its loss is computed from vote shares, and means little."""
    mean: Scores
    """The class with the highest mean probability."""

    def to_json(self) -> dict[str, Any]:
        """Return plain data, with numbers at full precision."""
        return asdict(self)


def ensemble(
    paths: Sequence[Path],
    *,
    split: str = "valid",
    data_dir: Path | None = None,
    device: str = "auto",
    note: Callable[[str], None] = lambda _: None,
    warn: Callable[[str], None] = lambda _: None,
) -> Ensemble:
    """Score saved models on a split, each alone and combined.

    Args:
        paths: models, run folders, or folders of runs, of one data set.
        split: ``train``, ``test`` or ``valid``.
        data_dir: where the data sets are installed; None for the usual place.
        device: as in a config.
        note: called with a message for each model that is run.
        warn: called with warnings about the validity of the scores.

    Raises:
        DatasetError: they were not trained on the same data set, or the outputs of one
            are not probabilities, which averaging and the likelihood require.
        NetworkError: one cannot be read.
    """
    models = [model for path in paths for model in find_models(path)]
    if len(models) < 2:
        raise DatasetError(
            "an ensemble needs at least two models; give several runs, or a "
            "folder of runs"
        )
    dataset: Dataset | None = None
    members: list[Member] = []
    outputs: list[NDArray[np.float64]] = []
    for model in models:
        with open_predictor(model, data_dir=data_dir, device=device) as asked:
            if asked.model.resolve() in [Path(m.model).resolve() for m in members]:
                raise DatasetError(f"{asked.model} is named twice; it has one vote")
            note(f"asking {asked.model}")
            own = open_own(asked, split, data_dir, warn)
            dataset = dataset or own
            if (own.hashes, own.classes) != (dataset.hashes, dataset.classes):
                raise DatasetError(
                    f"{asked.model} was trained on {own.title}, {members[0].model} on "
                    f"{dataset.title}; only models of the same data can vote"
                )
            examples = open_split(asked.config, own, split)
            said = asked.probabilities(examples.x)
            if fault := no_probabilities(said):
                raise DatasetError(
                    f"{asked.model} cannot vote with others: {fault}; a softmax behind "
                    "its last layer makes some"
                )
        outputs.append(said.astype(np.float64))
        scores = _scores(examples.labels, outputs[-1], dataset)
        members.append(Member(str(asked.model), scores))
    for member in members:  # only after all have been scored
        look = Look(own.title, split, own.digest)
        note_look(RunFolder(Path(member.model).parent), look, warn)
    labels = examples.labels
    return Ensemble(
        own.title,
        own.synthetic,
        split,
        tuple(members),
        vote=_scores(labels, votes(outputs), own),
        mean=_scores(labels, np.mean(outputs, axis=0), own),
    )


def votes(outputs: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return each class's share of votes; ties are broken by the sums of outputs.

    Args:
        outputs: each member's, [n, n_classes]: probabilities, or numbers of any range.

    Returns:
        [n, n_classes], 0..1: votes, plus less than one vote by the rank of the class's
        sum.
    """
    said = np.asarray(outputs)
    named = said.argmax(axis=2)
    count = np.zeros(said.shape[1:])
    for rows in named:
        count[np.arange(len(rows)), rows] += 1
    # By ranks, so that no sum of outputs outweighs a whole vote.
    rank = rankdata(said.sum(axis=0), method="min", axis=1) - 1
    total: NDArray[np.float64] = (count + rank / said.shape[2]) / (len(said) + 1)
    return total


def _scores(
    labels: NDArray[np.int64], outputs: NDArray[np.float64], dataset: Dataset
) -> Scores:
    """Score outputs against labels; the loss is the mean negative log-likelihood."""
    true = outputs[np.arange(len(labels)), labels]
    loss = float(-np.log(np.maximum(true, 1e-12)).mean())
    return compute_scores(labels, outputs.astype(np.float64), loss, dataset.classes)
