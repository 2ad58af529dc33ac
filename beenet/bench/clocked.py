"""One measured round of a contestant."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Round:
    """A round is the same training each time: same initial weights, same batches."""

    steps: int
    """Steps that were timed."""
    seconds: float
    """Their total time, without anything that happens only once per process."""
    loss: float | None
    """The mean of the steps' losses: shows that all contestants did the same. None
    for TFLearn, whose ``fit`` shows a moving average."""

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)
