"""Makes text from files safe to print: control characters have no effect."""

_MAX_CHARACTERS = 1000
"""Limit of a line, because text from files may be of any length."""


def printable(text: str) -> str:
    """Return a text without control characters except line breaks.

    Names, keys and values come from untrusted files: control characters are escaped,
    and long lines lose their middle.
    """
    return "\n".join(printable_line(line) for line in text.split("\n"))


def escaped(line: str) -> str:
    """Return a line with its control characters, also line breaks, escaped."""
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)


def printable_line(line: str) -> str:
    """Return a text as one printable line: line breaks are escaped, too."""
    line = escaped(line)
    if len(line) > _MAX_CHARACTERS:
        half = _MAX_CHARACTERS // 2
        line = f"{line[:half]} ... {line[-half:]}"
    return line
