"""Recipes: how a picture or a recording is converted to a net's input, step by step.

A recipe is stored in the sidecar of every net, and in the notes of a set that `beenet
data build` made. Its steps are done in the order of its fields. A step with only one
possible value is written too, so that a later version with another cannot misread the
file.
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
    """Converts a picture to uint8 [height, width, channels]; k stands for k/255."""

    kind: Literal["image"] = "image"
    """Pictures."""
    origin: Origin = "assumed"
    """built: the data set was made by this recipe. assumed: its recipe is not known."""
    frame: Literal["first"] = "first"
    """The picture that is taken from an animation or from several pages."""
    orientation: Literal["exif"] = "exif"
    """Rotated upright by the camera's metadata."""
    depth: Literal["8 bits"] = "8 bits"
    """16 bits are divided by 257; floats must lie in 0..1."""
    transparency: Literal["over white"] = "over white"
    """The background of transparent pixels."""
    channels: Channels
    """gray: 0.299 red + 0.587 green + 0.114 blue (ITU-R 601); else their order."""
    resize: Literal["stretch bilinear"] = "stretch bilinear"
    """To the size below, ignoring the aspect ratio, averaging where it shrinks."""
    height: Count
    """In pixels."""
    width: Count
    """In pixels."""
    values: Literal["divide by 255"] = "divide by 255"
    """To the range 0..1."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one example."""
        return (self.height, self.width, 1 if self.channels == "gray" else 3)


class AudioRecipe(Strict):
    """Converts a recording to windows of float32 [samples, 1, 1]."""

    kind: Literal["audio"] = "audio"
    """Recordings."""
    origin: Origin = "assumed"
    """built: the data set was made by this recipe. assumed: its recipe is not known."""
    mix: Literal["mean"] = "mean"
    """All channels are averaged into one."""
    seconds: Positive = 2.0
    """Length of a window; a recording is cut into consecutive windows."""
    rest: Literal["last window ends at the end"] = "last window ends at the end"
    """A remainder of at least half a window gives one more window, which ends at the
    end. A recording shorter than a window is padded with silence."""
    resample: Literal["polyphase"] = "polyphase"
    """To the number of samples below: SciPy's resample_poly with its default filter and
    ``padtype="mean"``, because many recordings have a large offset."""
    samples: Count
    """Number of values in a window."""
    values: Literal["divide by maximum", "divide by peak"]
    """maximum: the window's largest value. peak: its largest absolute value, which also
    replaces a maximum that is not above 0. Silence stays 0."""

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
        ValueError: it is not a recipe of this version; names the key at fault.
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
    """Return beenet's own recipe for data that have none.

    The bee sets' colour pictures are most likely in the order blue, green, red, and the
    buzz sets' recordings are "divided by the maximum", as their authors say or their
    programs suggest. Everything else is beenet's choice.

    Args:
        shape: of one example.
        info: the registry's entry, if the data are a registered set.

    Returns:
        The recipe; None if no picture or recording has that shape.
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
        like: a registered set whose recipe is the base, in place of 64x64 in RGB, or
            4,000 values for 2 seconds, divided by their peak.
        chosen: values of the recipe's fields; None keeps the base's.

    Raises:
        DatasetError: a value, or the set, is not for this kind.
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
    """A user's changes to a recipe; None keeps a value."""

    channels: Channels | None = None
    """Another order of colours."""
    seconds: float | None = None
    """Another length of a window, in seconds."""

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
