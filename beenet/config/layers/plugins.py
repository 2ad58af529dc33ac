"""Layers from other packages, by the entry points of the group `beenet.layers`.

An entry point's name is the layer's, its value a class: ``my_package.layers:Wavelet``.
It is loaded only when a config names it, so that a broken package does not affect
configs that do not use it.
"""

from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import ClassVar

from beenet.config.layers.base import Layer
from beenet.errors import ConfigError

GROUP = "beenet.layers"


class PluginLayer(Layer):
    """The base class of a layer from another package."""

    built_by: ClassVar[str]
    """The function that builds it: ``my_package.building:wavelet``.

    It takes the incoming tensor and the layer's arguments by their names, and returns
    the outgoing tensor. Its module is imported when a net is built, so it may import
    TensorFlow; the module of this class must not.
    """


class Plugins(Mapping[str, type[PluginLayer]]):
    """The installed plugin layers by name, looked up at each use."""

    def __getitem__(self, name: str) -> type[PluginLayer]:
        """Load a layer.

        Raises:
            KeyError: no package has it.
            ConfigError: a package has it, but it cannot be loaded.
        """
        return _load(self._found()[name])

    def __iter__(self) -> Iterator[str]:
        """Return the names."""
        return iter(self._found())

    def __len__(self) -> int:
        """Return their number."""
        return len(self._found())

    def __contains__(self, name: object) -> bool:
        """Return whether a package has it, without loading it."""
        return name in self._found()

    def _found(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group=GROUP)}


PLUGINS = Plugins()


def _load(point: EntryPoint) -> type[PluginLayer]:
    package = point.dist.name if point.dist else "?"
    where = f"the layer '{point.name}' of the package {package} ({point.value})"
    try:
        found = point.load()
    except Exception as error:  # importing a module may raise anything
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise ConfigError(f"{where} cannot be loaded: {reason}") from error
    if not (isinstance(found, type) and issubclass(found, PluginLayer)):
        text = "is not a class derived from beenet.config.layers.PluginLayer"
        raise ConfigError(f"{where} {text}")
    name = getattr(found, "yaml_name", None)
    if name != point.name:
        raise ConfigError(f"{where} must have yaml_name '{point.name}', has {name}")
    builder = getattr(found, "built_by", None)
    if not isinstance(builder, str) or not all(builder.partition(":")):
        text = "needs built_by, the name of a function as 'package.module:function'"
        raise ConfigError(f"{where} {text}")
    return found
