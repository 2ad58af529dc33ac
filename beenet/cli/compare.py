"""`beenet compare`."""

from pathlib import Path

import click

from beenet.cli import completing, options
from beenet.registry import SPLITS
from beenet.text.json_text import json_text


@click.command(epilog="Example: beenet compare runs/mnist/convnet1 runs/mnist/convnet2")
@click.argument(
    "first", metavar="A", type=options.RUN, shell_complete=completing.models
)
@click.argument(
    "second", metavar="B", type=options.RUN, shell_complete=completing.models
)
@click.option(
    "--split",
    type=click.Choice(SPLITS),
    default="valid",
    show_default=True,
    help="Of which split to show the examples that flipped.",
)
@options.json_option
def compare(first: Path, second: Path, split: str, as_json: bool) -> None:
    """Show how runs A and B differ: config, data, scores, examples."""
    from beenet.report.comparison import compare as run
    from beenet.report.comparison_text import comparison_text

    found = run(first, second, split=split)
    if as_json:
        click.echo(json_text(found.to_json()))
    else:
        click.echo(comparison_text(found, options.terminal_width()))
