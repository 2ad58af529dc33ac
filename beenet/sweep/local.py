"""Run trials in local processes, forked from one that has loaded TensorFlow."""

import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Protocol

from beenet.errors import SweepError
from beenet.sweep.gpus import GpuShares
from beenet.sweep.task import Ended, Ending, Event, Looked, Task, do_in_process
from beenet.system.cores import core_limit
from beenet.text.words import reason

_PRELOAD = [
    "beenet.experiment",
    "beenet.drawing.confusion",
    "beenet.drawing.curves",
    "matplotlib.backends.backend_agg",
    "matplotlib.style",
    "beenet.sweep.task",
    "beenet.cli",  # the main program, which multiprocessing has each process import
]
"""Modules that are slow to import and that every trial needs."""
_GRACE = 30.0
"""Seconds to wait for a process to end."""


class Executor(Protocol):
    """Trains trials, here or elsewhere."""

    @property
    def slots(self) -> int:
        """The number of trials at a time."""

    @property
    def threads(self) -> int:
        """The number of threads that each may use."""

    def submit(self, task: Task) -> None:
        """Start training a trial."""

    def stop(self, trial: str) -> None:
        """Ask a trial to save and stop; an `Ended` follows."""

    def events(self, seconds: float) -> list[Event]:
        """Return new events; wait at most this long for the first."""

    def close(self) -> None:
        """End running trials at once, without waiting for them to save."""


@dataclass
class _Worker:
    process: Any
    source: Connection
    log: Path
    ended: bool = False
    asked: bool = False


def shares(jobs: int | None, trials: int) -> tuple[int, int]:
    """Return the number of trials at a time on this machine, and of threads for each.

    Args:
        jobs: the requested number of trials at a time; None for one on each core.
        trials: the number of trials to train.
    """
    cores = core_limit()
    jobs = jobs or max(1, min(cores, trials))
    return jobs, max(1, cores // jobs)


class LocalExecutor:
    """Runs trials in processes of this machine.

    On Linux they are forked from a server that imports TensorFlow once and never makes
    a session: a trial starts in milliseconds, shares the code's memory and leaves no
    state behind. Elsewhere forking is not safe, and each process imports TensorFlow.
    """

    def __init__(
        self,
        slots: int,
        threads: int,
        logs: Path,
        target: Callable[..., None] = do_in_process,
        gpus: GpuShares | None = None,
    ) -> None:
        """Start the fork server on Linux; no trial runs yet.

        Args:
            slots: the number of trials at a time; an upper limit if GPUs are shared.
            threads: the number of threads that each may use.
            logs: a folder for the output of libraries.
            target: the function that runs in the process.
            gpus: measures how many trials fit on the GPUs; None to not manage them.
        """
        self.threads, self.logs = threads, logs
        self._slots, self._target, self._gpus = slots, target, gpus
        linux = sys.platform == "linux"
        method = "forkserver" if linux else "spawn"
        self._context: Any = multiprocessing.get_context(method)
        if linux:
            self._context.set_forkserver_preload(_PRELOAD)
            with _signals_ignored():  # Ctrl-C is for the sweep, as it loads TensorFlow
                forkserver.ensure_running()
        self._workers: dict[str, _Worker] = {}

    @property
    def slots(self) -> int:
        """The number of trials at a time."""
        return min(self._slots, self._gpus.slots) if self._gpus else self._slots

    def submit(self, task: Task) -> None:
        """Start training a trial."""
        if self._gpus:
            task = self._with_gpu(task, self._gpus)
        source, sink = self._context.Pipe(duplex=False)
        log = self.logs / f"{task.name.replace('/', '_')}.log"
        process = self._context.Process(
            target=self._target, args=(task, sink, str(log)), name=task.name
        )
        with _undaemonic():
            try:
                process.start()
            except (EOFError, OSError):  # the fork server was killed; it restarts
                _start_again(process)
        sink.close()
        self._workers[task.name] = _Worker(process, source, log)

    @staticmethod
    def _with_gpu(task: Task, gpus: GpuShares) -> Task:
        device = task.config["training"]["device"]
        if device.startswith("gpu:"):
            gpus.alone()
        elif device != "cpu":
            return replace(task, gpu=gpus.take(task.name))
        return task

    def stop(self, trial: str) -> None:
        """Ask a trial to save and stop, once."""
        worker = self._workers.get(trial)
        if worker and not worker.asked:
            worker.asked = True
            worker.process.terminate()

    def events(self, seconds: float) -> list[Event]:
        """Return new events; wait at most this long for the first."""
        sources = {w.source: (name, w) for name, w in self._workers.items()}
        found: list[Event] = []
        for ready in wait(list(sources), timeout=seconds):
            name, worker = sources[ready]  # type: ignore[index]
            found += self._read(name, worker)
        return found

    def _read(self, name: str, worker: _Worker) -> Iterator[Event]:
        with suppress(EOFError, OSError):
            while worker.source.poll():
                event = worker.source.recv()
                worker.ended = worker.ended or isinstance(event, Ended)
                if self._gpus and isinstance(event, Looked):
                    self._gpus.looked(name)
                yield event
            return
        del self._workers[name]
        if self._gpus:
            self._gpus.leave(name)
        worker.source.close()
        worker.process.join(_GRACE)
        if not worker.ended:
            how: Ending = "stopped" if worker.asked else "lost"
            yield Ended(name, how, _cause(worker.process.exitcode, worker.log))

    def close(self) -> None:
        """Kill the processes that still run."""
        for worker in self._workers.values():
            if not worker.ended:
                worker.process.kill()
        for worker in self._workers.values():
            worker.process.join(_GRACE)
            worker.source.close()
        self._workers.clear()


def _cause(code: int | None, log: Path) -> str:
    """Return how a process ended that sent no final event."""
    if code is not None and code < 0:
        text = f"its process was ended by {signal.Signals(-code).name}"
        if -code == getattr(signal, "SIGKILL", None):
            text += " (out of memory?)"
    else:
        text = f"its process ended with code {code}"
    with suppress(OSError):
        if lines := log.read_text(errors="replace").strip().splitlines():
            text += f"; its last words: {lines[-1]}"
    return text


def _start_again(process: Any) -> None:
    try:
        process.start()
    except (EOFError, OSError) as error:
        raise SweepError(
            f"no process can be started for a trial ({reason(error)}; out of memory?); "
            "the same command resumes from there"
        ) from None


@contextmanager
def _signals_ignored() -> Iterator[None]:
    """Ignore a terminal's signals; a process started meanwhile inherits that."""
    numbers = (signal.SIGINT, signal.SIGHUP)
    try:
        before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    except ValueError:  # only the main thread may
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _undaemonic() -> Iterator[None]:
    """Allow a daemonic process, such as a Dask worker, to start another.

    multiprocessing forbids that to avoid orphans; ours stop with their parent.
    """
    config = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    before = config.pop("daemon", None)
    try:
        yield
    finally:
        if before is not None:
            config["daemon"] = before
