"""`beenet data build`."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from beenet.cli import completing, options
from beenet.errors import DatasetError
from beenet.registry import SPLITS, DatasetInfo, find
from beenet.reporter import Teller
from beenet.text.terminal import printable

if TYPE_CHECKING:
    from beenet.media import Recipe


def _size(
    context: click.Context, parameter: click.Parameter, text: str | None
) -> tuple[int, int] | None:
    """Parse ``64`` or ``48x64`` as height and width."""
    if text is None:
        return None
    found = re.fullmatch(r"([1-9]\d{0,4})(?:x([1-9]\d{0,4}))?", text)
    if not found:
        raise click.BadParameter(f"must be a side or HEIGHTxWIDTH, got {text!r}")
    return int(found[1]), int(found[2] or found[1])


def _shares(
    context: click.Context, parameter: click.Parameter, text: str | None
) -> dict[str, float] | None:
    """Parse ``70,15,15`` as the shares of train, test and valid."""
    if text is None:
        return None
    try:
        parts = [float(part) for part in text.split(",")]
    except ValueError:
        parts = []
    if len(parts) != len(SPLITS) or not all(0 < part < 1e6 for part in parts):
        rule = "must be three numbers above 0: train,test,valid"
        raise click.BadParameter(f"{rule}, got {text!r}")
    if max(parts) < 1 and abs(sum(parts) - 1) > 0.011:  # three thirds may be 0.99
        rule = (
            f"must add up to 1 (or be shares such as 70,15,15), not to {sum(parts):g}"
        )
        raise click.BadParameter(f"{rule}, got {text!r}")
    shares = zip(SPLITS, parts, strict=True)
    return {split: part / sum(parts) for split, part in shares}


def _registered(
    context: click.Context, parameter: click.Parameter, name: str | None
) -> DatasetInfo | None:
    """Look up a data set's name."""
    try:
        return find(name) if name is not None else None
    except DatasetError as error:
        raise click.BadParameter(str(error)) from None


def _groups(
    context: click.Context, parameter: click.Parameter, text: str | None
) -> str | None:
    """Refuse an invalid regular expression."""
    try:
        re.compile(text or "")
    except re.error as error:
        text = f"must be parent or a regular expression: {error}"
        raise click.BadParameter(text) from None
    return text


@click.command(epilog="Example: beenet data build crops/ --out sets/my_bees --size 64")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--out", type=options.FOLDER, required=True, help="The folder of the new set."
)
@click.option(
    "--like",
    "info",
    callback=_registered,
    metavar="NAME",
    shell_complete=completing.datasets,
    help="Read files as for a registered set.",
)
@click.option(
    "--size", callback=_size, metavar="H[xW]", help="Of pictures. [default: 64]"
)
@click.option(
    "--channels",
    type=click.Choice(["gray", "bgr", "rgb"]),
    help="Order of a picture's colours. [default: rgb]",
)
@click.option(
    "--samples",
    type=click.IntRange(1, 10_000_000),
    help="Numbers of a recording's window. [default: 4000]",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0, 3600, min_open=True),
    callback=options.no_nan,
    help="Length of a recording's windows. [default: 2]",
)
@click.option(
    "--fractions",
    callback=_shares,
    metavar="TRAIN,TEST,VALID",
    help="Shares of the splits. [default: 0.7,0.15,0.15]",
)
@click.option(
    "--group-by",
    callback=_groups,
    metavar="parent|REGEX",
    help="What stays in one split: files of one folder below the class, or those in "
    "whose paths a regular expression (its first group) finds the same text.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="Same seed, same splits.",
)
@click.option(
    "--dtype",
    type=click.Choice(["float32", "uint8"]),
    default="float32",
    show_default=True,
    help="uint8 takes a quarter of the room, for pictures.",
)
@click.option("--skip-unreadable", is_flag=True, help="Leave out what cannot be read.")
@click.option("--overwrite", is_flag=True, help="Replace a set that was built before.")
@options.quiet_option
def build(
    source: Path,
    out: Path,
    info: DatasetInfo | None,
    size: tuple[int, int] | None,
    channels: str | None,
    samples: int | None,
    seconds: float | None,
    fractions: dict[str, float] | None,
    group_by: str | None,
    seed: int,
    dtype: Literal["float32", "uint8"],
    skip_unreadable: bool,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Make a data set of your own from pictures or recordings.

    SOURCE holds a folder for each class; or folders train, test and valid with those
    inside; or is a CSV file with the columns file, class, and perhaps group and split.
    """
    from beenet.config.yaml_text import dump
    from beenet.datasets.build import BuildPlan
    from beenet.datasets.build import build as run

    def recipe(kind: Literal["image", "audio"]) -> Recipe:
        from beenet.media.recipe import chosen_recipe

        height, width = size or (None, None)
        return chosen_recipe(
            kind, info, height=height, width=width, channels=channels,
            samples=samples, seconds=seconds,
        )  # fmt: skip

    plan = BuildPlan(
        recipe,
        classes=info.classes if info else (),
        group_by=group_by,
        fractions=fractions,
        seed=seed,
        dtype=dtype,
        skip_unreadable=skip_unreadable,
        overwrite=overwrite,
    )
    notes = run(source, out, plan, _Lines(quiet=quiet))
    counts = ", ".join(f"{split} {n:,}" for split, n in notes.counts.items())
    classes = ", ".join(notes.classes)
    click.echo(printable(f"{out}: {counts}; classes {classes}"))
    click.echo(f"use it as  {dump({'dataset': {'path': str(out)}})}", nl=False)


class _Lines(Teller):
    """Reports on stderr, the progress at most every two seconds."""

    def __init__(self, *, quiet: bool) -> None:
        super().__init__(quiet=quiet)
        self.said = time.monotonic()

    def progress(self, what: str, done: int, total: int) -> None:
        if time.monotonic() - self.said >= 2:
            self.note(f"{what}: {done:,} of {total:,} files")
            self.said = time.monotonic()
