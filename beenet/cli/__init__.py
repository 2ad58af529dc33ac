"""The command line: one file per command, each a few lines around one call.

Slow imports are deferred until a command runs, so that ``--help`` is fast.
"""

import errno
import os
import sys
from typing import Any

import click

from beenet import __version__
from beenet.cli.adopt import adopt
from beenet.cli.bench import bench
from beenet.cli.check import check
from beenet.cli.compare import compare
from beenet.cli.completion import completion
from beenet.cli.configs import configs
from beenet.cli.data import data
from beenet.cli.describe import describe
from beenet.cli.doctor import doctor
from beenet.cli.ensemble import ensemble
from beenet.cli.eval import evaluate
from beenet.cli.export import export
from beenet.cli.init import init
from beenet.cli.matrix import matrix
from beenet.cli.predict import predict
from beenet.cli.report import report
from beenet.cli.schema import schema
from beenet.cli.sweep import sweep
from beenet.cli.train import train
from beenet.cli.verify import verify
from beenet.errors import BeenetError
from beenet.system.interrupts import exit_code, raise_on_signals
from beenet.system.streams import open_missing
from beenet.text.terminal import printable_line
from beenet.text.words import reason

_OF_CONFIGS = {
    "--batch-size", "--batch_size", "--device", "--epochs", "--learning-rate", "--loss",
    "--learning_rate", "--lr", "--metric", "--optimizer", "--seed", "--threads",
}  # fmt: skip
"""Flags that users may try, but that are values of a config."""


class _Commands(click.Group):
    """Turns beenet's intentional errors into one line and an exit code."""

    def main(self, *args: Any, **extra: Any) -> Any:
        open_missing()
        try:
            return super().main(*args, **extra)
        except OSError as error:  # of stdout; a file's is reported where it is written
            where = error.filename and os.fsdecode(error.filename)
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            if full or (error.errno == errno.EIO and not where):
                where = "cannot write the output"
            text = f"{where}: {reason(error)}" if where else reason(error)
            click.echo(f"Error: {printable_line(text)}", err=True)
            sys.exit(1)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with raise_on_signals():
                return super().invoke(ctx)
        except click.NoSuchOption as error:
            command = error.ctx and error.ctx.command
            takes_values = command and {"overrides"} & {p.name for p in command.params}
            if takes_values and error.option_name in _OF_CONFIGS:
                hint = "values of the config are set like this: -o training.epochs=3"
                text = f"{error.message.rstrip('.')}; {hint}"
                raise click.UsageError(text, error.ctx) from None
            raise
        except BeenetError as error:
            click.echo(error if error.has_place else f"Error: {error}", err=True)
            sys.exit(error.exit_code)
        except KeyboardInterrupt as stopped:
            click.echo("Error: interrupted", err=True)
            sys.exit(exit_code(stopped))
        except BrokenPipeError:  # the reader of stdout, such as head, has enough
            sys.stderr.close()
            sys.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="beenet")
def main() -> None:
    """Train, save and score TFLearn networks, each from one YAML file.

    \b
    beenet train configs/mnist/convnet1.yaml
    beenet eval runs/mnist/convnet1
    """


for _command in (
    adopt,
    train,
    evaluate,
    predict,
    check,
    describe,
    data,
    export,
    report,
    sweep,
    compare,
    matrix,
    ensemble,
    bench,
    verify,
    schema,
    init,
    configs,
    doctor,
    completion,
):
    main.add_command(_command)
