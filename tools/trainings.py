"""The lecture's nets on MNIST: what it published, and our runs of them."""

from dataclasses import dataclass
from pathlib import Path

from beenet.drawing.canvas import COLOURS, new_figure, png, style
from beenet.runs import history
from beenet.runs.folder import RunFolder

PUBLISHED = {
    "ann_shallow": (0.9800, 60),
    "convnet1": (0.9885, 60),
    "convnet2": (0.9899, 100),
    "convnet3": (0.9914, 100),
    "convnet4": (0.9927, 100),
    "convnet5": (0.9951, 200),
}
"""The lecture's best validation accuracy of each net, and the epochs that it took."""


@dataclass(frozen=True)
class Training:
    """One of our runs of a net."""

    finished: bool
    test: tuple[float, ...]
    """The accuracy on test after each epoch that is done; at least one."""
    valid: float | None
    """The accuracy on valid at the end; None before it."""

    @property
    def best_test(self) -> float:
        """The highest accuracy of all epochs on test."""
        return max(self.test)


def read_trainings(sweep: Path) -> dict[str, list[Training]]:
    """Return what there is of each net, by its name.

    Args:
        sweep: the folder of the sweep.

    Raises:
        RunError: a run's files cannot be read.
    """
    found = {}
    for net in PUBLISHED:
        folders = sorted((sweep / f"base-{net}").glob("seed-*"))
        trainings = [read_training(RunFolder(folder)) for folder in folders]
        found[net] = [training for training in trainings if training]
    return found


def read_training(run: RunFolder) -> Training | None:
    """Return how far a run got; None before its first epoch's end.

    Raises:
        RunError: its files cannot be read.
    """
    finished = run.state() == "finished"
    if not run.history.exists():
        return None
    epochs = history.read_csv(run.history)
    if not epochs:
        return None
    return Training(
        finished=finished,
        test=tuple(epoch.test_accuracy for epoch in epochs),
        valid=run.read_metrics().splits["valid"].accuracy if finished else None,
    )


def learning_curves(found: dict[str, list[Training]]) -> bytes:
    """Draw the first run of each net: errors on test after each epoch, in per cent.

    Args:
        found: what `read_trainings` returned.

    Returns:
        A PNG file.
    """
    with style():
        figure = new_figure(11, 6)
        panel = figure.subplots()
        panel.set_yscale("log")
        for colour, (net, runs) in zip(COLOURS, found.items(), strict=True):
            if runs:
                errors = [100 * (1 - accuracy) for accuracy in runs[0].test]
                epochs = range(1, len(errors) + 1)
                panel.plot(epochs, errors, color=colour, label=net)
        ticks = [0.5, 0.7, 1, 1.5, 2, 3, 5, 10]
        panel.set_yticks(ticks, [f"{tick:g} %" for tick in ticks])
        panel.minorticks_off()
        panel.set_ylim(0.4, 10)
        panel.set_xlabel("epoch")
        panel.set_ylabel("errors on test")
        panel.legend(ncols=2)
        return png(figure)
