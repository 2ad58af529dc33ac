"""Models of TFLearn's activations, initializers and regularizers."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from beenet.config.structure import Component, OneOf, table
from beenet.config.values import Name, Number, Positive, Seed


class Function(Component):
    """A TFLearn function, with its arguments."""


class Linear(Function):
    """The identity."""

    yaml_name: ClassVar[str] = "linear"


class Tanh(Function):
    """The hyperbolic tangent, -1 to 1."""

    yaml_name: ClassVar[str] = "tanh"


class Sigmoid(Function):
    """1 / (1 + exp(-x)), 0 to 1."""

    yaml_name: ClassVar[str] = "sigmoid"


class Softmax(Function):
    """exp(x) over its sum: probabilities that add up to 1."""

    yaml_name: ClassVar[str] = "softmax"


class Softplus(Function):
    """log(exp(x) + 1)."""

    yaml_name: ClassVar[str] = "softplus"


class Softsign(Function):
    """x / (|x| + 1)."""

    yaml_name: ClassVar[str] = "softsign"


class Relu(Function):
    """max(x, 0)."""

    yaml_name: ClassVar[str] = "relu"


class Relu6(Function):
    """min(max(x, 0), 6)."""

    yaml_name: ClassVar[str] = "relu6"


class LeakyRelu(Function):
    """x above 0, alpha * x below."""

    yaml_name: ClassVar[str] = "leaky_relu"
    alpha: Number = 0.1
    """Slope below 0."""
    name: Name = "LeakyReLU"
    """Name of the operation."""


class PRelu(Function):
    """x above 0, a learned slope below (He et al. 2015)."""

    yaml_name: ClassVar[str] = "prelu"
    channel_shared: bool = False
    """One slope for all channels."""
    weights_init: Literal[
        "zeros", "uniform", "uniform_scaling", "normal", "truncated_normal"
    ] = "zeros"
    """Initializer of the slopes."""
    trainable: bool = True
    """Whether the slopes are learned."""
    restore: bool = True
    """Whether the slopes are restored when a model is loaded."""
    reuse: bool = False
    """Share the slopes of the same scope."""
    scope: Name | None = None
    """Scope of the slopes; overrides the name."""
    name: Name = "PReLU"
    """Name of the operation."""


class Elu(Function):
    """x above 0, exp(x) - 1 below."""

    yaml_name: ClassVar[str] = "elu"


class CRelu(Function):
    """relu(x) and relu(-x) side by side: twice the channels."""

    yaml_name: ClassVar[str] = "crelu"


class Selu(Function):
    """The scaled elu of self-normalizing networks."""

    yaml_name: ClassVar[str] = "selu"


class HardSigmoid(Function):
    """0.2 * x + 0.5, clipped to 0 and 1."""

    yaml_name: ClassVar[str] = "hard_sigmoid"


class Gelu(Function):
    """x times the normal distribution's integral up to x, in its tanh form."""

    yaml_name: ClassVar[str] = "gelu"


ACTIVATIONS = table(
    Linear, Tanh, Sigmoid, Softmax, Softplus, Softsign, Relu, Relu6, LeakyRelu,
    PRelu, Elu, CRelu, Selu, HardSigmoid, Gelu,
)  # fmt: skip


class Zeros(Function):
    """All zeros."""

    yaml_name: ClassVar[str] = "zeros"


class Uniform(Function):
    """Uniform over [minval, maxval)."""

    yaml_name: ClassVar[str] = "uniform"
    minval: Number = 0
    """Lower bound, included."""
    maxval: Number | None = None
    """Upper bound, excluded; 1 if not given."""
    seed: Seed | None = None
    """Seed of this draw alone."""


class UniformScaling(Function):
    """Uniform over +-factor * sqrt(3 / fan-in)."""

    yaml_name: ClassVar[str] = "uniform_scaling"
    factor: Annotated[float, Field(ge=1, le=1)] = 1.0
    """Should multiply the bounds, but TFLearn ignores it: it must stay 1."""
    seed: Seed | None = None
    """Seed of this draw alone."""


class Normal(Function):
    """Normal with the given mean and deviation."""

    yaml_name: ClassVar[str] = "normal"
    mean: Number = 0.0
    """Mean."""
    stddev: Positive = 0.02
    """Standard deviation."""
    seed: Seed | None = None
    """Seed of this draw alone."""


class TruncatedNormal(Function):
    """Normal, redrawn where more than two deviations from the mean."""

    yaml_name: ClassVar[str] = "truncated_normal"
    mean: Number = 0.0
    """Mean."""
    stddev: Positive = 0.02
    """Standard deviation before truncation."""
    seed: Seed | None = None
    """Seed of this draw alone."""


class Xavier(Function):
    """Glorot and Bengio (2010): variance 2 / (fan-in + fan-out)."""

    yaml_name: ClassVar[str] = "xavier"
    uniform: bool = True
    """Draw from a uniform distribution, else from a truncated normal one."""
    seed: Seed | None = None
    """Seed of this draw alone."""


class VarianceScaling(Function):
    """He et al. (2015) by default: variance factor / fan-in."""

    yaml_name: ClassVar[str] = "variance_scaling"
    factor: Positive = 2.0
    """Multiplies the variance."""
    mode: Literal["FAN_IN", "FAN_OUT", "FAN_AVG"] = "FAN_IN"
    """Which connections are counted."""
    uniform: bool = False
    """Draw from a uniform distribution, else from a truncated normal one."""
    seed: Seed | None = None
    """Seed of this draw alone."""


INITIALIZERS = table(
    Zeros, Uniform, UniformScaling, Normal, TruncatedNormal, Xavier, VarianceScaling
)

Activation = Annotated[Function, OneOf("an activation", ACTIVATIONS)]
Initializer = Annotated[Function, OneOf("an initializer", INITIALIZERS)]
Regularizer = Literal["L1", "L2"]
