"""`beenet report`."""

from pathlib import Path

import click

from beenet.cli import options


@click.command(epilog="Example: beenet report runs")
@click.argument("runs", type=options.EXISTING, nargs=-1)
@options.json_option
def report(runs: tuple[Path, ...], as_json: bool) -> None:
    """Print a table of the finished runs below RUNS (default: runs)."""
    from beenet.report.table import leaderboard, leaderboard_json

    roots = runs or (Path("runs"),)
    click.echo(leaderboard_json(roots) if as_json else leaderboard(roots))
