"""`beenet sweep`."""

import sys
from pathlib import Path

import click

from beenet.cli import completing, options
from beenet.system.streams import tell
from beenet.text.json_text import json_text


@click.command(epilog="Example: beenet sweep configs/sweeps/mnist_lr.yaml -j 2")
@click.argument("sweep", type=options.SWEEP, shell_complete=completing.configs)
@options.override_option
@options.runs_option
@options.data_dir_option
@click.option(
    "-j",
    "jobs",
    type=click.IntRange(1),
    metavar="N",
    help="Trials at a time. [default: one for each core]",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Train on a Dask cluster, such as tcp://host:8786, in place of this machine.",
)
@click.option(
    "--dry-run", is_flag=True, help="List what would be trained, and what it costs."
)
@click.option("--retry-failed", is_flag=True, help="Try trials again that failed.")
@options.json_option
@options.quiet_option
def sweep(
    sweep: Path,
    overrides: tuple[str, ...],
    runs: Path,
    data_dir: Path | None,
    jobs: int | None,
    scheduler: str | None,
    dry_run: bool,
    retry_failed: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Train every point of SWEEP, several at a time; compare them.

    Each trial is an ordinary run below RUNS/<name of the sweep>. A finished trial is
    skipped and a half-done one resumes: after a stop, give the same command again.
    """
    if dry_run and (as_json or retry_failed or scheduler):
        text = "--dry-run is of this machine, trains nothing and prints text: leave"
        raise click.UsageError(f"{text} --json, --retry-failed and --scheduler out")

    from beenet import shipped
    from beenet.config.sweep import load_sweep
    from beenet.errors import Interrupted
    from beenet.sweep.results import point_scores
    from beenet.sweep.sweep import Options, plan_file, run_file
    from beenet.sweep.text import failures_text, plan_text, table_text

    wanted, document = load_sweep(sweep)
    wanted = shipped.with_bases(wanted, sweep.parent)
    given = Options(runs, data_dir, jobs, scheduler, retry_failed, quiet)
    if dry_run:
        plan = plan_file(wanted, document, given, overrides)
        click.echo(plan_text(plan, options.terminal_width()))
        if plan.stopped:
            raise Interrupted("interrupted; not all points were measured", plan.stopped)
        if plan.faults:  # what cannot be measured cannot be trained either
            sys.exit(1)
        return
    trials, failed = run_file(wanted, document, given, overrides)
    scores = point_scores(trials, failed)
    if as_json:
        click.echo(json_text([score.to_json() for score in scores]))
    elif scores:
        click.echo(table_text(scores, options.terminal_width()))
    if failed:
        tell(failures_text(failed, runs / wanted.name))
        sys.exit(1)
