"""A sweep's tables."""

from dataclasses import replace

from beenet.runs.folder import RunFolder
from beenet.sweep.results import PointScores, Spread, point_scores
from beenet.sweep.text import leaderboard, table_text
from beenet.sweep.trials import Trial
from beenet.system import files
from made import whole_metrics


def scores(point, dataset, accuracy, data="1f"):
    spread = Spread(accuracy, None, accuracy, accuracy)
    return PointScores(
        point=point,
        seeds=(1,),
        failed_seeds=(),
        asked=1,
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


def test_a_point_says_of_how_many_seeds_its_mean_is(tiny, tmp_path):
    config = tiny().config
    trials = [Trial("p", n, config, RunFolder(tmp_path / str(n))) for n in (1, 2, 3)]
    trials[0].folder.path.mkdir()
    metrics = whole_metrics(splits={"test": {"accuracy": 0.5}})
    files.write_json(trials[0].folder.metrics, metrics)
    (found,) = point_scores(trials, {"p/seed-2": "too steep"})  # seed 3 is to come
    assert (found.seeds, found.failed_seeds, found.asked) == ((1,), (2,), 3)
    assert found.to_json()["failed_seeds"] == (2,)
    assert leaderboard([found, replace(found, asked=1)])[1][1] == "1 of 3"
    assert leaderboard([found, replace(found, asked=1)])[2][1] == "1"
