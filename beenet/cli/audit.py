"""`beenet data audit`."""

from pathlib import Path

import click

from beenet.cli import completing, options
from beenet.reporter import Teller


@click.command(epilog="Example: beenet data audit MNIST --html audit.html")
@click.argument("name", metavar="NAME|FOLDER", shell_complete=completing.datasets)
@options.classes_option
@click.option(
    "--html",
    type=options.NEW_PAGE,
    help="Write a page with examples to look at.",
)
@options.data_dir_option
@options.quiet_option
@options.json_option
def audit(
    name: str,
    classes: tuple[str, ...] | None,
    html: Path | None,
    data_dir: Path | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Look for copies, leaks, faulty examples and splits that differ.

    A LEAK, an example of valid or test that is also in train, makes scores too good.
    """
    from beenet.audit.audit import audit as look
    from beenet.audit.page import audit_page
    from beenet.audit.text import audit_json, audit_text
    from beenet.datasets.opening import open_named
    from beenet.system import files
    from beenet.system.write_errors import explain_write_errors

    dataset = open_named(name, data_dir, classes)
    found = look(dataset, Teller(quiet=quiet).note)
    if html:
        page = audit_page(found, dataset)
        with explain_write_errors(html, "--html"):
            files.write_text(html, page)
    click.echo(audit_json(found) if as_json else audit_text(found, _loud))


def _loud(line: str) -> str:
    return click.style(line, fg="red", bold=True)
