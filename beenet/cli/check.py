"""`beenet check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beenet.cli import completing, options

if TYPE_CHECKING:
    from beenet.config import Config
    from beenet.config.lint import LintFinding
    from beenet.errors import ConfigError


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
    from beenet.errors import ConfigError, DatasetError, NetworkError

    failed = False
    for path in configs:
        try:
            loaded = load_config(path, overrides)
            shape = _shape(loaded.config)
            if start := loaded.config.warm_start:
                options.check_model(Path(start.model))
        except ConfigError as error:
            click.echo(error, err=True)
            for finding in _more_errors(error):
                click.echo(finding, err=True)
            failed = True
            continue
        except NetworkError as error:
            place = loaded.document.place(("from", "model"))
            click.echo(f"{place}: from: {error}", err=True)
            failed = True
            continue
        except DatasetError as error:
            click.echo(f"{path}: {error}", err=True)
            failed = True
            continue
        findings = lint(loaded, shape, loaded.config.dataset.n_classes)
        for finding in findings:
            click.echo(finding, err=True)
            failed = failed or strict or finding.severity == "error"
        if not findings:
            where = loaded.config.dataset.title
            but = f", but for shapes: {where} is not here" if shape is None else ""
            click.echo(f"{path}: ok{but}")
    sys.exit(2 if failed else 0)


def _more_errors(error: ConfigError) -> list[LintFinding]:
    """Return the errors in what is sound of a config that breaks rules."""
    from beenet.config import lint
    from beenet.config.load import BrokenConfigError

    if not isinstance(error, BrokenConfigError) or error.sound is None:
        return []
    broken = {fault.path[0] for fault in error.faults if fault.path}
    if broken & {"preprocessing", "augmentation"}:  # they decide what layers are fed
        return []
    data = error.sound.config.dataset  # own data are not opened: first things first
    findings = lint(error.sound, data.shape, data.n_classes)
    return [finding for finding in findings if finding.severity == "error"]


def _shape(config: Config) -> tuple[int, ...] | None:
    """Return the shape of an example; None if custom data are not available.

    Raises:
        DatasetError: they are available, but invalid.
    """
    from beenet.datasets.configured import open_data

    wanted = config.dataset
    if wanted.path is None or not Path(wanted.path).is_dir():
        return wanted.shape
    return open_data(config, None).shape
