"""`beenet ensemble`."""

from pathlib import Path

import click

from beenet.cli import completing, options
from beenet.reporter import Teller
from beenet.text.json_text import json_text


@click.command(epilog="Example: beenet ensemble runs/sweeps/mnist_lr/learning_rate-0.1")
@click.argument(
    "runs",
    type=click.Path(path_type=Path),
    nargs=-1,
    required=True,
    shell_complete=completing.models,
)
@options.split_option
@options.data_dir_option
@options.device_option
@options.json_option
@options.quiet_option
def ensemble(
    runs: tuple[Path, ...],
    split: str,
    data_dir: Path | None,
    device: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Let the models of RUNS vote; score the vote and each model.

    By majority, and by mean probability. A folder of runs means all below it.
    """
    from beenet.experiment.ensemble import ensemble as run
    from beenet.report.ensemble import ensemble_text

    teller = Teller(quiet=quiet)
    found = run(
        runs,
        split=split,
        data_dir=data_dir,
        device=device or "auto",
        note=teller.note,
        warn=teller.warn,
    )
    click.echo(
        json_text(found.to_json())
        if as_json
        else ensemble_text(found, options.terminal_width())
    )
