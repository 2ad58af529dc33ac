"""How a picture or a recording becomes the numbers that a net takes, step by step.

A recipe stands in the sidecar of every net, and in the notes of a set that `beenet data
build` made. Its steps are done in the order of its fields. A step that can be done in
one way only is written out all the same: a later beenet that knows another way cannot
misread the file.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from beenet.config.structure import Strict
from beenet.config.values import Count, Positive
from beenet.errors import DatasetError
from beenet.registry import DatasetInfo
from beenet.text.words import counted

Channels = Literal["gray", "bgr", "rgb"]
Origin = Literal["assumed", "built"]


class ImageRecipe(Strict):
    """A picture becomes bytes [height, width, channels], where k stands for k/255."""

    kind: Literal["image"] = "image"
    """Pictures."""
    origin: Origin = "assumed"
    """built: the data set was made by this recipe. assumed: nobody says how it was."""
    frame: Literal["first"] = "first"
    """Which picture of an animation or of several pages."""
    orientation: Literal["exif"] = "exif"
    """Turned upright as the camera noted."""
    depth: Literal["8 bits"] = "8 bits"
    """16 bits are divided by 257; floats must lie in 0..1."""
    transparency: Literal["over white"] = "over white"
    """What lies below a transparent pixel."""
    channels: Channels
    """gray: 0.299 red + 0.587 green + 0.114 blue (ITU-R 601); else their order."""
    resize: Literal["stretch bilinear"] = "stretch bilinear"
    """To the size below, whatever the proportions, averaging where it shrinks."""
    height: Count
    """Pixels."""
    width: Count
    """Pixels."""
    values: Literal["divide by 255"] = "divide by 255"
    """So that they lie in 0..1."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one example."""
        return (self.height, self.width, 1 if self.channels == "gray" else 3)


class AudioRecipe(Strict):
    """A recording becomes float32 [samples, 1, 1], one window after the other."""

    kind: Literal["audio"] = "audio"
    """Recordings."""
    origin: Origin = "assumed"
    """built: the data set was made by this recipe. assumed: nobody says how it was."""
    mix: Literal["mean"] = "mean"
    """All channels become one."""
    seconds: Positive = 2.0
    """Length of a window. One after the other is cut out of a recording."""
    rest: Literal["last window ends at the end"] = "last window ends at the end"
    """What is left over makes one more window if it is at least half of one. What is
    shorter than a window altogether is filled up with silence."""
    resample: Literal["polyphase"] = "polyphase"
    """To the number of samples below: SciPy's resample_poly with its usual filter and
    ``padtype="mean"``, for many recordings lie far off 0."""
    samples: Count
    """Numbers of a window."""
    values: Literal["divide by maximum", "divide by peak"]
    """maximum: the window's largest value. peak: its largest distance from 0, which
    stands for a maximum that is not above 0 too. Silence stays 0."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one example."""
        return (self.samples, 1, 1)


Recipe = ImageRecipe | AudioRecipe
_ADAPTER: TypeAdapter[Recipe] = TypeAdapter(
    Annotated[Recipe, Field(discriminator="kind")]
)


def parse_recipe(data: Any) -> Recipe:
    """Read a recipe from plain data.

    Raises:
        ValueError: it is none, or one of a later beenet; says which key is at fault.
    """
    try:
        return _ADAPTER.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "recipe"
        raise ValueError(f"{where}: {first['msg']}") from None


def recipe_for(
    shape: tuple[int, ...], info: DatasetInfo | None = None
) -> Recipe | None:
    """Return beenet's own recipe for data that come without one.

    The bee sets' colour pictures are most likely in the order blue, green, red, and the
    buzz sets' recordings are "divided by the maximum": as their makers say or as their
    programs suggest. Everything else is beenet's choice.

    Args:
        shape: of one example.
        info: the registry's entry, if the data are a registered set.

    Returns:
        The recipe; None where no picture or recording has that shape.
    """
    if info is not None and info.kind == "audio":
        return AudioRecipe(samples=shape[0], values="divide by maximum")
    if info is None and len(shape) == 3 and shape[1:] == (1, 1):
        return AudioRecipe(samples=shape[0], values="divide by peak")
    orders: dict[int, Channels] = {1: "gray", 3: "bgr" if info else "rgb"}
    if len(shape) == 3 and shape[2] in orders:
        height, width, channels = shape
        return ImageRecipe(channels=orders[channels], height=height, width=width)
    return None


def chosen_recipe(
    kind: Literal["image", "audio"], like: DatasetInfo | None = None, **chosen: Any
) -> Recipe:
    """Return the recipe for a set that is to be built.

    Args:
        kind: pictures or recordings.
        like: a registered set whose recipe to begin with, rather than 64x64 in RGB, or
            4,000 numbers of 2 seconds divided by their peak.
        chosen: values of the recipe's fields; None for those of the beginning.

    Raises:
        DatasetError: a value is not for this kind.
    """
    if like is not None and like.kind != kind:
        what = "pictures" if kind == "image" else "recordings"
        raise DatasetError(f"the files are {what}, but {like.name} holds none")
    shape = (64, 64, 3) if kind == "image" else (4000, 1, 1)
    recipe = recipe_for(like.shape, like) if like else recipe_for(shape)
    given = {key: value for key, value in chosen.items() if value is not None}
    plain = recipe.model_dump() if recipe else {}
    for key in given:
        if key not in plain:
            what = "pictures" if kind == "image" else "recordings"
            raise DatasetError(f"the files are {what}, which have no {key}")
    return parse_recipe(plain | given)


@dataclass(frozen=True)
class Changes:
    """What a user asks to be done otherwise; None leaves it as it is."""

    channels: Channels | None = None
    """Another order of colours."""
    seconds: float | None = None
    """Another length of a window."""

    def on(self, recipe: Recipe) -> Recipe:
        """Return the recipe with the changes.

        Raises:
            ValueError: a change does not apply to it.
        """
        if isinstance(recipe, AudioRecipe):
            if self.channels is not None:
                raise ValueError("recordings have no order of colours")
            return recipe.model_copy(
                update={"seconds": self.seconds} if self.seconds else {}
            )
        if self.seconds is not None:
            raise ValueError("pictures have no length in seconds")
        changed = recipe.model_copy(
            update={"channels": self.channels} if self.channels else {}
        )
        if changed.shape != recipe.shape:
            raise ValueError(
                f"{recipe.channels} pictures cannot become {self.channels} ones: the "
                f"net takes {counted(recipe.shape[2], 'channel')}"
            )
        return changed
