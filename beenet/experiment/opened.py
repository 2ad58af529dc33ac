"""A saved model, built and filled with its weights: ready to be asked."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from beenet.config import Config
from beenet.engine import (
    Plan,
    available_devices,
    choose_device,
    choose_plan,
    session_config,
)
from beenet.experiment.parts import open_data
from beenet.network.build import build
from beenet.network.network import Network
from beenet.network.saved import restore_weights
from beenet.network.sidecar import find_model, read_sidecar
from beenet.runs import MODEL


@dataclass(frozen=True)
class OpenedModel:
    """A saved model and what is known of it."""

    prefix: Path
    """The `.tfl`."""
    config: Config
    """How it is built."""
    dataset: str
    """The title of the data it was trained on."""
    shape: tuple[int, ...]
    """The shape of one example of that data."""
    classes: tuple[str, ...]
    """The class names in one-hot order."""
    plan: Plan
    """The threads of its session."""
    network: Network
    """The network, with the saved weights."""


@contextlib.contextmanager
def opened_model(
    path: Path,
    *,
    config: Config | None = None,
    data_dir: Path | None = None,
    device: str = "auto",
) -> Iterator[OpenedModel]:
    """Open a saved model; its data need not be there if it has a sidecar.

    Args:
        path: a run folder, a `.tfl` prefix, or any one file of the model.
        config: how to build a model that has no sidecar.
        data_dir: where the data sets are installed; None for the usual place.
        device: as in a config.

    Raises:
        NetworkError: there is no such model, it is damaged, or does not fit.
    """
    model = open_model(path, config=config, data_dir=data_dir, device=device)
    with model.network:
        yield model


def open_model(
    path: Path,
    *,
    config: Config | None = None,
    data_dir: Path | None = None,
    device: str = "auto",
) -> OpenedModel:
    """Open a saved model as `opened_model` does; the caller closes its network."""
    prefix = find_model(path, MODEL)
    if config is None:
        sidecar = read_sidecar(prefix)
        config, plan = sidecar.config, Plan(**sidecar.plan)
        title, shape, classes = sidecar.dataset, sidecar.shape, sidecar.classes
    else:
        plan = choose_plan(config.training.threads)
        dataset = open_data(config, data_dir)
        title, shape, classes = dataset.title, dataset.shape, dataset.classes
    where = choose_device(device, available_devices())
    network = build(
        config, shape, len(classes), session_config=session_config(where, plan)
    )
    try:
        restore_weights(network, prefix)
    except BaseException:
        network.session.close()
        raise
    return OpenedModel(prefix, config, title, shape, classes, plan, network)
