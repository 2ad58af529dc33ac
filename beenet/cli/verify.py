"""`beenet verify`."""

import sys
from pathlib import Path

import click

from beenet.cli import options
from beenet.text.json_text import json_text
from beenet.text.words import counted


@click.command(epilog="Example: beenet verify configs/mnist/convnet1.yaml --kills 5")
@options.config_argument
@options.override_option
@options.data_dir_option
@click.option(
    "--kills",
    type=click.IntRange(1, 1000),
    default=3,
    show_default=True,
    help="How often the second training is killed.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Seed that chooses the steps at which it is killed.",
)
@options.json_option
@options.quiet_option
def verify(
    config: Path,
    overrides: tuple[str, ...],
    data_dir: Path | None,
    kills: int,
    seed: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Kill a training of CONFIG; show that the bytes are the same.

    Trains two epochs in one go, and again with kills (SIGKILL) at random steps; then
    compares weights, history, scores and TensorBoard's scalars. Exits with 1 if any
    of them differs.
    """
    from beenet.config import load_config

    loaded = load_config(config, overrides)

    from beenet.experiment.verify import verify as run
    from beenet.progress import make_reporter

    verdict = run(
        loaded, kills=kills, seed=seed, data_dir=data_dir, reporter=make_reporter(quiet)
    )
    if as_json:
        click.echo(json_text(verdict.to_json()))
    else:
        at = ", ".join(f"{step:,}" for step in verdict.kills)
        click.echo(
            f"{counted(verdict.epochs, 'epoch')}, {counted(verdict.steps, 'step')}; "
            f"killed after step {at}"
        )
        for name in verdict.compared:
            mark = "DIFFERS" if name in verdict.differing else "the same bytes"
            click.echo(f"  {name:30} {mark}")
    sys.exit(1 if verdict.differing else 0)
