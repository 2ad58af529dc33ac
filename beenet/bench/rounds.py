"""Rounds in turn: every contestant once, then every contestant again."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from beenet.bench.contestant_process import Remote

Say = Callable[[str], None]


@dataclass(frozen=True)
class Measured:
    """What the rounds of one contestant came to."""

    steps: int
    """Steps in a round."""
    seconds: list[float]
    """What each counted round took."""
    loss: float | None
    """The mean loss of a round's steps; None where it is not shown."""
    peak_bytes: int | None
    """The most memory that the process ever held."""

    @property
    def ms(self) -> float:
        """Milliseconds a step: the median round's."""
        return statistics.median(self.seconds) / self.steps * 1000

    @property
    def spread(self) -> tuple[float, float]:
        """Milliseconds a step in the fastest and in the slowest round."""
        scale = 1000 / self.steps
        return min(self.seconds) * scale, max(self.seconds) * scale

    @property
    def steps_per_second(self) -> float:
        """Steps a second: the median round's."""
        return 1000 / self.ms

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data, raw figures first."""
        return {**asdict(self), "ms_per_step": self.ms}


def measure(
    contestants: Mapping[str, Remote], *, repeats: int, say: Say
) -> dict[str, Measured]:
    """Let contestants that are ready train in turn; the first round is not counted.

    In it sessions are made, functions compiled and data read. The direction changes
    with every round, so that a machine that grows slower is unfair to none.

    Raises:
        TrainingError: one of them breaks off.
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
