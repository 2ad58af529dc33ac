"""The ten registered data sets: shapes, counts, classes."""

import difflib
import os
from dataclasses import dataclass
from typing import Literal

from beenet.errors import UnknownDatasetError

SPLITS = ("train", "test", "valid")
"""Fit on train, watch test, score the held-out valid."""


@dataclass(frozen=True)
class DatasetInfo:
    """A data set's properties that are known before any of its files is read."""

    name: str
    """Its name in the registry."""
    shape: tuple[int, ...]
    """The shape of an example: (height, width, channels), or (samples, 1, 1)."""
    classes: tuple[str, ...]
    """Class names in one-hot order."""
    counts: dict[str, int]
    """Split name to number of examples."""
    kind: Literal["image", "audio"]
    """Images have values in 0..1; audio is divided by its maximum, may be below -1."""


def find(name: str) -> DatasetInfo:
    """Return the registry's entry; `BEE_4` and `bee4` both mean BEE4.

    Raises:
        UnknownDatasetError: no data set has that name; lists the known ones.
    """
    is_path = "/" in name or "\\" in name  # even if it ends in a known name
    known = {_plain(entry): entry for entry in REGISTRY}
    wanted = _plain(name)
    if wanted in known and not is_path:
        return REGISTRY[known[wanted]]
    if os.path.exists(name):
        what = "folder" if os.path.isdir(name) else "file"
        raise UnknownDatasetError(
            f"{name}: is a {what}; here the name of a data set is needed: "
            f"{', '.join(REGISTRY)}"
        )
    if is_path:
        raise UnknownDatasetError(
            f"{name}: no such folder, and no data set is called so"
        )
    near = difflib.get_close_matches(wanted, known, n=1)
    hint = f"did you mean {known[near[0]]}? " if near else ""
    raise UnknownDatasetError(
        f"no data set is called {name!r}; {hint}known: {', '.join(REGISTRY)}"
    )


def _plain(name: str) -> str:
    """Return a name without case, punctuation and the spelling "grey"."""
    bare = "".join(c for c in name.casefold() if c.isalnum())
    return bare.replace("grey", "gray")


def _counts(train: int, test: int, valid: int) -> dict[str, int]:
    return {"train": train, "test": test, "valid": valid}


def _bee(name: str, channels: int, counts: dict[str, int]) -> DatasetInfo:
    return DatasetInfo(name, (64, 64, channels), ("BEE", "NO_BEE"), counts, "image")


def _buzz(name: str, counts: dict[str, int]) -> DatasetInfo:
    return DatasetInfo(name, (4000, 1, 1), ("BEE", "CRICKET", "NOISE"), counts, "audio")


REGISTRY: dict[str, DatasetInfo] = {
    "MNIST": DatasetInfo(
        "MNIST", (28, 28, 1), tuple("0123456789"), _counts(50000, 10000, 10000), "image"
    ),
    "BEE1": _bee("BEE1", 3, _counts(38139, 12724, 3528)),
    "BEE1_gray": _bee("BEE1_gray", 1, _counts(38139, 12724, 3528)),
    "BEE2_1S": _bee("BEE2_1S", 3, _counts(35374, 11863, 10964)),
    "BEE2_1S_gray": _bee("BEE2_1S_gray", 1, _counts(35374, 11863, 10964)),
    "BEE4": _bee("BEE4", 3, _counts(28965, 9521, 16192)),
    "BEE4_gray": _bee("BEE4_gray", 1, _counts(28965, 9521, 16192)),
    "BUZZ1": _buzz("BUZZ1", _counts(7000, 2110, 1150)),
    "BUZZ2": _buzz("BUZZ2", _counts(7582, 2332, 3000)),
    "BUZZ3": _buzz("BUZZ3", _counts(9000, 2746, 2746)),
}
"""Name to entry. The course paper writes BEE_4, its code BEE4: `find` accepts both."""
