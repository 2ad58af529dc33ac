"""`beenet init`: writes a first config for a data set, with comments."""

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from beenet.config.yaml_text import dump
from beenet.datasets import open_dataset
from beenet.datasets.opening import is_folder, refuse_other_classes
from beenet.errors import AlreadyExistsError, BeenetError
from beenet.registry import REGISTRY, DatasetInfo, find
from beenet.system.files import write_text
from beenet.system.write_errors import explain_write_errors
from beenet.text.terminal import printable_line

_CONVNET = """\
  - conv_2d: {name: conv_layer_1, nb_filter: %d, filter_size: %d, activation: %s}
  - max_pool_2d: {name: pool_layer_1, kernel_size: 2}
"""
_HIDDEN = """\
  - fully_connected: {name: fc_layer_1, n_units: %d, activation: %s}
"""
_TEMPLATE = """\
# A first net for {title}:
# {counts} examples.
#
#   beenet check {file}      finds mistakes, without training
#   beenet describe {file}   shows each layer's shape and weights
#   beenet train {file}      trains and scores it, in runs/{name}
#
# Layers, arguments and their defaults are TFLearn's. Lines that begin with # are
# suggestions: take the # away to use one. To have an editor complete and check this
# file, run `beenet schema > schema.json` and make this its first line:
#   # yaml-language-server: $schema=schema.json

name: {name}
dataset: {dataset}

# Preprocessing is applied to every split, augmentation at random to train alone.
# preprocessing: [featurewise_zero_center]
# augmentation: [{augmentation}]

# From the first layer to the last, which needs one unit for each class.
layers:
{layers}{hidden}\
  # - dropout: {{keep_prob: 0.5}}
  - fully_connected: {{name: fc_layer_2, n_units: {n_classes}, activation: softmax}}

optimizer: {{sgd: {{learning_rate: 0.1}}}}
# optimizer: {{adam: {{learning_rate: 0.001}}}}
loss: categorical_crossentropy

training:
  epochs: {epochs}
  batch_size: 10
  seed: 1
  # early_stopping: {{patience: 5}}   # stop after 5 epochs without improvement on test
  # save_best: accuracy             # keep the weights that were best on test
  # class_weights: balanced         # where one class is much rarer than another
"""


def write_starter(
    dataset: str,
    out: Path | None = None,
    *,
    classes: Sequence[str] | None = None,
    data_dir: Path | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a first config for a data set, and return its path.

    Args:
        dataset: a registered name, or the folder of a user's own set.
        out: the file; None for the data set's name in the current folder.
        classes: class names of an own set that `beenet data build` did not make.
        data_dir: where data sets are installed; None for the default.
        overwrite: replace an existing file.

    Raises:
        AlreadyExistsError: the file exists already.
        BeenetError: it cannot be written.
        DatasetError: there is no such data set.
    """
    folder = Path(dataset) if is_folder(dataset) else None
    info = _own(folder, classes, data_dir) if folder else find(dataset)
    if folder is None:
        refuse_other_classes(info, classes)
    name = re.sub(r"[^a-z0-9_.-]+", "-", info.name.casefold()).strip("-._") or "own"
    out = out or Path(f"{name}.yaml")
    if out.exists() and not overwrite:
        raise AlreadyExistsError(out)
    source = info.name if folder is None else _source(folder, out, classes)
    with explain_write_errors(out, "--out", BeenetError):
        # Runs go below the data set's folder, like those of the shipped configs.
        write_text(out, _text(f"{name}/first", source, info, str(out)))
    return out


def _own(
    folder: Path, classes: Sequence[str] | None, data_dir: Path | None
) -> DatasetInfo:
    """Return the properties of a user's own set, read from its files."""
    dataset = open_dataset(path=folder, classes=classes, data_dir=data_dir)
    if dataset.name in REGISTRY:
        return find(dataset.name)
    kind = dataset.recipe.kind if dataset.recipe else "image"
    return DatasetInfo(
        dataset.name, dataset.shape, dataset.classes, dataset.counts, kind
    )


def _source(folder: Path, out: Path, classes: Sequence[str] | None) -> str:
    """Return the value of ``dataset:`` for an own set, relative to the config."""
    try:
        path = os.path.relpath(folder, out.parent)
    except ValueError:  # on another drive of Windows
        path = str(folder.absolute())
    shown = json.dumps(Path(path).as_posix(), ensure_ascii=False)
    if not classes:
        return f"{{path: {shown}}}"
    return f"{{path: {shown}, classes: {json.dumps(classes, ensure_ascii=False)}}}"


def _text(name: str, source: str, info: DatasetInfo, file: str) -> str:
    """Return the config's text, with the lecture's net for data of this kind."""
    shape = "x".join(map(str, info.shape))
    title = printable_line(info.name)  # in a comment
    digits = info.name == "MNIST"
    colour = info.kind == "image" and info.shape[-1] == 3
    augmentation = "random_flip_leftright"
    if digits:
        augmentation = "{random_rotation: {max_angle: 10}}"
    elif info.kind == "audio":
        augmentation = "{random_shift: {max_shift: 400}}"
    layers = ""
    if digits:
        layers = _CONVNET % (20, 5, "sigmoid")
    elif colour:
        layers = _CONVNET % (8, 3, "relu")
    return _TEMPLATE.format(
        title=f"{title} ({info.kind}, {shape}, {len(info.classes)} classes)",
        counts=", ".join(f"{split} {n:,}" for split, n in info.counts.items()),
        file=file,
        name=dump(name).removesuffix("...\n").strip(),  # bare, 2024 is no text
        dataset=source,
        augmentation=augmentation,
        layers=layers,
        hidden=_HIDDEN % ((100, "sigmoid") if digits else (128, "relu")),
        n_classes=len(info.classes),
        epochs=1 if digits else 2,
    )
