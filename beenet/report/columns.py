"""Rows of text in aligned columns."""

from collections.abc import Sequence

from beenet.errors import printable_line


def columns(rows: Sequence[Sequence[str]], *, left: int = 1, indent: str = "") -> str:
    """Align rows into columns.

    Args:
        rows: the cells; all rows are of one length.
        left: how many columns, from the first, are aligned to the left.
        indent: put before each line.
    """
    # A name out of a file must not drive the terminal, nor break a row in two.
    rows = [[printable_line(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(indent + line.rstrip() for line in lines)
