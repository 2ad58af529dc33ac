"""What TFLearn's own loops make of a batch, made in whole arrays."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from beenet.config.preprocessing import PREPROCESSING, CropCenter
from beenet.datasets.encode import decode
from beenet.network.preprocessing import data_preprocessing
from beenet.preparation import compute, needed, preprocess
from beenet.tflearn_backend import tf

SHAPE = (9, 8, 3)


def stored(n: int = 50, shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    """Images whose channels and whose brightness differ."""
    rng = np.random.default_rng(2)
    bright = rng.integers(60, 255, (n, 1, 1, 1)) * np.array([1.0, 0.7, 0.4])
    return (rng.random((n, *shape)) * bright[..., : shape[-1]]).astype(np.uint8)


def theirs(method, x, dataset):
    """Apply TFLearn's object, fitted by TFLearn's own `initialize`."""
    with tf.Graph().as_default(), tf.Session() as session:
        made = data_preprocessing([method])
        session.run(tf.global_variables_initializer())
        for name, one in needed([method]).items():
            if one.given_statistic is not None:
                getattr(made, f"global_{name}").value = one.given_statistic
        made.initialize(dataset, session)
        return np.array(made.apply(x.copy()))


def ours(method, x, dataset):
    statistics = {name: compute(m, dataset) for name, m in needed([method]).items()}
    if getattr(method, "given_statistic", None) is not None:
        given = np.asarray(method.given_statistic, np.float32)
        statistics = {method.statistic: given}
    return preprocess([method], x.copy(), statistics)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("samplewise_zero_center", {}),
        ("samplewise_zero_center", {"per_channel": True}),
        ("samplewise_stdnorm", {}),
        ("samplewise_stdnorm", {"per_channel": True}),
        ("featurewise_zero_center", {"mean": 0.25}),
        ("featurewise_stdnorm", {"std": 0.25}),
        ("image_normalization", {}),
        ("crop_center", {"shape": (4, 5)}),
    ],
)
@pytest.mark.parametrize("size", [1, 50])
def test_what_needs_no_statistics_has_tflearns_bits(name, arguments, size):
    x = decode(stored())
    method = PREPROCESSING[name](**arguments)
    expected = theirs(method, x[:size], x)
    made = ours(method, x[:size], stored())
    assert made.dtype == np.float32
    np.testing.assert_array_equal(made, expected)
    assert not np.array_equal(made, x[:size])


@pytest.mark.parametrize("name", ["featurewise_zero_center", "featurewise_stdnorm"])
@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_statistics_of_train_agree_to_rounding(name, per_channel, dtype):
    # TFLearn sums in float32, we in float64: the last bits may differ.
    x = decode(stored())
    method = PREPROCESSING[name](per_channel=per_channel)
    made = ours(method, x, stored() if dtype == "uint8" else x)
    np.testing.assert_allclose(made, theirs(method, x, x), rtol=1e-5, atol=1e-6)


def test_whitening_agrees_to_rounding(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # TFLearn leaves a PC.pkl where it stands
    x = decode(stored(2000, (3, 2, 2)))
    x += np.random.default_rng(0).random(x.shape, dtype=np.float32) * 0.3
    method = PREPROCESSING["zca_whitening"]()
    expected = theirs(method, x[:20], x)
    np.testing.assert_allclose(ours(method, x[:20], x), expected, rtol=2e-3, atol=1e-5)


def test_whitening_has_tflearns_bits_however_many_are_read_at_a_time():
    rng = np.random.default_rng(3)
    x = rng.random((23, 28, 28, 1), dtype=np.float32)
    pc = rng.normal(size=(784, 784)).astype(np.float32)
    method = PREPROCESSING["zca_whitening"]()
    made = data_preprocessing([method])
    made.global_pc.value = pc
    with tf.Graph().as_default(), threadpool_limits(1):
        expected = made._zca_whitening(x.copy())
    for size in (1, 10, 23):
        blocks = [
            preprocess([method], x[i : i + size].copy(), {"pc": pc})
            for i in range(0, 23, size)
        ]
        assert np.concatenate(blocks).tobytes() == expected.tobytes()


def test_statistics_do_not_depend_on_the_blocks(monkeypatch):
    x = stored()
    methods = [
        PREPROCESSING["featurewise_zero_center"](per_channel=True),
        PREPROCESSING["featurewise_stdnorm"](),
        PREPROCESSING["featurewise_stdnorm"](per_channel=True),
    ]
    whole = [compute(method, x) for method in methods]
    monkeypatch.setattr("beenet.preparation.statistics._BLOCK", 3 * 9 * 8 * 3)
    blocks = [compute(method, x) for method in methods]
    for a, b in zip(whole, blocks, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    assert whole[0].shape == whole[2].shape == (3,)
    np.testing.assert_allclose(whole[1], (x / 255).std(), rtol=1e-6)


def test_methods_are_done_in_their_order():
    x = decode(stored())
    crop, center = CropCenter(shape=(4, 4)), PREPROCESSING["samplewise_zero_center"]()
    a = preprocess([crop, center], x.copy(), {})
    b = preprocess([center, crop], x.copy(), {})
    assert a.shape == b.shape == (50, 4, 4, 3)
    assert abs(a.mean()) < 1e-6 < abs(b.mean())
