"""`beenet bench`."""

from pathlib import Path

import click

from beenet.cli import options
from beenet.system.streams import tell
from beenet.text.json_text import json_text


@click.command(epilog="Example: beenet bench configs/mnist/convnet1.yaml --repeats 3")
@options.config_argument
@options.override_option
@click.option(
    "--steps",
    type=click.IntRange(min=1),
    help="Steps in a round; beyond an epoch, rounded to whole epochs.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True, max=3600),
    callback=options.no_nan,
    default=3.0,
    show_default=True,
    help="Without --steps: how long TFLearn trains in a round.",
)
@click.option(
    "--repeats",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="Rounds that count; the figures are their medians.",
)
@options.data_dir_option
@click.option(
    "--synthetic",
    is_flag=True,
    help="Where the data set is missing, make a stand-in for the occasion.",
)
@options.json_option
def bench(
    config: Path,
    overrides: tuple[str, ...],
    steps: int | None,
    seconds: float,
    repeats: int,
    data_dir: Path | None,
    synthetic: bool,
    as_json: bool,
) -> None:
    """Train CONFIG with stock TFLearn and with beenet, side by side.

    Prints the speed and memory of both, and whether their weights are the same.
    """
    from beenet.bench.compare import compare
    from beenet.bench.task import STAND_IN, open_task
    from beenet.bench.text import comparison_text

    examples = STAND_IN if synthetic else None
    with open_task(config, overrides, data_dir=data_dir, synthetic=examples) as task:
        found = compare(
            task,
            steps=steps,
            seconds=seconds,
            repeats=repeats,
            say=tell,
        )
    if as_json:
        click.echo(json_text(found.to_json()))
    else:
        click.echo(comparison_text(found))
