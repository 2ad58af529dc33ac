"""One measured round of a contestant."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Round:
    """The same training every time: from the first weights, over the same batches."""

    steps: int
    """Steps that were timed."""
    seconds: float
    """What they took together; nothing that happens once a process is in it."""
    loss: float | None
    """The mean of the steps' losses: shows that all contestants did the same. None
    for TFLearn, whose ``fit`` shows a moving average."""

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)
