"""The count of a step's operations, against numbers worked out by hand."""

from pathlib import Path

import pytest

import beenet
from beenet.bench.flops import work_of
from beenet.bench.peers.net import plain_net
from beenet.config import load_config

CONFIGS = Path(beenet.__file__).parent.parent / "configs"

# MFLOP forward, of the weights' gradient, of the input's gradient; weights.
# Each product of [m, k] and [k, n] is 2 m k n; batch 10.
BY_HAND = {
    # conv 28*28*10=7840 x 25 x 20: 7.84; fc 10 x 3920 x 100: 7.84; 10 x 100 x 10: .02
    "mnist/tflearn_convnet1": (15.7, 15.7, 7.86, 26 * 20 + 3921 * 100 + 101 * 10),
    # 10 x 4096 x 128: 10.48576; 10 x 128 x 2: .00512
    "bee1_gray/ann": (10.49088, 10.49088, 0.00512, 4097 * 128 + 129 * 2),
    # 10 x 4000 x 128: 10.24; 10 x 128 x 3: .00768
    "buzz1/ann": (10.24768, 10.24768, 0.00768, 4001 * 128 + 129 * 3),
    # conv 64*64*10=40960 x 27 x 8: 17.69472; 32*32*8=8192: 10 x 8192 x 128: 20.97152
    "bee1/cnn": (38.67136, 38.67136, 20.97664, 28 * 8 + 8193 * 128 + 129 * 2),
    # conv 4000*10=40000 x 9 x 8: 5.76; pooled to 2000x1x8: 10 x 16000 x 128: 40.96
    "buzz1/cnn": (46.72768, 46.72768, 40.96768, 10 * 8 + 16001 * 128 + 129 * 3),
    # conv 24*24*10=5760 x 25 x 20: 5.76; conv 8*8*10=640 x 500 x 40: 25.6;
    # 10 x 640 x 1000: 12.8; 10 x 1000 x 1000: 20; 10 x 1000 x 10: .2
    "mnist/convnet5": (
        64.36,
        64.36,
        58.6,
        26 * 20 + 501 * 40 + 641 * 1000 + 1001 * 1000 + 1001 * 10,
    ),
}


@pytest.mark.parametrize("net", BY_HAND)
def test_the_nets_of_the_table(net):
    config = load_config(CONFIGS / f"{net}.yaml").config
    assert config.training.batch_size == 10
    work = work_of(plain_net(config), config.dataset.shape, 10)
    kinds = ("forward", "weights' gradient", "input's gradient")
    *mflop, weights = BY_HAND[net]
    assert [work.flops(kind) for kind in kinds] == [round(m * 1e6) for m in mflop]
    assert work.flops() == sum(work.flops(kind) for kind in kinds)
    assert work.weights == weights


def test_odd_sides_are_pooled_to_the_end(tiny):
    overrides = ("layers[1].max_pool_2d.kernel_size=3", "optimizer={sgd: {}}")
    net = plain_net(tiny(*overrides).config)
    products = work_of(net, (8, 8, 1), 7).products
    assert [(p.m, p.k, p.n) for p in products if p.kind == "forward"] == [
        (7 * 64, 9, 4),
        (7, 3 * 3 * 4, 8),
        (7, 8, 3),
    ]
