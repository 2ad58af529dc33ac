"""Sweep files: their rules, their points, their faults."""

import json
from pathlib import Path

import jsonschema
import pytest

from beenet.config.faults import FaultsError
from beenet.config.load import load_mapping, plain_with_tracking
from beenet.config.points import SweepAxes
from beenet.config.sweep import json_schema, label_of, load_sweep
from beenet.config.yaml_text import parse
from beenet.sweep.trials import plan_trials

CONFIGS = Path(__file__).parents[2] / "configs"
SHIPPED = sorted((CONFIGS / "sweeps").glob("*.yaml"))
VALIDATOR = jsonschema.Draft202012Validator(json_schema())

BASE = """\
dataset: MNIST
layers:
  - fully_connected: {n_units: 8, activation: relu}
  - fully_connected: {n_units: 10, activation: softmax}
optimizer: {sgd: {learning_rate: 0.1}}
training: {epochs: 2, seed: 7}
"""


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """Write a sweep and its base to the current folder, and return its trials."""
    monkeypatch.chdir(tmp_path)
    Path("b.yaml").write_text(BASE)

    def plan(text, *overrides):
        Path("s.yaml").write_text(f"base: b.yaml\n{text}")
        return plan_trials(*load_sweep(Path("s.yaml")), Path("runs"), overrides)[0]

    return plan


@pytest.fixture
def refuse(plan):
    def refuse(text, *overrides):
        with pytest.raises(FaultsError) as caught:
            plan(text, *overrides)
        return str(caught.value).splitlines()

    return refuse


def test_a_flag_wins_over_what_the_sweep_sets(plan):
    sweep = "set: {training.epochs: 5}\nmatrix: {training.batch_size: [4, 8]}\n"
    trials = plan(sweep, "training.epochs=7")
    assert [trial.config.training.epochs for trial in trials] == [7, 7]


RATES = "optimizer.sgd.learning_rate: [0.1, 1e-3]"


def test_every_combination_is_a_trial_with_its_folder_and_name(plan):
    trials = plan(f"matrix:\n  {RATES}\n  training.batch_size: [4, 8]\nseeds: 2\n")
    assert [trial.name for trial in trials] == [
        f"learning_rate-{rate}_batch_size-{size}/seed-{seed}"
        for seed in (7, 8)
        for rate in ("0.1", "0.001")
        for size in (4, 8)
    ]
    last = trials[-1]
    assert last.config.name == f"s/{last.name}"
    assert last.folder.path == Path("runs/s") / last.name
    assert last.config.training.seed == 8
    assert last.config.training.batch_size == 8
    assert last.config.optimizer.arguments()["learning_rate"] == 0.001


def test_set_and_flags_change_all_points(plan):
    text = f"set: {{training.epochs: 5}}\nmatrix: {{{RATES}}}\n"
    for trial, rate in zip(
        plan(text, "training.batch_size=3"), (0.1, 0.001), strict=True
    ):
        assert trial.config.training.epochs == 5
        assert trial.config.training.batch_size == 3
        assert trial.config.optimizer.arguments()["learning_rate"] == rate


@pytest.mark.parametrize(
    ("flag", "text"),
    [
        ("optimizer.sgd.learning_rate=9",
         "the sweep has values of its own for optimizer.sgd.learning_rate"),
        ("name=x", "a trial's name is made of the sweep's and of its values"),
        ("training.seed=9", "the sweep lists its seeds"),
    ],
)  # fmt: skip
def test_a_flag_that_would_change_nothing_is_refused(plan, flag, text):
    with pytest.raises(FaultsError) as caught:
        plan(f"matrix: {{{RATES}}}\nseeds: [1, 2]\n", flag)
    assert str(caught.value) == f"-o {flag}: {text}"


def test_a_part_may_vary_within_what_varies_above_it(plan):
    one = "{one: [{fully_connected: {n_units: 10, activation: softmax}}]}"
    trials = plan(
        f"matrix:\n  layers: {one}\n  layers[0].fully_connected.regularizer: [L1, L2]\n"
    )
    assert len(trials) == 2


def test_stacks_of_layers_go_by_name(plan):
    trials = plan(
        "matrix:\n  layers:\n    one: [{fully_connected: {n_units: 10, "
        "activation: softmax}}]\n    two: [{fully_connected: {n_units: 5}}, "
        "{fully_connected: {n_units: 10, activation: softmax}}]\n"
    )
    assert {t.point: len(t.config.nodes) for t in trials} == {
        "layers-one": 1,
        "layers-two": 2,
    }


def test_keys_parted_by_commas_get_the_same_value(plan):
    (trial,) = plan(
        'matrix:\n  "layers[0].fully_connected.n_units, training.batch_size": [9]\n'
    )
    assert trial.point == "n_units-9"
    assert trial.config.nodes[0].layer.arguments()["n_units"] == 9
    assert trial.config.training.batch_size == 9


def test_points_that_would_share_a_folder_are_refused(plan):
    with pytest.raises(FaultsError, match=r"two points called .*, which would share a"):
        plan("include: [{from: runs/a/b}, {from: runs/a-b}]\nseeds: [3]\n")
    same = "{optimizer.sgd.learning_rate: 7}"
    assert len(plan(f"include: [{same}, {same}]\nseeds: [3]\n")) == 1


def test_exclude_takes_points_out_and_include_puts_others_in(plan):
    trials = plan(
        f"matrix:\n  {RATES}\n  layers[0].fully_connected.activation: [relu, tanh]\n"
        "exclude: [{optimizer.sgd.learning_rate: 0.1,"
        " 'layers[0].fully_connected.activation': tanh}]\n"
        "include: [{optimizer.sgd.learning_rate: 7, training.epochs: 1}]\n"
        "seeds: [3]\n"
    )
    assert [trial.point for trial in trials] == [
        "learning_rate-0.1_activation-relu",
        "learning_rate-0.001_activation-relu",
        "learning_rate-0.001_activation-tanh",
        "learning_rate-7_epochs-1",
    ]
    assert {trial.seed for trial in trials} == {3}


def test_no_matrix_repeats_the_base(plan):
    names = [trial.name for trial in plan("seeds: 3\n")]
    assert names == ["base/seed-7", "base/seed-8", "base/seed-9"]


@pytest.fixture
def plan_several(plan):
    """The same for several base configs: two, unless ``bases`` names others."""

    def plan_several(text, bases="[b.yaml, sub/long.yaml]"):
        Path("sub").mkdir(exist_ok=True)
        Path("sub/long.yaml").write_text(BASE.replace("epochs: 2", "epochs: 9"))
        Path("sub/b.yaml").write_text(BASE)
        Path("s.yaml").write_text(f"base: {bases}\n{text}")
        return plan_trials(*load_sweep(Path("s.yaml")), Path("runs"))[0]

    return plan_several


def test_several_bases_are_an_axis(plan_several):
    trials = plan_several("matrix: {training.batch_size: [4, 8]}\n")
    assert [(trial.point, trial.config.training.epochs) for trial in trials] == [
        ("base-b_batch_size-4", 2),
        ("base-b_batch_size-8", 2),
        ("base-long_batch_size-4", 9),
        ("base-long_batch_size-8", 9),
    ]


def test_several_bases_alone(plan_several):
    names = [trial.name for trial in plan_several("seeds: 2\n")]
    assert names == [f"base-{b}/seed-{s}" for s in (7, 8) for b in ("b", "long")]
    assert [trial.point for trial in plan_several("", "[b.yaml]")] == ["base"]


def test_bases_are_excluded_and_included(plan_several):
    trials = plan_several(
        "matrix: {training.batch_size: [4, 8]}\n"
        "exclude: [{base: b, training.batch_size: 8}]\n"
        "include:\n"
        "  - {base: sub/long.yaml, training.epochs: 1}\n"
        "  - {training.batch_size: 2}\n"
    )
    assert [trial.point for trial in trials] == [
        "base-b_batch_size-4",
        "base-long_batch_size-4",
        "base-long_batch_size-8",
        "base-long_epochs-1",
        "base-b_batch_size-2",
        "base-long_batch_size-2",
    ]


def test_a_base_is_named_in_folders_as_values_are(plan):
    Path("bäse 1.yaml").write_text(f"name: mine\n{BASE}")
    bases = '["bäse 1.yaml", b.yaml]'
    Path("s.yaml").write_text(f"base: {bases}\n")
    trials, _ = plan_trials(*load_sweep(Path("s.yaml")), Path("runs"))
    assert [trial.config.name for trial in trials] == [
        "s/base-b-se-1/seed-7",
        "s/base-b/seed-7",
    ]
    for trial in trials:  # as its own process does
        assert load_mapping(plain_with_tracking(trial.config))


def test_a_search_has_one_seed(refuse):
    space = "search: {trials: 2, space: {training.batch_size: [4, 8]}}\n"
    assert refuse("set: {training.seed: 4}\n" + space) == [
        's.yaml:2:7: set."training.seed": a search has one seed, its base\'s: write it '
        "there, or as -o training.seed=4"
    ]


@pytest.mark.parametrize(
    ("bases", "text", "fault"),
    [
        ("[b.yaml, sub/b.yaml]", "", "s.yaml:1:16: base[1]: another file of the name b "
         "stands before it; their folders would be one"),
        ('["bäse 1.yaml", "böse 1.yaml"]', "", "s.yaml:1:23: base[1]: becomes b-se-1 "
         "in a folder's name, as one before it does; their folders would be one"),
        ("[b.yaml, 蜂.yaml]", "", "s.yaml:1:16: base[1]: its file's name is to be part "
         "of a folder's name: rename it, in letters, digits, '_', '.' and '-'"),
        ("[]", "", "s.yaml:1:7: base: must be the path of a config, or a list of paths,"
         " got []"),
        ("3", "", "s.yaml:1:7: base: must be the path of a config, or a list of paths, "
         "got 3"),
        ("[b.yaml, no.yaml]", "",
         "s.yaml:1:7: base: no.yaml: No such file or directory"),
        ("[b.yaml, sub/long.yaml]",
         "search: {trials: 2, space: {training.epochs: [1]}}",
         "s.yaml:1:1: has a search and several configs to begin with; name one"),
    ],
)  # fmt: skip
def test_bases_that_cannot_be(plan_several, bases, text, fault):
    with pytest.raises(FaultsError) as caught:
        plan_several(text, bases)
    assert str(caught.value) == fault


def test_a_name_does_not_change_as_values_are_added(plan):
    few = plan(f"matrix: {{{RATES}}}\nseeds: 2\n")
    many = plan("matrix: {optimizer.sgd.learning_rate: [1, 0.1, 1e-3]}\nseeds: 4\n")
    assert {trial.name for trial in few} < {trial.name for trial in many}


def test_two_keys_with_one_last_word_are_told_apart(plan):
    (trial,) = plan(
        "matrix:\n  layers[0].fully_connected.n_units: [3]\n"
        "  layers[1].fully_connected.n_units: [10]\n"
    )
    assert trial.point == (
        "layers-0-.fully_connected.n_units-3_layers-1-.fully_connected.n_units-10"
    )


def test_all_faults_of_all_points_come_at_once(refuse):
    assert refuse(
        "matrix:\n"
        "  optimizer.sgd.learning_rate: [0.1, -1]\n"
        "  training.batch_size: [4, 0, 8]\n"
        "  layers[1].fully_connected.n_units: {ten: 10, three: 3}\n"
    ) == [
        "s.yaml:3:38: optimizer.sgd.learning_rate: must be more than 0, got -1 "
        "(in the point learning_rate--1_batch_size-4_n_units-ten and 5 more)",
        "s.yaml:4:28: training.batch_size: must be at least 1, got 0 "
        "(in the point learning_rate-0.1_batch_size-0_n_units-ten and 3 more)",
        "s.yaml:5:55: layers[1].fully_connected.n_units: the output of layer 2 "
        "(FullyConnected) has shape 3, but MNIST has 10 classes (in the point "
        "learning_rate-0.1_batch_size-4_n_units-three and 1 more)",
    ]


@pytest.mark.parametrize(
    ("nested", "dotted"),
    [
        ("optimizer: {sgd: {learning_rate: [0.1, 1]}}", "optimizer.sgd.learning_rate"),
        ("training: {epochs: [1, 2]}", "training.epochs"),
    ],
)
def test_keys_nested_as_in_a_config_are_told_to_be_dotted(refuse, nested, dotted):
    (told,) = refuse(f"matrix: {{{nested}}}\n")
    assert told.endswith(f": write its keys with dots: {dotted}: [...]")


def test_optimizers_may_be_named(plan):
    matrix = "matrix: {optimizer: {slow: {sgd: {learning_rate: 0.1}}, adam: adam}}\n"
    assert [trial.point for trial in plan(matrix)] == [
        "optimizer-slow",
        "optimizer-adam",
    ]


def test_what_a_sweep_sets_and_varies_is_refused(refuse):
    assert refuse("set: {training.epochs: 3}\nmatrix: {training.epochs: [1]}\n") == [
        's.yaml:2:7: set."training.epochs": changes nothing: the sweep has values of '
        "its own for training.epochs"
    ]


def test_what_a_sweep_sets_may_be_of_some_points_or_in_part(plan):
    rate = "optimizer.sgd.learning_rate"
    trials = plan(
        f"set: {{{rate}: 0.05}}\nmatrix: {{{rate}: [0.1, 0.2]}}\n"
        "include: [{training.batch_size: 500}]\n"
    )
    rates = [t.config.optimizer.arguments()["learning_rate"] for t in trials]
    assert rates == [0.1, 0.2, 0.05]
    both = '"layers[0].fully_connected.n_units,training.batch_size"'
    assert (
        len(plan(f"set: {{{both}: 50}}\nmatrix: {{training.batch_size: [1, 2]}}\n"))
        == 2
    )


def test_an_argument_beside_its_optimizer_is_told_where_the_sweep_sets_it(refuse):
    (told,) = refuse("matrix: {optimizer.learning_rate: [0.1]}\n")
    assert told.startswith("s.yaml:2:36: optimizer: must be an optimizer: a name")
    assert "indent learning_rate further, below sgd (sgd.learning_rate)" in told


def test_a_misspelt_key_is_told_once_whatever_its_values(refuse):
    misspelt = "optimizer.sgd.learning_rat: is not a known key; did you mean"
    key = "optimizer.sgd.learning_rat: [0.1, 0.2]"
    (told,) = refuse(f"matrix:\n  {key}\n  training.batch_size: [4, 8]\n")
    assert told == f"s.yaml:3:32: {misspelt} 'learning_rate'?"


def test_a_fault_of_the_base_is_no_points(refuse):
    assert refuse(
        f"set: {{training.epoch: 3}}\nmatrix: {{{RATES}}}\n", "loss=hinge_los"
    ) == [
        '-o loss=hinge_los: loss: is not a loss that beenet knows, got "hinge_los"; '
        "did you mean 'hinge_loss'?",
        "s.yaml:2:23: training.epoch: is not a known key; did you mean 'epochs'?",
    ]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("matrx: 3\n", ["2:1: matrx: is not a known key; did you mean 'matrix'?"]),
        (
            "matrix:\n  training.epochs: 3\n  layers: []\n  loss: {a b: x}\n",
            [
                '3:20: matrix."training.epochs": must be a list of values, or a '
                "mapping of names to values, got 3",
                "4:11: matrix.layers: must be a list of values, or a mapping of names "
                "to values, got []",
                "5:9: matrix.loss: a value's name is of letters, digits, '_', '.' and "
                "'-', got \"a b\"",
            ],
        ),
        (
            "matrix:\n  '[': [1]\n  name: [x]\n  training.seed: [1]\n",
            [
                '3:3: matrix."[": is not a path of keys such as '
                "layers[0].conv_2d.nb_filter",
                "4:3: matrix.name: a trial's name is made of the sweep's and of its "
                "values",
                '5:3: matrix."training.seed": write seeds: [1, 2, 3] instead',
            ],
        ),
        (
            "matrix: {loss: [a, a], metric: ['a b', a-b]}\n",
            [
                '2:20: matrix.loss[1]: "a" stands twice',
                '2:40: matrix.metric[1]: "a b" and "a-b" would share a folder; write a '
                "mapping of names to values",
            ],
        ),
        (
            "matrix: {loss: [a, b]}\nexclude: [{los: a}, {loss: c}]\n",
            [
                "3:12: exclude[0].los: is not a key of the matrix; did you mean "
                "'loss'?",
                '3:28: exclude[1].loss: is none of its values: a, b; got "c"',
            ],
        ),
        (
            "matrix: {loss: [a]}\nexclude: [{loss: a}]\n",
            ["3:10: exclude: leaves no point"],
        ),
        (
            "seeds: 0\n",
            [
                "2:8: seeds: must be how many (1 or more), or a list of seeds (0 or "
                "more), got 0"
            ],
        ),
        (
            "matrix:\n  training.epochs: [1]\n"
            "  training.epochs, training.batch_size: [2]\n",
            [
                '4:3: matrix."training.epochs, training.batch_size": sets again what '
                "training.epochs above it sets; leave one of them out"
            ],
        ),
        (
            "matrix:\n  layers[0].fully_connected.n_units: [3]\n  layers: {a: []}\n",
            [
                "4:3: matrix.layers: sets again what layers[0].fully_connected.n_units "
                "above it sets; leave one of them out"
            ],
        ),
        (
            "matrix: {'training.epochs, training.seed': [1, 2]}\n",
            [
                '2:10: matrix."training.epochs, training.seed": write seeds: [1, 2, 3] '
                "instead"
            ],
        ),
        (
            "matrix: {loss: [a]}\nexclude: [{}]\n",
            ["3:11: exclude[0]: names no value, and so leaves nothing out"],
        ),
        (
            "seeds: [99999999999]\n",
            ["2:8: seeds: a seed must be at most 2147483647, got 99999999999"],
        ),
        ("seeds: [1, 1]\n", ["2:8: seeds: names a seed twice: [1, 1]"]),
        (
            "search: {trials: 0, space: {a: {low: 3}, b: {low: 3, high: 2}, c: 3}}\n",
            [
                "2:18: search.trials: must be at least 1, got 0",
                "2:29: search.space.a.high: is required",
                "2:45: search.space.b: high must be more than low, got 3 and 2",
                "2:67: search.space.c: must be a list of values, or a mapping of names "
                "to values, got 3",
            ],
        ),
        (
            "matrix: {a: [1]}\nsearch: {trials: 1, space: {a: [1, 2]}}\n",
            ["1:1: has a search and a matrix, exclude or include; only one may stand"],
        ),
    ],
)
def test_a_fault_has_its_place(refuse, text, faults):
    assert refuse(text) == [f"s.yaml:{fault}" for fault in faults]


def test_a_base_that_is_not_there_is_a_fault(refuse):
    Path("b.yaml").unlink()
    assert refuse("seeds: 2\n") == [
        "s.yaml:1:7: base: b.yaml: No such file or directory"
    ]


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (0.1, "0.1"),
        (1e-5, "1e-05"),
        (1e30, "1e30"),
        (10, "10"),
        (-1, "-1"),
        (0.123456789, "0.123456789"),
        (True, "true"),
        (None, "null"),
        ("relu", "relu"),
        ({"sgd": {"learning_rate": 0.1}}, "sgd-learning_rate-0.1"),
        ([3, 5], "3-5"),
    ],
)
def test_a_value_names_a_folder(value, label):
    assert label_of(value) == label


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_sweep_has_no_fault(path):
    sweep, document = load_sweep(path)
    trials, warnings = plan_trials(sweep, document, Path("runs"))
    assert sweep.name == f"sweeps/{path.stem}"
    assert warnings == []
    assert len({trial.seed for trial in trials}) >= 3
    assert len(SweepAxes(sweep, document).points()) >= 3
    data, _ = parse(path.read_text(), str(path))
    assert list(VALIDATOR.iter_errors(data.data)) == []
    assert path.read_text().startswith("# yaml-language-server: $schema=schema.json\n")


def test_the_shipped_schema_is_current():
    text = (CONFIGS / "sweeps/schema.json").read_text()
    assert text == json.dumps(json_schema(), indent=2) + "\n", (
        "write it anew: beenet schema --sweep > configs/sweeps/schema.json"
    )


def test_the_schema_knows_what_is_wrong():
    for data in ({}, {"base": "x", "matrx": 1}, {"base": "x", "matrix": {"a": 3}}):
        assert list(VALIDATOR.iter_errors(data))


def test_paths_count_from_where_they_are_written(plan, tmp_path):
    Path("deep/er").mkdir(parents=True)
    Path("deep/er/base.yaml").write_text(
        BASE.replace("MNIST", "{path: mine, classes: [A, B]}")
    )
    Path("s.yaml").write_text(
        "base: deep/er/base.yaml\n"
        "matrix: {dataset.path: [theirs, ../others, /whole]}\n"
        "set: {from: start/model.tfl}\n"
    )

    def paths(*overrides):
        sweep = load_sweep(Path("s.yaml"))
        trials, _ = plan_trials(*sweep, Path("runs"), overrides)
        return [
            (trial.config.dataset.path, trial.config.warm_start.model)
            for trial in trials
        ]

    start = str(tmp_path / "start/model.tfl")
    assert paths() == [
        (str(tmp_path / "theirs"), start),
        (str(tmp_path.parent / "others"), start),
        ("/whole", start),
    ]
    Path("s.yaml").write_text("base: deep/er/base.yaml\n")
    ((data, model),) = paths("from=start/model.tfl")
    assert (data, model) == (str(tmp_path / "deep/er/mine"), start)
