"""What many tests need: small data, a config, and no access to the user's own home."""

import os
import pickle
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from beenet.config import LoadedConfig, load_config
from beenet.drawing import confusion as drawing_confusion
from beenet.drawing import curves as drawing_curves
from beenet.drawing.confusion import confusion
from beenet.drawing.curves import curves

# The same inputs in every run, so that a red one is the change's doing and can be
# repeated; `make fuzz` looks among new ones.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None)
settings.load_profile("repeatable")

CONFIG = """\
name: tiny
dataset: {path: data, classes: [LIGHT, DARK, STRIPED]}
layers:
  - conv_2d: {nb_filter: 4, filter_size: 3, activation: relu, name: conv}
  - max_pool_2d: {kernel_size: 2, name: pool}
  - dropout: {keep_prob: 0.8}
  - fully_connected: {n_units: 8, activation: relu, name: fc}
  - fully_connected: {n_units: 3, activation: softmax, name: out}
optimizer: {momentum: {learning_rate: 0.05}}
training: {epochs: 3, batch_size: 7, seed: 5, threads: 1}
"""


def slow(*values: Any) -> Any:
    """One of several parameters that are much alike, left to the slow tests."""
    return pytest.param(*values, marks=pytest.mark.slow)


def pytest_configure() -> None:
    """Have Ctrl-C and SIGHUP heard, also in a shell's background and under nohup."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session", autouse=True)
def _home_of_shared_runs(tmp_path_factory):
    """Keep what is trained once for several tests out of the user's data home."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BEENET_DATA", str(tmp_path_factory.mktemp("shared_home")))
        yield


@pytest.fixture(autouse=True)
def _private_home(tmp_path_factory, monkeypatch):
    """Keep every test out of the user's data home."""
    monkeypatch.setenv("BEENET_DATA", str(tmp_path_factory.mktemp("home")))
    monkeypatch.delenv("BEENET_THREADS", raising=False)


@pytest.fixture
def drawn(monkeypatch):
    """Let runs draw themselves: see `_no_pictures`."""
    monkeypatch.setattr(drawing_curves, "curves", curves)
    monkeypatch.setattr(drawing_confusion, "confusion", confusion)


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch):
    """Save the third of a second that the pictures of each tiny run take."""
    monkeypatch.setattr(drawing_curves, "curves", lambda *_, **__: b"curves")
    monkeypatch.setattr(drawing_confusion, "confusion", lambda *_, **__: b"confusion")


def write_pickles(folder: Path, seed: int = 0) -> Path:
    """Write three easy classes, 8x8x1, values k/255: 60, 24 and 30 examples."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    for split, n in {"train": 60, "test": 24, "valid": 30}.items():
        labels = rng.permutation(np.arange(n) % 3)
        x = rng.integers(0, 60, (n, 8, 8, 1))
        x[labels == 0] += 190
        x[labels == 2, ::2] += 190
        for part, array in {"X": x / 255, "Y": np.eye(3)[labels]}.items():
            with (folder / f"{split}_{part}.pck").open("wb") as file:
                pickle.dump(array, file, protocol=3)
    return folder


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory) -> Path:
    """The folder that holds ``data/``, and is the place for configs that name it."""
    folder = tmp_path_factory.mktemp("tiny")
    write_pickles(folder / "data")
    (folder / "tiny.yaml").write_text(CONFIG)
    return folder


@pytest.fixture
def tiny(tiny_data: Path) -> Callable[..., LoadedConfig]:
    """Load the tiny config, with overrides."""
    return lambda *overrides: load_config(tiny_data / "tiny.yaml", overrides)


class Recorder:
    """A reporter that remembers, and may press Ctrl-C."""

    def __init__(
        self,
        interrupt_at: tuple[int, int] | None = None,
        by: signal.Signals = signal.SIGINT,
    ) -> None:
        self.lines: list[str] = []
        self.rows: list = []
        self.interrupt_at = interrupt_at
        self.by = by

    def note(self, text: str) -> None:
        self.lines.append(text)

    def warn(self, text: str) -> None:
        self.lines.append(f"warning: {text}")

    def begin(self, epochs: int, steps: int, done: int, metric: str | None) -> None:
        self.lines.append(f"begin {epochs} epochs of {steps} steps, {done} done")

    def progress(self, epoch: int, step: int, loss: float, metric: float) -> None:
        if self.interrupt_at and (epoch, step) >= self.interrupt_at:
            self.interrupt_at = None
            os.kill(os.getpid(), self.by)

    def epoch(self, row) -> None:
        self.rows.append(row)

    def end(self) -> None:
        self.lines.append("end")


@pytest.fixture(scope="session")
def recorder() -> type[Recorder]:
    """The class `Recorder`."""
    return Recorder


LAYER_MODEL = """\
from typing import ClassVar

from beenet.config.layers import PluginLayer, ShapeError
from beenet.config.values import Count, Name


class Every(PluginLayer):
    \"\"\"Every so many of the numbers.\"\"\"

    yaml_name: ClassVar[str] = "every"
    built_by: ClassVar[str] = "every_building:build"
    step: Count
    \"\"\"How far apart the numbers are.\"\"\"
    name: Name = "Every"
    \"\"\"Name of the layer.\"\"\"

    def output_shape(self, shape):
        if len(shape) != 1:
            raise ShapeError("every needs a row of numbers")
        return (-(-shape[0] // self.step),)
"""
LAYER_BUILDING = """\
import tensorflow.compat.v1 as tf


def build(incoming, step, name):
    return tf.multiply(incoming[:, ::step], tf.get_variable("scale", []))
"""


@pytest.fixture
def install_layer(tmp_path_factory, monkeypatch) -> Callable[..., None]:
    """Install a package that brings the layer `every`, as pip would lay it out.

    Each of ``model``, ``building`` and ``entry`` may be a text, or a pair of what to
    replace in the text by what.
    """

    def changed(text: str, change: str | tuple[str, str] | None) -> str:
        if isinstance(change, tuple):
            assert change[0] in text
            return text.replace(*change)
        return text if change is None else change

    def install(model=None, building=None, entry=None) -> None:
        folder = tmp_path_factory.mktemp("site")
        (folder / "every_layers.py").write_text(changed(LAYER_MODEL, model))
        (folder / "every_building.py").write_text(changed(LAYER_BUILDING, building))
        info = folder / "beenet_every-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: beenet-every\n")
        point = changed("every = every_layers:Every", entry)
        (info / "entry_points.txt").write_text(f"[beenet.layers]\n{point}\n")
        monkeypatch.syspath_prepend(folder)
        for name in ("every_layers", "every_building"):
            sys.modules.pop(name, None)

    return install
