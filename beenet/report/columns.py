"""Rows of text in aligned columns."""

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
        rows: the cells; all rows are of one length.
        left: how many columns, from the first, are aligned to the left and stand
            beside each part of what is too wide; or which are, and the first does.
        indent: put before each line.
        width: how long a line may be; where it would be longer, what does not fit
            stands below. None for any.
        parts: how many of the other columns stay together if they can, part by part;
            one by one if None.
    """
    # A name out of a file must not drive the terminal, nor break a row in two.
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

    A part that has no room beside the left columns is taken apart; and if one of its
    columns has none, all stand in one table.
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
