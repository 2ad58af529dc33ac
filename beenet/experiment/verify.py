"""Test on this machine whether a killed run ends with the same results as another.

A short training is done twice, in separate processes. Those of the second kill
themselves (SIGKILL, which cannot be caught) at random steps, and the next one resumes.
"""

import hashlib
import json
import multiprocessing
import os
import random
import signal
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from beenet.config import LoadedConfig
from beenet.errors import BeenetError, TrainingError
from beenet.experiment.train import train
from beenet.reporter import Reporter
from beenet.runs.folder import RunFolder
from beenet.runs.history import read_csv
from beenet.text.words import counted
from beenet.tracking.tensorboard import read_events

_EPOCHS = 2
_CHECKPOINT_EVERY = 0.5
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


@dataclass(frozen=True)
class ResumeVerdict:
    """The result of the comparison."""

    epochs: int
    """Epochs of the training."""
    steps: int
    """Steps of the training."""
    kills: tuple[int, ...]
    """The step at which the second training was killed, each time: the end of the
    chunk that contains the randomly chosen step."""
    compared: tuple[str, ...]
    """The results that were compared."""
    differing: tuple[str, ...]
    """Those that differ."""

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return self.__dict__ | {"same": not self.differing}


def verify(
    loaded: LoadedConfig,
    *,
    kills: int,
    seed: int,
    data_dir: Path | None = None,
    reporter: Reporter,
) -> ResumeVerdict:
    """Train twice, at most 2 epochs, the second time with kills, and compare.

    Args:
        loaded: the config.
        kills: how often to kill the second training.
        seed: determines at which steps.
        data_dir: where the data sets are installed; None for the usual place.
        reporter: receives notes on the progress.

    Raises:
        TrainingError: the training itself failed.
    """
    training = loaded.config.training
    epochs = min(training.epochs, _EPOCHS)
    update = {"epochs": epochs, "checkpoint_every": _CHECKPOINT_EVERY}
    short = training.model_copy(update=update)
    config = loaded.config.model_copy(update={"training": short, "tracking": None})
    loaded = replace(loaded, config=config)
    with tempfile.TemporaryDirectory(prefix="beenet-verify-") as scratch:
        whole, broken = RunFolder(Path(scratch, "a")), RunFolder(Path(scratch, "b"))
        reporter.note(f"training {counted(epochs, 'epoch')} in one go")
        _in_child(loaded, whole.path, data_dir, None)
        expected = fingerprint(whole)
        steps = read_csv(whole.history)[-1].step
        at = []
        for step in sorted(random.Random(seed).choices(range(1, steps + 1), k=kills)):
            done = f"{counted(step, 'step')} {'is' if step == 1 else 'are'} done"
            reporter.note(f"training again, to be killed once {done}")
            at.append(_in_child(loaded, broken.path, data_dir, step))
        reporter.note("training to the end")
        _in_child(loaded, broken.path, data_dir, None)
        found = fingerprint(broken)
    differing = [name for name in expected if expected[name] != found.get(name)]
    return ResumeVerdict(epochs, steps, tuple(at), tuple(expected), tuple(differing))


def fingerprint(folder: RunFolder) -> dict[str, str]:
    """Return a digest of each result of a finished run, by its name.

    What depends on a clock is left out: the seconds of history.csv and metrics.json,
    the times in the event files, and provenance.json.

    Raises:
        RunError: the run is not finished.
    """
    metrics = folder.read_metrics().model_copy(update={"seconds": 0.0})
    history = [replace(row, seconds=0) for row in read_csv(folder.history)]
    results: dict[str, bytes] = {
        "metrics.json": json.dumps(metrics.to_json()).encode(),
        "history.csv": repr(history).encode(),
        "TensorBoard scalars": repr(read_events(folder.path)).encode(),
    }
    model = sorted(folder.path.glob(f"{folder.model.name}.*"))
    drawn = [folder.outcomes, folder.curves, folder.confusion]
    for path in [folder.config, *model, *drawn]:
        results[path.name] = path.read_bytes()
    return {name: hashlib.sha256(data).hexdigest() for name, data in results.items()}


class _Deadly(Reporter):
    """A silent reporter that kills its process after a given number of steps."""

    def __init__(self, at: int | None, said: Any) -> None:
        self.at, self.said = at, said
        self.steps = 0

    def begin(self, epochs: int, steps: int, done: int, metric: str | None) -> None:
        self.steps = steps

    def progress(self, epoch: int, step: int, loss: float, metric: float) -> None:
        done = epoch * self.steps + step
        if self.at is not None and done >= self.at:
            self.said.put(done)
            os.kill(os.getpid(), _KILL)


def _in_child(
    loaded: LoadedConfig, run_dir: Path, data_dir: Path | None, kill_at: int | None
) -> int:
    """Train in a separate process, which is killed if this one is interrupted.

    Returns:
        The step after which it killed itself; 0 if it finished.
    """
    context = multiprocessing.get_context("spawn")
    said = context.SimpleQueue()
    child = context.Process(
        target=_child, args=(loaded, run_dir, data_dir, kill_at, said)
    )
    child.start()
    try:
        child.join()
    finally:
        child.kill()  # if that was interrupted
        child.join()
    last = None if said.empty() else said.get()
    if child.exitcode == 0:
        return 0
    if isinstance(last, int):
        return last
    reason = last or f"it ended with {child.exitcode}"
    raise TrainingError(f"the training failed: {reason}")


def _child(
    loaded: LoadedConfig,
    run_dir: Path,
    data_dir: Path | None,
    kill_at: int | None,
    said: Any,
) -> None:
    try:
        train(loaded, run_dir, data_dir=data_dir, reporter=_Deadly(kill_at, said))
    except BeenetError as error:
        said.put(str(error))
        raise SystemExit(error.exit_code) from None
