"""Reads pictures of almost any format that Pillow knows, as uint8 of one size."""

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from beenet.errors import DatasetError
from beenet.media.quiet import silence_stderr
from beenet.media.recipe import ImageRecipe

_RUN_PROGRAMS = {"EPS", "WMF"}
"""Formats for which Pillow would run Ghostscript or call Windows."""


def read_image(path: Path, recipe: ImageRecipe) -> NDArray[np.uint8]:
    """Read a picture by its recipe.

    Returns:
        Shape ``recipe.shape``; k stands for k/255.

    Raises:
        DatasetError: it is not a picture, damaged, or too large to be decoded.
    """
    try:
        with silence_stderr(), warnings.catch_warnings():
            # Pillow warns of pictures that decode to hundreds of megabytes, and of
            # damaged camera metadata, which does not matter.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with path.open("rb") as file, Image.open(file, formats=_formats()) as image:
                return _numbers(image, recipe)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        limit = Image.MAX_IMAGE_PIXELS or 0
        why = f"has more than {limit:,} pixels; make it smaller first"
    except UnidentifiedImageError:
        why = "is not an image that can be read"
    except DatasetError as error:
        why = str(error)
    except MemoryError:
        why = "does not fit into memory"
    except Exception as error:
        # A decoder may raise anything for garbage.
        why = f"is a damaged image: {str(error).strip() or type(error).__name__}"
    raise DatasetError(f"{path}: {' '.join(why.split())}")


def _formats() -> list[str]:
    Image.init()
    return [name for name in Image.OPEN if name not in _RUN_PROGRAMS]


def _numbers(image: Image.Image, recipe: ImageRecipe) -> NDArray[np.uint8]:
    upright = _eight_bits(ImageOps.exif_transpose(image))
    if upright.has_transparency_data:
        upright = upright.convert("RGBA")
        ground = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(ground, upright)
    if upright.mode not in ("L", "RGB"):
        upright = upright.convert("L" if upright.mode == "1" else "RGB")
    wanted = upright.convert("L" if recipe.channels == "gray" else "RGB")
    size = (recipe.width, recipe.height)
    if wanted.size != size:
        wanted = wanted.resize(size, Image.Resampling.BILINEAR)
    pixels: NDArray[np.uint8] = np.asarray(wanted, np.uint8).reshape(recipe.shape)
    if recipe.channels == "bgr":
        pixels = pixels[..., ::-1]
    return np.ascontiguousarray(pixels)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Scale a gray picture of integers or floats to 8 bits; Pillow would clip it."""
    if image.mode != "F" and not image.mode.startswith("I"):
        return image
    values = np.asarray(image)
    low, high = values.min(), values.max()
    if image.mode == "F":
        if not (low >= 0 and high <= 1):  # also true for NaN
            raise DatasetError(
                f"holds floats from {low:g} to {high:g}; only 0..1 is understood"
            )
        return Image.fromarray(np.rint(values * 255).astype(np.uint8))
    if low < 0 or high > 65535:
        raise DatasetError(
            f"holds whole numbers from {low} to {high}; only 0..65535 is understood"
        )
    gray = Image.fromarray(np.rint(values / 257).astype(np.uint8))
    clear = image.info.get("transparency")  # one value of 16 bits
    if clear is None:
        return gray
    opaque = Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8))
    return Image.merge("LA", (gray, opaque))
