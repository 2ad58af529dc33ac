"""Examples as small pictures for a page: as they are, or as spectrograms."""

from beenet.audit.likeness import is_sound
from beenet.datasets import Dataset
from beenet.media import ImageRecipe
from beenet.media.embed import picture_url, spectrogram_url


def example_url(dataset: Dataset, split: str, row: int) -> str:
    """Return one example as a picture inside a link, ``data:image/png;base64,...``."""
    values = dataset.split(split).rows([row])[0]
    if is_sound(dataset.shape):
        return spectrogram_url(values)
    if values.ndim != 3 or values.shape[2] not in (1, 3):
        values = values.reshape(1, -1, 1)
    recipe = dataset.recipe
    bgr = isinstance(recipe, ImageRecipe) and recipe.channels == "bgr"
    return picture_url(values, bgr=bgr, exact=True)
