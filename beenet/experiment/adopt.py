"""Adopt a third-party `.tfl`: write config and sidecar, compare the graphs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from beenet.config import Config
from beenet.config.faults import FaultsError
from beenet.config.load import structure
from beenet.config.model import Training
from beenet.config.yaml_text import dump, parse
from beenet.engine import requested_plan
from beenet.errors import AlreadyExistsError, NetworkError
from beenet.experiment.adopted_data import AdoptedData, adopted_data
from beenet.experiment.parts import build_for
from beenet.network.foreign.compare import differences
from beenet.network.foreign.model import ForeignModel, forward_of, read_model
from beenet.network.saved import restore_training, variable_shapes
from beenet.network.sidecar import Sidecar, sidecar_path
from beenet.runs.find_model import find_model
from beenet.runs.folder import RunFolder
from beenet.runs.provenance import versions
from beenet.system import files
from beenet.system.thread_plan import ThreadPlan


@dataclass(frozen=True)
class Adoption:
    """The files that were written, and what to report about them."""

    config: Path
    sidecar: Path
    layers: int
    variables: int
    """The number of the file's variables that the network has, too."""
    ignored: list[str] = field(default_factory=list)
    """The file's variables that the config's network does not have."""
    steps: int = 0
    """The number of operations of the file's graph from input to output."""
    unread: list[str] = field(default_factory=list)
    """What the graph does not determine."""
    differences: list[str] = field(default_factory=list)
    """How the built network's graph differs from the file's."""


def adopt(
    path: Path,
    *,
    out: Path | None = None,
    dataset: str | None = None,
    classes: tuple[str, ...] | None = None,
    overwrite: bool = False,
) -> Adoption:
    """Write config and sidecar of a `.tfl` that someone else saved with its `.meta`.

    Args:
        path: a `.tfl` prefix, or any one file of the model.
        out: the config file to write; None for one beside the model.
        dataset: a registered data set, or a folder of six pickles.
        classes: the class names of a set that is not registered, in one-hot order.
        overwrite: replace an existing config and sidecar.

    Raises:
        NetworkError: the model cannot be read, or contains what beenet does not know.
        DatasetError: the data set does not fit the network.
        AlreadyExistsError: a config or a sidecar exists already.
    """
    prefix = find_model(path)
    meta = Path(f"{prefix}.meta")
    if not meta.exists():
        raise NetworkError(
            f"{prefix} has no {meta.name}, which says what its network is; write a "
            "config, and give it to beenet eval --config FILE"
        )
    sidecar = sidecar_path(prefix)
    if sidecar.exists() and RunFolder(prefix.parent).metrics.exists():
        raise NetworkError(
            f"{prefix} is of a run of beenet's, whose files tell all of it: there is "
            "nothing to adopt"
        )
    out = out or prefix.with_name(f"{prefix.name.removesuffix('.tfl')}.config.yaml")
    for there in (out, sidecar):
        if there.exists() and not overwrite:
            raise AlreadyExistsError(there)
    model = read_model(meta)
    data = adopted_data(model.shape, model.outputs, dataset, classes)
    unread = [
        *model.training.unread,
        *data.unknown,
        "epochs, batch size and seed: no graph holds them",
    ]
    text = _text(model, data, prefix, unread)
    config = _config(text, out, meta)
    with build_for(
        config, model.shape, model.outputs, "cpu", ThreadPlan(1, 1)
    ) as network:
        restore_training(network, prefix)
        ours = set(network.variables())
        different = differences(model.steps, forward_of(network.meta))
    theirs = set(variable_shapes(prefix))
    files.write_text(out, text)
    files.write_text(sidecar, _sidecar(config, data).to_text(versions()))
    return Adoption(
        out,
        sidecar,
        len(model.layers),
        len(ours & theirs),
        sorted(theirs - ours),
        len(model.steps),
        unread,
        different,
    )


def _text(
    model: ForeignModel, known: AdoptedData, prefix: Path, unread: Iterable[str]
) -> str:
    """Return the config's text."""
    layers = list(model.layers)
    if known.shape != model.shape or not isinstance(known.section, str):
        given: dict[str, Any] = {"shape": list(model.shape)}
        if model.input_name not in ("InputData", ""):
            given["name"] = model.input_name
        layers.insert(0, {"input_data": given})
    data: dict[str, Any] = {
        "name": _run_name(prefix.name),
        "dataset": known.section,
        "layers": [_bare(layer) for layer in layers],
    }
    training = model.training
    if training.optimizer is not None:
        data["optimizer"] = training.optimizer
    if training.loss is not None:
        data["loss"] = training.loss
    clipped = training.clip_gradients
    if clipped is not None and clipped != Training().clip_gradients:
        data["training"] = {"clip_gradients": clipped}
    comments = [f"Read by beenet adopt out of {prefix.name}.meta, which does not tell:"]
    comments += [f"- {what}" for what in unread]
    return "".join(f"# {line}\n" for line in comments) + dump(data)


def _bare(layer: dict[str, Any]) -> Any:
    """Return a layer as the config writes it: without arguments, only its name."""
    return next(iter(layer)) if list(layer.values()) == [{}] else layer


def _run_name(name: str) -> str:
    """Return a run name made from a model's name."""
    kept = "".join(c if c.isascii() and c.isalnum() else "_" for c in name)
    return kept.strip("_") or "adopted"


def _config(text: str, out: Path, meta: Path) -> Config:
    document, faults = parse(text, str(out))
    try:
        if faults:
            raise FaultsError(faults)
        return structure(document)
    except FaultsError as error:
        reason = error.faults[0].text
        raise NetworkError(
            f"{meta} holds a network that no config describes: {reason}"
        ) from None


def _sidecar(config: Config, known: AdoptedData) -> Sidecar:
    """Return the sidecar, with no data hashes."""
    return Sidecar(
        config=config,
        dataset=known.title,
        shape=known.shape,
        classes=known.classes,
        synthetic=False,
        hashes={},
        plan=requested_plan(1),
        recipe=known.recipe,
    )
