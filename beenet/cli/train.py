"""`beenet train`."""

import sys
from pathlib import Path

import click

from beenet.cli import completing, options
from beenet.system.streams import tell


@click.command(
    epilog="Example: beenet train configs/mnist/convnet1.yaml -o training.epochs=2"
)
@options.config_argument
@options.override_option
@options.runs_option
@click.option(
    "--run-dir",
    type=options.FOLDER,
    help="The folder of this run. [default: RUNS/<name of the config>]",
)
@options.data_dir_option
@options.device_option
@click.option("--threads", metavar="N", help="CPU threads: a number, or auto.")
@click.option(
    "--from",
    "start_from",
    type=click.Path(path_type=Path),
    metavar="MODEL",
    shell_complete=completing.models,
    help="Train on from a saved model: its weights, steps and optimizer state. To take "
    "over weights alone, say from: in the config.",
)
@click.option("--overwrite", is_flag=True, help="Replace what the folder holds.")
@options.quiet_option
def train(
    config: Path,
    overrides: tuple[str, ...],
    runs: Path,
    run_dir: Path | None,
    data_dir: Path | None,
    device: str | None,
    threads: str | None,
    start_from: Path | None,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Train what CONFIG describes, save it as .tfl, and score it.

    A finished run is left alone; an unfinished one resumes where it stopped.
    -o training.epochs=N extends a run, or shortens an unfinished one.
    """
    from beenet.config import load_config

    flags = {"device": device, "threads": threads}
    given = [f"training.{key}={value}" for key, value in flags.items() if value]
    loaded = load_config(config, (*overrides, *given))
    if sys.stderr.isatty() and not quiet:  # takes seconds, in which nothing else shows
        tell("loading TensorFlow ...")

    from beenet.experiment import train as run
    from beenet.progress import make_reporter
    from beenet.report.text import run_text

    folder = run(
        loaded,
        run_dir or runs / loaded.config.name,
        data_dir=data_dir,
        start_from=start_from,
        overwrite=overwrite,
        reporter=make_reporter(quiet),
    )
    click.echo(run_text(folder))
