import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from beenet.config.load import dump_config
from beenet.config.schema import json_schema
from beenet.config.yaml_text import parse

CONFIGS = Path(__file__).parents[2] / "configs"
SHIPPED = sorted(p for p in CONFIGS.rglob("*.yaml") if p.parent.name != "sweeps")
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def faults(data: Any) -> list[str]:
    return [error.json_path for error in VALIDATOR.iter_errors(data)]


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert "one_of" not in json.dumps(json_schema())


def test_the_shipped_schema_is_current() -> None:
    text = (CONFIGS / "schema.json").read_text()
    assert text == json.dumps(json_schema(), indent=2) + "\n", (
        "write it anew: beenet schema > configs/schema.json"
    )


@pytest.mark.parametrize(
    "path", SHIPPED, ids=lambda path: path.relative_to(CONFIGS).as_posix()
)
def test_it_takes_every_shipped_config(path: Path) -> None:
    document, _ = parse(path.read_text(), str(path))
    assert faults(document.data) == []


def test_it_takes_a_resolved_config(load) -> None:
    loaded = load(
        "dataset: {path: x, classes: [a, b]}\n"
        "layers: [flatten, conv_2d: {nb_filter: 1, filter_size: [1, 2]},\n"
        "  {flatten: null, id: a}, {flatten: null, from: a, id: b},\n"
        "  {merge: {mode: concat}, from: [a, b]},\n"
        "  {repeat: {times: 2, layers: [{flatten: {}, from: input}]}}]\n"
        "training: {threads: 3, device: 'gpu:1'}\n"
        "from: {model: a.tfl, names: {b: c}, layers: [c]}\n"
    )
    document, _ = parse(dump_config(loaded.config), "c.yaml")
    assert faults(document.data) == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("optimizr: sgd", "$"),
        ("optimizer: sdg", "$.optimizer"),
        ("optimizer: {sgd: {lr: 1}}", "$.optimizer"),
        ("optimizer: {sgd: {}, adam: {}}", "$.optimizer"),
        ("optimizer: {sgd: {learning_rate: 0}}", "$.optimizer"),
        ("loss: mse", "$.loss"),
        ("dataset: MNITS", "$.dataset"),
        ("dataset: {nam: MNIST}", "$.dataset"),
        ("layers: []", "$.layers"),
        ("layers: [flaten]", "$.layers[0]"),
        ("layers: [conv_2d]", "$.layers[0]"),
        ("layers: [conv_2d: {nb_filter: 1}]", "$.layers[0]"),
        ("layers: [flatten, dropout: {keep_prob: 2}]", "$.layers[1]"),
        ("layers: [max_pool_2d: {kernel_size: [1, 2, 3]}]", "$.layers[0]"),
        ("layers: [fully_connected: {n_units: 3, activation: reul}]", "$.layers[0]"),
        ("layers: [{flatten: {}, highway: {n_units: 1}}]", "$.layers[0]"),
        ("layers: [{id: a, from: input}]", "$.layers[0]"),
        ("layers: [{flatten: null, id: 3}]", "$.layers[0]"),
        ("layers: [{flatten: null, from: []}]", "$.layers[0]"),
        ("layers: [{flatten: null, form: a}]", "$.layers[0]"),
        ("layers: [{repeat: {times: 2, layers: [flaten]}}]", "$.layers[0]"),
        ("layers: [{repeat: {times: 0, layers: [flatten]}}]", "$.layers[0]"),
        ("layers: [{repeat: {layers: [flatten]}}]", "$.layers[0]"),
        ("layers: [repeat]", "$.layers[0]"),
        ("name: a b", "$.name"),
        ("training: {epochs: 0}", "$.training.epochs"),
        ("training: {threads: many}", "$.training.threads"),
        ("training: {epoch: 1}", "$.training"),
        ("from: {names: {a: b}}", "$.from"),
        ("from: {model: a, layers: []}", "$.from"),
    ],
)
def test_it_rejects_what_is_wrong(text: str, path: str) -> None:
    document, _ = parse(text, "c.yaml")
    good = {"dataset": "MNIST", "layers": ["flatten"]}
    assert faults(good) == faults({**good, "from": "runs/a"}) == []
    assert faults({**good, **document.data}) == [path]
