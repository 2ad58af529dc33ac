"""`beenet configs`: the configs that come with beenet."""

import textwrap
from pathlib import Path

import click

from beenet import shipped
from beenet.cli import completing, options
from beenet.errors import ConfigError
from beenet.text.json_text import json_text


@click.group(epilog="Example: beenet configs list mnist", invoke_without_command=True)
@click.pass_context
def configs(context: click.Context) -> None:
    """List or copy the configs that come with beenet.

    Wherever a command takes a CONFIG, the name of a shipped one does as well:
    beenet train mnist/convnet1
    """
    if context.invoked_subcommand is None:
        context.invoke(list_)


@configs.command("list", epilog="Example: beenet configs list mnist")
@click.argument("start", default="")
@options.json_option
def list_(start: str = "", as_json: bool = False) -> None:
    """List the shipped configs, or those whose names begin with START."""
    found = {n: shipped.purpose(n) for n in shipped.names() if n.startswith(start)}
    if as_json:
        click.echo(json_text(found))
        return
    if not found:
        raise ConfigError(f"no shipped config's name begins with {start!r}")
    width = max(map(len, found))
    terminal = options.terminal_width()
    for name, purpose in found.items():
        if terminal:
            room = max(terminal - width - 2, 20)
            purpose = textwrap.shorten(purpose, room, placeholder=" ...")
        click.echo(f"{name:{width}}  {purpose}")


@configs.command(epilog="Example: beenet configs copy mnist/convnet1 --out configs")
@click.argument("names", nargs=-1, required=True, shell_complete=completing.configs)
@click.option(
    "--out",
    type=options.FOLDER,
    default=Path("configs"),
    show_default=True,
    help="The folder to copy into; made if need be.",
)
@click.option("--overwrite", is_flag=True, help="Replace configs that are there.")
def copy(names: tuple[str, ...], out: Path, overwrite: bool) -> None:
    """Copy the shipped configs NAMES.

    A name such as mnist stands for all whose names begin with mnist/. The schema that
    lets editors check them comes along.
    """
    for name in names:
        for path in shipped.copy(name, out, overwrite=overwrite):
            click.echo(path)
