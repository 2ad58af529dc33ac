"""Text from files, made safe to print: a terminal shows it and does not obey it."""

_MAX_CHARACTERS = 1000
"""Of a line: what a file says may be of any length."""


def printable(text: str) -> str:
    """Return a text that a terminal shows and does not obey.

    Names, keys and values come from files that anyone may have written: control
    characters are written out, long lines lose their middle.
    """
    return "\n".join(printable_line(line) for line in text.split("\n"))


def escaped(line: str) -> str:
    """Return a line with its control characters, and its breaks, written out."""
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)


def printable_line(line: str) -> str:
    """Return the same of what must stay on one line: breaks are written out, too."""
    line = escaped(line)
    if len(line) > _MAX_CHARACTERS:
        half = _MAX_CHARACTERS // 2
        line = f"{line[:half]} ... {line[-half:]}"
    return line
