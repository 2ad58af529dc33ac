"""`beenet predict`."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beenet.cli import options
from beenet.reporter import Teller
from beenet.text.json_text import json_text

if TYPE_CHECKING:
    from beenet.experiment.predict import FileAnswers, Predictor


@click.command(epilog="Example: beenet predict runs/bee1/cnn hive.jpg crops/ --csv")
@options.model_argument
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(path_type=Path, allow_dash=True),
)
@options.channels_option
@options.seconds_option
@options.config_option
@options.rename_option
@options.data_dir_option
@options.device_option
@options.quiet_option
@options.csv_option
@options.json_option
def predict(
    model: Path,
    files: tuple[Path, ...],
    channels: str | None,
    seconds: float | None,
    config_file: Path | None,
    names: dict[str, str],
    data_dir: Path | None,
    device: str | None,
    quiet: bool,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Predict the class of each FILE with a saved MODEL.

    A FILE is a picture, a recording, a .npy or .pck array, a folder of these, or - for
    one file from stdin. Recordings are cut into windows.
    """
    if as_csv and as_json:
        raise click.UsageError("choose one of --csv and --json")

    config = options.read_config(config_file)
    options.check_model(model)

    from beenet.experiment.predict import open_predictor
    from beenet.media.recipe import Changes

    with (
        contextlib.ExitStack() as stack,
        open_predictor(
            model,
            config=config,
            names=names,
            changes=Changes(channels, seconds),  # type: ignore[arg-type]
            data_dir=data_dir,
            device=device or "auto",
        ) as predictor,
    ):
        stdin = stack.enter_context(_stdin()) if Path("-") in files else None
        asked = _asked(predictor, files, stdin, quiet)
        faults = _show(predictor, asked, as_csv, as_json)
    if faults:
        sys.exit(1)


def _asked(
    predictor: Predictor, files: Sequence[Path], stdin: Path | None, quiet: bool
) -> Iterator[FileAnswers]:
    """Yield the answers file by file; notes and faults go to stderr."""
    from beenet.experiment.inputs import InputFile, expanded

    teller = Teller(quiet=quiet)
    if predictor.synthetic:
        teller.warn(f"trained on {predictor.dataset}: its answers mean nothing")
    given = (
        InputFile(stdin, "-") if stdin and named.label == "-" else named
        for named in expanded(files, predictor.recipe, teller.note)
    )
    recipe = predictor.recipe
    assumed = recipe if recipe and recipe.origin == "assumed" else None
    odd = False
    for answers in predictor.answers(given, teller.note, teller.warn):
        if not odd and (fault := answers.no_probabilities):
            teller.warn(f"{predictor.model}: {fault}")
            odd = True
        if answers.fault:
            teller.say(f"Error: {answers.fault}")
        elif assumed and answers.whole is not None:  # it is None for an array
            kind = "pictures" if assumed.kind == "image" else "recordings"
            teller.note(
                f"{kind} are read by beenet's own recipe: how the data set was made is "
                "not known in every step (docs/predict.md)"
            )
            assumed = None
        yield answers


def _show(
    predictor: Predictor, asked: Iterator[FileAnswers], as_csv: bool, as_json: bool
) -> int:
    """Print the answers; return how many files could not be read."""
    from beenet.report import predictions as texts

    classes = predictor.classes
    if as_csv:
        options.echo_csv(texts.csv_head(classes))
        faults = 0
        for file in asked:
            faults += bool(file.fault)
            options.echo_csv(texts.csv_lines(classes, file))
        return faults
    files = list(asked)
    if as_json:
        document = {
            "model": str(predictor.model),
            "dataset": predictor.dataset,
            "synthetic": predictor.synthetic,
            "classes": classes,
            "recipe": predictor.recipe and predictor.recipe.model_dump(mode="json"),
            "files": [texts.prediction_json(classes, file) for file in files],
        }
        click.echo(json_text(document))
    elif table := texts.prediction_table(classes, files, options.terminal_width()):
        click.echo(table)
    return sum(bool(file.fault) for file in files)


@contextlib.contextmanager
def _stdin() -> Iterator[Path]:
    """Copy stdin to a temporary file, because readers need to seek; yield its path."""
    with tempfile.TemporaryDirectory(prefix="beenet-") as folder:
        path = Path(folder, "stdin")
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield path
