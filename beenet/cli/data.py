"""`beenet data`: data sets: list, show, install, build."""

from pathlib import Path

import click

from beenet.cli import completing, options
from beenet.cli.audit import audit
from beenet.cli.build import build
from beenet.reporter import Teller
from beenet.system.streams import tell
from beenet.text.json_text import json_text

_overwrite = click.option(
    "--overwrite", is_flag=True, help="Replace a real set that is already installed."
)


@click.group(epilog="Example: beenet data list")
def data() -> None:
    """The data sets: what is here, what is missing, how to get it."""


@data.command("list", epilog="Example: beenet data list")
@options.data_dir_option
@options.json_option
def list_(data_dir: Path | None, as_json: bool) -> None:
    """List the ten data sets and whether they are on this machine."""
    from beenet.datasets.status import all_statuses
    from beenet.report.datasets_text import datasets_text

    statuses = all_statuses(data_dir)
    if as_json:
        click.echo(json_text([status.to_json() for status in statuses]))
    else:
        click.echo(datasets_text(statuses))


@data.command(epilog="Example: beenet data info BEE1")
@click.argument("name", metavar="NAME|FOLDER", shell_complete=completing.datasets)
@options.classes_option
@options.data_dir_option
@options.json_option
def info(
    name: str, classes: tuple[str, ...] | None, data_dir: Path | None, as_json: bool
) -> None:
    """Show a data set: shape, classes, balance and hashes."""
    from beenet.datasets.status import full_status
    from beenet.report.datasets_text import dataset_text

    status = full_status(name, data_dir, classes)
    click.echo(json_text(status.to_json()) if as_json else dataset_text(status))


@data.command(epilog="Example: beenet data add BEE1 ~/Downloads/BEE1.zip")
@click.argument("name", shell_complete=completing.datasets)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--link", is_flag=True, help="Link to the folder's files, do not copy.")
@_overwrite
@options.data_dir_option
def add(
    name: str, path: Path, link: bool, overwrite: bool, data_dir: Path | None
) -> None:
    """Install a data set from PATH, a folder or zip of its six pickles.

    Everything is checked against the registry first; on a fault nothing is installed.
    """
    from beenet.datasets import data_home, install

    install.installable(name)
    tell(f"Reading and checking {path} ...")
    done = install.add(name, path, data_dir=data_dir, link=link, overwrite=overwrite)
    click.echo(f"{done.title} is installed in {data_home(data_dir) / done.name}")


@data.command(
    epilog="Example: beenet data synth BEE1_gray --scale 0.05",
)
@click.argument("name", shell_complete=completing.datasets)
@click.option(
    "--scale",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.01,
    show_default=True,
    help="Share of the real size.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Same seed, same data.",
)
@_overwrite
@options.data_dir_option
@options.quiet_option
def synth(
    name: str,
    scale: float,
    seed: int,
    overwrite: bool,
    data_dir: Path | None,
    quiet: bool,
) -> None:
    """Install a synthetic stand-in; scores on it mean nothing."""
    from beenet.datasets import synth as maker

    done = maker.synth(
        name,
        scale=scale,
        seed=seed,
        data_dir=data_dir,
        overwrite=overwrite,
        progress=Teller(quiet=quiet).note,
    )
    click.echo(f"{done.title} is installed")


data.add_command(build)
data.add_command(audit)
