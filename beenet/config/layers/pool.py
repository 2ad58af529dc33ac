"""Models of TFLearn's pooling and upsampling layers: `tflearn.layers.conv`."""

from typing import ClassVar

from beenet.config.layers.base import (
    IMAGE,
    SEQUENCE,
    VOLUME,
    ExampleShape,
    Layer,
    ShapeError,
    need_rank,
    pair,
    sizes,
    slide_all,
)
from beenet.config.layers.conv import Padding
from beenet.config.structure import table
from beenet.config.values import Count, Name, Shape, Size2D, Size3D
from beenet.text.values import show_shape


class _Pool2D(Layer):
    kernel_size: Size2D
    """Height and width of the window in pixels."""
    strides: Size2D | None = None
    """Step of the window in pixels; its own size if not given."""
    padding: Padding = "same"
    """same pools what is left at the edges too; valid drops it."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (height, width, channels)."""
        need_rank(shape, IMAGE, self)
        strides = self.strides or self.kernel_size
        return (*slide_all(shape, self.kernel_size, strides, self.padding), shape[2])


class MaxPool2D(_Pool2D):
    """The largest value of each window of an image."""

    yaml_name: ClassVar[str] = "max_pool_2d"
    name: Name = "MaxPool2D"
    """Name of the layer."""


class AvgPool2D(_Pool2D):
    """The mean value of each window of an image."""

    yaml_name: ClassVar[str] = "avg_pool_2d"
    name: Name = "AvgPool2D"
    """Name of the layer."""


class _Pool1D(Layer):
    kernel_size: Count
    """Length of the window in steps."""
    strides: Count | None = None
    """Stride of the window in steps; its own length if not given."""
    padding: Padding = "same"
    """same pools what is left at the end too; valid drops it."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (steps, channels)."""
        need_rank(shape, SEQUENCE, self)
        strides = self.strides or self.kernel_size
        return (*slide_all(shape, self.kernel_size, strides, self.padding), shape[1])


class MaxPool1D(_Pool1D):
    """The largest value of each window of a sequence."""

    yaml_name: ClassVar[str] = "max_pool_1d"
    name: Name = "MaxPool1D"
    """Name of the layer."""


class AvgPool1D(_Pool1D):
    """The mean value of each window of a sequence."""

    yaml_name: ClassVar[str] = "avg_pool_1d"
    name: Name = "AvgPool1D"
    """Name of the layer."""


class _Pool3D(Layer):
    kernel_size: Size3D
    """Depth, height and width of the window in voxels."""
    strides: Size3D = 1
    """Step of the window in voxels; 1 if not given, unlike the other pools."""
    padding: Padding = "same"
    """same pools what is left at the edges too; valid drops it."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (depth, height, width, channels)."""
        need_rank(shape, VOLUME, self)
        sides = slide_all(shape, self.kernel_size, self.strides, self.padding)
        return (*sides, shape[3])


class MaxPool3D(_Pool3D):
    """The largest value of each window of a volume."""

    yaml_name: ClassVar[str] = "max_pool_3d"
    name: Name = "MaxPool3D"
    """Name of the layer."""


class AvgPool3D(_Pool3D):
    """The mean value of each window of a volume."""

    yaml_name: ClassVar[str] = "avg_pool_3d"
    name: Name = "AvgPool3D"
    """Name of the layer."""


class _GlobalPool(Layer):
    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (channels,)."""
        need_rank(shape, IMAGE, self)
        return (shape[2],)


class GlobalMaxPool(_GlobalPool):
    """The largest value of each channel."""

    yaml_name: ClassVar[str] = "global_max_pool"
    name: Name = "GlobalMaxPool"
    """Name of the layer."""


class GlobalAvgPool(_GlobalPool):
    """The mean value of each channel."""

    yaml_name: ClassVar[str] = "global_avg_pool"
    name: Name = "GlobalAvgPool"
    """Name of the layer."""


class UpSample2D(Layer):
    """Each pixel several times: an image made larger without weights."""

    yaml_name: ClassVar[str] = "upsample_2d"
    kernel_size: Size2D
    """How many times taller and wider the output is."""
    name: Name = "UpSample2D"
    """Name of the layer."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (height * factor, width * factor, channels)."""
        need_rank(shape, IMAGE, self)
        down, right = pair(self.kernel_size)
        return (shape[0] * down, shape[1] * right, shape[2])


class _Upscore(Layer):
    variables: ClassVar[str] = "W"
    num_classes: Count
    """The output's channels; at most as many as the input has."""
    kernel_size: Count = 4
    """Side of the square filter, which starts as a linear interpolation."""
    trainable: bool = True
    """Whether the filter is learned."""
    restore: bool = True
    """Whether the filter is restored when training continues from a model."""
    reuse: bool = False
    """Share the filter of the layer with the same scope."""
    scope: Name | None = None
    """Scope of the filter; overrides the name."""
    name: Name = "Upscore"
    """Name of the layer and of its filter in the saved file."""

    def _enlarged(
        self, shape: ExampleShape, wanted: ExampleShape | None, strides: object
    ) -> ExampleShape:
        *sides, channels = shape
        steps = sizes(strides, len(sides))
        if self.num_classes > channels:
            raise ShapeError(
                f"{self.yaml_name} makes at most as many channels as come in "
                f"({channels}), but num_classes is {self.num_classes}"
            )
        if wanted is None and len(set(steps)) > 1:
            raise ShapeError(
                f"{self.yaml_name} without shape needs equal strides, gets "
                f"{', '.join(map(str, steps))}"
            )
        out = wanted or tuple(
            (n - 1) * step + 1 for n, step in zip(sides, steps, strict=True)
        )
        if len(out) != len(sides):
            raise ShapeError(f"shape needs {len(sides)} sides, is {show_shape(out)}")
        come = show_shape(shape[:-1])
        back = slide_all((*out, 1), self.kernel_size, strides, "same")
        if back != shape[:-1]:
            raise ShapeError(
                f"shape {show_shape(out)} does not fit: with these strides "
                f"{show_shape(back)} would have to come in, not {come}"
            )
        return (*out, self.num_classes)


class UpscoreLayer(_Upscore):
    """A learned enlargement of score maps (Long et al. 2015)."""

    yaml_name: ClassVar[str] = "upscore_layer"
    shape: Shape | None = None
    """Height and width of the output; (side - 1) * stride + 1 if not given."""
    strides: Size2D = 2
    """About how many times taller and wider the output is."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (height, width, num_classes)."""
        need_rank(shape, IMAGE, self)
        return self._enlarged(shape, self.shape, self.strides)


class UpscoreLayer3D(_Upscore):
    """A learned enlargement of score volumes."""

    yaml_name: ClassVar[str] = "upscore_layer3d"
    shape: Shape | None = None
    """Depth, height and width of the output; (side - 1) * stride + 1 if not given."""
    strides: Size3D = 2
    """About how many times larger each side of the output is."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (depth, height, width, num_classes)."""
        need_rank(shape, VOLUME, self)
        return self._enlarged(shape, self.shape, self.strides)


POOLS = table(
    MaxPool2D, AvgPool2D, MaxPool1D, AvgPool1D, MaxPool3D, AvgPool3D,
    GlobalMaxPool, GlobalAvgPool, UpSample2D, UpscoreLayer, UpscoreLayer3D,
)  # fmt: skip
