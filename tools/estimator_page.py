"""How reference pages are written from the models, and docs/estimator.md.

``python -m tools.estimator_page > docs/estimator.md`` writes it.
"""

import sys
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from beenet.config.estimator import LOSSES, METRICS, OPTIMIZERS
from beenet.config.functions import ACTIVATIONS, INITIALIZERS
from beenet.config.model import Config, EarlyStopping, Training
from beenet.config.structure import Component, fields_of
from beenet.text.markdown import md_table
from beenet.text.values import show, spell

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
# Config keys, optimizers, losses and functions

All that may stand in a config except layers.

Names, arguments and defaults of optimizers, losses, metrics and functions are TFLearn
0.5's. A thing without arguments may stand by its bare name (`optimizer: sgd`); with
arguments it is a mapping (`optimizer: {sgd: {learning_rate: 0.1}}`). Optimizers also go
by TFLearn's class names (`optimizer: SGD`).

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
            keys("The keys of a config", Config),
            keys("Training", Training),
            keys("Early stopping", EarlyStopping),
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


def keys(title: str, model: type[BaseModel]) -> str:
    """Return a heading and a table of the keys of a mapping."""
    cells = [
        [f"`{name}`", _unless_given(name, field), _in_a_row(field.description)]
        for name, field in fields_of(model).items()
    ]
    table = md_table([["key", "if it is left out", "what it says"], *cells], left=3)
    return "\n".join([f"## {title}", "", table, ""])


def section(title: str, key: str, models: Mapping[str, type[Component]]) -> str:
    """Return a heading and a table of what may stand under ``key``."""
    head = [f"`{key}:`", "what it is", "arguments and defaults"]
    cells = [
        [f"`{name}`", summary(model), arguments(model)]
        for name, model in models.items()
    ]
    return "\n".join([f"## {title}", "", md_table([head, *cells], left=3), ""])


def summary(model: type[Component]) -> str:
    """Return the first paragraph of a model's docstring."""
    first = (model.__doc__ or "").split("\n\n")[0]
    return " ".join(first.replace("``", "`").split())


def arguments(model: type[Component]) -> str:
    """Return a line for each argument, the required first: name, default, meaning."""
    lines = []
    fields = fields_of(model)
    for name in sorted(fields, key=lambda name: not fields[name].is_required()):
        field = fields[name]
        needed = field.is_required()
        default = " (required)" if needed else f" {_plain(field.default)}"
        lines.append(f"`{name}`{default}: {_in_a_row(field.description)}")
    return "<br>".join(lines) or "-"


def _in_a_row(description: str | None) -> str:
    return " ".join((description or "").split()).replace("``", "`")


def _unless_given(name: str, field: FieldInfo) -> str:
    """Return a key's default as one would write it."""
    if name == "name":
        return "the file's name"
    if field.is_required():
        return "an error"
    if isinstance(field.default, Component):
        return f"`{field.default.yaml_name}`"
    if isinstance(field.default, BaseModel):
        return "as below"
    return f"`{show(list(field.default) if field.default == () else field.default)}`"


def _plain(default: Any) -> str:
    """Return a default as one would write it, its own defaults left out."""
    if not isinstance(default, Component):
        return show(default)
    given = {key: default.arguments()[key] for key in _given(default)}
    return spell({default.yaml_name: given} if given else default.yaml_name)


def _given(component: Component) -> list[str]:
    fields = type(component).model_fields
    return [f.alias or key for key, f in fields.items() if component.given(key)]


if __name__ == "__main__":
    sys.stdout.write(estimator_page())
