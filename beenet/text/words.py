"""Phrases that many messages share: counts, lists, sizes, reasons of errors."""

from collections.abc import Collection, Hashable


def counted(n: int, what: str) -> str:
    """Return a number with its noun: ``1 step``, ``5,000 steps``."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def listed(names: Collection[str], most: int) -> str:
    """Return at most ``most`` names: ``a, b and 3 more``."""
    shown = ", ".join(list(names)[:most])
    rest = len(names) - most
    return f"{shown} and {rest:,} more" if rest > 0 else shown


def distinct(title: str, what: Hashable, known: dict[str, Hashable]) -> str:
    """Return a title that is unique to a thing: ``crops``, ``crops #2``.

    Args:
        title: the thing's own title.
        what: identifies the thing; equal for the same thing.
        known: the titles so far, with their things; the new one is added.
    """
    name, number = title, 1
    while known.setdefault(name, what) != what:
        number += 1
        name = f"{title} #{number}"
    return name


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message; the error's class if it is empty.

    Libraries write whole paragraphs, of which the first line is useful to the user.
    """
    lines = (line.strip() for line in str(error).splitlines())
    return next(filter(None, lines), type(error).__name__)


def reason(error: Exception) -> str:
    """Return why a file operation failed, without the file's name."""
    return getattr(error, "strerror", None) or first_line(error)


def size(n_bytes: int) -> str:
    """Return a number of bytes with a decimal unit, to about three digits."""
    amount, unit = float(n_bytes), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 999.5:
            break
        amount, unit = amount / 1000, larger
    digits = 0 if unit == "bytes" or amount >= 99.95 else 1 if amount >= 9.995 else 2
    return f"{amount:.{digits}f} {unit}"


def error_line(text: str) -> str:
    """Return the reason of a failure in one line: of a traceback the last line."""
    if text.startswith("Traceback"):
        return text.strip().splitlines()[-1]
    return " ".join(text.split())
