"""Models of TFLearn's optimizers, losses and metrics: `tflearn.regression`."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from beenet.config.structure import Component, OneOf, table
from beenet.config.values import (
    Count,
    Fraction,
    Name,
    NotNegative,
    Number,
    Positive,
    a_list,
)


class Optimizer(Component):
    """An optimizer with TFLearn's arguments and defaults."""

    learning_rate: Positive = 0.001
    """Step size."""
    use_locking: bool = False
    """Lock the weights while they are updated."""


class Decaying(Optimizer):
    """An optimizer whose learning rate may decay during training."""

    lr_decay: NotNegative = 0.0
    """Factor of the learning rate after each decay_step; 0 for none."""
    decay_step: Count = 100
    """Steps between two decays."""
    staircase: bool = False
    """Decay at once after each decay_step, not smoothly."""


class SGD(Decaying):
    """Stochastic gradient descent."""

    yaml_name: ClassVar[str] = "sgd"
    name: Name = "SGD"
    """Name of the operation."""


class Momentum(Decaying):
    """Gradient descent with momentum."""

    yaml_name: ClassVar[str] = "momentum"
    momentum: NotNegative = 0.9
    """How much of the last step is kept."""
    name: Name = "Momentum"
    """Name of the operation."""


class Nesterov(Decaying):
    """Gradient descent with Nesterov's momentum."""

    yaml_name: ClassVar[str] = "nesterov"
    momentum: NotNegative = 0.9
    """How much of the last step is kept."""
    name: Name = "Nesterov"
    """Name of the operation."""


class Adam(Optimizer):
    """Adaptive moments (Kingma and Ba 2015)."""

    yaml_name: ClassVar[str] = "adam"
    beta1: Fraction = 0.9
    """Decay of the first moment."""
    beta2: Fraction = 0.999
    """Decay of the second moment."""
    epsilon: NotNegative = 1e-8
    """Added to the divisor."""
    name: Name = "Adam"
    """Name of the operation."""


class RMSProp(Optimizer):
    """Gradients over the root of their mean square."""

    yaml_name: ClassVar[str] = "rmsprop"
    decay: Fraction = 0.9
    """How much of the mean square is kept."""
    momentum: NotNegative = 0.0
    """How much of the last step is kept."""
    epsilon: NotNegative = 1e-10
    """Added to the divisor."""
    name: Name = "RMSProp"
    """Name of the operation."""


class AdaGrad(Optimizer):
    """Gradients over the root of the sum of their squares (Duchi et al. 2011)."""

    yaml_name: ClassVar[str] = "adagrad"
    initial_accumulator_value: Positive = 0.1
    """The sum at the start."""
    name: Name = "AdaGrad"
    """Name of the operation."""


class Ftrl(Optimizer):
    """Follow the regularized leader (McMahan et al. 2013)."""

    yaml_name: ClassVar[str] = "ftrl"
    learning_rate: Positive = 3.0
    """Step size."""
    learning_rate_power: Annotated[float, Field(le=0, allow_inf_nan=False)] = -0.5
    """Exponent of the sum of squares: 0 keeps the learning rate."""
    initial_accumulator_value: Positive = 0.1
    """The sum at the start."""
    l1_regularization_strength: NotNegative = 0.0
    """Factor of the L1 penalty."""
    l2_regularization_strength: NotNegative = 0.0
    """Factor of the L2 penalty."""
    name: Name = "Ftrl"
    """Name of the operation."""


class AdaDelta(Optimizer):
    """Gradients over a moving mean square, in units of the weights (Zeiler 2012)."""

    yaml_name: ClassVar[str] = "adadelta"
    rho: Fraction = 0.1
    """How much of the mean squares is kept."""
    epsilon: NotNegative = 1e-8
    """Added under the roots."""
    name: Name = "AdaDelta"
    """Name of the operation."""


class ProximalAdaGrad(Optimizer):
    """AdaGrad; TFLearn 0.5 leaves its proximal step out."""

    yaml_name: ClassVar[str] = "proximaladagrad"
    initial_accumulator_value: Positive = 0.1
    """The sum at the start."""
    name: Name = "AdaGrad"
    """Name of the operation."""


OPTIMIZERS = table(
    SGD, Momentum, Nesterov, Adam, RMSProp, AdaGrad, Ftrl, AdaDelta, ProximalAdaGrad
)
OPTIMIZER_CLASSES = {model.__name__: name for name, model in OPTIMIZERS.items()}
"""TFLearn's class names, aliases of the same optimizers."""


class Loss(Component):
    """A loss, with TFLearn's arguments and defaults."""

    by_example: ClassVar[bool] = True
    """Whether each example has its own loss, which can be weighted."""
    link: ClassVar[Literal["softmax", "sigmoid"] | None] = None
    """The function that it applies to the output to get probabilities."""


class CategoricalCrossentropy(Loss):
    """-log of the probability given to the true class; for a softmax output."""

    yaml_name: ClassVar[str] = "categorical_crossentropy"


class SoftmaxCategoricalCrossentropy(Loss):
    """The same with the softmax inside; for a linear output."""

    yaml_name: ClassVar[str] = "softmax_categorical_crossentropy"
    link = "softmax"


class BinaryCrossentropy(Loss):
    """The mean over the classes of a yes-or-no crossentropy; for a linear output."""

    yaml_name: ClassVar[str] = "binary_crossentropy"
    link = "sigmoid"


class WeightedCrossentropy(Loss):
    """Binary crossentropy in which positives count ``weight`` times."""

    yaml_name: ClassVar[str] = "weighted_crossentropy"
    link = "sigmoid"
    weight: Number = 1.0
    """Factor of the positive examples."""


class MeanSquare(Loss):
    """The mean squared difference from the one-hot target."""

    yaml_name: ClassVar[str] = "mean_square"


class HingeLoss(Loss):
    """The mean hinge of the one-hot target."""

    yaml_name: ClassVar[str] = "hinge_loss"


class RocAucScore(Loss):
    """How closely outputs of false classes approach those of true ones in a batch.

    An approximation of the area under the ROC curve (Yan et al. 2003); a sum over the
    pairs in a batch, so that it grows with the square of the batch size.
    """

    yaml_name: ClassVar[str] = "roc_auc_score"
    by_example: ClassVar[bool] = False


class WeakCrossEntropy2D(Loss):
    """Crossentropy with the softmax inside, for a linear output; from segmentation."""

    yaml_name: ClassVar[str] = "weak_cross_entropy_2d"
    link = "softmax"
    num_classes: Count | None = None
    """Number of classes; the output's if not given."""
    epsilon: NotNegative = 0.0001
    """Added to every output, which the softmax cancels except for rounding."""
    head: Annotated[tuple[Number, ...], a_list(1)] | None = None
    """Factor on each class's part of the loss, in one-hot order."""


LOSSES = table(
    CategoricalCrossentropy, SoftmaxCategoricalCrossentropy, BinaryCrossentropy,
    WeightedCrossentropy, MeanSquare, HingeLoss, RocAucScore, WeakCrossEntropy2D,
)  # fmt: skip


class Metric(Component):
    """A metric that is shown for each batch; it does not affect training."""

    counts: ClassVar[bool] = False
    """Whether it is a share of the examples."""
    name: Name | None = None
    """Name to show it by while training."""

    @property
    def column(self) -> str:
        """The name of its history column, without the prefix ``train_``."""
        return self.yaml_name

    @property
    def shown(self) -> str:
        """Its name in progress lines."""
        return self.name or self.column


class Accuracy(Metric):
    """The share of examples whose largest output is that of their class."""

    yaml_name: ClassVar[str] = "accuracy"
    counts: ClassVar[bool] = True

    @property
    def shown(self) -> str:
        """TFLearn's short name."""
        return self.name or "acc"


class TopK(Metric):
    """The share of examples whose class is among the k largest outputs."""

    yaml_name: ClassVar[str] = "top_k"
    counts: ClassVar[bool] = True
    k: Count = 1
    """How many outputs are looked at."""

    @property
    def column(self) -> str:
        """TFLearn's short name."""
        return f"top{self.k}"


class R2(Metric):
    """The share of the one-hot targets' variance that the outputs explain."""

    yaml_name: ClassVar[str] = "R2"


METRICS = table(Accuracy, TopK, R2)

AnyOptimizer = Annotated[
    Optimizer, OneOf("an optimizer", OPTIMIZERS, aliases=OPTIMIZER_CLASSES)
]
AnyLoss = Annotated[Loss, OneOf("a loss", LOSSES)]
AnyMetric = Annotated[Metric, OneOf("a metric", METRICS)]
