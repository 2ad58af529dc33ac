"""Export a saved model, and compare its outputs with the exported model's."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from beenet.config import Config
from beenet.datasets.configured import open_split
from beenet.engine.plan import plan_of
from beenet.errors import DatasetError, ExportError
from beenet.experiment.models import open_own
from beenet.experiment.predict import Predictor, open_predictor
from beenet.export import saved_script, savedmodel, tflite
from beenet.export.code import identifier
from beenet.export.examples import ExportInputs, random_examples, real_examples
from beenet.export.frozen import FrozenGraph, freeze
from beenet.export.result import Exported, compare, size_of
from beenet.export.script import Subject, script
from beenet.runs.folder import RunFolder
from beenet.runs.looks import Look, note_look
from beenet.system import files
from beenet.system.scratch import scratch_folder
from beenet.system.write_errors import explain_write_errors

Form = Literal["script", "savedmodel", "tflite"]

_ENDINGS = {"script": ".py", "savedmodel": "_savedmodel", "tflite": ".tflite"}

# The number of examples compared: fewer for a script, which prints its outputs.
_TRIED = {"script": 256, "savedmodel": 2000, "tflite": 2000}
_CALIBRATED = 500
_RANDOM = 64

_TOLERANCE = 1e-3
"""Float32 sums may be in another order; a larger difference means another network.
Relative to the largest output if that is above 1."""


def export(
    path: Path,
    form: Form,
    *,
    out: Path | None = None,
    int8: bool = False,
    overwrite: bool = False,
    config: Config | None = None,
    data_dir: Path | None = None,
    warn: Callable[[str], None] = lambda _: None,
) -> Exported:
    """Write a saved model in another form, and compare the outputs of the two.

    Args:
        path: a run folder, a `.tfl` prefix, or any one file of the model.
        form: the form to write.
        out: the path to write; None for the config's name, in the current folder.
        int8: compute in 8-bit integers, calibrated on the train split; TFLite only.
        overwrite: replace an existing export.
        config: describes a model that has no sidecar.
        data_dir: where the data sets are installed; None for the usual place.
        warn: called with warnings about the validity of the comparison.

    Raises:
        ExportError: it cannot be done, or the outputs differ; nothing is written.
    """
    if int8 and form != "tflite":
        raise ExportError(f"8-bit numbers are for TFLite; {form} has float32 alone")
    with open_predictor(path, config=config, data_dir=data_dir, device="cpu") as model:
        target = out or Path(
            identifier(model.config.name) + ("_int8" if int8 else "") + _ENDINGS[form]
        )
        _refuse_what_is_there(target, form, overwrite)
        examples = _examples(model, data_dir, _TRIED[form], warn)
        ask = model.predict if form == "script" else model.probabilities
        ours = ask(examples.x)
        with explain_write_errors(target, "--out", ExportError):
            target.parent.mkdir(parents=True, exist_ok=True)
            with scratch_folder(target.parent) as scratch:
                new = scratch / target.name
                if form == "script":
                    theirs = _script(model, new, examples)
                elif form == "savedmodel":
                    savedmodel.write(_frozen(model), model.classes, new)
                    theirs = savedmodel.run(new, examples.x)
                else:
                    calibration = _calibration(model, data_dir) if int8 else None
                    content = tflite.convert(_frozen(model), calibration)
                    content = tflite.with_labels(content, model.classes)
                    files.write_bytes(new, content)
                    theirs = tflite.run(content, examples.x)
                seen = compare(examples, ours, theirs)
                allowed = _TOLERANCE * max(1.0, float(np.abs(ours).max()))
                if not int8 and not seen.largest_difference <= allowed:
                    raise ExportError(
                        f"{form} answers otherwise than {model.model}: up to "
                        f"{seen.largest_difference:.3g} apart; nothing is written"
                    )
                size = size_of(new)
                _put(new, target)
        if examples.labels is not None:  # the accuracy is reported
            look = Look(model.dataset, "valid", examples.data)
            note_look(RunFolder(model.model.parent), look, warn)
    return Exported(str(model.model), form, str(target), size, int8, seen)


def _refuse_what_is_there(target: Path, form: Form, overwrite: bool) -> None:
    if not target.exists():
        return
    is_ours = target.is_file()
    if form == "savedmodel":
        is_ours = (target / "saved_model.pb").exists()
    if not is_ours:
        kind = "a folder" if target.is_dir() else "something else"
        if form == "savedmodel" and target.is_dir():
            kind = "a folder without a SavedModel"
        raise ExportError(f"{target} is {kind}; choose another place with --out")
    if not overwrite:
        raise ExportError(
            f"{target} exists; replace it with --overwrite, or choose another place "
            "with --out"
        )


def _examples(
    model: Predictor, data_dir: Path | None, limit: int, warn: Callable[[str], None]
) -> ExportInputs:
    """Return held-out examples, or random inputs if the data are not available."""
    shape = model.config.input_shape(model.shape)
    try:
        dataset = open_own(model, "valid", data_dir, warn)
        split = open_split(model.config, dataset, "valid")
    except DatasetError as error:
        warn(f"tried on random inputs, not on held-out examples: {error}")
        return random_examples(shape, _RANDOM)
    return real_examples(dataset, split, "valid", limit)


def _frozen(model: Predictor) -> FrozenGraph:
    return freeze(model.network, model.config, model.shape)


def _calibration(model: Predictor, data_dir: Path | None) -> NDArray[np.float32]:
    try:
        dataset = open_own(model, "train", data_dir)
    except DatasetError as error:
        raise ExportError(
            f"8-bit numbers are fitted to the train split, which is not here: {error}"
        ) from None
    split = open_split(model.config, dataset, "train")
    return real_examples(dataset, split, "train", _CALIBRATED).x


def _script(model: Predictor, new: Path, examples: ExportInputs) -> NDArray[np.float32]:
    subject = Subject(
        model.config, model.dataset, model.shape, model.classes, model.model.name
    )
    files.write_text(new, script(subject))
    return saved_script.run(new, model.model, examples.x, plan_of(model.network))


def _put(new: Path, target: Path) -> None:
    if new.is_dir():
        for file in new.rglob("*"):
            if file.is_file():
                files.sync(file)
        files.replace_folder(new, target)
    else:
        os.replace(new, target)
        files.sync_folder(target.parent)
