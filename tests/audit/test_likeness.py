"""What near duplicates are found by: distances, and fingerprints that bound them."""

import numpy as np
import pytest

from beenet.audit.likeness import (
    AudioSimilarity,
    ImageSimilarity,
    is_sound,
    likeness_for,
)

SHAPES = [(28, 28, 1), (64, 48, 3), (7, 5, 4), (1, 30, 1), (400, 1, 1), (401, 1, 1)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("blend", [0.0, 0.3, 0.95])
def test_fingerprints_are_never_farther_apart_than_the_examples(shape, blend):
    likeness = likeness_for(shape)
    rng = np.random.default_rng(0)
    a = rng.random((50, *shape), dtype=np.float32)
    b = blend * a + (1 - blend) * rng.random(a.shape, dtype=np.float32)
    apart = likeness.distances(a, b)
    there = likeness.fingerprints(a) - likeness.fingerprints(b)
    assert (np.square(there).sum(axis=1) <= apart + 1e-5).all()
    assert apart.min() > 0.0005


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_distance_is_twice_one_less_the_correlation(shape):
    rng = np.random.default_rng(1)
    a, b = rng.random((2, 1, *shape), dtype=np.float32)
    if shape[1:] == (1, 1):
        expected = max(
            np.corrcoef(a.ravel(), np.roll(b.ravel(), k))[0, 1] for k in range(shape[0])
        )
    else:
        # Each channel is centred on its own, so that colour casts do not count.
        u, v = (
            (x[0].reshape(-1, shape[2]) - x[0].reshape(-1, shape[2]).mean(axis=0))
            for x in (a, b)
        )
        expected = (u * v).sum() / np.sqrt((u * u).sum() * (v * v).sum())
    got = likeness_for(shape).distances(a, b)
    assert got == pytest.approx([2 - 2 * expected], abs=1e-5)


def test_brightness_contrast_and_loudness_do_not_count():
    rng = np.random.default_rng(2)
    x = rng.random((3, 16, 16, 3), dtype=np.float32)
    cast = np.array([0.1, 0.0, -0.2], np.float32)
    assert ImageSimilarity(16, 16, 3).distances(x, 0.5 * x + cast) == pytest.approx(
        [0] * 3
    )
    s = rng.standard_normal((3, 500, 1, 1)).astype(np.float32)
    assert AudioSimilarity().distances(s, 0.1 * s) == pytest.approx([0] * 3, abs=1e-5)


def test_a_recording_may_begin_elsewhere_but_not_run_backwards():
    s = np.random.default_rng(3).standard_normal((1, 500, 1, 1)).astype(np.float32)
    assert AudioSimilarity().distances(s, np.roll(s, 123, axis=1)) < 1e-5
    assert AudioSimilarity().distances(s, s[:, ::-1]) > 1


def test_what_holds_nothing_is_flat_and_as_far_as_a_stranger():
    x = np.full((3, 8, 8, 1), 0.5, np.float32)
    x[1, 0, 0] += 1 / 255  # the one dot is a rounding error
    x[2, :4] = 0
    likeness = ImageSimilarity(8, 8, 1)
    assert likeness.flat(x).tolist() == [True, True, False]
    assert not likeness.fingerprints(x[:1]).any()
    assert likeness.distances(x[:1], x[2:]) == pytest.approx([1])
    colours = np.tile(np.array([0.1, 0.5, 0.9], np.float32), (1, 8, 8, 1))
    assert ImageSimilarity(8, 8, 3).flat(colours).all()
    s = np.random.default_rng(0).standard_normal((2, 400, 1, 1)).astype(np.float32)
    s[1] *= 0.0005
    assert AudioSimilarity().flat(s).tolist() == [False, True]


def test_recordings_are_told_from_pictures_by_their_shape():
    assert is_sound((4000, 1, 1))
    assert not is_sound((28, 28, 1))
    assert not is_sound((20,))
    assert likeness_for((20,)) == ImageSimilarity(1, 20, 1)
    assert likeness_for((6, 5)) == ImageSimilarity(1, 30, 1)
