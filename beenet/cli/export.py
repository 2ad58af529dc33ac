"""`beenet export`."""

from pathlib import Path

import click

from beenet.cli import options
from beenet.reporter import Teller
from beenet.text.json_text import json_text


@click.command(
    epilog="Example: beenet export runs/mnist/convnet1 --to tflite --out bees.tflite"
)
@options.model_argument
@click.option(
    "--to",
    "form",
    type=click.Choice(["script", "savedmodel", "tflite"]),
    required=True,
    help="A plain TFLearn script, TensorFlow's SavedModel, or a TFLite file.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Where to. [default: the config's name, in this folder]",
)
@click.option(
    "--int8",
    is_flag=True,
    help="TFLite in 8-bit whole numbers, fitted to the train split.",
)
@options.config_option
@click.option("--overwrite", is_flag=True, help="Replace what is there.")
@options.data_dir_option
@options.json_option
def export(
    model: Path,
    form: str,
    out: Path | None,
    int8: bool,
    config_file: Path | None,
    overwrite: bool,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Write a saved MODEL for use without beenet, and compare.

    The same examples go through both (the held-out ones if the data is here, else
    random ones); the largest difference is printed.
    """
    if int8 and form != "tflite":
        raise click.UsageError("--int8 goes with --to tflite")

    config = options.read_config(config_file)
    options.check_model(model)

    from beenet.export import export as run

    exported = run(
        model,
        form,  # type: ignore[arg-type]
        out=out,
        int8=int8,
        overwrite=overwrite,
        config=config,
        data_dir=data_dir,
        warn=Teller().warn,
    )
    if as_json:
        click.echo(json_text(exported.to_json()))
    else:
        click.echo(exported.to_text())
