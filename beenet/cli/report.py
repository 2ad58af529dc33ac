"""`beenet report`."""

from pathlib import Path

import click

from beenet.cli import completing, options
from beenet.reporter import Teller


@click.command(epilog="Example: beenet report runs --dataset MNIST --sort seconds")
@click.argument("runs", type=options.RUN, nargs=-1, shell_complete=completing.models)
@click.option(
    "--dataset",
    metavar="NAME",
    shell_complete=completing.datasets,
    help="Only runs on this data set.",
)
@click.option(
    "--sort",
    metavar="COLUMN",
    default="test_accuracy",
    show_default=True,
    help="Sort each data set's runs by this column of the CSV: run, or one of numbers.",
)
@click.option(
    "--each", is_flag=True, help="Do not join runs that differ by seed alone."
)
@click.option("--md", "as_md", is_flag=True, help="Print Markdown.")
@click.option(
    "--html",
    type=options.NEW_PAGE,
    metavar="FILE",
    help="Write a page of all runs, to be opened offline, in place of the table.",
)
@options.data_dir_option
@options.csv_option
@options.json_option
def report(
    runs: tuple[Path, ...],
    dataset: str | None,
    sort: str,
    each: bool,
    as_md: bool,
    html: Path | None,
    data_dir: Path | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Print a table of the finished runs below RUNS (default: runs)."""
    if as_md + as_csv + as_json + bool(html) > 1:
        raise click.UsageError("choose one of --html, --md, --csv and --json")

    from beenet.report import leaderboard as table

    if sort not in table.SORT_KEYS:
        known = ", ".join(table.SORT_KEYS)
        raise click.BadParameter(
            f"no column {sort!r}; there are: {known}", param_hint="'--sort'"
        )
    board = table.leaderboard(
        runs or (Path("runs"),),
        dataset=dataset,
        sort=sort,
        each=each,
        warn=Teller().warn,
    )
    if html:
        from beenet.report.page.page import write_page

        click.echo(write_page(board, html, data_dir=data_dir))
    elif as_json:
        click.echo(table.leaderboard_json(board))
    elif as_csv:
        options.echo_csv(table.leaderboard_csv(board))
    elif as_md:
        click.echo(table.leaderboard_md(board))
    else:
        click.echo(table.leaderboard_text(board, options.terminal_width()))
