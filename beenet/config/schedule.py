"""Learning-rate schedules: the rate of each epoch, from the epochs before it.

A rate depends only on the config and the test losses so far, so that a resumed run
needs no further state.
"""

import math
from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import Self

from beenet.config.structure import Component, OneOf, table
from beenet.config.values import (
    LARGEST,
    Count,
    NotNegative,
    Positive,
    Probability,
    a_list,
    at_least,
)


class Schedule(Component):
    """How the learning rate changes from epoch to epoch."""

    warm_up: Annotated[int, Field(ge=0, le=LARGEST)] = 0
    """Epochs in which the rate first rises to its full value, in equal steps."""

    def rate(self, base: float, losses: Sequence[float], epochs: int) -> float:
        """Return the learning rate of the next epoch.

        Args:
            base: the optimizer's rate.
            losses: the test losses of the epochs done.
            epochs: the training's number of epochs.
        """
        climbed = min(1.0, (len(losses) + 1) / (self.warm_up + 1))
        return self.height(base, losses, epochs) * climbed

    def height(self, base: float, losses: Sequence[float], epochs: int) -> float:
        """Return the rate without the warm-up."""
        return base


class Constant(Schedule):
    """The optimizer's rate after a warm-up."""

    yaml_name: ClassVar[str] = "constant"
    warm_up: Count
    """Epochs in which the rate first rises to its full value, in equal steps."""


class StepDecay(Schedule):
    """Multiplied by a factor after every ``every`` epochs."""

    yaml_name: ClassVar[str] = "step"
    every: Count
    """Epochs between two changes."""
    factor: Probability = 0.1
    """What the rate is multiplied by."""

    def height(self, base: float, losses: Sequence[float], epochs: int) -> float:
        """Return ``base * factor ** (epochs done // every)``."""
        return float(base * self.factor ** (len(losses) // self.every))


class Exponential(Schedule):
    """Multiplied by a factor after each epoch."""

    yaml_name: ClassVar[str] = "exponential"
    factor: Probability
    """What the rate is multiplied by."""

    def height(self, base: float, losses: Sequence[float], epochs: int) -> float:
        """Return ``base * factor ** epochs done``."""
        return float(base * self.factor ** len(losses))


class Cosine(Schedule):
    """Falls along half a cosine (Loshchilov and Hutter 2017), without restarts."""

    yaml_name: ClassVar[str] = "cosine"
    epochs: Count | None = None
    """Epochs until the floor is reached; the training's epochs if not given."""
    floor: NotNegative = 0.0
    """The learning rate at the end."""

    def height(self, base: float, losses: Sequence[float], epochs: int) -> float:
        """Return ``floor + (base - floor) * (1 + cos(pi * epochs done / n)) / 2``."""
        n = self.epochs or epochs
        angle = math.pi * min(len(losses), n) / n
        return self.floor + (base - self.floor) * (1 + math.cos(angle)) / 2


class Piecewise(Schedule):
    """Custom rates, each from a given epoch on."""

    yaml_name: ClassVar[str] = "piecewise"
    after: Annotated[tuple[Count, ...], a_list(1), at_least(1, "one epoch")]
    """The number of epochs after which each rate begins; increasing."""
    rates: Annotated[tuple[Positive, ...], a_list(1), at_least(1, "one rate")]
    """The learning rates; before the first, it is the optimizer's."""

    @model_validator(mode="after")
    def _matched(self) -> Self:
        if list(self.after) != sorted(set(self.after)):
            raise PydanticCustomError("beenet", "after must rise from item to item")
        if len(self.after) != len(self.rates):
            counts = f"{len(self.after)} and {len(self.rates)}"
            text = f"after and rates must have as many items, got {counts}"
            raise PydanticCustomError("beenet", text)
        return self

    def height(self, base: float, losses: Sequence[float], epochs: int) -> float:
        """Return the rate that is in force after ``losses`` epochs."""
        begun = sum(epoch <= len(losses) for epoch in self.after)
        return (base, *self.rates)[begun]


class Plateau(Schedule):
    """Multiplied by a factor whenever the test loss has stopped falling."""

    yaml_name: ClassVar[str] = "plateau"
    patience: Count = 10
    """Epochs in a row without a better test loss, after which the rate falls."""
    factor: Probability = 0.1
    """What the rate is multiplied by."""
    min_delta: NotNegative = 0.0
    """How much lower a test loss must be to count as better."""
    floor: NotNegative = 0.0
    """The lowest learning rate."""

    def height(self, base: float, losses: Sequence[float], epochs: int) -> float:
        """Return the rate after replaying all of ``losses``."""
        rate, best, waited = base, math.inf, 0
        for loss in losses:
            if loss < best - self.min_delta:
                best, waited = loss, 0
                continue
            waited += 1
            if waited == self.patience:
                rate, waited = max(rate * self.factor, self.floor), 0
        return rate


SCHEDULES = table(Constant, StepDecay, Exponential, Cosine, Piecewise, Plateau)

AnySchedule = Annotated[Schedule, OneOf("a learning rate schedule", SCHEDULES)]
