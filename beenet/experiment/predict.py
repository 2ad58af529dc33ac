"""Predict the classes of raw files with a saved model."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beenet.config import Config
from beenet.datasets.configured import open_data
from beenet.datasets.encode import decode
from beenet.engine import available_devices, choose_device, predict, requested_plan
from beenet.errors import ConfigError
from beenet.experiment.inputs import InputExample, InputFile, input_examples
from beenet.experiment.parts import build_for, no_probabilities, probabilities_of
from beenet.media import Recipe, recipe_for
from beenet.media.recipe import Changes
from beenet.network.network import Network
from beenet.network.saved import restore_weights
from beenet.network.sidecar import Sidecar, read_sidecar
from beenet.registry import REGISTRY
from beenet.runs.find_model import find_model

_MAX_EXAMPLES = 1024
_MAX_BYTES = 2**26
"""Limits of the examples that are predicted at once: their number and their bytes."""

_BRIGHTEST, _DARKEST = 4, 100
"""Factors by which the peak may exceed, or stay below, that of the training data."""


@dataclass(frozen=True)
class Answer:
    """The net's output for one example."""

    probabilities: NDArray[np.float32]
    """The output for each class, float32 [n_classes]."""
    start: float | None = None
    """Where a window of a recording begins, in seconds."""
    row: int | None = None
    """The index of the example in an array."""


@dataclass(frozen=True)
class FileAnswers:
    """The net's outputs for one file, or why there are none."""

    file: str
    """The file as it was given; ``-`` for stdin."""
    answers: tuple[Answer, ...] = ()
    """One per picture, per window of a recording, or per example of an array."""
    fault: str = ""
    """Why the file cannot be read."""

    @property
    def whole(self) -> NDArray[np.float32] | None:
        """The mean over the windows of a recording; None for an array."""
        if not self.answers or self.answers[0].row is not None:
            return None
        outputs = [answer.probabilities for answer in self.answers]
        mean: NDArray[np.float32] = np.mean(outputs, axis=0, dtype=np.float64)
        return mean.astype(np.float32)

    @property
    def no_probabilities(self) -> str | None:
        """Why its answers are not probabilities; None if they are."""
        if not self.answers:
            return None
        return no_probabilities(np.stack([a.probabilities for a in self.answers]))


@dataclass(frozen=True)
class Predictor:
    """A saved model that is ready to predict."""

    model: Path
    """The prefix of the `.tfl`."""
    dataset: str
    """The title of its training data, which contains *synthetic* if they were."""
    synthetic: bool
    """Whether it was trained on a stand-in: its answers are then meaningless."""
    classes: tuple[str, ...]
    """Class names in one-hot order."""
    recipe: Recipe | None
    """How raw files become examples."""
    network: Network
    config: Config
    shape: tuple[int, ...]
    """Of one example of its data."""
    sidecar: Sidecar | None
    """Its sidecar; None if a config was given instead."""
    peak: float | None
    """The largest absolute value of its training data; None if unknown."""

    @property
    def unit_range(self) -> bool:
        """Whether examples are in 0..1: pictures whose recipe beenet knows."""
        if self.recipe is None or self.recipe.kind != "image":
            return False
        return self.config.dataset.name is not None or self.recipe.origin == "built"

    def misfit(self, peak: float) -> str | None:
        """Return what is unusual about the scale of examples; None if nothing is.

        Args:
            peak: their largest absolute value, as fed to the net.
        """
        if not self.peak:
            return None
        if self.peak / _DARKEST <= peak <= self.peak * _BRIGHTEST:
            return None
        return (
            f"the largest value is {peak:.3g}, and the net was trained on values up to "
            f"{self.peak:.3g}: its answers may mean nothing"
        )

    def predict(self, x: NDArray[np.generic]) -> NDArray[np.float32]:
        """Return the output for examples [n, *shape]: float32, or uint8 as k/255."""
        shape = self.config.input_shape(self.shape)
        return predict(self.network, x.reshape(len(x), *shape))

    def answers(
        self,
        files: Iterable[InputFile],
        note: Callable[[str], None] = lambda _: None,
        warn: Callable[[str], None] = lambda _: None,
    ) -> Iterator[FileAnswers]:
        """Predict files, holding a bounded number of examples at a time.

        Args:
            files: pictures, recordings, arrays.
            note: called with notes about the files.
            warn: called with warnings of examples whose scale differs from training.

        Yields:
            The answers for each file in turn; for one that cannot be read, the fault.
        """
        stream = input_examples(
            files, self.shape, self.recipe, unit_range=self.unit_range, note=note
        )
        pairs = self._outputs(stream)
        for _, of_one in groupby(pairs, key=lambda pair: pair[0].file):
            label, fault, so_far, peak = "", "", list[Answer](), 0.0
            for piece, output in of_one:
                label = piece.label
                if piece.x is None or output is None:
                    fault, so_far = piece.fault, []
                else:
                    so_far.append(Answer(output, piece.start, piece.row))
                    peak = max(peak, peak_of(piece.x))
            if so_far and (odd := self.misfit(peak)):
                warn(f"{label}: {odd}")
            yield FileAnswers(label, tuple(so_far), fault)

    def probabilities(self, x: NDArray[np.generic]) -> NDArray[np.float32]:
        """Return outputs after the loss's link function, softmax or sigmoid if any."""
        return probabilities_of(self.predict(x), self.config.loss)

    def _outputs(
        self, stream: Iterator[InputExample]
    ) -> Iterator[tuple[InputExample, NDArray[np.float32] | None]]:
        size = int(np.prod(self.shape)) * 4
        at_once = max(1, min(_MAX_EXAMPLES, _MAX_BYTES // size))
        while batch := list(islice(stream, at_once)):
            xs = [piece.x for piece in batch if piece.x is not None]
            if len({x.dtype for x in xs}) > 1:
                xs = [decode(x) for x in xs]
            outputs = iter(self.probabilities(np.stack(xs)) if xs else ())
            for piece in batch:
                yield piece, None if piece.x is None else next(outputs)


@contextlib.contextmanager
def open_predictor(
    path: Path,
    *,
    config: Config | None = None,
    names: Mapping[str, str] | None = None,
    changes: Changes | None = None,
    data_dir: Path | None = None,
    device: str = "auto",
) -> Iterator[Predictor]:
    """Open a saved model for prediction; leaving the context frees its resources.

    Args:
        path: a run folder, a `.tfl` prefix, or any one file of the model.
        config: describes a model that has no sidecar.
        names: layers or variables named differently in the file and in the config, the
            file's name first.
        changes: deviations from the recipe.
        data_dir: where the data sets are installed; used only if a config with custom
            data is given.
        device: as in a config.

    Raises:
        NetworkError: it cannot be read, or does not fit.
        ConfigError: the changes do not apply to the net's inputs.
    """
    prefix = find_model(path)
    known = None
    if config is None:
        known = read_sidecar(prefix)
        config, plan = known.config, known.plan
        classes, shape, recipe = known.class_names, known.shape, known.recipe
        title, synthetic, peak = known.dataset, known.synthetic, known.peak
    else:
        plan = requested_plan(config.training.threads)
        shape, classes, recipe = _described(config, data_dir)
        title, synthetic, peak = config.dataset.title, False, None
    try:
        recipe = changes.on(recipe) if changes and recipe else recipe
    except ValueError as error:
        raise ConfigError(f"{prefix}: {error}") from None
    where = choose_device(device, available_devices())
    with build_for(config, shape, len(classes), where, plan) as network:
        restore_weights(network, prefix, names)
        yield Predictor(
            model=prefix,
            dataset=title,
            synthetic=synthetic,
            classes=classes,
            recipe=recipe,
            network=network,
            config=config,
            shape=shape,
            sidecar=known,
            peak=peak,
        )


def peak_of(x: NDArray[Any]) -> float:
    """Return the largest absolute value of examples, as fed to a net."""
    peak = max(abs(float(x.min())), abs(float(x.max())))  # without copying the array
    return peak / 255 if x.dtype == np.uint8 else peak


def _described(
    config: Config, data_dir: Path | None
) -> tuple[tuple[int, ...], tuple[str, ...], Recipe | None]:
    """Return shape, classes, recipe of a config's data; only custom data are opened."""
    if config.dataset.name is not None:
        info = REGISTRY[config.dataset.name]
        return info.shape, info.classes, recipe_for(info.shape, info)
    dataset = open_data(config, data_dir)
    return dataset.shape, dataset.classes, dataset.recipe
