"""The task of a worker process, the events that it sends, and its execution."""

import gc
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from multiprocessing import parent_process
from pathlib import Path
from typing import Any, Literal

from beenet.config import load_mapping
from beenet.errors import BeenetError, Interrupted, LockedError
from beenet.reporter import Reporter
from beenet.runs.history import Epoch
from beenet.sweep.trials import accuracy_on_test
from beenet.system.write_errors import is_disk_full
from beenet.text.words import reason

_PATIENCE = 60.0
"""Seconds for an orphan of a killed sweep to save and unlock its folder."""
_EVERY = 0.2
"""Seconds between two progress events within an epoch."""


@dataclass(frozen=True)
class Task:
    """A training to be done in a separate process, here or elsewhere."""

    name: str
    """The trial's."""
    config: dict[str, Any]
    """As plain data."""
    run_dir: str
    data_dir: str | None
    threads: int
    """The value for ``BEENET_THREADS``."""
    measure: bool = False
    """Only measure the cost."""
    gpu: str | None = None
    """The value for ``CUDA_VISIBLE_DEVICES``; None to not change it."""


@dataclass(frozen=True)
class Progress:
    """A trial's progress through its epochs."""

    trial: str
    epoch: int
    """The current epoch, from 1."""
    done: float
    """Epochs done, including the finished part of the current one."""
    epochs: int
    """The total number."""


@dataclass(frozen=True)
class Looked:
    """A trial has scored test after an epoch."""

    trial: str
    epoch: int
    """From 1."""
    accuracy: float
    """On test; sent once more at the end, with the saved weights."""


@dataclass(frozen=True)
class Warned:
    """A warning about a trial."""

    trial: str
    text: str


@dataclass(frozen=True)
class CostEstimate:
    """The estimated cost of a trial."""

    trial: str
    seconds_per_step: float
    steps: int
    """Per epoch."""
    seconds_per_look: float
    """For scoring the test split, after each epoch."""
    seconds_once: float
    """For starting, and for scoring the other splits."""
    bytes: int
    """The peak memory of its process."""

    def seconds(self, epochs: int, trials: int = 1) -> float:
        """Return the time of this number of epochs in total, over some trials."""
        epoch = self.steps * self.seconds_per_step + self.seconds_per_look
        return epochs * epoch + trials * self.seconds_once


Ending = Literal["finished", "failed", "stopped", "lost"]


@dataclass(frozen=True)
class Ended:
    """A trial has ended: finished, failed by an error, stopped, or its process died."""

    trial: str
    how: Ending
    text: str = ""
    """Why."""
    disk_full: bool = False
    """Whether it failed because nothing more can be written."""


Event = Progress | Looked | Warned | CostEstimate | Ended
Send = Callable[[Event], None]


class _Telling(Reporter):
    """A reporter that sends events to a sweep."""

    def __init__(self, trial: str, send: Send) -> None:
        self.trial, self.send = trial, send
        self.epochs = self.steps = 1
        self.told = 0.0

    def warn(self, text: str) -> None:
        self.send(Warned(self.trial, text))

    def begin(self, epochs: int, steps: int, done: int, metric: str | None) -> None:
        self.epochs, self.steps = epochs, steps
        self.send(Progress(self.trial, min(done + 1, epochs), done, epochs))

    def progress(self, epoch: int, step: int, loss: float, metric: float) -> None:
        if time.monotonic() - self.told >= _EVERY:
            done = epoch + step / self.steps
            self.send(Progress(self.trial, epoch + 1, done, self.epochs))
            self.told = time.monotonic()

    def epoch(self, row: Epoch) -> None:
        self.send(Looked(self.trial, row.epoch, row.test_accuracy))
        after = min(row.epoch + 1, self.epochs)
        self.send(Progress(self.trial, after, row.epoch, self.epochs))


def do(task: Task, send: Send) -> None:
    """Train a trial, and send events; the last one reports how it ended."""
    os.environ["BEENET_THREADS"] = str(task.threads)
    if task.gpu is not None:  # TensorFlow is imported, but has not read it yet
        os.environ["CUDA_VISIBLE_DEVICES"] = task.gpu
    try:
        (_measure if task.measure else _train)(task, send)
    except (Interrupted, KeyboardInterrupt) as error:
        send(Ended(task.name, "stopped", str(error)))
    except BeenetError as error:
        send(Ended(task.name, "failed", str(error), error.disk_full))
    except BaseException as error:  # a bug, which may not affect the other trials
        text = traceback.format_exc()
        send(Ended(task.name, "failed", text, is_disk_full(error)))
    else:
        send(Ended(task.name, "finished"))


def _train(task: Task, send: Send) -> None:
    from beenet.experiment import train  # imports TensorFlow: only in workers

    loaded, began = load_mapping(task.config), time.monotonic()
    while True:
        try:
            run = train(
                loaded,
                Path(task.run_dir),
                data_dir=Path(task.data_dir) if task.data_dir else None,
                reporter=_Telling(task.name, send),
                warn_of_config=False,  # the sweep has done so
            )
        except LockedError:
            if time.monotonic() - began > _PATIENCE:
                raise
            time.sleep(_EVERY)
        else:
            break
    # With save_best, the last epoch's score may be of other weights than those saved.
    epochs = loaded.config.training.epochs
    send(Looked(task.name, epochs, accuracy_on_test(run)))


def _measure(task: Task, send: Send) -> None:
    from beenet.experiment.estimate import estimate

    config = load_mapping(task.config).config
    cost = estimate(config, Path(task.data_dir) if task.data_dir else None)
    send(CostEstimate(task.name, **asdict(cost)))


def do_in_process(task: Task, sink: Any, log: str) -> None:
    """Run a task as the main function of its process.

    Args:
        task: what to do.
        sink: the connection for the events.
        log: the file for what libraries write to stdout and stderr.
    """
    gc.freeze()  # objects from before the fork are not collected: they stay shared
    # A terminal sends Ctrl-C to every process; the sweep stops each once, by SIGTERM.
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    try:
        Path(log).parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    except OSError as error:
        text = f"cannot write {log}: {reason(error)}"
        sink.send(Ended(task.name, "failed", text, is_disk_full(error)))
        return
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)
    threading.Thread(target=_stop_with_parent, daemon=True).start()

    def send(event: Event) -> None:
        with suppress(OSError):  # the sweep is gone: see `_stop_with_parent`
            sink.send(event)

    do(task, send)
    sink.close()
    if not os.path.getsize(log):
        os.unlink(log)


def _stop_with_parent() -> None:
    """Save and stop when the sweep's own process has ended."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
