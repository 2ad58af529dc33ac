"""Stock TFLearn does to its examples what a script's would."""

import numpy as np

from beenet.bench.tflearn_contestant import image_augmentation
from beenet.config.augmentation import AUGMENTATION, ImageAugmentation, RandomCrop


def test_every_method_for_pictures_is_one_of_tflearns():
    kinds = [k for k in AUGMENTATION.values() if issubclass(k, ImageAugmentation)]
    methods = [
        kind(crop_shape=(8, 8), padding=2) if kind is RandomCrop else kind()
        for kind in kinds
    ]
    made = image_augmentation(methods)
    x = np.random.default_rng(0).random((5, 8, 8, 1), dtype=np.float32)
    augmented = np.asarray(made.apply(x.copy()))
    assert augmented.shape == x.shape
    assert not np.array_equal(augmented, x)
    assert image_augmentation([]) is None
