"""Values derived from the raw figures for the page's sections."""

from typing import Any

Entry = dict[str, Any]
"""A net's part of the raw figures."""

_NAMES = {
    "tflearn": "TFLearn",
    "beenet": "beenet",
    "keras": "Keras 3",
    "torch": "PyTorch",
    "jax": "JAX",
}


def contestant_name(key: str) -> str:
    """Return ``Keras 3, XLA, 2 threads`` for ``keras-jit-threads-2``."""
    package, *rest = key.split("-")
    words = [_NAMES[package]]
    if "onednn" in rest:
        words.append("oneDNN")
    if "jit" in rest:
        words.append("XLA")
    if "threads" in rest:
        words.append("1 thread" if rest[-1] == "1" else f"{rest[-1]} threads")
    return ", ".join(words)


def ms_of(net: Entry, key: str) -> float:
    """Return a contestant's milliseconds per step."""
    ms: float = net["contestants"][key]["ms_per_step"]
    return ms


def best_peer(net: Entry) -> str | None:
    """Return the key of a net's fastest peer; None if there were no peers."""
    contestants = net["contestants"]
    peers = [key for key in contestants if not key.startswith(("tflearn", "beenet"))]
    return min(peers, key=lambda key: ms_of(net, key), default=None)


def deviations(net: Entry) -> list[float]:
    """Return the relative deviations of the peers' and TFLearn's losses from beenet's.

    Empty if there is dropout: each framework draws different random numbers.
    """
    if net["dropout"]:
        return []
    ours = net["contestants"]["beenet"]["loss"]
    losses = [entry["loss"] for entry in net["contestants"].values()]
    losses.append(net["weights"]["loss"])
    return [abs(loss / ours - 1) for loss in losses if loss is not None]
