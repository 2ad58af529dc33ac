"""Faults of the loss, the metric and the training options, one text each."""

import pytest

from beenet.config import lint

TEXT = """\
dataset: BUZZ1
layers: [{fully_connected: {n_units: 3, activation: %s}}]
"""


def findings(load, line: str, activation: str = "softmax") -> list[str]:
    loaded = load(TEXT % activation + line + "\n")
    return [str(finding) for finding in lint(loaded, (4000, 1, 1), 3)]


@pytest.mark.parametrize(
    ("line", "activation", "text"),
    [
        (
            "loss: {weak_cross_entropy_2d: {num_classes: 2}}",
            "linear",
            "c.yaml:3:45: loss.weak_cross_entropy_2d.num_classes: is 2, but BUZZ1 has "
            "3 classes",
        ),
        (
            "loss: {weak_cross_entropy_2d: {head: [1, 2]}}",
            "linear",
            "c.yaml:3:38: loss.weak_cross_entropy_2d.head: has 2 factors, but BUZZ1 "
            "has 3 classes",
        ),
        (
            "loss: weak_cross_entropy_2d",
            "softmax",
            "c.yaml:2:53: layers[0].fully_connected.activation: warning: an output of "
            "softmax under weak_cross_entropy_2d, which applies a softmax of its own; "
            "use linear",
        ),
        (
            "metric: {top_k: {k: 3}}",
            "softmax",
            "c.yaml:3:21: metric.top_k.k: warning: is 3, so that the metric is always "
            "1: BUZZ1 has 3 classes",
        ),
        (
            "training: {class_weights: {BEE: 2, CRIKET: 3, BIRD: 1}}",
            "softmax",
            "c.yaml:3:44: training.class_weights.CRIKET: is not a class of BUZZ1; did "
            "you mean 'CRICKET'?\n"
            "c.yaml:3:53: training.class_weights.BIRD: is not a class of BUZZ1; they "
            "are BEE, CRICKET, NOISE",
        ),
        (
            "training: {class_weights: [1, 2]}",
            "softmax",
            "c.yaml:3:27: training.class_weights: has 2 weights, but BUZZ1 has 3 "
            "classes",
        ),
        (
            "training: {class_weights: balanced}\nloss: roc_auc_score",
            "softmax",
            "c.yaml:3:27: training.class_weights: roc_auc_score compares examples with "
            "each other; none has weight",
        ),
        (
            "training: {schedule: {step: {every: 2}}}\n"
            "optimizer: {sgd: {lr_decay: 0.9}}",
            "softmax",
            "c.yaml:3:29: training.schedule.step: sets the learning rate, as "
            "optimizer.sgd.lr_decay does; choose one",
        ),
        (
            "training: {schedule: {plateau: {floor: 0.5}}}",
            "softmax",
            "c.yaml:3:40: training.schedule.plateau.floor: must be below the "
            "optimizer's learning_rate, 0.001, got 0.5",
        ),
        (
            "training: {schedule: plateau, epochs: 10}",
            "softmax",
            "c.yaml:3:22: training.schedule.plateau: warning: changes nothing in 10 "
            "epochs",
        ),
    ],
)
def test_what_does_not_fit(load, line: str, activation: str, text: str) -> None:
    assert findings(load, line, activation) == text.split("\n")


@pytest.mark.parametrize(
    "line",
    [
        "metric: {top_k: {k: 2}}",
        "metric: null",
        "training: {class_weights: {BEE: 2}}",
        "training: {schedule: {constant: {warm_up: 1}}, class_weights: balanced}",
        "training: {schedule: plateau, epochs: 12}",
    ],
)
def test_what_fits(load, line: str) -> None:
    assert findings(load, line) == []


def test_a_frozen_layer_whose_prelu_learns_on(load) -> None:
    text = TEXT % "softmax"
    layer = "{fully_connected: {n_units: 9, trainable: false, activation: %s}}, "
    found = []
    for activation in ("prelu", "{prelu: {trainable: false}}", "relu"):
        loaded = load(text.replace("[", "[" + layer % activation))
        found.append([str(f) for f in lint(loaded, (4000, 1, 1), 3)])
    assert found == [
        [
            "c.yaml:2:52: layers[0].fully_connected.trainable: warning: does not "
            "freeze TFLearn's prelu: freeze it by activation: {prelu: {trainable: "
            "false}}"
        ],
        [],
        [],
    ]


@pytest.mark.parametrize(
    ("layer", "learns"),
    [
        ("{fully_connected: {n_units: 9, trainable: false, activation: relu}}", False),
        ("dropout: {keep_prob: 0.5}", False),
        ("{fully_connected: {n_units: 9, trainable: false, activation: prelu}}", True),
        ("{activation: {activation: prelu}}", True),
        ("{fully_connected: {n_units: 9}}", True),
    ],
)
def test_a_network_in_which_all_is_frozen(load, layer: str, learns: bool) -> None:
    last = "{fully_connected: {n_units: 3, activation: softmax, trainable: false}}"
    loaded = load(f"dataset: BUZZ1\nlayers: [{layer}, {last}]\n")
    found = [str(f) for f in lint(loaded, (4000, 1, 1), 3) if f.severity == "error"]
    text = "there is nothing to train: every layer that has weights is frozen"
    assert found == ([] if learns else [f"c.yaml:2:9: layers: {text}"])
