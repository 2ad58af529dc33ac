"""Reads recordings of any rate, sample format and number of channels in windows."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from beenet.errors import DatasetError
from beenet.media.quiet import silence_stderr
from beenet.media.recipe import AudioRecipe
from beenet.text.words import reason

if TYPE_CHECKING:
    from soundfile import SoundFile

_RATES = (1_000, 400_000)
"""Plausible sample rates in Hz; a header with another is wrong."""
_MAX_CHANNELS = 32
_HEADER = 4_096
"""Bytes; a larger file whose header declares no sound was not finished."""
_FULL = 0.9
"""Share of a window; a note is given for a shorter recording."""
_MAX_BYTES = 2**30
"""A window that would take more than this is refused."""


def read_windows(
    path: Path, recipe: AudioRecipe, note: Callable[[str], None] = lambda _: None
) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """Read a recording by its recipe, holding one window at a time.

    A window depends only on its own samples, as if the file held nothing else. A
    recording that is shorter than a window is padded with silence.

    Args:
        path: the recording.
        recipe: how to convert it.
        note: called with a message if it is much shorter than a window.

    Yields:
        The window's start in seconds, and its values, shape ``recipe.shape``.

    Raises:
        DatasetError: it is not a recording, damaged, or holds NaN or no sound at all.
    """
    try:
        import soundfile
    except (ImportError, OSError) as error:  # OSError: no libsndfile for this machine
        raise DatasetError(
            f"{path}: recordings need libsndfile, which cannot be loaded: {error}"
        ) from None
    try:
        # By descriptor: given a name, libsndfile would trust its suffix.
        with path.open("rb") as file, _opened(file.fileno()) as sound:
            if not sound.frames and (size := path.stat().st_size) > _HEADER:
                raise DatasetError(
                    f"its header says that it holds no sound, yet it has {size:,} "
                    "bytes: a recorder that lost its power leaves such; ffmpeg -i OLD "
                    "NEW.wav makes it whole"
                )
            seconds = sound.frames / sound.samplerate
            if seconds < _FULL * recipe.seconds:
                note(
                    f"{path}: has {seconds:.3g} s of sound; the rest of its window of "
                    f"{recipe.seconds:g} s is silence"
                )
            yield from _windows(sound, recipe)
        return
    except soundfile.LibsndfileError as error:
        why = f"is not audio that can be read: {error.error_string}"
    except DatasetError as error:
        why = str(error)
    except OSError as error:
        why = f"cannot be read: {reason(error)}"
    except MemoryError:
        why = "does not fit into memory"
    raise DatasetError(f"{path}: {' '.join(why.split()).rstrip('.')}")


def _opened(descriptor: int) -> "SoundFile":
    from soundfile import SoundFile

    with silence_stderr():
        return SoundFile(descriptor, closefd=False)


def _windows(
    sound: "SoundFile", recipe: AudioRecipe
) -> Iterator[tuple[float, NDArray[np.float32]]]:
    size = _frames(sound, recipe)
    start, last = 0, np.empty(0)
    while True:
        block = _mono(sound, size)
        if len(block) < size:
            break
        yield start / sound.samplerate, _numbers(block, recipe)
        start, last = start + size, block
    if start == 0 and len(block) == 0:
        raise DatasetError("holds no sound")
    if start == 0:
        yield 0.0, _numbers(np.pad(block, (0, size - len(block))), recipe)
    elif 2 * len(block) >= size:
        whole = np.concatenate([last, block])[-size:]
        begins = (start + len(block) - size) / sound.samplerate
        yield begins, _numbers(whole, recipe)


def _frames(sound: "SoundFile", recipe: AudioRecipe) -> int:
    """Return the number of file samples in a window; check the header's claims."""
    rate, channels = int(sound.samplerate), int(sound.channels)
    if not _RATES[0] <= rate <= _RATES[1]:
        raise DatasetError(f"declares a rate of {rate:,} Hz, which cannot be")
    if channels > _MAX_CHANNELS:
        most = f"at most {_MAX_CHANNELS} are read"
        raise DatasetError(f"declares {channels:,} channels; {most}")
    size = max(1, round(recipe.seconds * rate))
    if size * channels * 8 > _MAX_BYTES:
        raise DatasetError(
            f"a window of {recipe.seconds:g} s does not fit into memory: it has "
            f"{size:,} samples of {channels} channels"
        )
    return size


def _mono(sound: "SoundFile", size: int) -> NDArray[np.float64]:
    """Return the mean of the channels over the next samples, at most ``size``."""
    with silence_stderr():
        block: NDArray[np.float64] = sound.read(size, dtype="float64", always_2d=True)
    with np.errstate(all="ignore"):
        mixed: NDArray[np.float64] = block.mean(axis=1)
    if not np.isfinite(mixed).all():
        raise DatasetError("holds NaN or infinity")
    return mixed


def _numbers(window: NDArray[Any], recipe: AudioRecipe) -> NDArray[np.float32]:
    from scipy.signal import resample_poly

    if len(window) != recipe.samples:
        shared = math.gcd(recipe.samples, len(window))
        # Many recordings have a large offset: zero padding would distort their ends.
        up, down = recipe.samples // shared, len(window) // shared
        with np.errstate(all="ignore"):
            window = resample_poly(window, up, down, padtype="mean")
    highest, peak = window.max(), np.abs(window).max()
    by = highest if recipe.values == "divide by maximum" and highest > 0 else peak
    with np.errstate(all="ignore"):
        numbers = (window / by if by > 0 else window).astype(np.float32)
    if not np.isfinite(numbers).all():
        raise DatasetError("holds numbers too large to be sound")
    return numbers.reshape(recipe.shape)
