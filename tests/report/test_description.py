import pytest

from beenet.network.description import Description, LayerDescription
from beenet.report.description import description_text, size


def layer(name, sources, shape, trainable=0, fixed=0, macs=0, field=None):
    kind = name.lower()
    return LayerDescription(name, kind, sources, shape, trainable, fixed, macs, field)


LAYERS = (
    layer("Conv", ("input",), (8, 8, 4), 112, 0, 6912, (3, 3)),
    layer("Norm", ("Conv",), (8, 8, 4), 8, 8, 0, (3, 3)),
    layer("Merge", ("Conv", "Norm"), (8, 8, 8), 0, 0, 0, (3, 3)),
    layer("Loop", ("Merge",), (None, 8), 1000, 0, None, None),
)


def test_a_description_in_full():
    found = Description("c.yaml", (8, 8, 3), LAYERS, 4512, 20_000_000)
    assert description_text(found) == (
        "c.yaml: examples of 8x8x3\n"
        "\n"
        "layer  kind   from        output  parameters   MACs  field\n"
        "Conv   conv               8x8x4          112  6,912    3x3\n"
        "Norm   norm               8x8x4        8 + 8           3x3\n"
        "Merge  merge  Conv, Norm  8x8x8                        3x3\n"
        "Loop   loop               ?x8          1,000      -      -\n"
        "\n"
        "trainable        1,120\n"
        "non-trainable    8\n"
        "MACs             - for one example\n"
        "receptive field  3x3 of 8x8x3\n"
        "weights          4.51 kB\n"
        "activations      4.13 kB for one example\n"
        "files            20.0 MB"
    )
    assert found.to_json()["macs"] is None
    assert found.to_json()["layers"][2]["from"] == ["Conv", "Norm"]


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.00 kB"),
        (12_345, "12.3 kB"),
        (999_499, "999 kB"),
        (999_600, "1.00 MB"),
        (123_456_789, "123 MB"),
        (5_000_000_000, "5.00 GB"),
    ],
)
def test_sizes_have_three_digits(count, text):
    assert size(count) == text
