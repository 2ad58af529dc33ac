"""Small turns of phrase that many messages share."""

from collections.abc import Collection, Hashable


def counted(n: int, what: str) -> str:
    """Write ``1 step``, ``5,000 steps``."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def listed(names: Collection[str], most: int) -> str:
    """Write ``a, b and 3 more``: at most ``most`` names."""
    shown = ", ".join(list(names)[:most])
    rest = len(names) - most
    return f"{shown} and {rest:,} more" if rest > 0 else shown


def distinct(title: str, what: Hashable, known: dict[str, Hashable]) -> str:
    """Return a title that means one thing alone: ``crops``, ``crops #2``.

    Args:
        title: what it is called.
        what: what it is; equal for the same thing.
        known: the titles so far, with what they mean; is added to.
    """
    name, number = title, 1
    while known.setdefault(name, what) != what:
        number += 1
        name = f"{title} #{number}"
    return name


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says; of one that says nothing, its kind.

    Libraries write whole paragraphs, of which the first line is for the user.
    """
    lines = (line.strip() for line in str(error).splitlines())
    return next(filter(None, lines), type(error).__name__)


def reason(error: Exception) -> str:
    """Return what went wrong with a file, without its name, which the message has."""
    return getattr(error, "strerror", None) or first_line(error)


def size(n_bytes: int) -> str:
    """Write a number of bytes as people do, to three digits."""
    amount, unit = float(n_bytes), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 999.5:
            break
        amount, unit = amount / 1000, larger
    digits = 0 if unit == "bytes" or amount >= 99.95 else 1 if amount >= 9.995 else 2
    return f"{amount:.{digits}f} {unit}"


def error_line(text: str) -> str:
    """Return why something failed in one line; of a traceback its last, the error."""
    if text.startswith("Traceback"):
        return text.strip().splitlines()[-1]
    return " ".join(text.split())
