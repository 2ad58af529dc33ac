"""`beenet eval`."""

import json
from pathlib import Path

import click

from beenet.cli import options


@click.command(
    "eval", epilog="Example: beenet eval runs/mnist/convnet1 --split valid --json"
)
@click.argument("model", type=click.Path(path_type=Path))
@options.split_option
@click.option(
    "--dataset",
    metavar="NAME",
    help="Another data set than the model's own: a name, or a folder.",
)
@click.option(
    "--config",
    "config_file",
    type=options.FILE,
    help="How to build a model that has no sidecar.",
)
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
    """Score a saved MODEL: a run folder, a .tfl, or one of its files."""
    from beenet.config import load_config

    config = load_config(config_file).config if config_file else None

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
    )
    if as_json:
        click.echo(json.dumps(evaluation.to_json(), indent=2, ensure_ascii=False))
    else:
        click.echo(evaluation_text(evaluation))
