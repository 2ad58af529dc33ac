"""`beenet adopt`."""

from pathlib import Path

import click

from beenet.cli import completing, options


@click.command(epilog="Example: beenet adopt old/bees.tfl --dataset BEE1_gray")
@click.argument("model", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the config goes. [default: beside the model]",
)
@click.option(
    "--dataset",
    metavar="NAME|FOLDER",
    shell_complete=completing.datasets,
    help="What it was trained on: a data set's name, or a folder of six pickles.",
)
@options.classes_option
@click.option("--overwrite", is_flag=True, help="Replace what is there.")
def adopt(
    model: Path,
    out: Path | None,
    dataset: str | None,
    classes: tuple[str, ...] | None,
    overwrite: bool,
) -> None:
    """Write config and sidecar of a foreign .tfl, from its .meta.

    The .meta is read as data: nothing in it is run.
    """
    from beenet.experiment.adopt import adopt as run
    from beenet.report.adoption import adoption_text

    done = run(model, out=out, dataset=dataset, classes=classes, overwrite=overwrite)
    click.echo(adoption_text(done))
