"""Legal choices that are nearly always a slip are warned of; usual ones are not."""

from pathlib import Path

import pytest

from beenet.config import lint, load_config

HEAD = """\
dataset: MNIST
layers:
  - conv_2d: {nb_filter: 4, filter_size: 3, activation: relu}
  - fully_connected: {n_units: 10, activation: softmax}
optimizer: {sgd: {learning_rate: 0.1}}
training: {epochs: 2}
"""


@pytest.fixture
def told(tmp_path):
    """Return what is said of a config with some of its text replaced."""

    def told(old="", new="", shape=(28, 28, 1)):
        path = tmp_path / "c.yaml"
        assert old in HEAD
        path.write_text(HEAD.replace(old, new, 1) if old else HEAD)
        return [str(f).partition(" ")[2] for f in lint(load_config(path), shape, 10)]

    return told


def test_the_usual_is_not_warned_of(told):
    assert told() == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("sgd: {learning_rate: 0.1}", "sgd: {learning_rate: 10}",
         "optimizer.sgd.learning_rate: warning: 10 is very large: 0.1 is much for most "
         "networks"),
        ("sgd: {learning_rate: 0.1}", "momentum: {momentum: 9}",
         "optimizer.momentum.momentum: warning: 9 lets every step be longer than the "
         "one before"),
        ("sgd: {learning_rate: 0.1}", "adam: {beta1: 1}",
         "optimizer.adam.beta1: must be less than 1: updates are divided by 1 "
         "less its powers, got 1"),
        ("epochs: 2", "epochs: 2, early_stopping: {patience: 2}",
         "training.early_stopping.patience: warning: 2 is never reached in 2 epochs"),
        ("epochs: 2", "epochs: 2, schedule: {constant: {warm_up: 50}}",
         "training.schedule.constant.warm_up: warning: 50 is not over in 2 epochs"),
        ("epochs: 2", "epochs: 2, clip_gradients: 1e-9",
         "training.clip_gradients: warning: 1e-09 leaves hardly anything of a "
         "gradient; 0 turns clipping off"),
        ("activation: relu", "regularizer: L2, weight_decay: 10",
         "layers[0].conv_2d.weight_decay: warning: 10 drives all weights to 0; "
         "TFLearn's own is 0.001"),
        ("activation: relu", "activation: relu, weights_init: zeros",
         "layers[0].conv_2d.weights_init: warning: zeros under relu never learn: what "
         "they put out has no slope"),
        ("activation: softmax", "activation: softmax, trainable: false",
         "layers[1].fully_connected.trainable: warning: freezes the output layer at "
         "random weights, unless --from brings others"),
        ("filter_size: 3", "filter_size: 50",
         "layers[0].conv_2d.filter_size: warning: 50 is larger than the examples, "
         "28x28x1"),
        ("layers:", "layers:\n  - flatten\n  - one_hot_encoding: {n_classes: 2}",
         "layers[1].one_hot_encoding: warning: one_hot_encoding takes whole numbers; "
         "those of MNIST are fractions"),
        ("layers:", "augmentation: [random_flip_updown]\nlayers:",
         "augmentation[0].random_flip_updown: warning: makes other digits, or none, of "
         "digits"),
        ("optimizer:", "  - activation: {activation: softmax}\noptimizer:",
         "layers[2].activation.activation: warning: softmax behind softmax flattens "
         "the probabilities; leave one out"),
        ("optimizer:", "  - batch_normalization\noptimizer:",
         "layers[2].batch_normalization: warning: batch_normalization behind the "
         "output layer leaves no probabilities"),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_its_place(told, old, new, words):
    assert words in told(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("activation: relu", "activation: tanh, weights_init: zeros"),
        ("activation: relu", "activation: relu, trainable: false"),
        ("training:", "from: {model: runs/other, layers: [Conv2D]}\ntraining:"),
        ("sgd: {learning_rate: 0.1}", "momentum: {momentum: 0.99}"),
        ("activation: softmax", "activation: softmax, weights_init: zeros"),
        ("sgd: {learning_rate: 0.1}", "adadelta: {learning_rate: 3}"),
        ("  - fully_connected: {n_units: 10, activation: softmax}",
         "  - fully_connected: {n_units: 10}\n  - batch_normalization\n"
         "  - activation: {activation: softmax}"),
        ("epochs: 2", "epochs: 2, early_stopping: {patience: 1}"),
    ],
)  # fmt: skip
def test_what_may_be_meant_is_not(told, old, new):
    assert told(old, new) == []


def test_of_two_flags_the_earlier_part_of_the_later_is_refused(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(HEAD)
    with pytest.raises(Exception, match="changes nothing, as") as caught:
        load_config(path, ["training.epochs=1", "training={batch_size: 5}"])
    assert str(caught.value) == (
        "-o training.epochs=1: training.epochs: changes nothing, as -o "
        "training={batch_size: 5} sets all of it; give it after that"
    )
    loaded = load_config(path, ["training={batch_size: 5}", "training.epochs=1"])
    assert (loaded.config.training.batch_size, loaded.config.training.epochs) == (5, 1)
    again = load_config(path, ["training.epochs=1", "training.epochs=3"])
    assert again.config.training.epochs == 3  # as flags do


def test_a_model_to_begin_with_that_is_not_there_is_told_by_check(tmp_path):
    from click.testing import CliRunner

    from beenet.cli import main

    path = tmp_path / "c.yaml"
    path.write_text(HEAD + "from: runs/none\n")
    result = CliRunner().invoke(main, ["check", str(path)])
    assert result.exit_code == 2
    assert result.stderr.startswith(
        f"{path}:7:7: from: there is no saved model at {Path(tmp_path, 'runs/none')}; "
    )
