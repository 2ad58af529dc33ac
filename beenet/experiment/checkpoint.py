"""The checkpoint inside an unfinished run: where to go on from."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beenet import files
from beenet.errors import NetworkError, RunError
from beenet.history import Epoch, read_csv, to_csv
from beenet.network.network import Network
from beenet.network.saved import restore_training, save_model
from beenet.runs import MODEL, RunFolder, explained


@dataclass(frozen=True)
class Checkpoint:
    """Everything that training needs to go on after a whole epoch."""

    model: Path
    """Prefix of the `.tfl` with every variable."""
    history: list[Epoch]
    """The epochs done."""
    plan: dict[str, Any]
    """The thread plan it was trained with."""


def save_checkpoint(
    folder: RunFolder, network: Network, history: list[Epoch], plan: dict[str, Any]
) -> None:
    """Save a checkpoint in place of the last one; one of the two is always whole.

    Raises:
        RunError: the disk is full or read-only; the last one is untouched.
    """
    with explained(folder.path), files.scratch_folder(folder.path) as scratch:
        new = scratch / "new"
        new.mkdir()
        save_model(network, new / MODEL)
        files.write_text(new / "history.csv", to_csv(history))
        files.write_json(new / "plan.json", plan)
        files.replace_folder(new, folder.resume)


def find_checkpoint(folder: RunFolder) -> Checkpoint | None:
    """Return the checkpoint of an unfinished run, if it got that far.

    Raises:
        RunError: there is one, but it cannot be read.
    """
    there = files.existing_folder(folder.resume)
    if there is None:
        return None
    try:
        plan = json.loads((there / "plan.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(
            f"{there} is damaged: {error}; begin anew with --overwrite"
        ) from None
    return Checkpoint(there / MODEL, read_csv(there / "history.csv"), plan)


def restore_checkpoint(network: Network, checkpoint: Checkpoint) -> None:
    """Put a network back to where the checkpoint was taken.

    Raises:
        RunError: the checkpoint is damaged.
    """
    try:
        restore_training(network, checkpoint.model, all_of_it=True)
    except NetworkError as error:
        raise RunError(f"{error}; begin anew with --overwrite") from None
