"""Every reader keeps the promise of docs/reliability.md for whatever it is given.

A short run, always the same, by default; for `make fuzz`, FUZZ_SECONDS of new inputs.
"""

import os
import shutil
import time
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, seed, settings

from fuzz import (
    answers,
    checkpoints,
    configs,
    flags,
    histories,
    lists,
    metas,
    models,
    notes,
    numbers,
    pickles,
    pictures,
    reports,
    sidecars,
    sounds,
    zips,
)
from fuzz.guard import guarded

READERS = [
    configs,
    flags,
    sidecars,
    pickles,
    numbers,
    zips,
    notes,
    pictures,
    sounds,
    lists,
    metas,
    models,
    checkpoints,
    histories,
    answers,
    reports,
]
SECONDS = float(os.environ.get("FUZZ_SECONDS", 0)) / len(READERS)
PROFILE = settings(
    database=None,
    deadline=None,  # guard.py has its own
    derandomize=not SECONDS,
    max_examples=1000 if SECONDS else 60,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("reader", READERS, ids=lambda m: m.__name__.split(".")[-1])
def test_whatever_is_read_keeps_the_promise(
    reader: ModuleType, tmp_path, record_property
):
    tried = 0

    def read(data: bytes) -> None:
        nonlocal tried
        tried += 1
        folder = tmp_path / "folder"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        with guarded(folder):
            reader.target(data, folder)

    for good in reader.seeds():  # loads what is loaded late, too
        read(good)
    end = time.monotonic() + SECONDS
    try:
        while True:
            hostile = given(reader.inputs())(read)
            PROFILE(seed(time.time_ns())(hostile) if SECONDS else hostile)()
            if time.monotonic() >= end:
                break
    finally:
        record_property("tried", tried)
