"""`beenet doctor`."""

import sys
from pathlib import Path

import click

from beenet.cli import options
from beenet.system.streams import tell
from beenet.text.json_text import json_text


@click.command(epilog="Example: beenet doctor --json")
@options.runs_option
@options.data_dir_option
@options.json_option
def doctor(runs: Path, data_dir: Path | None, as_json: bool) -> None:
    """Check that everything beenet needs is here.

    Python, packages, TensorFlow (by training a small net), GPU, data sets, folders.
    Exits with 1 if something that training needs is broken.
    """
    from beenet.doctor.check_result import results_text
    from beenet.doctor.examine import examine

    findings = examine(runs, data_dir, tell)
    if as_json:
        click.echo(json_text([finding.to_json() for finding in findings]))
    else:
        click.echo(results_text(findings))
    sys.exit(any(finding.state == "broken" for finding in findings))
