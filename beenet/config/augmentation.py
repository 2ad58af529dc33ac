"""Models of TFLearn's augmentation methods, and of beenet's for sound."""

from typing import Annotated, ClassVar

from pydantic import Field

from beenet.config.layers.base import ExampleShape, ShapeError
from beenet.config.preprocessing import fitting, need_image
from beenet.config.structure import Component, OneOf, table
from beenet.config.values import Count, NotNegative, QuarterTurns, Size2DPair
from beenet.text.values import show_shape


class Augmentation(Component):
    """A method of TFLearn's ``ImageAugmentation``, without its prefix ``add_``.

    Augmentation applies only to train.
    """

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return the shape that it makes of ``shape``.

        Raises:
            ShapeError: it does not apply to examples of that shape.
        """
        return shape


class ImageAugmentation(Augmentation):
    """A method for pictures only."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return ``shape``, which must be a picture's."""
        height, width, _ = need_image(shape, self.yaml_name)
        if height == 1 or width == 1:
            raise ShapeError(
                f"{self.yaml_name} is for images; {show_shape(shape)} is sound"
            )
        return shape


class RandomCrop(ImageAugmentation):
    """Cut a part out of each image, at a random place."""

    yaml_name: ClassVar[str] = "random_crop"
    crop_shape: Size2DPair
    """Height and width of the part."""
    padding: Count | None = None
    """Rows and columns of 0 added around the image first; null for none."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return the part's shape, with the image's channels."""
        height, width, channels = super().output_shape(shape)
        around = 2 * (self.padding or 0)
        part = fitting(self.crop_shape, (height + around, width + around))
        return (*part, channels)


class RandomFlipLeftright(ImageAugmentation):
    """Mirror each image with a chance of 1/2, left to right."""

    yaml_name: ClassVar[str] = "random_flip_leftright"


class RandomFlipUpdown(ImageAugmentation):
    """Mirror each image with a chance of 1/2, upside down."""

    yaml_name: ClassVar[str] = "random_flip_updown"


class Random90degreesRotation(ImageAugmentation):
    """Turn each image by a multiple of 90 degrees, counterclockwise."""

    yaml_name: ClassVar[str] = "random_90degrees_rotation"
    rotations: QuarterTurns = (0, 1, 2, 3)
    """How many times 90 degrees; one of them is drawn for each image."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return ``shape``, which must be a square if it can be turned on its side."""
        height, width, channels = super().output_shape(shape)
        if height != width and any(turns % 2 for turns in self.rotations):
            raise ShapeError(
                f"{show_shape(shape)} is not square: of the rotations only 0 and 2 keep"
                " its shape"
            )
        return (height, width, channels)


class RandomRotation(ImageAugmentation):
    """Turn each image with a chance of 1/2, by a random angle; uncovered pixels become
    0."""

    yaml_name: ClassVar[str] = "random_rotation"
    max_angle: NotNegative = 20.0
    """Largest angle to either side, in degrees."""


class RandomBlur(ImageAugmentation):
    """Blur each image with a chance of 1/2, by a Gaussian over height, width and
    channels."""

    yaml_name: ClassVar[str] = "random_blur"
    sigma_max: NotNegative = 5.0
    """Largest standard deviation of the Gaussian, in pixels."""


class SoundAugmentation(Augmentation):
    """A method for sound, which TFLearn does not have."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return ``shape``, which must be one row of samples."""
        if any(side != 1 for side in shape[1:]):
            raise ShapeError(
                f"{self.yaml_name} is for sound; {show_shape(shape)} is an image"
            )
        return shape


class RandomShift(SoundAugmentation):
    """Shift each example in time; what leaves at one end re-enters at the other."""

    yaml_name: ClassVar[str] = "random_shift"
    max_shift: Count
    """Largest shift to either side, in samples."""


class RandomGain(SoundAugmentation):
    """Make each example louder or softer by a random number of decibels."""

    yaml_name: ClassVar[str] = "random_gain"
    max_gain: Annotated[float, Field(ge=0, le=120, allow_inf_nan=False)] = 6.0
    """Largest change to either side, in decibels; 6 is a factor of 2."""


class RandomNoise(SoundAugmentation):
    """Add white Gaussian noise of a random strength to each example."""

    yaml_name: ClassVar[str] = "random_noise"
    max_std: NotNegative = 0.01
    """Largest standard deviation of the noise, in the units of X."""


AUGMENTATION = table(
    RandomCrop, RandomFlipLeftright, RandomFlipUpdown, Random90degreesRotation,
    RandomRotation, RandomBlur,
    # beenet's own
    RandomShift, RandomGain, RandomNoise,
)  # fmt: skip

AnyAugmentation = Annotated[Augmentation, OneOf("an augmentation", AUGMENTATION)]
