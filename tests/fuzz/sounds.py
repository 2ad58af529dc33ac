"""Recordings: WAV and what else libsndfile reads."""

import io
import struct
from itertools import islice
from pathlib import Path

import numpy as np
import soundfile
from hypothesis import strategies as st

from beenet.media import AudioRecipe, read_examples
from fuzz.mutation import mutated

_RECIPE = AudioRecipe(samples=50, seconds=0.05, values="divide by maximum")
_WORDS = [b"RIFF", b"WAVE", b"fmt ", b"data", b"LIST", b"fact", b"\xff\xff\xff\xff",
          struct.pack("<HH", 65534, 255), b"RF64", b"ds64", b"FORM", b"AIFC", b"OggS",
          b"fLaC", b"caff", b".snd", b"ID3"]  # fmt: skip


def seeds() -> list[bytes]:
    wave = np.sin(np.arange(2000) / 5) / 2
    stereo = np.stack([wave, -wave], axis=1)
    kinds = [
        ("WAV", "PCM_16", wave),
        ("WAV", "FLOAT", stereo),
        ("WAV", "IMA_ADPCM", wave),
        ("WAVEX", "PCM_24", stereo),
        ("RF64", "PCM_U8", wave),
        ("AIFF", "PCM_16", wave),
        ("AU", "ULAW", wave),
        ("CAF", "PCM_16", wave),
        ("W64", "DOUBLE", wave),
        ("FLAC", "PCM_16", wave),
        ("OGG", "VORBIS", wave),
    ]
    found = []
    for container, subtype, samples in kinds:
        file = io.BytesIO()
        soundfile.write(file, samples, 8000, format=container, subtype=subtype)
        found.append(file.getvalue())
    return found


def inputs() -> st.SearchStrategy[bytes]:
    return mutated(seeds(), _WORDS)


def target(data: bytes, folder: Path) -> None:
    path = folder / "x.wav"
    path.write_bytes(data)
    for example in islice(read_examples(path, _RECIPE), 200):
        if example.x.shape != _RECIPE.shape or not np.isfinite(example.x).all():
            raise AssertionError("not what a net takes")
