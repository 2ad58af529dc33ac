"""metrics.json: the scores of a finished run."""

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StrictBool, ValidationError

from beenet.config.faults import format_path
from beenet.errors import RunError
from beenet.registry import SPLITS
from beenet.scores.metrics import Amount, Count, Scores, Text
from beenet.system.plain_files import read_json
from beenet.text.values import show
from beenet.text.words import reason

METRICS_FORMAT = 1
"""Incremented whenever another version of beenet could misread metrics.json."""


def _of_all(splits: dict[str, Scores]) -> dict[str, Scores]:
    if set(splits) != set(SPLITS):
        raise ValueError(f"are not those of {', '.join(SPLITS)}")
    return splits


class RunMetrics(BaseModel):
    """The scores of a finished run, and the data they were measured on.

    Older runs lack some of the keys; a key that is None is not written.
    """

    model_config = ConfigDict(frozen=True)

    format: int = METRICS_FORMAT
    name: Text
    """The config's name."""
    but_for_seed: Text | None = None
    """A digest that is equal for runs which differ only in their seed."""
    dataset: Text
    """The data set's title, which says if it is synthetic."""
    data: Text | None = None
    """A digest of the data's files."""
    synthetic: StrictBool | None = None
    """Whether the data are synthetic, so that the scores mean nothing."""
    seed: Count | None = None
    epochs: Count
    steps: Count
    seconds: Amount
    """Time that its epochs took, without startup and final scoring."""
    stopped_early: StrictBool | None = None
    """Whether early stopping ended it; None without early stopping."""
    best_epoch: Count | None = None
    """The epoch, from 1, whose weights were kept; None for the last epoch's."""
    class_weights: dict[Text, Amount] | None = None
    """Class name to weight; None if all classes weigh the same."""
    splits: Annotated[dict[str, Scores], AfterValidator(_of_all)]
    """Split name to scores."""

    def to_json(self) -> dict[str, Any]:
        """Return plain data with numbers at full precision."""
        splits = {split: scores.to_json() for split, scores in self.splits.items()}
        rest = self.model_dump(exclude={"splits"}, exclude_none=True)
        plain: dict[str, Any] = json.loads(json.dumps(rest | {"splits": splits}))
        return plain  # lists, as in the file

    def final_scores(self) -> dict[str, float]:
        """Return accuracy and loss of each split as ``final/<split>/<score>``."""
        return {
            f"final/{split}/{score}": getattr(scores, score)
            for split, scores in self.splits.items()
            for score in ("accuracy", "loss")
        }


def read_run_metrics(path: Path) -> RunMetrics:
    """Read metrics.json.

    Raises:
        RunError: it cannot be read, another version of beenet wrote it, or a key is
            missing or invalid; names the key.
    """
    try:
        data = read_json(path)
    except (OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read: {reason(error)}") from None
    if not isinstance(data, dict):
        raise RunError(f"{path} is not a run's metrics")
    if (found := data.get("format", METRICS_FORMAT)) != METRICS_FORMAT:
        raise RunError(
            f"{path} has format {show(found)}, this beenet reads "
            f"{METRICS_FORMAT}; use the beenet that wrote it"
        )
    try:
        return RunMetrics.model_validate(data)
    except ValidationError as error:
        key = format_path(error.errors()[0]["loc"])
        raise RunError(
            f"{path} is not a run's metrics: its {key} is missing or cannot be; train "
            "the run again with --overwrite, or move it away"
        ) from None
