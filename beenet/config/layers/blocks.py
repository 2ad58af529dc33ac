"""Models of TFLearn's blocks of several layers: `tflearn.layers.conv`."""

import math
from typing import ClassVar, Literal

from beenet.config.functions import (
    Activation,
    Initializer,
    Regularizer,
    Relu,
    VarianceScaling,
    Zeros,
)
from beenet.config.layers.base import (
    IMAGE,
    ExampleShape,
    Layer,
    ShapeError,
    need_rank,
    refuse_crelu,
)
from beenet.config.structure import table
from beenet.config.values import Count, Name, NotNegative, Probability


class _Block(Layer):
    variables: ClassVar[str] = "the convolutions' in it"
    activation: Activation = Relu()
    """Activation between the convolutions."""
    batch_norm: bool = True
    """Whether there is batch normalization before the activations."""
    bias: bool = True
    """Whether the filters have biases."""
    weights_init: Initializer = VarianceScaling()
    """Initializer of the weights."""
    bias_init: Initializer = Zeros()
    """Initializer of the biases."""
    regularizer: Regularizer | None = "L2"
    """L1 or L2 penalty on the weights, added to the loss that is minimized."""
    weight_decay: NotNegative = 0.0001
    """Factor of the penalty: L2 adds weight_decay / 2 * sum(W^2)."""
    trainable: bool = True
    """Whether the convolutions' weights are learned."""
    restore: bool = True
    """Whether the weights are restored when training continues from a model."""
    reuse: bool = False
    """Share the weights of the block with the same scope."""
    scope: Name | None = None
    """Scope of the weights; overrides the name."""


class _Residual(_Block):
    nb_blocks: Count
    """Number of consecutive blocks."""
    out_channels: Count
    """The output's channels: as many as come in, or more by an even number."""
    downsample: bool = False
    """Whether each block makes its image smaller."""
    downsample_strides: Count = 2
    """How many times smaller, with downsample."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (height, width, out_channels)."""
        need_rank(shape, IMAGE, self)
        height, width, channels = shape
        more = self.out_channels - channels
        if more < 0 or more % 2:
            raise ShapeError(
                f"{self.yaml_name} pads its input with as many empty channels "
                f"before as behind: out_channels must be {channels}, or more by an "
                f"even number, is {self.out_channels}"
            )
        if self.downsample:
            # 31 halvings reduce any side below 2^31 to 1; more change nothing.
            factor = self.downsample_strides ** min(self.nb_blocks, 31)
            height, width = -(-height // factor), -(-width // factor)
        return (height, width, self.out_channels)


class ResidualBlock(_Residual):
    """Two convolutions whose input is added to their output (He et al. 2015)."""

    yaml_name: ClassVar[str] = "residual_block"
    name: Name = "ResidualBlock"
    """Name of the block, before those of its layers in the saved file."""


class ResidualBottleneck(_Residual):
    """Three convolutions through few channels, with the input added at the end.

    TFLearn adds it only if out_channels differs from the input's channels.
    """

    yaml_name: ClassVar[str] = "residual_bottleneck"
    bottleneck_size: Count
    """Number of filters of the first two convolutions."""
    name: Name = "ResidualBottleneck"
    """Name of the block, before those of its layers in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (height, width, out_channels)."""
        refuse_crelu(self.activation, self)
        return super().output_shape(shape)


class ResNeXtBlock(_Residual):
    """A residual block of grouped convolutions (Xie et al. 2016)."""

    yaml_name: ClassVar[str] = "resnext_block"
    cardinality: Literal[1, 2, 4, 8, 32]
    """Filters of the grouped convolution for each of its channels."""
    name: Name = "ResNeXtBlock"
    """Name of the block, before those of its layers in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (height, width, out_channels)."""
        refuse_crelu(self.activation, self)
        return super().output_shape(shape)


class DenseNetBlock(_Block):
    """Layers that each see the outputs of all before them (Huang et al. 2016)."""

    yaml_name: ClassVar[str] = "densenet_block"
    nb_layers: Count
    """Number of layers."""
    growth: Count
    """Number of filters of each layer; the output's channels."""
    bottleneck: bool = True
    """Whether there is a 1x1 convolution before each 3x3 one."""
    downsample: bool = True
    """Whether the block ends in an average pool."""
    downsample_strides: Count = 2
    """Step of that pool in pixels; its window is 2."""
    dropout: bool = False
    """Whether there is dropout after the last convolution."""
    dropout_keep_prob: Probability = 0.5
    """Probability that dropout keeps a value."""
    name: Name = "DenseNetBlock"
    """Name of the block, before those of its layers in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (height, width, growth)."""
        need_rank(shape, IMAGE, self)
        strides = self.downsample_strides if self.downsample else 1
        height, width = (math.ceil(side / strides) for side in shape[:2])
        return (height, width, self.growth)


BLOCKS = table(ResidualBlock, ResidualBottleneck, ResNeXtBlock, DenseNetBlock)
