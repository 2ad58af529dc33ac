"""The lecture's page: what it published beside what our runs came to.

    python -m tools.lecture

The runs are those of `configs/sweeps/lecture.yaml`, of the starter nets, of the net
that does better, and of the sweeps that ask what the lecture asks; finished or not.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from beenet.errors import BeenetError
from beenet.runs.folder import RunFolder
from beenet.system import files
from beenet.text.markdown import md_table
from tools.questions import Question, question_table, read_question
from tools.starters import Starter, read_starters, starter_table
from tools.trainings import (
    PUBLISHED,
    Training,
    learning_curves,
    read_training,
    read_trainings,
)

_PAGE = """\
# The lecture's nets, trained again

```sh
make reproduce
```

says how long it will take here, then trains in the background: the lecture's six nets
on MNIST for as many epochs as it did, with three seeds (*runs* says how many are done),
and all else on this page that MNIST suffices for. The same command goes on where it was
stopped. At its end it writes this page; `python -m tools.lecture` does so at any time.

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
- Where ours is lower, these were held against the lecture's program, and are the same:
  the layers and their sizes, the unpadded convolutions, the deviations of first weights
  and biases, the constant of L2, rates, batches, no clipping; ReLU before or after
  pooling is the same number. Ours shuffles the examples each epoch, Theano's program
  takes them in order; and the published figure is the best that was achieved, of as
  many trainings as it took. What does make a difference is below: the learning rate,
  which the slides and so these configs have at 0.01, and the book that the program
  follows at 0.03.

![Errors on test, epoch by epoch]({picture})

## Better, in less time

`configs/mnist/convnet6.yaml` has batch normalization, images moved and turned, and a
learning rate that falls to nothing. {better}

{questions}
## The TFLearn program and the starter nets

{starters}"""

_QUESTIONS = {
    "mnist_convnet4": "Why is convnet4 lower than published?",
    "mnist_best": "What each part of convnet6 brings",
    "bee_best": "Better on bee images",
    "buzz_best": "Better on the sounds of a hive",
    "mnist_depth": "Is deeper better?",
    "mnist_relu": "Are ReLUs better than sigmoids?",
}
"""Sweeps, and what they ask."""

_QUESTION = """## {title}

`configs/sweeps/{name}.yaml`: {epochs} epochs on {data}, {done} of {trials}
trials done. Seconds are those of a training, several at a time, and count what else the
machine did; accuracy on valid; the last column is paired by seeds, in points of per
cent, with its 95 % interval.

{table}
{note}"""

_NOTES = {
    "bee_crops": """
`bee_crops` are 706 real pictures, taken by one camera at one hive (476 to train on, 115
each in test and valid); they do not come with beenet. On a set of your own: `beenet
sweep configs/sweeps/bee_best.yaml -o 'dataset={path: sets/my_bees}' -o
training.epochs=20`. One of 115 is 0.9 points, so the lines near the top do not differ.
Centering was picked beforehand, for the light differs between hives, and kept after a
look at valid.
""",
    "synthetic": """
The data are a stand-in drawn by a formula, with another "hive" in valid: the figures
say nothing of real hives. With the real set, `beenet sweep` of the same file does.
""",
}
"""What to know of some data, by a word of their title."""

_STARTERS = """\
`mnist/tflearn_convnet1` is the lecture's program in TFLearn, one epoch. The others are
the starter nets of its project. **The real bee and buzz sets are not at hand here:
where "synthetic" stands, the data are a stand-in, drawn by a formula, and the figure
says that the program works, nothing of bees.** The published figures are of the real
sets.

{table}

Who has the real sets gets the real table by

```sh
beenet data add BEE1 PATH      # and so on, each set that you have
make -k runs                   # what has no data is named and left out
python -m tools.lecture
```
"""

BETTER = "mnist/convnet6"
PICTURE = "images/lecture.png"


def page(
    found: dict[str, list[Training]],
    better: Training | None = None,
    questions: Sequence[Question] = (),
    starters: Sequence[Starter] = (),
) -> str:
    """Return the page in Markdown.

    Args:
        found: the lecture's nets.
        better: our run of `BETTER`, if there is one.
        questions: the sweeps that there are.
        starters: the starter nets that were trained.
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
        table=md_table(rows),
        picture=PICTURE,
        better=_better(better),
        questions="\n".join(sections),
        starters=_STARTERS.format(table=starter_table(starters)),
    )


def _better(run: Training | None) -> str:
    if run is None or run.valid is None:
        return "It was not trained here yet."
    return (
        f"It has **{100 * run.valid:.2f} %**\non valid after {len(run.test)} epochs, "
        "with nothing chosen by it; its best epoch on test\n"
        f"has {100 * run.best_test:.2f} %."
    )


def _section(question: Question) -> str:
    return _QUESTION.format(
        title=_QUESTIONS[question.name],
        name=question.name,
        epochs=question.epochs,
        data=question.data,
        done=sum(len(of) for of in question.scores.values()),
        trials=question.trials,
        table=question_table(question),
        note="".join(note for word, note in _NOTES.items() if word in question.data),
    )


def _so_far(runs: list[Training], epochs: int) -> str:
    return f"one, at epoch {len(runs[0].test)} of {epochs}" if runs else "none"


def _spread(values: list[float]) -> str:
    """Return ``99.01 % (98.96 to 99.05)``, of one value only that."""
    if not values:
        return ""
    mean = f"{100 * sum(values) / len(values):.2f} %"
    if len(values) == 1:
        return mean
    return f"{mean} ({100 * min(values):.2f} to {100 * max(values):.2f})"


def main() -> None:
    """Write the page of the lecture's nets, and its picture."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--runs", default="runs", help="the folder of runs [runs]")
    parser.add_argument("--out", default="docs", help="the page's folder [docs]")
    arguments = parser.parse_args()
    try:
        runs, out = Path(arguments.runs), Path(arguments.out)
        found = read_trainings(runs / "sweeps/lecture")
        better = read_training(RunFolder(runs / BETTER))
        questions = [read_question(name, runs) for name in _QUESTIONS]
        text = page(found, better, questions, read_starters(runs))
        (out / PICTURE).parent.mkdir(parents=True, exist_ok=True)
        files.write_bytes(out / PICTURE, learning_curves(found))
        files.write_text(out / "lecture.md", text)
    except (BeenetError, OSError) as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
