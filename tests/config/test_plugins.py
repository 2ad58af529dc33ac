"""Layers of other packages: found by name, loaded when named, broken ones named."""

import sys
from typing import Any

import jsonschema
import pytest

from beenet.config import dump_config, lint
from beenet.config.layers import ShapeError
from beenet.config.schema import json_schema

TEXT = """\
dataset: {path: x, classes: [a, b]}
layers:
  - every: {step: 3}
  - fully_connected: {n_units: 2, activation: softmax}
"""


def test_a_config_names_it_like_any_layer_and_tensorflow_is_not_asked(
    install_layer, load
) -> None:
    install_layer()
    loaded = load(TEXT)
    node = loaded.config.nodes[0]
    assert node.layer.arguments() == {"step": 3, "name": "Every"}
    assert node.layer.output_shape((10,)) == (4,)
    assert "every_building" not in sys.modules
    assert [str(finding) for finding in lint(loaded, (10,), 2)] == []
    with pytest.raises(ShapeError, match="every needs a row of numbers"):
        node.layer.output_shape((4, 4))
    (finding,) = lint(loaded, (4, 4), 2)
    assert str(finding) == (
        "c.yaml:3:12: layers[0].every: layer 1 (Every) cannot be built: every needs a "
        "row of numbers"
    )


def _divides_by_zero(layer, shape):
    raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    ("output_shape", "words"),
    [
        (_divides_by_zero, "fails: ZeroDivisionError: division by zero"),
        (lambda layer, shape: "ab", "must return a tuple of integers, got 'ab'"),
        (lambda layer, shape: (0.5,), "must return a tuple of integers, got (0.5,)"),
    ],
)
def test_a_broken_shape_is_one_line(
    install_layer, load, monkeypatch, output_shape, words
) -> None:
    install_layer()
    loaded = load(TEXT)
    kind = type(loaded.config.nodes[0].layer)
    monkeypatch.setattr(kind, "output_shape", output_shape)
    told = str(lint(loaded, (10,), 2)[0])
    name = f"{kind.__module__}.{kind.__name__}"
    assert told.endswith(f"(Every) cannot be built: output_shape of {name} {words}")


def test_it_is_written_and_read_again_with_id_and_from_and_within_a_layer(
    install_layer, load
) -> None:
    install_layer()
    config = load(
        TEXT.replace("- every: {step: 3}", "- {every: {step: 3}, id: e}").replace(
            "  - fully", "  - {flatten: {}, from: e}\n  - fully"
        )
    ).config
    assert load(dump_config(config)).config == config
    inner = TEXT.replace(
        "every: {step: 3}", "time_distributed: {fn: {every: {step: 3}}}"
    )
    (first, _) = load(inner).config.nodes
    assert first.layer.output_shape((5, 10)) == (5, 4)


def test_its_faults_have_their_places(install_layer, refuse) -> None:
    install_layer()
    assert refuse(TEXT.replace("step: 3", "step: 0, stpe: 1")) == [
        "c.yaml:3:19: layers[0].every.step: must be at least 1, got 0",
        "c.yaml:3:22: layers[0].every.stpe: is not a known key; did you mean 'step'?",
    ]
    assert refuse(TEXT.replace("every: {step: 3}", "every: 3")) == [
        "c.yaml:3:5: layers[0]: every must be a mapping of arguments, got 3; did you "
        "mean {step: 3}?"
    ]
    assert refuse(TEXT.replace("every", "evry")) == [
        'c.yaml:3:5: layers[0]: is not a layer that beenet knows, got "evry"; did you '
        "mean 'every'?"
    ]
    assert refuse(TEXT, "layers[0].every.step=-1") == [
        "-o layers[0].every.step=-1: layers[0].every.step: must be at least 1, got -1"
    ]


PACKAGE = "the layer 'every' of the package beenet-every"


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"model": "import missing_module"},
         f"{PACKAGE} (every_layers:Every) cannot be loaded: ModuleNotFoundError: No "
         "module named 'missing_module'"),
        ({"entry": "every = every_layers:Evry"},
         f"{PACKAGE} (every_layers:Evry) cannot be loaded: AttributeError: module "
         "'every_layers' has no attribute 'Evry'"),
        ({"model": "Every = 3"},
         f"{PACKAGE} (every_layers:Every) is not a class derived from "
         "beenet.config.layers.PluginLayer"),
        ({"model": ('= "every"', '= "each"')},
         f"{PACKAGE} (every_layers:Every) must have yaml_name 'every', has each"),
        ({"model": ("every_building:build", "build")},
         f"{PACKAGE} (every_layers:Every) needs built_by, the name of a function as "
         "'package.module:function'"),
    ],
)  # fmt: skip
def test_a_broken_package_is_named_where_its_layer_is(
    install_layer, load, refuse, parts: dict[str, Any], reason: str
) -> None:
    install_layer(**parts)
    assert refuse(TEXT) == [f"c.yaml:3:5: layers[0]: {reason}"]
    load(TEXT.replace("every: {step: 3}", "flatten"))  # it harms nobody else


def test_editors_know_it(install_layer) -> None:
    layer = {"every": {"step": 3}}
    data = {"dataset": "MNIST", "layers": [layer, "flatten"]}
    known = jsonschema.Draft202012Validator(json_schema()).is_valid
    assert not known(data)
    install_layer()
    known = jsonschema.Draft202012Validator(json_schema()).is_valid
    assert known(data)
    layer["every"]["step"] = 0
    assert not known(data)
