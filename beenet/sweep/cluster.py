"""Run trials on the workers of a Dask cluster, each in its own process there."""

import asyncio
import contextlib
import logging
import queue
import secrets
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from beenet.config.identity import digest
from beenet.errors import SweepError
from beenet.runs.folder import RunFolder
from beenet.sweep.local import LocalExecutor
from beenet.sweep.task import Ended, Event, Looked, Progress, Task, Warned
from beenet.system import files
from beenet.system.write_errors import explain_write_errors, is_disk_full
from beenet.text.words import first_line


@dataclass(frozen=True)
class _Began:
    """A worker has started a trial."""

    trial: str
    worker: str


_KINDS: dict[str, Callable[..., Event | _Began]] = {
    kind.__name__: kind for kind in (_Began, Progress, Looked, Warned, Ended)
}
_TICK = 0.25
"""Seconds between checks, on a worker, whether a trial is still wanted."""
_PATIENCE = 30.0
"""Seconds to wait for the scheduler, and for its first worker."""
_LEAVING = 5.0
"""Seconds to wait, when closing, for a scheduler that may be gone."""


def import_distributed() -> Any:
    """Import Dask's distributed scheduler.

    Raises:
        SweepError: it is not installed.
    """
    try:
        import distributed
    except ImportError:
        raise SweepError(
            "a cluster needs Dask: pip install 'beenet[cluster]', here and on the "
            "workers"
        ) from None
    return distributed


def _silence_logs() -> None:
    """Silence Dask's loggers, several of which have levels of their own.

    The loss of the scheduler or of a worker is reported by us, in one line.
    """
    for name in ("distributed", *logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _check_address(address: str) -> None:
    """Refuse an invalid address, with which closing a client would take a minute.

    Raises:
        SweepError: it has no host, or no port.
    """
    from distributed.comm.addressing import parse_address, parse_host_port

    try:
        parse_host_port(parse_address(address)[1])
    except ValueError:
        raise SweepError(
            f"--scheduler must be like tcp://host:8786, got {address!r}"
        ) from None


class DaskExecutor:
    """The workers of a cluster; runs as many trials at a time as they have threads.

    If a worker is lost, Dask moves its trial to another one, where it resumes from its
    checkpoint if the file system is shared, or else restarts.
    """

    threads = 1
    """Threads per trial: each of a worker's threads has one core."""

    def __init__(self, address: str, folder: Path, most: int | None = None) -> None:
        """Join the cluster.

        Args:
            address: the scheduler's, such as ``tcp://host:8786``.
            folder: the sweep's, which must exist.
            most: the limit of trials at a time, even if the workers have more threads.

        Raises:
            SweepError: Dask is missing, or there is no scheduler.
        """
        distributed = import_distributed()
        _silence_logs()
        _check_address(address)
        self._address = address
        try:
            self._client = distributed.Client(
                address, timeout=_PATIENCE, set_as_default=False
            )
            self._client.wait_for_workers(1, timeout=_PATIENCE)
        except (OSError, ValueError, TimeoutError) as error:
            raise SweepError(
                f"{address}: no cluster to work on: {first_line(error)}; start one "
                "with: dask scheduler, and dask worker ADDRESS"
            ) from None
        # A worker that sees this file also sees the run folders.
        self._token = folder / f".shared-{secrets.token_hex(8)}"
        with explain_write_errors(folder, "--runs"):
            files.write_text(self._token, "")
        self._topic = f"beenet-{secrets.token_hex(8)}"
        self._heard: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._most = most
        self._on_gpus = False
        self._futures: dict[str, Any] = {}
        self._run_dirs: dict[str, Path] = {}
        self._workers: dict[str, str] = {}
        self._withdrawn: set[str] = set()
        self._client.subscribe_topic(
            self._topic, lambda event: self._heard.put(("event", event[1]["told"]))
        )

    @property
    def slots(self) -> int:
        """The number of trials at a time; it changes as workers join and leave."""
        with self._reached():
            there = self._gpus() if self._on_gpus else 0
            there = there or sum(self._client.nthreads().values())
        return there if self._most is None else min(there, self._most)

    def _gpus(self) -> int:
        """Return the number of GPUs that the workers declare as resources."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return sum(int(worker["resources"].get("GPU", 0)) for worker in workers)

    @contextlib.contextmanager
    def _reached(self) -> Iterator[None]:
        """Turn the loss of the scheduler into a one-line error.

        Raises:
            SweepError: the scheduler is gone.
        """
        if self._client.status != "running":
            raise self._gone()
        try:
            yield
        except (OSError, CancelledError, asyncio.TimeoutError):
            raise self._gone() from None

    def _gone(self) -> SweepError:
        return SweepError(
            f"{self._address}: the scheduler is gone; once it and its workers run "
            "again, the same command resumes from there"
        )

    def submit(self, task: Task) -> None:
        """Submit a trial to the cluster."""
        with self._reached():
            self._submit(task)

    def _submit(self, task: Task) -> None:
        device = str(task.config["training"]["device"])
        gpu = device.startswith("gpu") or (device == "auto" and self._gpus() > 0)
        self._on_gpus = gpu
        self._run_dirs[task.name] = Path(task.run_dir)
        self._workers.pop(task.name, None)
        self._withdrawn.discard(task.name)
        future = self._client.submit(
            on_worker,
            replace(task, run_dir=str(Path(task.run_dir).resolve())),
            self._topic,
            str(self._token.resolve()),
            key=f"{task.name}-{secrets.token_hex(4)}",
            resources={"GPU": 1} if gpu else None,
            pure=False,
        )
        self._futures[task.name] = future
        future.add_done_callback(lambda done: self._heard.put((task.name, done)))

    def stop(self, trial: str) -> None:
        """Cancel a trial; its worker makes it save and stop."""
        if trial in self._futures:
            self._withdrawn.add(trial)
            with self._reached():
                self._futures[trial].cancel()

    def events(self, seconds: float) -> list[Event]:
        """Return new events; wait at most this long for the first."""
        found: list[Event] = []
        with contextlib.suppress(queue.Empty):
            source, what = self._heard.get(timeout=seconds)
            while True:
                if source != "event":
                    found.append(self._ended(source, what))
                elif what["trial"] in self._futures:
                    event = _KINDS[what.pop("kind")](**what)
                    found += (
                        self._began(event) if isinstance(event, _Began) else [event]
                    )
                source, what = self._heard.get_nowait()
        return found

    def _began(self, event: _Began) -> list[Event]:
        """Return a warning if another worker had the trial before."""
        before = self._workers.get(event.trial)
        self._workers[event.trial] = event.worker
        if before is None:
            return []
        text = f"{event.trial}: worker {before} was lost; {event.worker} takes over"
        return [Warned(event.trial, text)]

    def _ended(self, trial: str, future: Any) -> Ended:
        del self._futures[trial]
        if future.cancelled():
            if trial not in self._withdrawn:  # the scheduler is gone: all are cancelled
                raise self._gone()
            return Ended(trial, "stopped")
        if future.status == "error":
            error = future.exception()
            text = f"the cluster gave it up: {error}"
            return Ended(trial, "failed", text, is_disk_full(error))
        with self._reached():
            ended, brought = future.result()
        if brought:
            _unpack(brought, self._run_dirs[trial])
        return Ended(trial, **ended)

    def close(self) -> None:
        """Cancel running trials, and disconnect from the cluster."""
        with contextlib.suppress(SweepError), self._reached():
            for future in self._futures.values():
                future.cancel()
        self._token.unlink(missing_ok=True)
        self._client.close(timeout=_LEAVING)


def on_worker(
    task: Task, topic: str, token: str
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Train a trial on a worker, in a separate process.

    Args:
        task: what to train.
        topic: Dask's topic for its events.
        token: a file in the sweep's folder; if it is not visible, the run is trained
            in a local folder of the worker.

    Returns:
        How it ended, and the finished run's files if the token is not visible.
    """
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()
    local = Path(worker.local_directory) / "beenet"
    shared = Path(token).exists()
    if not shared:
        # By config: only a run of the same config is resumed.
        task = replace(task, run_dir=str(local / digest(task.config) / task.name))
    executor = LocalExecutor(1, task.threads, local / "logs")
    executor.submit(task)

    def tell(event: Event | _Began) -> None:
        told = {"kind": type(event).__name__, **asdict(event)}
        worker.log_event(topic, {"told": told})  # Dask adds further keys

    tell(_Began(task.name, worker.address))
    try:
        while True:
            known = worker.state.tasks.get(key)
            if known is None or known.state != "executing":
                executor.stop(task.name)  # the sweep no longer waits for it
            for event in executor.events(_TICK):
                if isinstance(event, Ended):
                    whole = event.how == "finished" and not shared
                    brought = _pack(Path(task.run_dir)) if whole else {}
                    if whole:
                        shutil.rmtree(task.run_dir, ignore_errors=True)
                    told = asdict(event)
                    del told["trial"]
                    return told, brought
                tell(event)
    finally:
        executor.close()


def _pack(folder: Path) -> dict[str, bytes]:
    """Return the files of a run by their names."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def _unpack(brought: dict[str, bytes], folder: Path) -> None:
    """Write the files of a run that was trained elsewhere.

    metrics.json is written last, because it marks the run as finished; before it the
    config, without which a folder is no run: if killed earlier, the trial is repeated.
    """
    run = RunFolder(folder)
    last, before = run.metrics.name, run.config.name
    with run.locked(), explain_write_errors(folder, "--runs"):
        run.clear()
        for name in sorted(brought, key=lambda n: (n == last, n == before, n)):
            sent = PurePath(name)
            if ".." in sent.parts or sent.is_absolute():
                raise SweepError(f"a worker sent a file named {name}")
            path = folder / sent
            path.parent.mkdir(parents=True, exist_ok=True)
            files.write_bytes(path, brought[name])
