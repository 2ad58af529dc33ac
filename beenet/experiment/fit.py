"""Train epoch by epoch, scoring test and saving a checkpoint after each."""

import contextlib
import time

import numpy as np

from beenet.config import dump_config
from beenet.config.flat import dotted
from beenet.errors import DivergedError
from beenet.experiment.epoch_columns import columns, total
from beenet.experiment.run import TrainingRun
from beenet.experiment.schedule import set_learning_rate
from beenet.experiment.stopping import best_epoch, is_over
from beenet.runs.checkpoint import Arrays, Checkpoint, Checkpoints
from beenet.runs.history import Epoch, to_csv
from beenet.runs.position import Position
from beenet.scores.metrics import Scores
from beenet.scores.outcomes import Outcomes
from beenet.system import files
from beenet.system.interrupts import PendingSignal, defer_signals
from beenet.system.write_errors import explain_write_errors
from beenet.tracking.tensorboard import EventWriter


class Fit:
    """Trains a run from its current position to its end."""

    def __init__(
        self, run: TrainingRun, store: Checkpoints, begin: Checkpoint | None = None
    ) -> None:
        """Start from the beginning, or from a checkpoint restored into the network.

        Args:
            run: what is trained.
            store: saves its checkpoints.
            begin: the checkpoint to resume from.
        """
        self.position = begin.position if begin else Position()
        self.best = begin.best if begin else None
        self.saves = 0
        """Checkpoints saved by this process."""
        self.saving = 0.0
        """Seconds that they took, including history and events."""
        self.looked: dict[str, tuple[Scores, Outcomes]] = {}
        """Results of the weights after the last epoch, for each split scored so far."""
        self._run = run
        self._store = store
        self._config_text = dump_config(run.config)
        self.events = EventWriter(
            run.folder.path, dotted(run.config), run.origin.started
        )
        """The event file; the creator of this object closes it."""
        self._shown = 0
        """Epochs in history.csv and the event file."""
        self._loop = run.loop()
        self._saved = time.monotonic()  # unlike the system clock, it is never set

    def run(self) -> None:
        """Train until all epochs are done, or patience runs out.

        Raises:
            StopSignal: a signal arrived; a checkpoint was saved first.
            DivergedError: a loss or a weight is no longer a finite number.
            RunError: the disk is full or read-only.
        """
        run, training = self._run, self._run.config.training
        steps = self._loop.steps_per_epoch
        metric = run.config.metric.shown if run.config.metric else None
        run.reporter.begin(training.epochs, steps, self.position.epoch, metric)
        with defer_signals() as held:
            if self._store.began:
                self._show()
            elif is_over(self.position.history, training):
                self._save()  # only the length is new, and not yet in the folder
            while not is_over(self.position.history, training):
                rate = self._train_epoch(held)
                row = self._look_at_test(rate)
                self._save()
                run.reporter.epoch(row)
                if run.tracker:
                    run.tracker.tell()
                held.check()
        run.reporter.end()

    def _train_epoch(self, held: PendingSignal) -> float | None:
        """Train the rest of the current epoch; return its rate, if scheduled."""
        run, epoch, loop = self._run, self.position.epoch, self._loop
        rate = set_learning_rate(run.network, run.config, self.position.history)
        began = time.monotonic() - self.position.seconds
        with contextlib.closing(loop.run_epoch(epoch, self.position.step)) as chunks:
            for chunk in chunks:
                self.position = self.position.after(
                    chunk.losses, chunk.metrics, time.monotonic() - began
                )
                run.reporter.progress(epoch, chunk.step, *self._means())
                if chunk.step == loop.steps_per_epoch:
                    continue  # the epoch's end is saved separately
                every = run.config.training.checkpoint_every
                asked = held.asked  # a signal may arrive at any moment
                if asked or time.monotonic() - self._saved >= every:
                    self._save()
                if asked:
                    held.check()
        return rate

    def _look_at_test(self, rate: float | None) -> Epoch:
        """Score test, and complete the epoch."""
        run, position = self._run, self.position
        began = time.monotonic()
        test, _ = self.looked["test"] = run.score("test")
        run.network.set_validation(test.loss, test.accuracy)
        loss, measured = self._means()
        row = Epoch(
            dataset=run.dataset.title,
            epoch=position.epoch + 1,
            step=(position.epoch + 1) * self._loop.steps_per_epoch,
            train_loss=loss,
            test_loss=test.loss,
            test_accuracy=test.accuracy,
            seconds=round(position.seconds + time.monotonic() - began, 3),
            **columns(run.config, measured, rate),
        )
        self.position = Position((*position.history, row))
        monitor = run.config.training.save_best
        if monitor and best_epoch(self.position.history, monitor) == row.epoch:
            self.best = row.epoch, run.network.values()
        return row

    def _means(self) -> tuple[float, float]:
        """Return loss and metric over the epoch's examples so far."""
        sizes = self.position.sizes(
            self._run.config.training.batch_size, len(self._run.splits["train"])
        )
        n = int(sizes.sum())
        loss = float(self.position.losses.astype(np.float64) @ sizes)
        metric = self._run.config.metric
        return loss / n, total(metric, self.position.metrics, sizes) / n

    def checkpoint(self, variables: Arrays, model: str | None = None) -> Checkpoint:
        """Return a checkpoint of these variables, or, if empty, of a saved model's."""
        return Checkpoint(self.position, variables, self._run.origin, self.best, model)

    def _save(self) -> None:
        began = time.monotonic()
        variables = self._run.network.values()
        self._check_finite(variables)
        self._store.save(self.checkpoint(variables), self._config_text)
        self._show()
        self._saved = time.monotonic()
        self.saves += 1
        self.saving += self._saved - began

    def _check_finite(self, variables: Arrays) -> None:
        """Refuse to save weights with which training cannot continue."""
        for name, value in variables.items():
            shown_only = name.endswith("/moving_avg") or name in ("val_loss", "val_acc")
            if value.dtype.kind != "f" or shown_only or np.isfinite(value).all():
                continue
            epoch, step = self.position.epoch, self.position.step
            if step == 0:  # the epoch is complete
                epoch, step = epoch - 1, self._loop.steps_per_epoch
            raise DivergedError(
                f"{name} is no longer finite after epoch {epoch + 1}, step {step}",
                epoch=epoch,
                step=step,
            )

    def _show(self) -> None:
        """Bring history.csv and the event file to the checkpoint's position.

        The first time they are rewritten, because a killed process may have written
        more than its last checkpoint holds, or less.
        """
        folder, history = self._run.folder, self.position.history
        if len(history) == self._shown:
            return
        with explain_write_errors(folder.path):
            files.write_text(folder.history, to_csv(history))
            if not self._shown:
                for path in folder.events():
                    path.unlink()
        for row in history[self._shown :]:
            self.events.write(row)
        self._shown = len(history)
