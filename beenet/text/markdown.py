"""Tables in Markdown."""

from collections.abc import Iterable, Sequence


def md_table(rows: Iterable[Sequence[str]], *, left: int = 1) -> str:
    """Return rows as a table, all columns but the first ``left`` to the right.

    Args:
        rows: the cells, in Markdown, the head first; a ``|`` in one parts no column.
        left: how many columns, from the first, are aligned to the left.
    """
    head, *body = rows
    marks = ["---"] * left + ["---:"] * (len(head) - left)
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
        for row in [head, marks, *body]
    )
