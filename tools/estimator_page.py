"""How reference pages are written from the models, and docs/estimator.md.

``python -m tools.estimator_page > docs/estimator.md`` writes it.
"""

import sys
from collections.abc import Mapping
from typing import Any

from beenet.config.estimator import LOSSES, METRICS, OPTIMIZERS
from beenet.config.faults import show
from beenet.config.functions import ACTIVATIONS, INITIALIZERS
from beenet.config.structure import Named, fields_of, unparse
from beenet.text.markdown import md_table

NOT_COVERED: dict[str, dict[str, str]] = {
    "activations": {"leakyrelu": "an older name of `leaky_relu`"},
    "initializations": {},
    "regularizers": {},
    "optimizers": {"Optimizer": "the base of the others"},
    "objectives": {
        "contrastive_loss": "for distances of pairs: it drives the output of the true "
        "class to 0, so that the largest output is never the true class",
    },
    "metrics": {
        "Metric": "the base of the others",
        "WeightedR2": "compares the target with the input, which would need its shape",
        "Prediction_Counts": "prints each batch's counts amid the progress; "
        "`beenet eval` shows them in its confusion matrix",
        "prediction_counts": "the same",
        "accuracy_op": "what `accuracy` computes",
        "binary_accuracy_op": "for one output; there is one for each class",
        "top_k_op": "what `top_k` computes",
        "r2_op": "what `R2` computes",
        "weighted_r2_op": "what `WeightedR2` computes",
    },
}
"""What TFLearn's modules have and a config has not, and why."""

_INTRODUCTION = """\
# Optimizers, losses, metrics, functions

Names, arguments and defaults are TFLearn 0.5's. A thing without arguments may stand by
its bare name (`optimizer: sgd`); with arguments it is a mapping
(`optimizer: {sgd: {learning_rate: 0.1}}`). Optimizers also go by TFLearn's class names
(`optimizer: SGD`).

This page is written from the models by `python -m tools.estimator_page`; a test
compares them with TFLearn's signatures.
"""

_REGULARIZERS = """\
## Regularizers

| `regularizer:` | adds to the loss |
|---|---|
| `L1` | weight_decay * sum of absolute weights |
| `L2` | weight_decay / 2 * sum of squared weights |

They stand in a layer (`regularizer: L2`); the argument `wd` of TFLearn's functions is
the layer's `weight_decay`. Biases are not penalized.
"""


def estimator_page() -> str:
    """Return docs/estimator.md."""
    left_out = [
        ["`tflearn." + module + "." + name + "`", reason]
        for module, reasons in NOT_COVERED.items()
        for name, reason in reasons.items()
    ]
    return "\n".join(
        [
            _INTRODUCTION,
            section("Optimizers", "optimizer", OPTIMIZERS),
            section("Losses", "loss", LOSSES),
            section("Metrics", "metric", METRICS),
            section("Activations", "activation", ACTIVATIONS),
            section("Initializers", "weights_init", INITIALIZERS),
            _REGULARIZERS,
            "## Not covered\n",
            md_table([["TFLearn's", "why"], *left_out], left=2),
            "",
        ]
    )


def section(title: str, key: str, models: Mapping[str, type[Named]]) -> str:
    """Return a heading and a table of what may stand under ``key``."""
    head = [f"`{key}:`", "what it is", "arguments and defaults"]
    cells = [
        [f"`{name}`", summary(model), arguments(model)]
        for name, model in models.items()
    ]
    return "\n".join([f"## {title}", "", md_table([head, *cells], left=3), ""])


def summary(model: type[Named]) -> str:
    """Return the first paragraph of a model's docstring."""
    first = (model.__doc__ or "").split("\n\n")[0]
    return " ".join(first.replace("``", "`").split())


def arguments(model: type[Named]) -> str:
    """Return a line for each argument: its name, its default, its meaning."""
    lines = []
    for name, field in fields_of(model).items():
        default = "" if field.is_required() else f" {_plain(field.default)}"
        meaning = " ".join((field.description or "").split())  # a row is one line
        lines.append(f"`{name}`{default}: {meaning}")
    return "<br>".join(lines) or "-"


def _plain(default: Any) -> str:
    return show(unparse(default) if isinstance(default, Named) else default)


if __name__ == "__main__":
    sys.stdout.write(estimator_page())
