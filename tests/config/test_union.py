"""Data sets that are joined in a config: short and long, and faults at their places."""

import pytest

from beenet.config import dump_config, load_config
from beenet.config.faults import FaultsError

NET = "layers: [{fully_connected: {n_units: 2, activation: softmax}}]\n"


def load(tmp_path, dataset, *overrides):
    path = tmp_path / "c.yaml"
    path.write_text(f"dataset: {dataset}\n{NET}")
    return load_config(path, overrides).config


def test_a_list_is_the_first_and_the_others(tmp_path):
    short = load(tmp_path, "[bee1, BEE_4]")
    assert short.dataset.title == "BEE1 + BEE4"
    assert (short.dataset.name, short.dataset.plus) == ("BEE1", ("BEE4",))
    assert load(tmp_path, "{name: BEE1, plus: [BEE4]}") == short
    assert load(tmp_path, "MNIST", "dataset=[BEE1, BEE4]") == short
    (tmp_path / "d.yaml").write_text(dump_config(short))
    assert load_config(tmp_path / "d.yaml").config == short


@pytest.mark.parametrize(
    ("dataset", "fault"),
    [
        (
            "[BEE1, BEE9]",
            "1:17: dataset.plus[0]: no data set is called 'BEE9'; did you mean BEE4? ",
        ),
        ("[BEE9, BEE1]", "1:11: dataset.name: no data set is called 'BEE9'"),
        (
            "[BEE1, MNIST]",
            "1:10: dataset: MNIST cannot join BEE1: its examples are of another shape, "
            "or of other classes",
        ),
        ("[BEE1, BEE4, BEE4]", "1:10: dataset: names BEE4 twice"),
        ("[BEE1, BEE1]", "1:10: dataset: names BEE1 twice"),
        (
            "{path: x, classes: [A, B], plus: [BEE1]}",
            "1:10: dataset: joins registered data sets alone",
        ),
        (
            "[BEE1]",
            "1:10: dataset: must be the name of a data set, a list of several, ",
        ),
        ("[BEE1, 4]", "1:10: dataset: must be the name of a data set, a list of"),
    ],
)
def test_what_cannot_be_joined_has_its_place(tmp_path, dataset, fault):
    with pytest.raises(FaultsError) as caught:
        load(tmp_path, dataset)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{tmp_path}/c.yaml:{fault}")
