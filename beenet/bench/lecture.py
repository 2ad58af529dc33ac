"""The lecture's nets: what it published beside what our runs of them came to.

    python -m beenet.bench.lecture > docs/lecture.md

The runs are those of `configs/sweeps/lecture.yaml`, of the net that does better, and of
the sweeps that ask what the lecture asks; finished or not.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from beenet import history
from beenet.bench.figures import table
from beenet.bench.questions import Question, question_table, read_question
from beenet.errors import BeenetError
from beenet.runs import RunFolder

PUBLISHED = {
    "ann_shallow": (0.9800, 60),
    "convnet1": (0.9885, 60),
    "convnet2": (0.9899, 100),
    "convnet3": (0.9914, 100),
    "convnet4": (0.9927, 100),
    "convnet5": (0.9951, 200),
}
"""The lecture's best validation accuracy of each net, and the epochs that it took."""

_PAGE = """\
# The lecture's nets, trained again

```sh
make reproduce
```

trains the lecture's six nets on MNIST for as many epochs as it did, with several seeds.
It first says how long that takes here, goes on where it was stopped, and writes this
page.

{table}

- *Published* is the lecture's best validation accuracy: its program looks at valid
  after each epoch and keeps the highest figure.
- *Best epoch* is the same statistic here: the highest accuracy of all epochs on the
  split of 10,000 that the run looks at, which for beenet is test. Like the published
  figure it is chosen by the split that it tells of, and so a little too high.
- *Valid at the end* is what beenet calls the score: one look at valid, after the last
  epoch, with nothing chosen by it.
- Over several seeds: the mean, then the lowest and the highest.
- One of 10,000 is 0.01 %. Near 99 %, two equally good nets easily differ by 0.2 % on
  two different splits of that size.
- The lecture's programs are Theano's. What differs here is said in each config: where
  the first weights come from, and that TFLearn scales what dropout keeps.

## Better, in less time

`configs/mnist/convnet6.yaml` has batch normalization, images moved and turned, and a
learning rate that falls to nothing. {better}

{questions}"""

_QUESTIONS = {
    "mnist_best": "What each part of convnet6 brings",
    "mnist_depth": "Is deeper better?",
    "mnist_relu": "Are ReLUs better than sigmoids?",
}
"""Sweeps, and what they ask."""

_QUESTION = """## {title}

`beenet sweep configs/sweeps/{name}.yaml`: {epochs} epochs, {done} of {trials}
trials done. Accuracy on valid; the last column is paired by seeds, in points of per
cent, with its 95 % interval.

{table}
"""

BETTER = "mnist/convnet6"


@dataclass(frozen=True)
class Training:
    """One of our runs of a net."""

    epochs: int
    """Those done."""
    finished: bool
    best_test: float
    """The highest accuracy of all epochs on test."""
    valid: float | None
    """The accuracy on valid at the end; None before it."""


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
        trainings = [_read(RunFolder(folder)) for folder in folders]
        found[net] = [training for training in trainings if training]
    return found


def _read(run: RunFolder) -> Training | None:
    """Return how far a run got; None before its first epoch's end."""
    finished = run.state() == "finished"
    if not run.history.exists():
        return None
    epochs = history.read_csv(run.history)
    if not epochs:
        return None
    return Training(
        epochs=epochs[-1].epoch,
        finished=finished,
        best_test=max(epoch.test_accuracy for epoch in epochs),
        valid=run.read_metrics()["splits"]["valid"]["accuracy"] if finished else None,
    )


def page(
    found: dict[str, list[Training]],
    better: Training | None = None,
    questions: Sequence[Question] = (),
) -> str:
    """Return the page in Markdown.

    Args:
        found: the lecture's nets.
        better: our run of `BETTER`, if there is one.
        questions: the sweeps that there are.
    """
    head = ["net", "epochs", "published", "runs", "best epoch", "valid at the end"]
    rows = [head]
    for net, (published, epochs) in PUBLISHED.items():
        runs = found[net]
        done = [run for run in runs if run.finished]
        shown = done or runs[:1]
        rows.append(
            [
                net,
                str(epochs),
                f"{100 * published:.2f} %",
                str(len(done)) if done else _so_far(runs, epochs),
                _spread([run.best_test for run in shown]),
                _spread([run.valid for run in shown if run.valid is not None]),
            ]
        )
    sections = [_section(question) for question in questions if question.scores]
    return _PAGE.format(
        table=table(rows),
        better=_better(better),
        questions="\n".join(sections),
    )


def _better(run: Training | None) -> str:
    if run is None or run.valid is None:
        return "It was not trained here yet."
    return (
        f"It has **{100 * run.valid:.2f} %**\non valid after {run.epochs} epochs, with "
        "nothing chosen by it; its best epoch on test\n"
        f"has {100 * run.best_test:.2f} %."
    )


def _section(question: Question) -> str:
    return _QUESTION.format(
        title=_QUESTIONS[question.name],
        name=question.name,
        epochs=question.epochs,
        done=sum(len(of) for of in question.scores.values()),
        trials=question.trials,
        table=question_table(question),
    )


def _so_far(runs: list[Training], epochs: int) -> str:
    return f"one, at epoch {runs[0].epochs} of {epochs}" if runs else "none"


def _spread(values: list[float]) -> str:
    """Return ``99.01 % (98.96 to 99.05)``, of one value only that."""
    if not values:
        return ""
    mean = f"{100 * sum(values) / len(values):.2f} %"
    if len(values) == 1:
        return mean
    return f"{mean} ({100 * min(values):.2f} to {100 * max(values):.2f})"


def main() -> None:
    """Print the page of the lecture's nets."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--runs", default="runs", help="the folder of runs [runs]")
    arguments = parser.parse_args()
    try:
        runs = Path(arguments.runs)
        found = read_trainings(runs / "sweeps/lecture")
        better = _read(RunFolder(runs / BETTER))
        questions = [read_question(name, runs) for name in _QUESTIONS]
    except BeenetError as error:
        parser.exit(1, f"{error}\n")
    print(page(found, better, questions), end="")  # noqa: T201


if __name__ == "__main__":
    main()
