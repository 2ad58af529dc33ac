"""`beenet init`."""

from pathlib import Path

import click

from beenet.cli import completing, options


@click.command(epilog="Example: beenet init BEE1 --out configs/mine.yaml")
@click.argument("dataset", default="MNIST", shell_complete=completing.datasets)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the config goes. [default: the data set's name, here]",
)
@options.classes_option
@options.data_dir_option
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
def init(
    dataset: str,
    out: Path | None,
    classes: tuple[str, ...] | None,
    data_dir: Path | None,
    overwrite: bool,
) -> None:
    """Write a first config for DATASET, with comments; asks nothing.

    DATASET is a registered name (the default is MNIST) or the folder of your own.
    """
    from beenet.starter import write_starter

    path = write_starter(
        dataset, out, classes=classes, data_dir=data_dir, overwrite=overwrite
    )
    click.echo(f"{path} is written; to train it: beenet train {path}")
