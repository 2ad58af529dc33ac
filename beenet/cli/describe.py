"""`beenet describe`."""

from pathlib import Path

import click

from beenet.cli import completing, options
from beenet.text.json_text import json_text


@click.command(epilog="Example: beenet describe configs/mnist/convnet1.yaml")
@click.argument(
    "target",
    metavar="CONFIG|MODEL",
    type=options.CONFIG_OR_MODEL,
    shell_complete=completing.configs,
)
@options.override_option
@options.config_option
@options.data_dir_option
@options.json_option
def describe(
    target: Path,
    overrides: tuple[str, ...],
    config_file: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Print the layers of a CONFIG or MODEL: shapes, weights, MACs.

    MACs are the multiply-adds of convolutions and matrix products for one example;
    field is how much of the input one output sees, - for all of it. A layer takes
    the one above it unless the table says from where.
    """
    from beenet.experiment.describe import describe_target
    from beenet.report.description import description_text

    config = options.read_config(config_file)
    description = describe_target(
        target, overrides=overrides, config=config, data_dir=data_dir
    )
    if as_json:
        click.echo(json_text(description.to_json()))
    else:
        click.echo(description_text(description, options.terminal_width()))
