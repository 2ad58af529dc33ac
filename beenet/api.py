"""The Python API: `train`, `load`, `evaluate`, all available by `import beenet`.

import beenet

run = beenet.train("configs/mnist/convnet1.yaml", overrides=["training.epochs=2"])
with beenet.load(run.path) as net:
    probabilities = net.predict(images)
"""

import contextlib
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from beenet import experiment, shipped
from beenet.config import Config, LoadedConfig, load_config, load_mapping
from beenet.datasets.arrays import checked_numbers
from beenet.errors import ConfigError, DatasetError, NetworkError
from beenet.experiment.inputs import expanded
from beenet.experiment.predict import open_predictor, peak_of
from beenet.progress import make_reporter
from beenet.reporter import Reporter
from beenet.runs.folder import RunFolder
from beenet.runs.history import Epoch, read_csv
from beenet.scores.metrics import Evaluation
from beenet.text.values import show_shape

ConfigLike = str | Path | Mapping[str, Any]
"""A config file, a shipped one's name, or the contents of one as plain data."""


class Net:
    """A saved model, with its own graph and session, until it is closed.

    Attributes:
        model: the prefix of the `.tfl`.
        classes: the class names, in the order of the probabilities.
        shape: the shape of one example.
        dataset: the title of its training data.
        config: its config, including all defaults.
    """

    def __init__(
        self,
        model: str | os.PathLike[str],
        *,
        config: ConfigLike | None = None,
        names: Mapping[str, str] | None = None,
        data_dir: str | Path | None = None,
        device: str = "auto",
    ) -> None:
        """Open a saved model; see `load`."""
        self._open = contextlib.ExitStack()
        self._predictor = self._open.enter_context(
            open_predictor(
                Path(model),
                config=_loaded(config).config if config is not None else None,
                names=names,
                data_dir=_path(data_dir),
                device=device,
            )
        )
        self.model = self._predictor.model
        self.classes = self._predictor.classes
        self.shape = self._predictor.shape
        self.dataset = self._predictor.dataset
        self.config: Config = self._predictor.config
        self._is_open = True

    def predict(
        self, x: ArrayLike | str | Path | Sequence[str | Path]
    ) -> NDArray[np.float32]:
        """Return the probability of each class.

        Args:
            x: examples [n, *shape]: numbers as in the data set, or uint8 meaning k/255.
                Or a file, or a folder, or a list of these: pictures, recordings,
                arrays.

        Returns:
            float32 [n, n_classes]: a row for each example, picture or recording (the
            mean over its windows), and for each example of an array file.

        Raises:
            DatasetError: the input does not fit the net; names the first of several
                files that cannot be read.
        """
        if not self._is_open:
            raise NetworkError(f"{self.model} was closed; load it again")
        files = _files(x)
        if files is not None:
            rows = list(self._ask(files))
            return np.stack(rows) if rows else self._nothing()
        try:
            examples = np.asarray(x)
        except ValueError as error:  # lists of unequal lengths
            raise DatasetError(f"examples are no array: {error}") from None
        if examples.shape[1:] != self.shape:
            raise DatasetError(
                f"examples must have the shape n x {show_shape(self.shape)}, got "
                f"{show_shape(examples.shape)}"
                + ("; of a single one, give x[None]" * (examples.shape == self.shape))
            )
        if examples.dtype.kind != "f" and examples.dtype != np.uint8:
            raise DatasetError(
                f"examples must be float, or uint8 meaning k/255; got {examples.dtype}"
            )
        if not len(examples):
            return self._nothing()
        unit_range = self._predictor.unit_range
        examples = checked_numbers(examples, "examples", unit_range=unit_range)
        if odd := self._predictor.misfit(peak_of(examples)):
            _warn(f"examples: {odd}")
        return self._predictor.probabilities(examples)

    def _ask(self, files: Iterable[Path]) -> Iterator[NDArray[np.float32]]:
        def ignore(_: str) -> None:
            pass

        named = expanded(files, self._predictor.recipe, ignore)
        for answers in self._predictor.answers(named, warn=_warn):
            if answers.fault:
                raise DatasetError(answers.fault)
            if answers.whole is not None:
                yield answers.whole
            else:
                yield from (answer.probabilities for answer in answers.answers)

    def _nothing(self) -> NDArray[np.float32]:
        return np.empty((0, len(self.classes)), np.float32)

    def close(self) -> None:
        """Free its resources; it can no longer predict."""
        self._is_open = False
        self._open.close()

    def __enter__(self) -> "Net":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        classes = ", ".join(self.classes)
        return f"<Net {self.model}: {show_shape(self.shape)} to {classes}>"


@dataclass(frozen=True)
class Run:
    """A finished run."""

    path: Path
    """Its folder."""

    def __fspath__(self) -> str:
        return str(self.path)

    @property
    def model(self) -> Path:
        """The prefix of its `.tfl`."""
        return RunFolder(self.path).model

    @property
    def metrics(self) -> dict[str, Any]:
        """Its metrics.json, such as ``metrics["splits"]["valid"]["accuracy"]``."""
        return RunFolder(self.path).read_metrics().to_json()

    @property
    def history(self) -> list[Epoch]:
        """Loss and accuracy of each epoch."""
        return read_csv(RunFolder(self.path).history)

    def load(self) -> Net:
        """Open its model."""
        return Net(self.path)


def load(
    model: str | os.PathLike[str],
    *,
    config: ConfigLike | None = None,
    names: Mapping[str, str] | None = None,
    data_dir: str | Path | None = None,
    device: str = "auto",
) -> Net:
    """Open a saved model for prediction.

    Args:
        model: a run folder, a `.tfl` prefix, or any one file of the model.
        config: describes a model that has no sidecar.
        names: layers or variables named differently in the file and in the config, the
            file's name first.
        data_dir: where the data sets are installed; None for the usual place.
        device: ``auto``, ``cpu``, ``gpu`` or ``gpu:N``.

    Raises:
        BeenetError: there is no such model, or it cannot be read.
    """
    return Net(model, config=config, names=names, data_dir=data_dir, device=device)


def train(
    config: ConfigLike,
    *,
    run_dir: str | Path | None = None,
    overrides: str | Iterable[str] = (),
    data_dir: str | Path | None = None,
    start_from: str | Path | None = None,
    overwrite: bool = False,
    quiet: bool = False,
    reporter: Reporter | None = None,
) -> Run:
    """Train, save and score what a config describes, as `beenet train` does.

    A finished run is left alone; an unfinished one resumes where it stopped.

    Args:
        config: a config file, or the contents of one as plain data.
        run_dir: the folder of this run; None for ``runs/<name of the config>``.
        overrides: as after ``-o``, such as ``"training.epochs=5"``.
        data_dir: where the data sets are installed; None for the usual place.
        start_from: a saved model from which to continue: weights, steps and optimizer
            state; to take only weights, use ``from:`` in the config.
        overwrite: replace the folder's contents.
        quiet: show only warnings.
        reporter: receives the progress; None displays it.

    Raises:
        BeenetError: training failed; the message says why.
    """
    loaded = _loaded(config, overrides)
    folder = experiment.train(
        loaded,
        _path(run_dir) or Path("runs", loaded.config.name),
        data_dir=_path(data_dir),
        start_from=_path(start_from),
        overwrite=overwrite,
        reporter=reporter or make_reporter(quiet),
    )
    return Run(folder.path)


def evaluate(
    model: str | os.PathLike[str],
    *,
    split: str = "valid",
    dataset: str | None = None,
    config: ConfigLike | None = None,
    names: Mapping[str, str] | None = None,
    data_dir: str | Path | None = None,
    device: str = "auto",
) -> Evaluation:
    """Score a saved model, as `beenet eval` does.

    Args:
        model: a run folder, a `.tfl` prefix, or any one file of the model.
        split: ``train``, ``test`` or ``valid``.
        dataset: other data than the model's own: a registered name, or a folder.
        config: describes a model that has no sidecar.
        names: layers or variables named differently in the file and in the config, the
            file's name first.
        data_dir: where the data sets are installed; None for the usual place.
        device: ``auto``, ``cpu``, ``gpu`` or ``gpu:N``.

    Raises:
        BeenetError: scoring failed; the message says why.
    """
    return experiment.evaluate(
        Path(model),
        split=split,
        dataset_name=dataset,
        config=_loaded(config).config if config is not None else None,
        names=names,
        data_dir=_path(data_dir),
        device=device,
        warn=lambda text: warnings.warn(text, stacklevel=4),
    )


def _loaded(config: ConfigLike, overrides: str | Iterable[str] = ()) -> LoadedConfig:
    overrides = [overrides] if isinstance(overrides, str) else overrides
    if isinstance(config, Mapping):
        return load_mapping(config, overrides)
    path = Path(config)
    if not path.exists():
        name = os.fspath(config)
        if (found := shipped.find(name)) is None and (near := shipped.most_like(name)):
            raise ConfigError(f"{name}: is not there; did you mean {near!r}?")
        path = found or path
    return load_config(path, overrides)


def _path(path: str | Path | None) -> Path | None:
    return None if path is None else Path(path)


def _warn(text: str) -> None:
    warnings.warn(text, stacklevel=3)


def _files(x: object) -> list[Path] | None:
    """Return the given files; None if ``x`` contains examples."""
    if isinstance(x, str | Path):
        return [Path(x)]
    if isinstance(x, list | tuple) and x and isinstance(x[0], str | Path):
        return [Path(item) for item in x]
    return None
