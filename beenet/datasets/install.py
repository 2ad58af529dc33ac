"""Installs data sets into the data home, whole or not at all.

<data home>/BEE1/train_X.pck ...    the six pickles, copied or linked
<data home>/BEE1/manifest.json      what they are, their hashes, their origin
<data home>/cache/                  converted arrays, see cache.py
"""

import contextlib
import math
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from beenet.datasets.cache import adopt
from beenet.datasets.fingerprint import remember, stamp
from beenet.datasets.folder import SIX_FILES, SixPickles, six_pickles
from beenet.datasets.home import cache_folder, data_home
from beenet.datasets.manifest import Manifest, load_manifest, save_manifest
from beenet.datasets.unzip import unzip_six
from beenet.errors import DatasetError, SourceNotFoundError, UnknownDatasetError
from beenet.registry import DatasetInfo, find
from beenet.system import files, locks
from beenet.system.scratch import scratch_folder
from beenet.text.moments import now
from beenet.text.words import reason

_SLACK = 2**20  # bytes that pickle and zip add to the values of a file


def add(
    name: str,
    path: Path,
    *,
    data_dir: Path | None = None,
    link: bool = False,
    overwrite: bool = False,
) -> Manifest:
    """Install a data set from a folder or a zip of six pickles.

    Everything is read and checked against the registry first; on any failure the data
    home is unchanged. An installed synthetic set is replaced without ``overwrite``.

    Args:
        name: a registered set.
        path: the folder or the zip file.
        data_dir: the data home; see `data_home`.
        link: leave the folder's files where they are, and link to them.
        overwrite: replace a set that is already installed.

    Raises:
        DatasetError: the files are not that data set, or cannot be installed.
    """
    info = installable(name)
    path = Path(path)
    zipped = path.is_file() and zipfile.is_zipfile(path)
    place = (data_home(data_dir) / info.name).resolve()
    if path.resolve() == place and load_manifest(place) is not None:
        raise DatasetError(f"{path}: is where {info.name} is installed already")
    given = [path, *(path / file for file in SIX_FILES)]
    if any(place in (file.resolve(), *file.resolve().parents) for file in given):
        raise DatasetError(
            f"{path}: lies in {place}, which would be replaced; move it elsewhere first"
        )
    if not path.exists():
        raise SourceNotFoundError(f"{path}: no such folder or zip file")
    if path.is_file() and not zipped:
        raise SourceNotFoundError(f"{path}: is neither a folder nor a zip file")
    if zipped and link:
        raise DatasetError(f"{path}: is a zip file, which cannot be linked to")

    def fill(folder: Path) -> Manifest:
        if zipped:
            unzip_six(path, folder, _most_bytes(info))
        else:
            _bring(path, folder, link)
        manifest = _manifest_in(folder if zipped else path, info, path)
        return replace(manifest, source=str(path.resolve()), date=now())

    if not zipped:
        # Most faults show in the headers, before gigabytes are copied.
        synthetic = _manifest_in(path, info, path).synthetic
        _check(path, info, synthetic, cache_folder(data_dir))
    return install(info, fill, shown=path, data_dir=data_dir, overwrite=overwrite)


def install(
    info: DatasetInfo,
    fill: Callable[[Path], Manifest],
    *,
    shown: Path | None = None,
    data_dir: Path | None = None,
    overwrite: bool = False,
) -> Manifest:
    """Have `fill` write six pickles to a staging folder, check and install them.

    Args:
        info: the registry's entry.
        fill: writes the six files into the given folder; returns their manifest, whose
            hashes and counts are filled in here.
        shown: the path that errors name in place of the staging folder.
        data_dir: the data home; see `data_home`.
        overwrite: replace a set that is already installed.

    Raises:
        DatasetError: the files are not that data set, or cannot be written.
    """
    home = data_home(data_dir)
    cache = cache_folder(data_dir)
    try:
        home.mkdir(parents=True, exist_ok=True)
        # One process installs at a time: two would replace each other's files.
        with locks.locked(home / ".shelf.lock"), scratch_folder(home) as stage:
            _refuse_replacing(home / info.name, overwrite)
            folder = stage / info.name
            folder.mkdir()
            manifest = fill(folder)
            with _naming(folder, shown or folder):
                pickles = _check(folder, info, manifest.synthetic, stage / "cache")
                pickles.check_values()
            manifest = replace(manifest, hashes=pickles.hashes(), counts=pickles.counts)
            save_manifest(folder, manifest)
            for file in SIX_FILES:
                if not (folder / file).is_symlink():
                    files.sync(folder / file)
            files.replace_folder(folder, home / info.name)
            with contextlib.suppress(OSError):  # the cache can be rebuilt
                adopt(stage / "cache", cache)
    except OSError as error:
        raise DatasetError(
            f"{info.name} cannot be installed in {home}: {reason(error)}; free some "
            "room, or choose another place with --data-dir"
        ) from error
    for file, digest in manifest.hashes.items():
        shelved = home / info.name / file
        remember(shelved, cache, digest, stamp(shelved))
    return manifest


def installable(name: str) -> DatasetInfo:
    """Return the registry's entry of a set that can be installed.

    Raises:
        DatasetError: no set has that name, or it is inside beenet.
    """
    try:
        info = find(name)
    except UnknownDatasetError as error:
        raise UnknownDatasetError(
            f"{error}; a set of your own is not added: a config trains on it as "
            "dataset: {path: FOLDER}"
        ) from None
    if info.name == "MNIST":
        raise DatasetError("MNIST is inside beenet: there is nothing to install")
    return info


def _manifest_in(folder: Path, info: DatasetInfo, shown: Path) -> Manifest:
    """Return the folder's manifest (it marks synthetic data), or else a new one."""
    found = load_manifest(folder)
    if found is not None and found.name != info.name:
        raise DatasetError(f"{shown}: its manifest says {found.name}, not {info.name}")
    return found or Manifest(info.name, hashes={}, counts={}, source="", date="")


def _check(folder: Path, info: DatasetInfo, synthetic: bool, cache: Path) -> SixPickles:
    return six_pickles(
        folder, classes=info.classes, cache=cache, info=info, any_count=synthetic
    )


@contextlib.contextmanager
def _naming(folder: Path, shown: Path) -> Iterator[None]:
    """Make errors name the user's path, not the temporary staging folder."""
    try:
        yield
    except DatasetError as error:
        raise DatasetError(str(error).replace(str(folder), str(shown))) from error


def _refuse_replacing(place: Path, overwrite: bool) -> None:
    if overwrite or not place.exists():
        return
    installed = load_manifest(place)
    if installed is None or not installed.synthetic:
        raise DatasetError(
            f"{place.name} is already installed in {place.parent}; "
            "--overwrite replaces it"
        )


def _bring(source: Path, folder: Path, link: bool) -> None:
    for name in SIX_FILES:
        if link:
            (folder / name).symlink_to((source / name).resolve())
        else:
            shutil.copy2(source / name, folder / name)


def _most_bytes(info: DatasetInfo) -> int:
    """Return the most bytes the six files can take: all values float64, plus slack.

    Pickle protocol 2 stores bytes as text, which takes up to twice as much.
    """
    values = math.prod(info.shape) + len(info.classes)
    return sum(info.counts.values()) * values * 16 + len(SIX_FILES) * _SLACK
