"""`beenet matrix`."""

from pathlib import Path

import click

from beenet.cli import completing, options


@click.command(epilog="Example: beenet matrix runs/bee1 runs/bee4 --out matrix.png")
@click.argument(
    "runs",
    type=click.Path(path_type=Path),
    nargs=-1,
    required=True,
    shell_complete=completing.models,
)
@options.split_option
@click.option(
    "--dataset",
    "names",
    metavar="NAME|FOLDER",
    shell_complete=completing.datasets,
    multiple=True,
    help="Only on this data set. Repeatable. [default: all installed, and the "
    "models' own]",
)
@click.option(
    "--out",
    type=options.NEW_PICTURE,
    help="Write a heat map, a PNG file.",
)
@options.data_dir_option
@options.device_option
@options.quiet_option
@options.csv_option
@options.json_option
def matrix(
    runs: tuple[Path, ...],
    split: str,
    names: tuple[str, ...],
    out: Path | None,
    data_dir: Path | None,
    device: str | None,
    quiet: bool,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Score the models of RUNS on every data set that fits them."""
    if as_csv and as_json:
        raise click.UsageError("choose one of --csv and --json")

    from beenet.experiment.matrix import score_matrix
    from beenet.progress import make_reporter
    from beenet.report import matrix as table
    from beenet.system import files
    from beenet.system.write_errors import explain_write_errors

    cells = score_matrix(
        runs,
        split=split,
        names=names,
        data_dir=data_dir,
        device=device or "auto",
        reporter=make_reporter(quiet),
    )
    if out:
        with explain_write_errors(out, "--out"):
            files.write_bytes(out, table.matrix_picture(cells))
    if as_json:
        click.echo(table.matrix_json(cells))
    elif as_csv:
        options.echo_csv(table.matrix_csv(cells))
    else:
        click.echo(table.matrix_text(cells, options.terminal_width()))
