"""Examples as small pictures for a page; sounds as spectrograms."""

from beenet.audit.likeness import is_sound
from beenet.datasets import SPLITS, Dataset
from beenet.media import ImageRecipe
from beenet.media.embed import picture_url, spectrogram_url


class Thumbnails:
    """Draws the examples of a data set, whose splits it opens once."""

    def __init__(self, dataset: Dataset) -> None:
        """Open the splits."""
        self._dataset = dataset
        self._splits = {name: dataset.split(name) for name in SPLITS}

    def label(self, split: str, row: int) -> str:
        """Return the name of an example's class."""
        return self._dataset.classes[int(self._splits[split].y[row].argmax())]

    def url(self, split: str, row: int) -> str:
        """Return an example as a picture in a URL, ``data:image/png;base64,...``."""
        values = self._splits[split].rows([row])[0]
        if is_sound(self._dataset.shape):
            return spectrogram_url(values)
        if values.ndim != 3 or values.shape[2] not in (1, 3):
            values = values.reshape(1, -1, 1)
        recipe = self._dataset.recipe
        bgr = isinstance(recipe, ImageRecipe) and recipe.channels == "bgr"
        return picture_url(values, bgr=bgr, exact=True)
