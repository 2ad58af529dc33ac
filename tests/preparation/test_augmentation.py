"""Chances like TFLearn's, and what TFLearn makes of an image for the same ones."""

from types import SimpleNamespace

import numpy as np
import pytest

from beenet.config.augmentation import AUGMENTATION
from beenet.preparation import Augmenter
from beenet.preparation.augmentation import _METHODS
from beenet.tflearn_backend import tflearn

IMAGE = (10, 10, 3)
SOUND = (40, 1, 1)

METHODS = [
    ("random_crop", {"crop_shape": (6, 7)}),
    ("random_crop", {"crop_shape": (10, 10), "padding": 3}),
    ("random_flip_leftright", {}),
    ("random_flip_updown", {}),
    ("random_90degrees_rotation", {}),
    ("random_90degrees_rotation", {"rotations": (1, 2)}),
    ("random_rotation", {"max_angle": 35.0}),
    ("random_blur", {"sigma_max": 2.0}),
]
SOUNDS = [
    ("random_shift", {"max_shift": 5}),
    ("random_gain", {"max_gain": 12.0}),
    ("random_noise", {"max_std": 0.5}),
]


def examples(n: int, shape: tuple[int, ...] = IMAGE) -> np.ndarray:
    return np.random.default_rng(4).random((n, *shape), dtype=np.float32)


def made(name, arguments, shape=IMAGE):
    method = AUGMENTATION[name](**arguments)
    return _METHODS[name](method, shape)


def draw(name, arguments, n, shape=IMAGE):
    return made(name, arguments, shape).draw(np.random.default_rng(1), n)


class Told:
    """Stands for Python's ``random`` in TFLearn, and says what it is told."""

    def __init__(self, name, drawn):
        self.answers = []
        for row in zip(*(chance.tolist() for chance in drawn), strict=True):
            if name in {"random_rotation", "random_blur"}:
                self.answers += list(row) if row[0] else [False]
            else:
                self.answers += list(row)
        self.asked = []

    def _next(self, *arguments):
        self.asked.append(arguments)
        return self.answers.pop(0)

    getrandbits = randint = uniform = choice = _next


@pytest.mark.parametrize(("name", "arguments"), METHODS)
def test_the_same_chances_make_tflearns_image(name, arguments, monkeypatch):
    x = examples(30)
    drawn = draw(name, arguments, len(x))
    told = Told(name, drawn)
    monkeypatch.setattr("tflearn.data_augmentation.random", told)
    theirs = tflearn.ImageAugmentation()
    getattr(theirs, f"add_{name}")(**arguments)
    expected = np.array(theirs.apply(x.copy()))
    assert not told.answers
    ours = made(name, arguments).apply(x.copy(), *drawn)
    assert ours.dtype == np.float32
    np.testing.assert_array_equal(ours, expected)
    assert ours.shape[1:] == AUGMENTATION[name](**arguments).output_shape(IMAGE)


@pytest.mark.parametrize("name", [name for name, _ in METHODS if "flip" in name])
def test_flips_happen_to_every_other(name):
    (chosen,) = draw(name, {}, 20_000)
    assert abs(chosen.mean() - 0.5) < 0.02


def test_crops_lie_anywhere_within():
    # TFLearn: randint(0, padded side - part's side), both ends included.
    top, left = draw("random_crop", {"crop_shape": (8, 9), "padding": 1}, 20_000)
    for corner, last in ((top, 4), (left, 3)):
        counts = np.bincount(corner)
        assert len(counts) == last + 1
        np.testing.assert_allclose(counts / 20_000, 1 / (last + 1), atol=0.02)


def test_quarter_turns_are_equally_likely():
    (turns,) = draw("random_90degrees_rotation", {"rotations": (0, 3)}, 20_000)
    assert set(turns.tolist()) == {0, 3}
    assert abs((turns == 3).mean() - 0.5) < 0.02


@pytest.mark.parametrize(
    ("name", "arguments", "low", "high"),
    [
        ("random_rotation", {"max_angle": 30.0}, -30, 30),
        ("random_blur", {"sigma_max": 3.0}, 0, 3),
    ],
)
def test_angles_and_blurs_are_uniform_for_every_other(name, arguments, low, high):
    chosen, value = draw(name, arguments, 20_000)
    assert abs(chosen.mean() - 0.5) < 0.02
    quartiles = np.quantile(value, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(
        quartiles, np.linspace(low, high, 5), atol=(high - low) / 50
    )


def test_a_shift_goes_round_the_end():
    x = np.arange(12, dtype=np.float32).reshape(2, 6, 1, 1)
    method = made("random_shift", {"max_shift": 2}, (6, 1, 1))
    moved = method.apply(x, np.array([2, -1])).reshape(2, 6)
    assert moved.tolist() == [[4, 5, 0, 1, 2, 3], [7, 8, 9, 10, 11, 6]]
    (shifts,) = draw("random_shift", {"max_shift": 2}, 10_000, SOUND)
    assert np.unique(shifts).tolist() == [-2, -1, 0, 1, 2]


def test_a_gain_is_uniform_in_decibels():
    (gain,) = draw("random_gain", {"max_gain": 20.0}, 20_000, SOUND)
    quartiles = 20 * np.log10(np.quantile(gain, [0, 0.25, 0.5, 0.75, 1]))
    np.testing.assert_allclose(quartiles, [-20, -10, 0, 10, 20], atol=0.8)
    x = examples(2, SOUND)
    made_louder = made("random_gain", {}, SOUND).apply(x.copy(), gain[:2])
    np.testing.assert_array_equal(made_louder, x * gain[:2, None, None, None])


def test_noise_has_the_strength_drawn():
    x = np.zeros((3, 20_000, 1, 1), np.float32)
    method = made("random_noise", {"max_std": 2.0}, x.shape[1:])
    std, keys = method.draw(np.random.default_rng(0), 3)
    assert (std >= 0).all()
    assert (std <= 2).all()
    noise = method.apply(x, std, keys)
    np.testing.assert_allclose(noise.std(axis=(1, 2, 3)), std, rtol=0.03)
    assert abs(np.corrcoef(noise.reshape(3, -1))[0, 1]) < 0.05


@pytest.mark.parametrize(
    ("methods", "shape"),
    [(METHODS[1:], IMAGE), (SOUNDS, SOUND)],
    ids=["image", "sound"],
)
def test_an_example_depends_on_seed_epoch_and_place_alone(methods, shape):
    augmenter = Augmenter([AUGMENTATION[n](**a) for n, a in methods], shape)
    x = examples(23, shape)

    def epoch(seed, number, size):
        augment = augmenter.epoch(len(x), seed=seed, epoch=number)
        parts = [augment(x[i : i + size].copy(), i) for i in range(0, len(x), size)]
        return np.concatenate(parts)

    whole = epoch(7, 2, 23)
    np.testing.assert_array_equal(epoch(7, 2, 4), whole)
    np.testing.assert_array_equal(epoch(7, 2, 1), whole)
    assert not np.array_equal(epoch(8, 2, 23), whole)
    assert not np.array_equal(epoch(7, 3, 23), whole)


def test_a_method_more_changes_no_chances_of_those_before_it():
    first = AUGMENTATION["random_flip_leftright"]()
    gone = SimpleNamespace(yaml_name="random_blur", sigma_max=0.0)
    gone.output_shape = lambda shape: shape
    x = examples(9)
    alone = Augmenter([first], IMAGE).epoch(9, seed=1, epoch=0)
    joined = Augmenter([first, gone], IMAGE).epoch(9, seed=1, epoch=0)
    np.testing.assert_array_equal(joined(x.copy(), 0), alone(x.copy(), 0))
