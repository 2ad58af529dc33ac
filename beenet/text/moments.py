"""Times as files tell them: in UTC, as ISO 8601 has it."""

from datetime import datetime, timezone


def now() -> str:
    """Return the time, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def moment(seconds: float) -> str:
    """Return a time that is given in seconds since 1970, to the microsecond."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat("T", "microseconds")
