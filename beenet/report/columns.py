"""Align rows of text in columns."""

from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate

from beenet.text.terminal import printable_line

_GAP = "  "


def columns(
    rows: Sequence[Sequence[str]],
    *,
    left: int | Collection[int] = 1,
    indent: str = "",
    width: int | None = None,
    parts: Sequence[int] | None = None,
) -> str:
    """Align rows into columns.

    Args:
        rows: the cells; all rows have the same length.
        left: the number of first columns that are left-aligned and are repeated in
            each part of a split table; or the left-aligned ones: the first is repeated.
        indent: put before each line.
        width: the maximum line length; columns that do not fit are put into further
            tables below. None for no limit.
        parts: the sizes of groups of the other columns, which stay together if they
            fit; None for groups of one.
    """
    # A name from a file must not send control codes, or break a row in two.
    rows = [[printable_line(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    first = left if isinstance(left, int) else 1
    to_the_left = range(left) if isinstance(left, int) else left
    tables = [list(range(len(widths)))]
    if width is not None:
        parts = [1] * (len(widths) - first) if parts is None else parts
        tables = list(_tables(widths, first, parts, width - len(indent)))
    return "\n\n".join(
        "\n".join(
            indent
            + _GAP.join(
                row[i].ljust(widths[i]) if i in to_the_left else row[i].rjust(widths[i])
                for i in shown
            ).rstrip()
            for row in rows
        )
        for shown in tables
    )


def _tables(
    widths: Sequence[int], left: int, parts: Sequence[int], width: int
) -> Iterator[list[int]]:
    """Yield the columns of each table: the left ones, and as many parts as fit.

    A part that does not fit beside the left columns is split; if a single column does
    not fit, there is one table of all columns.
    """

    def too_long(shown: Sequence[int]) -> bool:
        return sum(widths[i] for i in shown) + len(_GAP) * (len(shown) - 1) > width

    table = first = list(range(left))
    if any(too_long([*first, i]) for i in range(left, len(widths))):
        yield list(range(len(widths)))
        return
    for begin, n in zip(accumulate(parts, initial=left), parts, strict=False):
        part = list(range(begin, begin + n))
        for piece in [[i] for i in part] if too_long([*first, *part]) else [part]:
            if too_long([*table, *piece]):
                yield table
                table = first
            table = [*table, *piece]
    yield table
