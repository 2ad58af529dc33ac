"""Measure rounds in turn: every contestant once, then every contestant again."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from beenet.bench.contestant_process import Remote

Say = Callable[[str], None]


@dataclass(frozen=True)
class Measured:
    """The results of one contestant's rounds."""

    steps: int
    """Steps in a round."""
    seconds: list[float]
    """The time of each counted round."""
    loss: float | None
    """The mean loss of a round's steps; None if it is not known."""
    peak_bytes: int | None
    """The peak memory of the process."""

    @property
    def ms(self) -> float:
        """Milliseconds per step in the median round."""
        return statistics.median(self.seconds) / self.steps * 1000

    @property
    def spread(self) -> tuple[float, float]:
        """Milliseconds per step in the fastest and in the slowest round."""
        scale = 1000 / self.steps
        return min(self.seconds) * scale, max(self.seconds) * scale

    @property
    def steps_per_second(self) -> float:
        """Steps per second in the median round."""
        return 1000 / self.ms

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data, raw figures first."""
        return {**asdict(self), "ms_per_step": self.ms}


def measure(
    contestants: Mapping[str, Remote], *, repeats: int, say: Say
) -> dict[str, Measured]:
    """Let contestants that are ready train in turn; the first round is not counted.

    In it, sessions are created, functions compiled and data read. The order is reversed
    in every round, so that a machine that becomes slower does not favour any.

    Raises:
        TrainingError: one of them fails.
    """
    answers: dict[str, list[dict[str, Any]]] = {name: [] for name in contestants}
    for number in range(repeats + 1):
        say(f"round {number} of {repeats}" if number else "warm-up")
        for name in list(contestants)[:: -1 if number % 2 else 1]:
            answers[name].append(contestants[name].ask("round"))
    return {
        name: Measured(
            steps=rounds[0]["steps"],
            seconds=[answer["seconds"] for answer in rounds[1:]],
            loss=rounds[-1]["loss"],
            peak_bytes=rounds[-1]["peak_bytes"],
        )
        for name, rounds in answers.items()
    }
