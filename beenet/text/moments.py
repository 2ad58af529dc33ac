"""Formats times: in UTC as ISO 8601, and durations."""

from datetime import datetime, timezone


def now() -> str:
    """Return the current time, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def moment(seconds: float) -> str:
    """Return a time given in seconds since 1970, to the microsecond."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat("T", "microseconds")


def clock(seconds: float) -> str:
    """Return a duration as hours, minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
