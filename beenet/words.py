"""Small turns of phrase that many messages share."""


def counted(n: int, what: str) -> str:
    """Write ``1 step``, ``5,000 steps``."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says; of one that says nothing, its kind.

    Libraries write whole paragraphs, of which the first line is for the user.
    """
    lines = (line.strip() for line in str(error).splitlines())
    return next(filter(None, lines), type(error).__name__)
