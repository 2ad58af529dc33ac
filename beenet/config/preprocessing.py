"""Models of TFLearn's preprocessing methods, applied to every split."""

import math
from typing import Annotated, Any, ClassVar

from beenet.config.layers.base import ExampleShape, ShapeError
from beenet.config.structure import Component, OneOf, table
from beenet.config.values import NumberOrNumbers, Size2DPair
from beenet.text.values import show_shape


class Preprocessing(Component):
    """A method of TFLearn's ``ImagePreprocessing``, without its prefix ``add_``."""

    statistic: ClassVar[str | None] = None
    """The statistic of the train split that it needs: ``mean``, ``std`` or ``pc``."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return the shape that it makes of ``shape``.

        Raises:
            ShapeError: it does not apply to examples of that shape.
        """
        return shape

    @property
    def given_statistic(self) -> Any:
        """The statistic, if the config gives it; else None, and it is computed."""
        return None


class _PerChannel(Preprocessing):
    per_channel: bool = False
    """Compute it for each channel; the examples must be (height, width, channels)."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return ``shape``."""
        if self.per_channel:
            need_image(shape, f"{self.yaml_name} per channel")
        given = self.given_statistic
        if isinstance(given, tuple) and len(given) not in {1, shape[-1]}:
            raise ShapeError(
                f"{len(given)} numbers are given for the {shape[-1]} channels of "
                f"{show_shape(shape)}"
            )
        return shape


class SamplewiseZeroCenter(_PerChannel):
    """Subtract from each example its own mean."""

    yaml_name: ClassVar[str] = "samplewise_zero_center"


class SamplewiseStdnorm(_PerChannel):
    """Divide each example by its own standard deviation."""

    yaml_name: ClassVar[str] = "samplewise_stdnorm"


class FeaturewiseZeroCenter(_PerChannel):
    """Subtract the mean of the train split."""

    yaml_name: ClassVar[str] = "featurewise_zero_center"
    statistic: ClassVar[str | None] = "mean"
    mean: NumberOrNumbers | None = None
    """Subtracted instead of a computed mean, in the units of X."""

    @property
    def given_statistic(self) -> Any:
        """The mean, if it is given."""
        return self.mean


class FeaturewiseStdnorm(_PerChannel):
    """Divide by the standard deviation of the train split.

    Per channel, TFLearn takes the mean of the deviations within each example.
    """

    yaml_name: ClassVar[str] = "featurewise_stdnorm"
    statistic: ClassVar[str | None] = "std"
    std: NumberOrNumbers | None = None
    """Divided by instead of a computed deviation, in the units of X."""

    @property
    def given_statistic(self) -> Any:
        """The deviation, if it is given."""
        return self.std


class ZcaWhitening(Preprocessing):
    """Make the values of an example uncorrelated, changing it as little as possible.

    For n values per example, an n x n matrix is computed and saved in the `.tfl`.
    """

    yaml_name: ClassVar[str] = "zca_whitening"
    statistic: ClassVar[str | None] = "pc"
    largest: ClassVar[int] = 16_384
    slow: ClassVar[int] = 2_048

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return ``shape``, which must be small enough to compute the matrix."""
        need_image(shape, self.yaml_name)
        n = math.prod(shape)
        if n > self.largest:
            raise ShapeError(
                f"examples of {n:,} values need a matrix of {n:,} x {n:,}, "
                f"{n * n * 4 / 2**30:.1f} GiB; at most {self.largest:,} values"
            )
        return shape


class ImageNormalization(Preprocessing):
    """Divide by 255; beenet's images are 0..1 already."""

    yaml_name: ClassVar[str] = "image_normalization"


class CropCenter(Preprocessing):
    """Keep the middle of each image."""

    yaml_name: ClassVar[str] = "crop_center"
    shape: Size2DPair
    """Height and width of the part that is kept."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return the shape that is kept, with the image's channels."""
        height, width, channels = need_image(shape, self.yaml_name)
        return (*fitting(self.shape, (height, width)), channels)


def need_image(shape: ExampleShape, what: str) -> tuple[int, int, int]:
    """Return ``shape`` if it is (height, width, channels).

    Raises:
        ShapeError: it is not.
    """
    if len(shape) != 3:
        raise ShapeError(
            f"{what} needs examples of shape (height, width, channels), gets "
            f"{show_shape(shape)}"
        )
    return (shape[0], shape[1], shape[2])


def fitting(part: tuple[int, int], whole: tuple[int, int]) -> tuple[int, int]:
    """Return ``part``, a height and width, if it fits into ``whole``.

    Raises:
        ShapeError: it does not.
    """
    if part[0] > whole[0] or part[1] > whole[1]:
        raise ShapeError(f"no {show_shape(part)} fits into {show_shape(whole)}")
    return part


PREPROCESSING = table(
    SamplewiseZeroCenter, SamplewiseStdnorm, FeaturewiseZeroCenter,
    FeaturewiseStdnorm, ZcaWhitening, ImageNormalization, CropCenter,
)  # fmt: skip

AnyPreprocessing = Annotated[Preprocessing, OneOf("a preprocessing", PREPROCESSING)]
