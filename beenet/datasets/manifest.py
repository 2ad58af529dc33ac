"""manifest.json: the identity and origin of an installed data set."""

from dataclasses import asdict, dataclass
from pathlib import Path

from beenet.errors import DatasetError
from beenet.registry import REGISTRY
from beenet.system.files import write_json
from beenet.system.plain_files import read_json

FILE_NAME = "manifest.json"
FORMAT = 1
"""Incremented when a manifest's meaning changes."""


@dataclass(frozen=True)
class Manifest:
    """One installed data set."""

    name: str
    """The registry's name."""
    hashes: dict[str, str]
    """File name to SHA-256."""
    counts: dict[str, int]
    """Split name to number of examples."""
    source: str
    """Where the files were taken from, or the command that made them."""
    date: str
    """When they were installed, ISO 8601 in UTC."""
    synthetic: bool = False
    """Whether `beenet data synth` made it."""
    scale: float = 1.0
    """Share of the registry's counts, for synthetic data."""
    seed: int = 0
    """The seed of a synthetic set."""
    format: int = FORMAT
    """Version of this file's layout."""

    @property
    def title(self) -> str:
        """The name to show; that of a synthetic set always says so."""
        if self.synthetic:
            return f"{self.name} (synthetic, scale {self.scale:g})"
        return self.name


def save_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into the data set's folder, whole or not at all."""
    write_json(folder / FILE_NAME, asdict(manifest))


def load_manifest(folder: Path) -> Manifest | None:
    """Read a folder's manifest; None if there is none.

    Raises:
        DatasetError: it is damaged or of another version.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    damaged = DatasetError(
        f"{path}: is damaged, or was written by another version of beenet; install the "
        "data set again with --overwrite"
    )
    try:
        content = read_json(path)
    except (OSError, ValueError):
        raise damaged from None
    if not isinstance(content, dict) or not {"hashes", "synthetic"} <= content.keys():
        return None  # own data may have another tool's manifest.json
    if content.get("format") != FORMAT:
        raise damaged
    match content:
        case {
            "name": str(name),
            "hashes": dict(hashes),
            "counts": {"train": int(train), "test": int(test), "valid": int(valid)},
            "source": str(source),
            "date": str(date),
            "synthetic": bool(synthetic),
            "scale": int() | float() as scale,
            "seed": int(seed),
        } if name in REGISTRY:
            counts = {"train": train, "test": test, "valid": valid}
            files = {str(file): str(digest) for file, digest in hashes.items()}
            return Manifest(name, files, counts, source, date, synthetic, scale, seed)
    raise DatasetError(
        f"{path}: is damaged; install the data set again with --overwrite"
    )
