"""Opens a data set by name, by path, or by both."""

from collections.abc import Sequence
from pathlib import Path

from beenet.datasets.dataset import Dataset
from beenet.datasets.folder import SixPickles, refuse_missing, six_pickles
from beenet.datasets.home import cache_folder, data_home
from beenet.datasets.idx import PackedMnist
from beenet.datasets.manifest import Manifest, load_manifest
from beenet.datasets.notes import load_notes
from beenet.errors import DatasetError
from beenet.media import recipe_for
from beenet.registry import DatasetInfo, find


def open_dataset(
    *,
    name: str | None = None,
    path: Path | None = None,
    classes: Sequence[str] | None = None,
    data_dir: Path | None = None,
) -> Dataset:
    """Open a data set; only headers are read, values come with `Dataset.split`.

    Args:
        name: a registered set: MNIST, or one installed in the data home.
        path: a folder of six pickles. With a name it must match the registry's entry.
        classes: class names of own data, in one-hot order.
        data_dir: the data home; see `data_home`.

    Raises:
        DatasetError: not installed (names the command that helps), or not valid.
    """
    cache = cache_folder(data_dir)
    if path is not None:
        return _at_path(Path(path), name, classes, cache)
    if name is None:
        raise DatasetError("a data set needs a name or a path")
    info = find(name)
    refuse_other_classes(info, classes)
    if info.name == "MNIST":
        return _dataset(info.name, PackedMnist(cache), info, None)
    folder = data_home(data_dir) / info.name
    manifest = load_manifest(folder)
    if manifest is None:
        raise DatasetError(
            f"{info.name} is not installed: `beenet data add {info.name} PATH` installs"
            f" it, `beenet data synth {info.name}` synthetic data to try things out"
        )
    return _dataset(
        info.name, _installed(folder, info, manifest, cache), info, manifest
    )


def open_named(
    name: str, data_dir: Path | None = None, classes: Sequence[str] | None = None
) -> Dataset:
    """Open what a command line names: a registered set, or a folder of six pickles.

    Raises:
        DatasetError: no such set, or it is not valid.
    """
    if is_folder(name):
        return open_dataset(path=Path(name), classes=classes, data_dir=data_dir)
    return open_dataset(name=name, classes=classes, data_dir=data_dir)


def is_folder(name: str) -> bool:
    """Return whether a name means a folder; registered names take precedence."""
    if not Path(name).is_dir():
        return False
    try:
        find(name)
    except DatasetError:
        return True
    return False


def _at_path(
    folder: Path, name: str | None, classes: Sequence[str] | None, cache: Path
) -> Dataset:
    """Open own data, or a registered set that is not installed."""
    manifest = load_manifest(folder)
    if name is None and manifest is not None:
        name = manifest.name
    if name is not None:
        info = find(name)
        refuse_other_classes(info, classes)
        synthetic = manifest is not None and manifest.synthetic
        pickles = six_pickles(
            folder, classes=info.classes, cache=cache, info=info, any_count=synthetic
        )
        return _dataset(info.name, pickles, info, manifest)
    notes = load_notes(folder)
    if notes is not None and classes and tuple(classes) != notes.classes:
        raise DatasetError(
            f"{folder}: was built with the classes {', '.join(notes.classes)}, "
            f"not {', '.join(classes)}"
        )
    if notes is not None:
        classes = notes.classes
    if not classes:
        refuse_missing(folder)  # a missing file is the better error
        raise DatasetError(
            f"{folder}: your own data need their class names, in one-hot order: "
            "--classes BEE,NO_BEE; in a config, classes: [BEE, NO_BEE]"
        )
    pickles = six_pickles(folder, classes=tuple(classes), cache=cache)
    if notes is not None:
        for file, digest in pickles.hashes().items():
            if digest != notes.sha256.get(file):
                raise DatasetError(
                    f"{folder / file}: has changed since the set was built; "
                    "build it again"
                )
    own = folder.resolve().name
    return Dataset(
        name=own,
        shape=pickles.shape,
        classes=pickles.classes,
        counts=pickles.counts,
        synthetic=False,
        title=own,
        source=pickles,
        recipe=notes.recipe if notes else recipe_for(pickles.shape),
        groups=notes.groups if notes else None,
    )


def _installed(
    folder: Path, info: DatasetInfo, manifest: Manifest, cache: Path
) -> SixPickles:
    pickles = six_pickles(
        folder,
        classes=info.classes,
        cache=cache,
        info=info,
        any_count=manifest.synthetic,
    )
    for file, digest in pickles.hashes().items():
        if digest != manifest.hashes.get(file):
            raise DatasetError(
                f"{folder / file}: has changed since {info.name} was installed; "
                f"`beenet data add {info.name} PATH --overwrite` installs it again"
            )
    return pickles


def _dataset(
    name: str,
    source: SixPickles | PackedMnist,
    info: DatasetInfo,
    manifest: Manifest | None,
) -> Dataset:
    counts = source.counts if isinstance(source, SixPickles) else info.counts
    synthetic = manifest is not None and manifest.synthetic
    title = manifest.title if manifest is not None and synthetic else name
    recipe = recipe_for(info.shape, info)
    return Dataset(
        name, info.shape, info.classes, counts, synthetic, title, source, recipe
    )


def refuse_other_classes(info: DatasetInfo, classes: Sequence[str] | None) -> None:
    """Raise a DatasetError if classes are given that a registered set does not have."""
    if classes is not None and tuple(classes) != info.classes:
        raise DatasetError(
            f"{info.name} has the classes {', '.join(info.classes)}, "
            f"not {', '.join(classes)}"
        )
