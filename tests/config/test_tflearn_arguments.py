"""The models have TFLearn's own arguments and defaults: no more, no less, no other."""

import inspect
from collections.abc import Callable
from typing import Any, get_args

import pytest

from beenet.config.augmentation import AUGMENTATION, SoundAugmentation
from beenet.config.estimator import LOSSES, METRICS, OPTIMIZER_CLASSES, OPTIMIZERS
from beenet.config.functions import (
    ACTIVATIONS,
    INITIALIZERS,
    Function,
    Regularizer,
)
from beenet.config.layers import LAYERS
from beenet.config.layers.base import WeightedLayer
from beenet.config.layers.cells import CELLS
from beenet.config.layers.reduce import REDUCTIONS
from beenet.config.preprocessing import PREPROCESSING
from beenet.config.structure import Component, fields_of
from beenet.tflearn_backend import tf, tflearn
from tools.estimator_page import NOT_COVERED
from tools.layers_page import LAYERS_NOT_COVERED

NOT_A_CONFIGS = {
    # The tensor that comes in: the layer before, or the output and the target.
    "incoming",
    "target",
    "x",
    "y_pred",
    "y_true",
    "tensor_in",
    "tensors_list",
    "tensor_list",
    "tensor",
    # The variable's own, which TFLearn fills in when it makes the variable.
    "shape",
    "dtype",
}
NOT_OF = {
    # A tensor made by hand; the data set's own pipeline.
    "input_data": {"placeholder", "data_preprocessing", "data_augmentation"},
    # No draw is made.
    "zeros": {"seed"},
    # The layer within has arguments of its own.
    "time_distributed": {"args"},
    # Tensors to begin with, and tensors to give beside the output.
    "simple_rnn": {"initial_state", "return_state"},
    "lstm": {"initial_state", "return_state"},
    "gru": {"initial_state", "return_state"},
    "bidirectional_rnn": {"initial_state_fw", "initial_state_bw", "return_states"},
    # TFLearn warns of it and ignores it; breaks where it is not true.
    "BasicRNNCell": {"input_size"},
    "BasicLSTMCell": {"input_size", "state_is_tuple"},
    "GRUCell": {"input_size"},
}
OURS = {
    # TFLearn takes a tensor's shape in its place.
    "input_data": {"shape"},
    # The shape of the output.
    "upscore_layer": {"shape"},
    "upscore_layer3d": {"shape"},
}


def signature(function: Callable[..., Any], name: str) -> dict[str, Any]:
    """Return the arguments that a config may set, with their defaults."""
    left_out = (NOT_A_CONFIGS | NOT_OF.get(name, set())) - OURS.get(name, set())
    return {
        key: getattr(parameter.default, "__name__", parameter.default)
        if parameter.default is not inspect.Parameter.empty
        else parameter.default
        for key, parameter in inspect.signature(function).parameters.items()
        if key not in left_out and key != "self"
    }


def fields(model: type[Component]) -> dict[str, Any]:
    """Return a model's arguments with their defaults, functions by their names."""
    return {
        key: inspect.Parameter.empty if field.is_required() else _named(field.default)
        for key, field in fields_of(model).items()
    }


def _named(default: Any) -> Any:
    return default.yaml_name if isinstance(default, Function) else default


LAYER_MODULES = (
    tflearn.layers.core,
    tflearn.layers.conv,
    tflearn.layers.merge_ops,
    tflearn.layers.normalization,
    tflearn.layers.recurrent,
    tflearn.layers.embedding_ops,
)


@pytest.mark.parametrize("name", sorted(LAYERS.keys() - REDUCTIONS.keys()))
def test_a_layer_has_tflearns_arguments(name: str) -> None:
    (function,) = {getattr(m, name) for m in LAYER_MODULES if hasattr(m, name)}
    expected = signature(function, name)
    if name == "input_data":
        expected["shape"] = inspect.Parameter.empty  # the only one left to give it
    assert fields(LAYERS[name]) == expected


@pytest.mark.parametrize("name", REDUCTIONS)
def test_a_reduction_is_tensorflows_and_no_layer_of_tflearns(name: str) -> None:
    assert not any(hasattr(module, name) for module in LAYER_MODULES)
    arguments = inspect.signature(getattr(tf, name)).parameters
    assert fields(REDUCTIONS[name]).keys() <= arguments.keys()


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_has_tflearns_arguments(name: str) -> None:
    kind = getattr(tflearn.layers.recurrent, name)
    assert fields(CELLS[name]) == signature(kind.__init__, name)


def test_every_layer_of_tflearns_is_covered_or_left_out_with_a_reason() -> None:
    exported = {
        name
        for module in LAYER_MODULES
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and getattr(thing, "__module__", "") == module.__name__
    }
    covered = {**LAYERS, **CELLS, "deconv_2d": None}.keys() - REDUCTIONS.keys()
    assert not covered & LAYERS_NOT_COVERED.keys()
    assert exported == covered | LAYERS_NOT_COVERED.keys()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_has_tflearns_arguments(name: str) -> None:
    function = getattr(tflearn.activations, name)
    assert fields(ACTIVATIONS[name]) == signature(function, name)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_an_initializer_has_tflearns_arguments(name: str) -> None:
    function = getattr(tflearn.initializations, name)
    assert fields(INITIALIZERS[name]) == signature(function, name)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_has_tflearns_arguments(name: str) -> None:
    maker = tflearn.optimizers.get(name)
    assert fields(OPTIMIZERS[name]) == signature(maker.__init__, name)


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_has_tflearns_arguments(name: str) -> None:
    function = getattr(tflearn.objectives, name)
    assert fields(LOSSES[name]) == signature(function, name)


def test_an_optimizers_class_is_tflearns() -> None:
    for class_name, name in OPTIMIZER_CLASSES.items():
        assert tflearn.optimizers.get(name) is getattr(tflearn.optimizers, class_name)


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_has_tflearns_arguments(name: str) -> None:
    maker = tflearn.metrics.get(name)
    assert fields(METRICS[name]) == signature(maker.__init__, name)


@pytest.mark.parametrize("name", get_args(Regularizer))
def test_a_regularizer_is_tflearns_and_a_layer_has_its_default(name: str) -> None:
    expected = signature(getattr(tflearn.regularizers, name), name)
    assert expected == {"wd": WeightedLayer.model_fields["weight_decay"].default}


def _methods(kind: type, name: str) -> tuple[dict[str, Any], set[str]]:
    """Return the arguments of a method, and what else there is to add."""
    every = {key[4:] for key in dir(kind) if key.startswith("add_")}
    function = getattr(kind, f"add_{name}")
    defaults = {k: p.default for k, p in inspect.signature(function).parameters.items()}
    del defaults["self"]
    lists = {k: tuple(v) if isinstance(v, list) else v for k, v in defaults.items()}
    return lists, every


@pytest.mark.parametrize("name", PREPROCESSING)
def test_a_preprocessing_has_tflearns_arguments(name: str) -> None:
    expected, every = _methods(tflearn.ImagePreprocessing, name)
    if name == "zca_whitening":
        del expected["pc"]  # a matrix is computed, never written into a config
    assert fields(PREPROCESSING[name]) == expected
    assert every == PREPROCESSING.keys() | {"custom_preprocessing"}  # a function


TFLEARNS = [n for n, m in AUGMENTATION.items() if not issubclass(m, SoundAugmentation)]


@pytest.mark.parametrize("name", TFLEARNS)
def test_an_augmentation_has_tflearns_arguments(name: str) -> None:
    expected, every = _methods(tflearn.ImageAugmentation, name)
    assert fields(AUGMENTATION[name]) == expected
    assert every == set(TFLEARNS)


COVERED: dict[str, set[str]] = {
    "activations": {*ACTIVATIONS},
    "initializations": {*INITIALIZERS},
    "regularizers": {*get_args(Regularizer)},
    "objectives": {*LOSSES},
    # A class and its lower case are one and the same.
    "optimizers": {*OPTIMIZERS, *OPTIMIZER_CLASSES},
    "metrics": {*METRICS, "Accuracy", "Top_k"},
}


@pytest.mark.parametrize("module", COVERED)
def test_all_that_tflearn_has_is_covered_or_left_out_for_a_reason(module: str) -> None:
    tflearns = vars(getattr(tflearn, module))
    public = {
        name
        for name, value in tflearns.items()
        if (inspect.isfunction(value) or inspect.isclass(value))
        and value.__module__ in {f"tflearn.{module}", "beenet.tflearn_backend"}
        and name != "get"
    }
    assert public == COVERED[module] | NOT_COVERED[module].keys()
    assert not COVERED[module] & NOT_COVERED[module].keys()
