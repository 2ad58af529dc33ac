"""Whatever a config says, it says again; and whatever is no config is refused."""

import re
from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beenet.config import Config, dump_config, lint
from beenet.config.augmentation import AUGMENTATION
from beenet.config.estimator import LOSSES, METRICS, OPTIMIZERS
from beenet.config.functions import ACTIVATIONS, INITIALIZERS
from beenet.config.layer_items import LayerItem, Repeat
from beenet.config.layers import LAYERS
from beenet.config.layers.cells import CELLS
from beenet.config.layers.nested import STEP_LAYERS
from beenet.config.load import LoadedConfig, load_config, structure
from beenet.config.overrides import override
from beenet.config.preprocessing import PREPROCESSING
from beenet.config.schedule import SCHEDULES
from beenet.config.structure import OneOf, fields_of
from beenet.config.yaml_text import parse
from beenet.errors import ConfigError

SOME = settings(max_examples=60)

counts = st.integers(1, 2**31 - 1)
names = st.from_regex(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]{0,8}", fullmatch=True)
booleans = st.booleans()
sides = st.tuples(counts, counts)
statistics = st.none() | st.floats(-9, 9) | st.tuples(st.floats(-9, 9))
BY_KEY: dict[str, st.SearchStrategy[Any]] = {
    "crop_shape": sides,
    "max_shift": counts,
    "rotations": st.lists(st.integers(0, 3), min_size=1).map(tuple),
    "activation": st.deferred(lambda: named(ACTIVATIONS)),
    "inner_activation": st.deferred(lambda: named(ACTIVATIONS)),
    "weights_init": st.deferred(lambda: named(INITIALIZERS)),
    "bias_init": st.deferred(lambda: named(INITIALIZERS)),
    "name": names,
    "scope": st.none() | names,
    "regularizer": st.sampled_from([None, "L1", "L2"]),
    "axis": st.integers(-4, 4),
    "seed": st.none() | st.integers(0, 2**31 - 1),
    "shape": st.lists(counts, min_size=1, max_size=4).map(tuple),
    "noise_shape": st.none() | st.lists(counts, min_size=1).map(tuple),
    "new_shape": st.lists(counts, min_size=1).map(lambda sides: (-1, *sides)),
    "keep_prob": st.floats(0, 1, exclude_min=True),
    "transform_dropout": st.none() | st.floats(0, 1, exclude_min=True),
    "n_units": counts,
    "nb_filter": counts,
    "depth_radius": counts,
    "decay_step": counts,
    "learning_rate_power": st.floats(-1e9, 0),
    "factor": st.just(1.0),
    "maxval": st.none() | st.floats(-1e9, 1e9),
    "num_classes": st.none() | counts,
    "head": st.none() | st.lists(st.floats(-9, 9), min_size=1, max_size=3).map(tuple),
    "k": counts,
}
positive = st.floats(0, 1, exclude_min=True)
axes = st.integers(-3, 4).filter(bool)
RECURRENT = ("simple_rnn", "lstm", "gru")
ONLY: dict[tuple[str, str], st.SearchStrategy[Any]] = {
    **{(cell, "bias"): st.just(True) for cell in [*RECURRENT, *CELLS]},
    **{(cell, "num_units"): st.just(3) for cell in CELLS},
    **{
        (layer, "dropout"): st.none() | positive | st.tuples(positive, positive)
        for layer in RECURRENT
    },
    **{
        (layer, "axis"): axes | st.lists(axes, min_size=1).map(tuple)
        for layer in ("reduce_mean", "reduce_max", "reduce_sum")
    },
    **{
        (layer, key): counts
        for layer in ("upscore_layer", "upscore_layer3d")
        for key in ("num_classes", "kernel_size")
    },
    ("bidirectional_rnn", "rnncell_fw"): st.deferred(lambda: named(CELLS)),
    ("bidirectional_rnn", "rnncell_bw"): st.deferred(lambda: named(CELLS)),
    ("conv_2d_transpose", "output_shape"): st.just((3, 4)),
    ("conv_3d_transpose", "output_shape"): st.just((3, 4, 5)),
    ("highway_conv_1d", "strides"): st.just(1),
    ("time_distributed", "fn"): st.deferred(lambda: named(STEP_LAYERS)),
    ("time_distributed", "scope"): st.none(),
}


@st.composite
def named(draw: st.DrawFn, table: dict[str, Any]) -> Any:
    """Draw one model of a table with some of its arguments given."""
    model = table[draw(st.sampled_from(sorted(table)))]
    arguments = {}
    for key, field in fields_of(model).items():
        if not field.is_required() and draw(booleans):
            continue
        if (model.yaml_name, key) in ONLY:
            arguments[key] = draw(ONLY[model.yaml_name, key])
        elif get_origin(field.annotation) is Literal:
            arguments[key] = draw(st.sampled_from(get_args(field.annotation)))
        elif key in {"filter_size", "kernel_size", "strides"}:
            rank = 3 if "3d" in model.yaml_name else 2
            several = re.search("[23]d", model.yaml_name)
            each = counts | st.tuples(*[counts] * rank)
            arguments[key] = draw(each if several else counts)
        elif model is PREPROCESSING["crop_center"]:
            arguments[key] = draw(sides)
        elif model is AUGMENTATION["random_crop"] and key == "padding":
            arguments[key] = draw(st.none() | counts)
        elif model.yaml_name in PREPROCESSING and key in {"mean", "std"}:
            arguments[key] = draw(statistics)
        elif key in BY_KEY:
            arguments[key] = draw(BY_KEY[key])
        elif field.annotation is bool:
            arguments[key] = draw(booleans)
        else:
            arguments[key] = draw(counts if field.annotation is int else positive)
    return model(**arguments)


ONE = {name: model for name, model in LAYERS.items() if not model.takes_many}
BEHIND = {name: model for name, model in ONE.items() if name != "input_data"}
MANY = {name: model for name, model in LAYERS.items() if model.takes_many}


@st.composite
def steps(draw: st.DrawFn, depth: int = 0) -> list[LayerItem]:
    """Draw a list of layers, of forks that a merge joins again, of repeats of such."""
    made: list[LayerItem] = []
    for number in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["layer", "layer", "fork", "repeat"]))
        if kind == "fork":
            left, right = f"left_{depth}_{number}", f"right_{depth}_{number}"
            source = draw(st.sampled_from([left, (left,)]))
            joined = draw(st.permutations([left, right, "input"]))
            made += [
                LayerItem(draw(named(ONE)), left),
                LayerItem(draw(named(BEHIND)), right, source),
                LayerItem(draw(named(MANY)), None, tuple(joined)),
            ]
        elif kind == "repeat" and depth < 2:
            times, layers = draw(st.integers(1, 3)), draw(steps(depth + 1))
            source = draw(st.none() | st.just("input")) if not made else None
            repeat = Repeat.model_validate({"times": times, "layers": layers})
            made.append(LayerItem(repeat, None, source))
        else:
            made.append(LayerItem(draw(named(ONE))))
    return made


run_names = st.from_regex(
    r"[A-Za-z0-9][A-Za-z0-9_.-]{0,5}(/[a-z0-9]{1,4})?", fullmatch=True
)
texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1
)
names = texts.filter(str.isprintable)
datasets = st.sampled_from(["MNIST", "BEE1_gray", "BUZZ3"]).map(
    lambda name: {"name": name}
) | st.fixed_dictionaries(
    {
        "path": texts,
        "classes": st.lists(names, min_size=2, max_size=4, unique=True).map(tuple),
    }
)
weights = st.floats(0, 1e9, exclude_min=True)


@st.composite
def schedules(draw: st.DrawFn) -> Any:
    """Draw a schedule with some of its arguments given."""
    model = SCHEDULES[draw(st.sampled_from(sorted(SCHEDULES)))]
    after = draw(st.lists(counts, min_size=1, max_size=3, unique=True).map(sorted))
    rates = draw(st.lists(weights, min_size=len(after), max_size=len(after)))
    values = {
        "after": st.just(tuple(after)),
        "rates": st.just(tuple(rates)),
        "factor": positive,
        "floor": st.floats(0, 1e9),
        "min_delta": st.floats(0, 1e9),
    }
    arguments = {
        key: draw(values.get(key, counts))
        for key, field in model.model_fields.items()
        if field.is_required() or draw(booleans)
    }
    return model(**arguments)


trainings = st.fixed_dictionaries(
    {},
    optional={
        "epochs": counts,
        "batch_size": counts,
        "shuffle": booleans,
        "seed": st.integers(0, 2**31 - 1),
        "device": st.sampled_from(["auto", "cpu", "gpu", "gpu:3"]),
        "threads": st.just("auto") | st.integers(1, 1024),
        "clip_gradients": st.floats(0, 1e9),
        "class_weights": st.none()
        | st.just("balanced")
        | st.dictionaries(texts, weights, min_size=1)
        | st.lists(weights, min_size=1).map(tuple),
        "schedule": st.none() | schedules(),
    },
)
configs = st.builds(
    lambda **keys: Config.model_validate(keys),
    name=run_names,
    dataset=datasets,
    layers=steps(),
    preprocessing=st.lists(named(PREPROCESSING), max_size=3).map(tuple),
    augmentation=st.lists(named(AUGMENTATION), max_size=3).map(tuple),
    optimizer=named(OPTIMIZERS),
    loss=named(LOSSES),
    metric=st.none() | named(METRICS),
    training=trainings,
)


def test_every_argument_is_drawn() -> None:
    """A new argument of a kind that `named` does not know fails here by its name."""
    tables = (ACTIVATIONS, INITIALIZERS, LAYERS, OPTIMIZERS, LOSSES, METRICS)
    for table in (*tables, PREPROCESSING, AUGMENTATION):
        for model in table.values():
            for key, field in fields_of(model).items():
                known = (model.yaml_name, key) in ONLY
                known = (
                    known
                    or key in BY_KEY
                    or key
                    in {
                        "filter_size",
                        "kernel_size",
                        "strides",
                    }
                )
                known = known or get_origin(field.annotation) is Literal
                known = known or model in (
                    *PREPROCESSING.values(),
                    AUGMENTATION["random_crop"],
                )
                plain = field.annotation in (bool, int)
                plain = plain or float in _parts(field.annotation)
                assert known or plain, f"{model.yaml_name}.{key}"
                assert not any(isinstance(m, OneOf) for m in field.metadata) or known


def _parts(annotation: Any) -> set[Any]:
    return {annotation, *get_args(annotation)}


@SOME
@given(configs)
def test_a_dumped_config_is_the_same_config(config: Config) -> None:
    text = dump_config(config)
    document, faults = parse(text, "c.yaml")
    assert faults == []
    assert structure(document) == config
    assert dump_config(structure(document)) == text


@SOME
@given(configs)
def test_a_config_is_judged_whatever_it_says(config: Config) -> None:
    said = dump_config(config)
    document, _ = parse(said, "c.yaml")
    loaded = LoadedConfig(config, document)
    for shape in ((28, 28, 1), (100, 4), (7,), None):
        for finding in lint(loaded, shape, 10):
            assert len(str(finding).splitlines()) == 1
            # A class may be called None; a value that is missing may not be.
            assert "None" not in finding.fault.text or "None" in said


def refusal(action: Callable[[], object]) -> str:
    """Do what may only succeed or raise a worded refusal; return its words."""
    try:
        action()
    except ConfigError as error:
        text = str(error)
    else:
        return ""
    assert text
    assert "Input should" not in text, "a kind of error that faults.word does not know"
    return text


def read(text: str, *flags: str) -> None:
    document, faults = parse(text, "c.yaml")
    if not faults:
        faults = [fault for flag in flags for fault in override(document, flag)]
    for fault in faults:
        assert str(fault).startswith(("c.yaml:", "-o "))
        assert len(str(fault).splitlines()) == 1
    if not faults:
        structure(document)


GOOD = """\
name: mnist/a
dataset: {path: pickles, classes: [a, b]}
layers:
  - conv_2d: {nb_filter: 20, filter_size: [5, 5], activation: {leaky_relu: {alpha: .1}}}
    id: a
  - repeat: {times: 2, layers: [{conv_2d: {nb_filter: 2, filter_size: 3}, id: b},
      {merge: {mode: concat, axis: 3}, from: [input, b]}]}
    id: c
  - merge: {mode: concat, axis: 3}
    from: [a, c]
  - flatten
  - fully_connected:
      n_units: 10
      weights_init: {normal: {stddev: 1e-3}}
optimizer: {sgd: {learning_rate: 0.1}}
loss: {weighted_crossentropy: {weight: 2}}
training: {epochs: 1, threads: auto, device: gpu:1}
"""
SNIPPETS = st.sampled_from(
    [":", " ", "\n", "\n  ", "- ", "{", "}", "[", "]", ", ", "'", '"', "#", "&a ", "*a",
     "!!int ", "!x ", "? ", "|", ">", "%", "@", "\t", "---\n", "<<: ", "null", "1e999",
     "-1", "0", ".nan", "true", "sgd", "conv_2d", "name", "{a: 1}", "[1, 2]", "\\ud800",
     "\x00", "\ufeff", "\u2028", "9" * 5000]
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Draw the good text with some pieces cut out, doubled, or put in."""
    text = GOOD
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 12)))
        piece = draw(SNIPPETS | st.just(text[start:end] * 2) | st.text(max_size=3))
        text = text[:start] + piece + text[end:]
    return text


@settings(max_examples=150)
@given(mutated())
def test_a_mutated_config_is_read_or_refused(text: str) -> None:
    refusal(lambda: read(text))


@settings(max_examples=100)
@given(st.text() | st.text(alphabet=" \n:-[]{},'\"#&*!|>%@ab1.~<"))
def test_any_text_is_read_or_refused(text: str) -> None:
    refusal(lambda: read(text))


@settings(max_examples=100)
@given(
    st.sampled_from(
        ["", "name", "dataset", "dataset.path", "layers[0]", "layers[0].conv_2d",
         "layers[0].id", "layers[2].from",
         "layers[1].repeat.times", "layers[1].repeat.layers[1].from",
         "layers.4.fully_connected.weights_init", "optimizer", "optimizer.sgd",
         "optimizer.adam.beta1", "training.epochs", "loss.x", "layers"]
    )
    | st.text(alphabet="ab.[]0 -=", max_size=6),
    st.sampled_from(["=", "", "==", ".x=", "[0]="]),
    SNIPPETS | st.text(max_size=5),
)  # fmt: skip
def test_any_flag_is_read_or_refused(key: str, equals: str, value: str) -> None:
    refusal(lambda: read(GOOD, key + equals + value))


json_like = st.recursive(
    st.none() | booleans | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["sgd", "conv_2d", "nb_filter", "name", "path", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=100)
@given(
    st.dictionaries(st.sampled_from([*Config.model_fields, "x"]), json_like, max_size=6)
)
def test_any_data_is_taken_or_refused(data: dict[str, Any]) -> None:
    document, _ = parse("{}", "c.yaml")
    document.data = data
    refusal(lambda: structure(document))


@settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.binary(max_size=50) | mutated().map(lambda text: text.encode(errors="replace"))
)
def test_any_file_is_read_or_refused(tmp_path_factory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "c.yaml"
    file.write_bytes(data)
    text = refusal(lambda: load_config(file))
    assert not text or text.startswith(str(file))


@pytest.mark.parametrize("path", ["a: b", "#", "  ", "'", "- x", "\u2028", "null", "1"])
def test_a_strange_path_is_kept(path: str) -> None:
    config = Config.model_validate(
        {
            "name": "a",
            "dataset": {"path": path, "classes": ["x", "on"]},
            "layers": ["flatten"],
        }
    )
    document, faults = parse(dump_config(config), "c.yaml")
    assert not faults
    assert structure(document).dataset.path == path
