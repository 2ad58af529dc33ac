"""A sweep's tables."""

from beenet.sweep.results import PointScores, Spread
from beenet.sweep.text import table_text


def scores(point, dataset, accuracy, data="1f"):
    spread = Spread(accuracy, None, accuracy, accuracy)
    return PointScores(
        point=point,
        seeds=(1,),
        dataset=dataset,
        data=data,
        synthetic="synthetic" in dataset,
        epochs=1,
        seconds=1.0,
        test=spread,
        valid=spread,
        test_baseline=0.5,
        valid_baseline=0.5,
    )


def test_points_on_one_data_set_are_one_table():
    text = table_text([scores("a", "MNIST", 0.9), scores("b", "MNIST", 0.8)])
    assert [line.split()[:1] for line in text.splitlines()[:4]] == [
        ["point"], ["a"], ["b"], [],
    ]  # fmt: skip
    assert "MNIST" not in text


def test_points_on_different_data_are_not_ranked_together():
    mine, bees = "mine\x1b", "BEE1 (synthetic, scale 0.1)"
    text = table_text(
        [scores("a", mine, 0.9), scores("b", bees, 0.8), scores("c", mine, 0.7)]
    )
    assert [line.split()[:1] for line in text.splitlines()[:9]] == [
        [r"mine\x1b"], ["point"], ["a"], ["c"], [], ["BEE1"], ["point"], ["b"], [],
    ]  # fmt: skip
    assert text.endswith("synthetic data: scores mean nothing")


def test_points_on_different_files_of_one_title_are_not_ranked_together():
    text = table_text([scores("a", "mine", 0.9), scores("b", "mine", 0.8, data="2e")])
    assert [line.split() for line in text.splitlines() if "mine" in line] == [
        ["mine"],
        ["mine", "#2"],
    ]
