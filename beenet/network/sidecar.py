"""The sidecar ``model.tfl.yaml``, which describes a `.tfl` completely."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from beenet import __version__
from beenet.config import Config, plain
from beenet.config.load import read_text, structure
from beenet.config.yaml_text import Document, dump, parse
from beenet.errors import NetworkError
from beenet.media import Recipe, parse_recipe, recipe_for
from beenet.registry import REGISTRY
from beenet.system.thread_plan import ThreadPlan
from beenet.text.values import show

FORMAT = 1
"""Incremented whenever an older beenet could misread what a newer one writes."""


UNKNOWN_DATA = "unknown data"
"""The title of an adopted model's data if they are unknown."""


@dataclass(frozen=True)
class Sidecar:
    """A saved model's description: how to build it, and its training data."""

    config: Config
    dataset: str
    """The data's title, such as ``BEE1 (synthetic, scale 0.01)``."""
    shape: tuple[int, ...]
    """The shape of one example."""
    classes: tuple[str, ...]
    """The class names in one-hot order; empty if unknown, in an adopted model's."""
    synthetic: bool
    """Whether the data were a stand-in."""
    hashes: dict[str, str]
    """SHA-256 of the raw data files."""
    plan: ThreadPlan
    """The thread plan; the last bits of a score may depend on it."""
    recipe: Recipe | None = None
    """How raw files become examples; None if they cannot."""
    peak: float | None = None
    """The largest absolute value of its training data; None if unknown."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes; for an adopted model perhaps only its config names them."""
        return self.classes or tuple(self.config.dataset.classes or ())

    def fits(self, shape: tuple[int, ...], classes: tuple[str, ...]) -> bool:
        """Return whether the model can be scored on data of this shape and classes."""
        if not self.classes:
            return shape == self.shape and len(classes) == self.config.dataset.n_classes
        return (shape, classes) == (self.shape, self.classes)

    def to_text(self, versions: dict[str, str]) -> str:
        """Return the sidecar's text."""
        return dump(
            {
                "format": FORMAT,
                "versions": {"beenet": __version__, **versions},
                "dataset": {
                    "title": self.dataset,
                    "shape": list(self.shape),
                    "classes": list(self.classes),
                    "synthetic": self.synthetic,
                    "peak": self.peak,
                    "sha256": self.hashes,
                },
                "recipe": self.recipe.model_dump(mode="json") if self.recipe else None,
                "plan": asdict(self.plan),
                "config": plain(self.config),
            }
        )


def sidecar_path(prefix: Path) -> Path:
    """Return the path of a `.tfl`'s sidecar."""
    return Path(f"{prefix}.yaml")


def read_sidecar(prefix: Path) -> Sidecar:
    """Read the sidecar of a saved model.

    Raises:
        NetworkError: it is missing, of another version, or not a sidecar.
        FaultsError: the config inside breaks rules.
    """
    path = sidecar_path(prefix)
    if not path.exists():
        adopt = f", or have `beenet adopt {prefix}` read that out of its .meta"
        raise NetworkError(
            f"{prefix} has no sidecar {path.name}; say how to build it with --config "
            f"FILE{adopt if Path(f'{prefix}.meta').exists() else ''}"
        )
    if not path.is_file():
        raise NetworkError(f"{path} is no plain file")
    document, faults = parse(read_text(path), str(path))
    data = document.data
    if faults or not isinstance(data, dict) or "format" not in data:
        why = f": {faults[0]}" if faults else ""
        raise NetworkError(f"{path} is not a sidecar{why}")
    if data["format"] != FORMAT:
        raise NetworkError(
            f"{path} has format {show(data['format'])}, this beenet {__version__} "
            f"reads {FORMAT}; use the beenet that wrote it, or --config FILE"
        )
    try:
        dataset = data["dataset"]
        config = structure(_within(document, "config"))
        shape = tuple(int(n) for n in dataset["shape"])
        classes = tuple(str(name) for name in dataset["classes"])
        if not all(map(str.isprintable, classes)):
            raise ValueError("a class's name is no plain text")
        return Sidecar(
            config=config,
            dataset=str(dataset["title"]),
            shape=shape,
            classes=classes,
            synthetic=bool(dataset["synthetic"]),
            hashes={str(k): str(v) for k, v in dataset["sha256"].items()},
            plan=ThreadPlan(int(data["plan"]["intra"]), int(data["plan"]["inter"])),
            recipe=_recipe(data, config, shape),
            peak=None if (peak := dataset.get("peak")) is None else float(peak),
        )
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise NetworkError(f"{path} is not a whole sidecar: {error!r}") from None


def _recipe(
    data: dict[str, Any], config: Config, shape: tuple[int, ...]
) -> Recipe | None:
    """Return the sidecar's recipe; the first sidecars had none."""
    if "recipe" not in data:
        return recipe_for(shape, REGISTRY.get(config.dataset.name or ""))
    if data["recipe"] is None:
        return None
    recipe = parse_recipe(data["recipe"])
    if recipe.shape != shape:
        raise ValueError(f"its recipe makes examples of {recipe.shape}, not {shape}")
    return recipe


def _within(document: Document, key: str) -> Document:
    """Return the part of a document below one key, with its source positions."""

    def below(places: dict[Any, Any]) -> dict[Any, Any]:
        return {path[1:]: place for path, place in places.items() if path[:1] == (key,)}

    return Document(
        document.data[key],
        document.source,
        below(document.values),
        below(document.keys),
    )
