"""The parent's side of a contestant's process."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from beenet.bench.task import Task
from beenet.errors import TrainingError


class Remote:
    """A contestant in a separate process; a context manager that ends it.

    Thread pools and memory belong to a process, so two contestants cannot share one.
    """

    def __init__(
        self,
        name: str,
        task: Task,
        *options: str,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start the process; ``ready`` waits until it accepts requests.

        Args:
            name: the contestant's name for the worker.
            task: the net and its data.
            options: further options of the worker.
            environment: variables to set for it.
        """
        self.name = name
        self._log = tempfile.TemporaryFile("w+", dir=task.folder)  # noqa: SIM115
        flags = [part for text in task.overrides for part in ("-o", text)]
        flags += ["--folder", str(task.folder)]
        if task.data_dir:
            flags += ["--data-dir", str(task.data_dir)]
        command = [sys.executable, "-m", "beenet.bench.worker", name]
        self._process = subprocess.Popen(
            [*command, str(task.config_file), *flags, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
            env=os.environ | (environment or {}),
        )

    def ready(self) -> dict[str, Any]:
        """Wait until the contestant is created; return its ``facts``.

        Raises:
            TrainingError: it cannot be created.
        """
        return self._answer()

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Call a method of the contestant, and return its answer.

        Raises:
            TrainingError: it fails, or its process has ended; says why.
        """
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # `_answer` reports the reason
                self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
                self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            self._log.seek(0)
            last = self._log.read().strip().splitlines()[-1:]
            why = last[0] if last else f"exit code {self._process.wait()}"
            raise TrainingError(f"the contestant {self.name} broke off: {why}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise TrainingError(f"the contestant {self.name}: {answer['error']}")
        return answer

    def __enter__(self) -> "Remote":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()
        self._log.close()
