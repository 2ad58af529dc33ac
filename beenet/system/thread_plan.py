"""The threads that a network runs on; the last bits of its numbers depend on them."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from beenet.text.words import counted


@dataclass(frozen=True)
class ThreadPlan:
    """The thread counts of a TensorFlow session."""

    intra: Annotated[int, Field(ge=0)]
    """Threads that share one large operation."""
    inter: Annotated[int, Field(ge=0)]
    """Operations that may run at the same time."""

    def __str__(self) -> str:
        """Return ``2 threads``, or ``1 thread an operation, 2 operations at once``."""
        threads = counted(self.intra, "thread")
        if self.intra == self.inter:
            return threads
        return f"{threads} an operation, {self.inter} operations at once"
