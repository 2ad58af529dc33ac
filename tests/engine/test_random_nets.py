"""Random nets end with TFLearn's bits, too; `make fuzz-nets` trains new ones."""

import math
import os

import numpy as np
import pytest
from pydantic import ValidationError

from beenet.config.functions import ACTIVATIONS
from beenet.config.layers import LAYERS
from beenet.config.layers.base import ShapeError
from beenet.engine.passes import blocked_products, idle_clipping, idle_norms, panels
from beenet.network.layers import layer_function
from beenet.system.thread_plan import ThreadPlan
from beenet.tflearn_backend import tflearn
from engine.identity import KINDS, OPTIMIZERS, SHAPES, check

NETS = int(os.environ.get("NETS", 0))
FIRST = int(os.environ.get("NETS_FROM", 0))
SEEDS = range(FIRST, FIRST + (NETS or 4))
LARGEST = 1500  # values of an example between two layers
FIRST_ONLY = {"embedding", "one_hot_encoding"}  # what takes whole numbers
ALONE = {"single_unit"}  # takes a single number, which no layer gives
SLOW = {"bidirectional_rnn", "densenet_block", "resnext_block"}

PLAIN = {
    # Not with batch normalization in a cell: the gradients of its beta are sums of many
    # terms that others read, which `sums.py` puts in an order of its own.
    "bidirectional_rnn": {
        "rnncell_fw": {"BasicLSTMCell": {"num_units": 4}},
        "rnncell_bw": {"GRUCell": {"num_units": 4}},
    },
}


class Nets:
    """Draws stacks of layers, each of which takes what the one before gives."""

    def __init__(self, seed, left_out=ALONE):
        self.rng = np.random.default_rng(seed)
        self.left_out = left_out
        self.drawn = set()

    def one_of(self, things):
        things = list(things)
        return things[self.rng.integers(len(things))]

    def maybe(self, chance):
        return self.rng.random() < chance

    def layer(self, shape, first=False):
        """Return a layer for examples of this shape, and the shape that it makes."""
        while True:
            usual = {1: "fully_connected", 2: "conv_1d", 3: "conv_2d", 4: "conv_3d"}
            often = [usual[len(shape)]] * 2 + ["batch_normalization", "dropout"]
            name = self.one_of(often if self.maybe(0.6) else KINDS)
            if name in self.left_out or (name in FIRST_ONLY and not first):
                continue
            arguments = dict(PLAIN.get(name, KINDS[name][1]))
            fields = LAYERS[name].model_fields
            arguments |= self.varied(fields)
            if "out_channels" in fields:
                arguments["out_channels"] = shape[-1] + self.one_of([0, 2, 4])
            try:
                layer = LAYERS[name].model_validate(arguments)
                made = layer.output_shape(shape)
            except (ShapeError, ValidationError):
                continue
            if 1 <= len(made) <= 4 and math.prod(made) <= LARGEST:
                self.drawn.add(name)
                return layer, made

    def varied(self, fields):
        choices = {
            "activation": lambda: self.one_of(ACTIVATIONS),
            "regularizer": lambda: self.one_of(["L1", "L2"]),
            "bias": lambda: False,
            "trainable": lambda: False,
        }
        chances = {"activation": 0.7, "regularizer": 0.2, "bias": 0.1, "trainable": 0.1}
        return {
            key: choose()
            for key, choose in choices.items()
            if key in fields and self.maybe(chances[key])
        }

    def stack(self, shape):
        """Return a function that puts layers on a tensor, some of them side by side."""
        parts = []
        for depth in range(self.rng.integers(1, 5)):
            layer, made = self.layer(shape, first=depth == 0)
            beside = [self.layer(shape) for _ in range(4)] + [(None, shape)]
            fitting = [other for other, other_made in beside if other_made == made]
            mode = self.one_of(["elemwise_sum", "elemwise_mul"])
            parts.append((layer, mode, self.maybe(0.4) and fitting[:1]))
            shape = made

        def put(net):
            for layer, mode, beside in parts:
                sides = [
                    net if one is None else put_one(one, net) for one in beside or []
                ]
                net = put_one(layer, net)
                net = tflearn.merge([net, *sides], mode) if sides else net
            return tflearn.fully_connected(net, 3, activation="softmax")

        return put


def put_one(layer, net):
    if any(type(layer) is LAYERS[name] for name in FIRST_ONLY):
        net = net * 3.99  # of the numbers 0..1 that come in, 0 to 3
    return layer_function(layer)(net)


def test_every_kind_is_drawn():
    drawn = set()
    for seed in range(1500):
        nets = Nets(seed)
        nets.stack(nets.one_of(SHAPES))
        drawn |= nets.drawn
    assert drawn == KINDS.keys() - ALONE


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_net(seed, make_network, make_split, monkeypatch):
    # Layers as small as these are dealt with as large ones are.
    monkeypatch.setattr(blocked_products, "_WORTHWHILE", 1 << 8)
    monkeypatch.setattr(blocked_products, "_BLOCK", 1 << 7)
    monkeypatch.setattr(idle_clipping, "_WORTHWHILE", 1 << 4)
    monkeypatch.setattr(idle_norms, "_WORTHWHILE", 1 << 4)
    monkeypatch.setattr(idle_norms, "_MAX_PRODUCTS", 10_000)
    monkeypatch.setattr(panels, "_PANEL", 1 << 4)
    monkeypatch.setattr(panels, "_TOGETHER", 1)
    # Or a number may be the last of few, which an update may round in another way.
    monkeypatch.setattr(panels, "_WHOLE", 16)
    monkeypatch.setattr(panels, "plan_of", lambda _: ThreadPlan(1, 2))
    nets = Nets(seed, ALONE if NETS else ALONE | SLOW)
    shape = nets.one_of(SHAPES)
    layers = nets.stack(shape)
    optimizer = OPTIMIZERS[nets.one_of(OPTIMIZERS)]
    clip = nets.one_of([0.0, 0.3, 5.0])
    check(
        make_network(layers, shape, optimizer=optimizer(), clip_gradients=clip),
        make_split(shape, 3, 26, "float32"),
        batch_size=nets.one_of([1, 4, 7, 8]),
    )
