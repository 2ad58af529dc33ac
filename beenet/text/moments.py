"""Times as files tell them: in UTC, as ISO 8601 has it."""

from datetime import datetime, timezone


def now() -> str:
    """Return the time, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def moment(seconds: float) -> str:
    """Return a time that is given in seconds since 1970, to the microsecond."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat("T", "microseconds")


def clock(seconds: float) -> str:
    """Write a time as hours, minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
