"""Candidates for completion by TAB, found without slow imports."""

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from beenet import shipped
from beenet.registry import REGISTRY

Items = list[CompletionItem]


def configs(_: click.Context, __: click.Parameter, begun: str) -> Items:
    """Offer files; or the shipped configs if no file begins with the text."""
    return _files(begun) or [
        CompletionItem(name) for name in shipped.names() if name.startswith(begun)
    ]


def models(_: click.Context, __: click.Parameter, begun: str) -> Items:
    """Offer the run folders below runs/ with a model, or files."""
    found = sorted(path.parent for path in Path("runs").rglob("model.tfl.index"))
    runs = [CompletionItem(str(run)) for run in found if str(run).startswith(begun)]
    return runs or [CompletionItem(begun, type="file")]


def datasets(_: click.Context, __: click.Parameter, begun: str) -> Items:
    """Offer the registered data sets, in any case; or folders."""
    known = [name for name in REGISTRY if name.casefold().startswith(begun.casefold())]
    return [CompletionItem(name) for name in known] or [
        CompletionItem(begun, type="dir")
    ]


def _files(begun: str) -> Items:
    """Let the shell complete if a file or folder begins with the text."""
    folder, _, start = begun.rpartition("/")
    place = Path(folder or ("/" if begun.startswith("/") else "."))
    try:
        there = any(path.name.startswith(start) for path in place.iterdir())
    except OSError:
        there = False
    return [CompletionItem(begun, type="file")] if there else []
