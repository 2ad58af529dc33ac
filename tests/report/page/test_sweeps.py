from pathlib import Path
from types import SimpleNamespace

import pytest

from beenet.report.page.sweeps import axes, find_sweeps, varying


def runs(*configs, name="s/lr/p{}/seed-1", accuracy=0.5):
    """Stand for runs of which only config, name and score matter here."""
    return [
        SimpleNamespace(
            number=number,
            config=config,
            metrics=SimpleNamespace(name=name.format(number), data=None),
            entry=SimpleNamespace(
                title="MNIST", folder=SimpleNamespace(path=Path(name.format(number)))
            ),
            scores={"test": SimpleNamespace(accuracy=accuracy, baseline=0.1)},
        )
        for number, config in enumerate(configs)
    ]


def parameters(*configs):
    (sweep,) = find_sweeps(runs(*configs))
    return {p.key: p.values for p in sweep.parameters}


def test_what_is_built_alike_is_followed_down():
    one = {"a": {"b": [1, {"c": 2}], "d": 3}, "e": 4}
    two = {"a": {"b": [1, {"c": 9}], "d": 3}, "e": 4}
    assert varying([one, two, one]) == {("a", "b", 1, "c"): [2, 9, 2]}
    assert varying([one, one]) == {}


@pytest.mark.parametrize(
    ("first", "second"),
    [({"sgd": {}}, {"adam": {}}), ([1], [1, 2]), ([1], {"a": 1}), (None, 1)],
)
def test_what_is_built_in_another_way_is_one_value(first, second):
    assert varying([{"x": first}, {"x": second}]) == {("x",): [first, second]}


def test_names_and_seeds_are_no_parameters():
    found = parameters(
        {"name": "a", "training": {"seed": 1, "epochs": 2}},
        {"name": "b", "training": {"seed": 2, "epochs": 3}},
    )
    assert found == {"training.epochs": [2.0, 3.0]}


def test_a_sweep_whose_data_were_moved_is_one():
    there = runs(
        {"rate": 1, "dataset": {"path": "/here/bees"}},
        {"rate": 2, "dataset": {"path": "/there/hive"}},
    )
    for run, title in zip(there, ("bees", "hive"), strict=True):
        run.metrics.data = "b1f0"
        run.entry.title = title
    (sweep,) = find_sweeps(there)
    assert sweep.dataset == "hive"
    assert [p.key for p in sweep.parameters] == ["rate"]
    there[1].metrics.data = "0c4e"
    assert find_sweeps(there) == []


def test_keys_that_change_together_are_one_parameter():
    found = parameters({"a": 1, "b": 10}, {"a": 2, "b": 20}, {"a": 1, "b": 10})
    assert found == {"a": [1.0, 2.0, 1.0]}


def test_what_a_search_draws_is_a_parameter_each():
    drawn = [(0.1, 32, "relu"), (0.2, 64, "tanh"), (0.3, 96, "relu")]
    there = [
        run
        for i, (rate, batch, activation) in enumerate(drawn)
        for run in runs(
            {"rate": rate, "batch": batch, "activation": activation},
            name=f"s/000{i}_rate-{rate}_batch-{batch}_activation-{activation}/seed-{{}}",
        )
    ]
    (sweep,) = find_sweeps(there)
    assert [p.key for p in sweep.parameters] == ["rate", "batch", "activation"]
    assert len(sweep.plots()) == 3, "no heat map of what was never drawn twice"


def test_points_are_taken_apart_into_keys_and_labels():
    names = [
        f"base-{base}_augmentation-{augmentation}_learning_rate-{rate}"
        for base in ("cnn", "cnn_2-b")
        for augmentation in ("none", "moved_and_turned")
        for rate in (0.1, 1e-05)
    ]
    found = axes(names)
    assert {key: sorted(set(labels)) for key, labels in found.items()} == {
        "base": ["cnn", "cnn_2-b"],
        "augmentation": ["moved_and_turned", "none"],
        "learning_rate": ["0.1", "1e-05"],
    }
    assert found["augmentation"][:3] == ["none", "none", "moved_and_turned"]


@pytest.mark.parametrize("names", [["base", "base"], ["a-1", "b-2"], ["trial"]])
def test_names_that_tell_nothing_have_no_keys(names):
    assert axes(names) == {}


def test_layer_stacks_are_called_as_the_sweep_calls_them():
    deep, flat = [{"fc": {"n_units": 9}}, "flatten"], [{"fc": {"n_units": 9}}]
    there = [
        *runs({"layers": deep, "lr": 1}, name="s/depth/layers-deep_lr-1/seed-1"),
        *runs({"layers": flat, "lr": 2}, name="s/depth/layers-flat_lr-2/seed-1"),
        *runs({"layers": deep, "lr": 2}, name="s/depth/layers-deep_lr-2/seed-1"),
    ]
    (sweep,) = find_sweeps(there)
    assert {p.key: p.values for p in sweep.parameters} == {
        "layers": ["deep", "flat", "deep"],
        "lr": [1.0, 2.0, 2.0],
    }


def test_other_values_are_short_texts_that_differ():
    found = parameters(
        {"optimizer": {"sgd": {"lr": 1}}, "layers": ["relu"], "x": True},
        {"optimizer": {"adam": {"lr": 1}}, "layers": ["relu", {"fc": {}}], "x": False},
        {"optimizer": {"sgd": {"lr": 2}}, "layers": ["relu"], "x": True},
    )
    assert found == {
        "optimizer": ["sgd (1)", "adam", "sgd (2)"],
        "layers": ["1: relu", "2: relu, fc", "1: relu"],
    }


def test_runs_of_no_sweep_and_sweeps_of_one_point_have_no_plots():
    assert find_sweeps(runs({"a": 1}, {"a": 2}, name="mnist/convnet{}")) == []
    assert find_sweeps(runs({"a": 1})) == []


def test_sweeps_are_told_apart_by_name_and_data():
    there = runs({"a": 1}, {"a": 2}) + runs({"a": 1}, {"a": 2}, name="t/p-{}/seed-3")
    assert [(s.name, s.number) for s in find_sweeps(there)] == [("s/lr", 0), ("t", 1)]


def test_two_parameters_get_a_heat_map_where_they_were_crossed():
    grid = runs({"a": 1, "b": "x"}, {"a": 2, "b": "x"}, {"a": 1, "b": "y"})
    (sweep,) = find_sweeps(grid)
    assert len(sweep.plots()) == 3
    assert sweep.plots() == sweep.plots()
    diagonal = [{"a": i % 5, "b": i % 7} for i in range(8)]
    (sweep,) = find_sweeps(runs(*diagonal))
    assert len(sweep.plots()) == 2


def test_a_copy_of_a_sweeps_folder_is_no_further_draw():
    first = runs({"rate": 1}, {"rate": 2})
    copies = runs({"rate": 1}, {"rate": 2})
    for run in copies:
        run.entry.folder.path = Path("backup") / run.entry.folder.path
    sweeps = find_sweeps([*first, *copies])
    assert [sweep.name for sweep in sweeps] == ["s/lr (backup/s/lr)", "s/lr (s/lr)"]
    assert [len(sweep.runs) for sweep in sweeps] == [2, 2]
    (alone,) = find_sweeps(first)
    assert (alone.name, alone.filter) == ("s/lr", "s/lr")


def test_a_page_can_be_made_from_within_a_sweep(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    there = runs({"rate": 1}, {"rate": 2})
    for run, path in zip(there, ("seed-1", "seed-2"), strict=True):
        run.entry.folder.path = Path(path)
    (sweep,) = find_sweeps(there)
    assert sweep.filter == str(tmp_path.parent)
