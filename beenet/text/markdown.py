"""Formats tables in Markdown."""

from collections.abc import Iterable, Sequence


def md_table(rows: Iterable[Sequence[str]], *, left: int = 1) -> str:
    """Return rows as a table, with all columns after the first ``left`` right-aligned.

    Args:
        rows: the cells, in Markdown, the header first; ``|`` in a cell is escaped.
        left: the number of left-aligned columns, from the first.
    """
    head, *body = rows
    marks = ["---"] * left + ["---:"] * (len(head) - left)
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
        for row in [head, marks, *body]
    )
