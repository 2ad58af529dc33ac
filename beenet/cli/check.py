"""`beenet check`."""

import sys
from pathlib import Path

import click

from beenet.cli import completing, options


@click.command(epilog="Example: beenet check configs/mnist/*.yaml")
@click.argument(
    "configs",
    type=options.CONFIG,
    nargs=-1,
    required=True,
    shell_complete=completing.configs,
)
@options.override_option
@click.option("--strict", is_flag=True, help="Exit with 2 on warnings too.")
def check(configs: tuple[Path, ...], overrides: tuple[str, ...], strict: bool) -> None:
    """Find what is wrong with CONFIGS, without training anything.

    Prints file:line:col: path: fault. Faults make it exit with 2; warnings are legal
    choices that are probably mistakes.
    """
    from beenet.config import lint, load_config
    from beenet.errors import ConfigError

    failed = False
    for path in configs:
        try:
            loaded = load_config(path, overrides)
        except ConfigError as error:
            click.echo(error, err=True)
            failed = True
            continue
        dataset = loaded.config.dataset
        findings = lint(loaded, dataset.shape, dataset.n_classes)
        for finding in findings:
            click.echo(finding, err=True)
            failed = failed or strict or finding.severity == "error"
        if not findings:
            click.echo(f"{path}: ok")
    sys.exit(2 if failed else 0)
