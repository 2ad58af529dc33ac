"""How many cores there are to use."""

import os

from beenet.errors import ConfigError


def core_limit() -> int:
    """Return how many cores this process may use; ``BEENET_THREADS`` caps it.

    Raises:
        ConfigError: ``BEENET_THREADS`` is not a whole number of 1 or more.
    """
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows
        cores = os.cpu_count() or 1
    cap = os.environ.get("BEENET_THREADS", "")
    if not cap:
        return cores
    if not (cap.isdecimal() and int(cap)):
        raise ConfigError(
            f"BEENET_THREADS must be a whole number of 1 or more, got {cap!r}"
        )
    return min(cores, int(cap))
