"""`beenet eval`."""

from pathlib import Path

import click

from beenet.cli import completing, options
from beenet.reporter import Teller
from beenet.text.json_text import json_text


@click.command(
    "eval", epilog="Example: beenet eval runs/mnist/convnet1 --split valid --json"
)
@options.model_argument
@options.split_option
@click.option(
    "--dataset",
    metavar="NAME|FOLDER",
    shell_complete=completing.datasets,
    help="Another data set than the model's own: a name, or a folder.",
)
@options.config_option
@options.rename_option
@options.data_dir_option
@options.device_option
@options.json_option
def evaluate(
    model: Path,
    split: str,
    dataset: str | None,
    config_file: Path | None,
    names: dict[str, str],
    data_dir: Path | None,
    device: str | None,
    as_json: bool,
) -> None:
    """Score a saved MODEL: a run folder, or a .tfl."""
    config = options.read_config(config_file)
    options.check_model(model)

    from beenet.experiment import evaluate as run
    from beenet.report.text import evaluation_text

    evaluation = run(
        model,
        split=split,
        dataset_name=dataset,
        config=config,
        names=names,
        data_dir=data_dir,
        device=device or "auto",
        warn=Teller().warn,
    )
    if as_json:
        click.echo(json_text(evaluation.to_json()))
    else:
        click.echo(evaluation_text(evaluation))
