"""What lint says of preprocessing and augmentation, each with its place."""

import pytest

from beenet.config import lint

SHAPES = {
    "MNIST": ((28, 28, 1), 10),
    "BEE1": ((64, 64, 3), 2),
    "BUZZ1": ((4000, 1, 1), 3),
}
TEXT = """\
dataset: {dataset}
layers: [{{fully_connected: {{n_units: {n}, activation: softmax}}}}]
preprocessing: [{preprocessing}]
augmentation: [{augmentation}]
"""


def findings(load, dataset="MNIST", preprocessing="", augmentation="", first=""):
    shape, n = SHAPES[dataset]
    text = TEXT.format(
        dataset=dataset, n=n, preprocessing=preprocessing, augmentation=augmentation
    )
    text = text.replace("layers: [", f"layers: [{first}")
    return [str(finding) for finding in lint(load(text), shape, n)]


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"preprocessing": "featurewise_zero_center, featurewise_stdnorm"},
        {"preprocessing": "{crop_center: {shape: [24, 24]}}",
         "augmentation": "{random_crop: {crop_shape: [24, 24]}}"},
        {"preprocessing": "{crop_center: {shape: [24, 20]}}",
         "augmentation": "{random_crop: {crop_shape: [26, 24]}}",
         "first": "{input_data: {shape: [24, 20, 1]}}, "},
        {"augmentation": "{random_crop: {crop_shape: [28, 28], padding: 4}}"},
        {"augmentation": "random_90degrees_rotation, random_flip_updown",
         "dataset": "BEE1"},
        {"augmentation": "{random_shift: {max_shift: 400}}, random_gain, random_noise",
         "dataset": "BUZZ1", "first": "{input_data: {shape: [4000, 1]}}, "},
        {"preprocessing": "{featurewise_zero_center: {mean: [0.1, 0.2, 0.3]}}",
         "dataset": "BEE1"},
    ],
)  # fmt: skip
def test_what_can_be_done_has_no_findings(load, keys) -> None:
    assert findings(load, **keys) == []


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (
            {"augmentation": "random_flip_leftright", "dataset": "BUZZ1"},
            "4:16: augmentation[0].random_flip_leftright: random_flip_leftright is for "
            "images; 4000x1x1 is sound",
        ),
        (
            {"augmentation": "random_noise, random_gain", "dataset": "BEE1"},
            "4:16: augmentation[0].random_noise: random_noise is for sound; 64x64x3 is "
            "an image",
        ),
        (
            {"augmentation": "random_blur", "first": "{input_data: {shape: [784]}}, "},
            "4:16: augmentation[0].random_blur: random_blur needs examples of shape "
            "(height, width, channels), gets 784",
        ),
        (
            {"augmentation": "{random_crop: {crop_shape: [24, 24]}}"},
            "4:15: augmentation: makes train examples of 24x24x1, but test and valid "
            "are not augmented and stay 28x28x1; add crop_center: {shape: [24, 24]} to "
            "preprocessing",
        ),
        (
            {"augmentation": "{random_crop: {crop_shape: [28, 40], padding: 5}}"},
            "4:30: augmentation[0].random_crop: no 28x40 fits into 38x38",
        ),
        (
            {"augmentation": "random_90degrees_rotation", "dataset": "BEE1",
             "first": "{input_data: {shape: [32, 128, 3]}}, "},
            "4:16: augmentation[0].random_90degrees_rotation: 32x128x3 is not square: "
            "of the rotations only 0 and 2 keep its shape",
        ),
        (
            {"preprocessing": "{crop_center: {shape: [24, 24]}}",
             "first": "{input_data: {shape: [24, 12, 2]}}, "},
            "2:31: layers[0].input_data.shape: must be [24, 24, 1], which "
            "preprocessing makes of the examples",
        ),
        (
            {"preprocessing": "{crop_center: {shape: [24, 24]}}",
             "augmentation": "{random_crop: {crop_shape: [20, 20]}}"},
            "4:15: augmentation: its 20x20x1 cannot be preprocessed: no 24x24 fits "
            "into 20x20",
        ),
        (
            {"preprocessing": "featurewise_stdnorm, featurewise_stdnorm"},
            "3:38: preprocessing[1].featurewise_stdnorm: stands here twice; TFLearn "
            "keeps one std a net",
        ),
        (
            {"preprocessing":
                "{featurewise_zero_center: {mean: 0.1, per_channel: true}}"},
            "3:68: preprocessing[0].featurewise_zero_center.per_channel: changes "
            "nothing beside a given mean",
        ),
        (
            {"preprocessing": "{featurewise_zero_center: {mean: [1, 2]}}",
             "dataset": "BEE1"},
            "3:43: preprocessing[0].featurewise_zero_center: 2 numbers are given for "
            "the 3 channels of 64x64x3",
        ),
        (
            {"preprocessing": "{samplewise_stdnorm: {per_channel: true}}"},
            "3:52: preprocessing[0].samplewise_stdnorm.per_channel: warning: changes "
            "nothing: TFLearn takes all channels of a sample together",
        ),
        (
            {"preprocessing": "image_normalization"},
            "3:17: preprocessing[0].image_normalization: warning: divides by 255; the "
            "images are 0..1 already",
        ),
        (
            {"preprocessing": "zca_whitening", "dataset": "BUZZ1"},
            "3:17: preprocessing[0].zca_whitening: warning: computes a matrix of 4,000 "
            "x 4,000, in minutes and some 0.5 GiB of memory, and saves it in the .tfl "
            "(61 MiB)",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_with_its_place(load, keys, text: str) -> None:
    assert findings(load, **keys) == [f"c.yaml:{text}"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (
            "preprocessing: [featurewise_zero_centre]",
            "preprocessing[0]: is not a preprocessing that beenet knows, got "
            "\"featurewise_zero_centre\"; did you mean 'featurewise_zero_center'?",
        ),
        (
            "preprocessing: featurewise_stdnorm",
            "preprocessing: must be a list, its items after '-' or in [ ], got "
            '"featurewise_stdnorm"',
        ),
        (
            "augmentation: [{random_crop: {crop_shape: 24}}]",
            "augmentation[0].random_crop.crop_shape: must be a list of two whole "
            "numbers of 1 or more (height, width), got 24",
        ),
        (
            "augmentation: [{random_90degrees_rotation: {rotations: [4]}}]",
            "augmentation[0].random_90degrees_rotation.rotations: must be a list of "
            "numbers of 90-degree turns, each 0, 1, 2 or 3, got [4]",
        ),
        (
            "preprocessing: [{featurewise_stdnorm: {std: [.nan]}}]",
            "preprocessing[0].featurewise_stdnorm.std: must be a number, or a list of "
            "numbers (one for each channel), got [NaN]",
        ),
    ],
)
def test_what_is_no_method_is_refused(refuse, line: str, text: str) -> None:
    base = "dataset: MNIST\nlayers: [{fully_connected: {n_units: 10}}]\n"
    (told,) = refuse(base + line + "\n")
    assert told.split(": ", 1)[1] == text
