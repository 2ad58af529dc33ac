"""Describe a config or a saved model, for `beenet describe`."""

from dataclasses import replace
from pathlib import Path

from beenet.config import Config, load_config
from beenet.datasets.configured import open_data
from beenet.errors import BeenetError, ConfigError, NetworkError
from beenet.network.describe import describe
from beenet.network.description import Description
from beenet.network.saved import SUFFIXES
from beenet.network.sidecar import read_sidecar, sidecar_path
from beenet.runs.find_model import find_model


def describe_target(
    target: Path,
    *,
    overrides: tuple[str, ...] = (),
    config: Config | None = None,
    data_dir: Path | None = None,
) -> Description:
    """Describe a config, or a saved model with the size of its files.

    Args:
        target: a config file, a run folder, a `.tfl` prefix, or one of its files.
        overrides: as after ``-o``, for a config.
        config: how to build a model that has no sidecar.
        data_dir: where data sets are installed, for one whose shape is not known
            otherwise; None for the usual place.

    Raises:
        ConfigError: the config breaks rules, or flags are given for a model.
        NetworkError: there is no such model, or its layers cannot be built.
    """
    try:
        prefix = find_model(target)
    except NetworkError:
        if not target.is_file():
            raise
        if config is not None:
            raise ConfigError(
                f"--config says how to build a saved model; {target} is a config itself"
            ) from None
        loaded = load_config(target, overrides).config
        return describe(loaded, _shape(loaded, data_dir), str(target))
    if overrides:
        raise ConfigError("-o changes a config; a saved model is as it is")
    if config is None:
        sidecar = read_sidecar(prefix)
        config, shape = sidecar.config, sidecar.shape
    else:
        shape = _shape(config, data_dir)
    files = [Path(f"{prefix}{suffix}") for suffix in SUFFIXES]
    files.append(sidecar_path(prefix))
    size = sum(file.stat().st_size for file in files if file.exists())
    return replace(describe(config, shape, str(prefix)), model_bytes=size)


def _shape(config: Config, data_dir: Path | None) -> tuple[int, ...]:
    """Return the shape of one example; the data set is opened only if necessary."""
    if config.dataset.shape is not None:
        return config.dataset.shape
    first = config.nodes[0].layer
    if first.yaml_name == "input_data":
        shape: tuple[int, ...] = first.arguments()["shape"]
        return shape
    try:
        return open_data(config, data_dir).shape
    except BeenetError as error:
        raise NetworkError(
            f"the shape of {config.dataset.title} is not known: {error}; begin the "
            "layers with input_data to say it"
        ) from None
