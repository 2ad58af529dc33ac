import csv
import json
import math

import numpy as np
import pytest
from scipy import stats

from beenet.errors import RunError
from beenet.report.leaderboard import (
    COLUMNS,
    SORT_KEYS,
    leaderboard,
    leaderboard_csv,
    leaderboard_json,
    leaderboard_md,
    leaderboard_text,
)
from beenet.report.lines import read_entries
from beenet.runs.find_runs import find_runs
from beenet.scores.metrics import wilson_interval
from beenet.scores.statistics import group_interval

NOTE = (
    "vs best: on test, example by example, at 5 % divided by the number of "
    "comparisons; tie: no difference was found"
)


def records(root, **options):
    return json.loads(leaderboard_json(leaderboard([root], **options)))


def words(root, **options):
    """Return each line's last part of the path and its verdict, in order."""
    found = records(root, **options)
    return [(line["run"].rpartition("/")[2], line["vs_best"]) for line in found]


def test_a_leaderboard_in_full(finished, tmp_path):
    finished("a", wrong=range(20), seconds=12.25)
    finished("b", wrong=range(2), looks=2)
    finished("c", title="BEE4 (synthetic, scale 0.01)")
    text = leaderboard_text(leaderboard([tmp_path]))
    head, *lines = text.replace(f"{tmp_path}/", "").splitlines()
    assert head.split("  ")[0] == "data"
    assert [line.split() for line in lines[:2]] == [
        ["BEE1", "b", "1", "2", "1.5", "0.9900", "0.9643-0.9973", "0.5000", "best",
         "0.9900", "0.9643-0.9973", "0.5000", "3x"],
        ["BEE1", "a", "1", "2", "12.2", "0.9000", "0.8506-0.9343", "0.5000", "worse",
         "0.9000", "0.8506-0.9343", "0.5000", "1x"],
    ]  # fmt: skip
    assert lines[2].startswith("BEE4 (synthetic, scale 0.01)  c  ")
    assert lines[3:] == [
        "",
        NOTE,
        "BEE1: valid was scored 4 times, 2 of them at the end of training",
        "BEE4 (synthetic, scale 0.01): valid was scored 1 time, at the end of training",
        "synthetic data: scores mean nothing",
    ]


def test_copies_of_one_run_are_no_further_seeds(finished, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        finished(name, group="same", seed=seed, wrong=range(10 * seed))
    found = {
        line["run"].rpartition("/")[2]: line["seeds"] for line in records(tmp_path)
    }
    assert found == {"b": [1], "*": [1, 2]}


def test_of_two_with_one_seed_that_beside_the_others_is_taken(finished, tmp_path):
    finished("alone", group="same", seed=1)
    for seed in (1, 2, 3):
        finished(f"sweep/seed-{seed}", group="same", seed=seed)
    found = {line["run"].removeprefix(f"{tmp_path}/"): line["seeds"]
             for line in records(tmp_path)}  # fmt: skip
    assert found == {"alone": [1], "sweep/seed-*": [1, 2, 3]}


def test_seeds_in_several_folders_are_named_by_the_first(finished, tmp_path):
    for place, seed in (("a/x", 1), ("b/x", 2), ("b/y", 3)):
        finished(place, group="same", seed=seed)
    [line] = records(tmp_path)
    assert line["run"] == f"{tmp_path}/a/x and 2 others"
    assert line["seeds"] == [1, 2, 3]


def test_a_narrow_terminal_has_each_split_below_the_other(finished, tmp_path):
    finished("a", wrong=range(20), seconds=12.25)
    board = leaderboard([tmp_path])
    longest = len(f"  {tmp_path}/a")
    text = leaderboard_text(board, longest + 53)
    shown = text.replace(f"{tmp_path}/", "").splitlines()
    assert [line.split() for line in shown[:9]] == [
        ["BEE1"],
        ["run", "runs", "epochs", "seconds"],
        ["a", "1", "2", "12.2"],
        [],
        ["run", "test", "acc", "95%", "interval", "baseline", "vs", "best"],
        ["a", "0.9000", "0.8506-0.9343", "0.5000", "best"],
        [],
        ["run", "valid", "acc", "95%", "interval", "baseline", "valid", "scored"],
        ["a", "0.9000", "0.8506-0.9343", "0.5000", "1x"],
    ]
    assert leaderboard_text(board, 1000) == leaderboard_text(board)


def test_a_run_whose_outcomes_are_damaged_does_not_stop_the_others(finished, tmp_path):
    finished("a", wrong=range(20))
    finished("b", wrong=range(2))
    finished("c", wrong=range(40)).outcomes.write_bytes(b"no zip")
    assert words(tmp_path) == [("b", "best"), ("a", "worse"), ("c", "-")]


def test_a_title_cannot_drive_the_terminal_nor_break_a_row(finished, tmp_path):
    finished("a", title="X\x1b[31m\n<img src=x>|y")
    shown = "X\\x1b[31m\\n<img src=x>|y"
    text = leaderboard_text(leaderboard([tmp_path])).splitlines()
    assert text[1].startswith(shown + "  ")
    assert (
        leaderboard_md(leaderboard([tmp_path]))
        .splitlines()[2]
        .startswith("| X\\x1b[31m\\n&lt;img src=x>\\|y | ")
    )


def test_a_best_that_is_no_better_than_the_baseline_is_told(finished, tmp_path):
    finished("guess", wrong=range(95))  # 0.525, from 0.456 up
    finished("good", title="BEE4")
    finished("bad", title="BEE4", wrong=range(120))
    notes = leaderboard_text(leaderboard([tmp_path])).splitlines()[-3:]
    assert notes == [
        "BEE1: valid was scored 1 time, at the end of training",
        "BEE1: even the best is not clearly better than always naming the commonest "
        "class",
        "BEE4: valid was scored 2 times, at the end of training",
    ]


def test_runs_that_no_test_tells_apart_are_ties(finished, tmp_path):
    finished("best", wrong=range(4))
    finished("near", wrong=range(4, 12))  # 8 against 4: mid-p is 0.27
    finished("far", wrong=range(4, 24))
    assert words(tmp_path) == [("best", "best"), ("near", "tie"), ("far", "worse")]
    best, near, far = records(tmp_path)
    exact = stats.binomtest(4, 12).pvalue - stats.binom.pmf(4, 12, 0.5)
    assert near["p"] == pytest.approx(exact)
    assert far["p"] < 0.01
    assert best["p"] is None


@pytest.mark.parametrize("why", ["none kept", "other examples"])
def test_runs_that_cannot_be_paired_say_so(finished, tmp_path, why):
    finished("best")
    if why == "none kept":
        finished("old", wrong=[0], outcomes=False)
    else:
        finished("old", wrong=[0], labels=np.arange(200) // 100)
    assert words(tmp_path) == [("best", "best"), ("old", "-")]


def test_runs_that_differ_by_their_seed_are_one_line(finished, tmp_path):
    for seed, errors in enumerate([10, 14, 12], 1):
        finished(f"x/seed{seed}", wrong=range(errors), group="x", seed=seed, looks=1)
    finished("single", wrong=range(60, 100))
    finished("good", wrong=range(100, 111))
    first, group, single = records(tmp_path)
    assert (first["vs_best"], group["vs_best"], single["vs_best"]) == (
        "best", "tie", "worse",
    )  # fmt: skip
    assert group["run"] == f"{tmp_path}/x/seed*"
    assert (group["runs"], group["seeds"], group["valid_looks"]) == (3, [1, 2, 3], 6)
    values = [0.95, 0.93, 0.94]
    _, low, high = group_interval(values, wilson_interval(0.94 * 200, 200))
    assert group["test_accuracy"] == pytest.approx(0.94)
    assert (group["test_low"], group["test_high"]) == pytest.approx((low, high))
    assert group["difference_low"] < 0 < group["difference_high"]
    assert "mean, and its interval over seeds" in leaderboard_text(
        leaderboard([tmp_path])
    )
    assert len(records(tmp_path, each=True)) == 5


def test_two_seeds_beside_one_run_are_a_group(finished, tmp_path):
    for seed in (1, 2):
        finished(f"a/{seed}", group="a", seed=seed, wrong=range(seed))
    finished("b", wrong=range(20))
    _, worse = records(tmp_path)
    assert (worse["vs_best"], worse["p"]) == ("worse", None)
    assert 0 < worse["difference_low"] < worse["difference_high"] < 0.2


def test_one_config_on_other_data_is_another_line(finished, tmp_path):
    finished("a", group="x")
    finished("b", group="x", title="BEE4")
    assert [line["runs"] for line in records(tmp_path)] == [1, 1]


def test_an_older_run_without_a_group_is_a_line_of_its_own(finished, tmp_path):
    for name in "ab":
        finished(name, but_for_seed=None)
    assert len(records(tmp_path)) == 2


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("test_accuracy", "abc"),
        ("seconds", "cba"),
        ("run", "abc"),
        ("valid_looks", "bca"),
        ("vs_best", "abc"),  # best, tie, worse
        ("p", "cba"),  # that of the best is not known
    ],
)
def test_any_column_sorts(finished, tmp_path, sort, order):
    finished("a", wrong=range(2), seconds=3.0, looks=2)
    finished("b", wrong=range(4), seconds=2.0)
    finished("c", wrong=range(40), seconds=1.0, looks=1)
    assert "".join(name for name, _ in words(tmp_path, sort=sort)) == order


def test_what_cannot_be_compared_comes_last(finished, tmp_path):
    finished("a", wrong=range(4), outcomes=False)
    finished("b", wrong=range(40))
    finished("c", wrong=range(2))
    assert words(tmp_path, sort="vs_best") == [
        ("c", "best"), ("b", "worse"), ("a", "-"),
    ]  # fmt: skip


def test_every_key_sorts_and_is_a_column_of_the_csv(finished, tmp_path):
    finished("a|b", wrong=[0])
    finished("c", title="BEE4")
    for key in SORT_KEYS:
        assert len(records(tmp_path, sort=key)) == 2
    rows = list(csv.DictReader(leaderboard_csv(leaderboard([tmp_path])).splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert set(SORT_KEYS) < set(COLUMNS)
    assert float(rows[0]["test_accuracy"]) == 0.995
    table = leaderboard_md(leaderboard([tmp_path])).splitlines()
    assert [line.replace("\\|", "").count("|") for line in table[:4]] == [14] * 4
    assert table[5] == f"- {NOTE}"


def test_valid_decides_only_where_it_is_asked_for(finished, tmp_path):
    finished("a", wrong=[0])
    assert "vs best: on test, " in leaderboard_text(leaderboard([tmp_path]))
    board = leaderboard([tmp_path], sort="valid_accuracy")
    assert "vs best: on valid, " in leaderboard_text(board)


def test_the_best_is_the_best_on_test_whatever_valid_says(finished, tmp_path):
    a, b = finished("a", wrong=range(20)), finished("b", wrong=range(2))
    told = [json.loads(folder.metrics.read_text()) for folder in (a, b)]
    for folder, mine, other in ((a, *told), (b, *reversed(told))):
        splits = mine["splits"] | {"valid": other["splits"]["valid"]}
        folder.metrics.write_text(json.dumps(mine | {"splits": splits}))
    assert words(tmp_path) == [("b", "best"), ("a", "worse")]
    first, _ = records(tmp_path, sort="valid_accuracy")
    assert (first["run"], first["vs_best"]) == (str(tmp_path / "a"), "best")
    assert (first["test_accuracy"], first["valid_accuracy"]) == (0.9, 0.99)


def test_a_data_set_is_chosen_by_its_name(finished, tmp_path):
    finished("a")
    finished("b", title="BEE4 (synthetic, scale 0.01)")
    for name in ("bee4", "BEE4 (synthetic, scale 0.01)"):
        assert words(tmp_path, dataset=name) == [("b", "best")]
    with pytest.raises(RunError) as caught:
        leaderboard([tmp_path], dataset="MNIST")
    assert str(caught.value) == (
        "no finished run is on 'MNIST'; there are runs on: BEE1, "
        "BEE4 (synthetic, scale 0.01)"
    )


def test_nothing_is_said_so(tmp_path):
    board = leaderboard([tmp_path])
    for text in (leaderboard_text(board), leaderboard_md(board)):
        assert text == "no finished runs; train one with: beenet train CONFIG"
    assert leaderboard_json(board) == "[]"
    assert leaderboard_csv(board).startswith("dataset,synthetic,run,runs,epochs,")


def test_any_other_file_is_refused(finished, tmp_path):
    finished("a")
    (tmp_path / "net.yaml").touch()
    with pytest.raises(RunError, match=r"net.yaml is neither a folder of runs nor a"):
        leaderboard([tmp_path / "net.yaml"])


def test_a_file_of_a_run_means_the_run(finished, tmp_path):
    finished("a")
    one = finished("b")
    (row,) = leaderboard([one.metrics]).rows
    assert row[0].run == str(one.path)


def test_a_run_below_two_folders_counts_once(finished, tmp_path):
    finished("a/b")
    assert len(read_entries(find_runs(tmp_path, tmp_path / "a").finished)) == 1


@pytest.mark.parametrize("damage", ["{}", '{"splits": []}', "null", '{"a": 1'])
def test_a_run_that_is_none_is_named(finished, tmp_path, damage):
    folder = finished("a")
    folder.metrics.write_text(damage)
    with pytest.raises(RunError) as caught:
        leaderboard([tmp_path])
    assert str(caught.value).startswith(f"{folder.metrics} ")


@pytest.mark.parametrize(
    "odd", [{"but_for_seed": [1]}, {"seconds": 10**400}, {"epochs": "2"}]
)
def test_metrics_that_somebody_made_up_are_refused(finished, odd):
    folder = finished("a")
    metrics = json.loads(folder.metrics.read_text()) | odd
    folder.metrics.write_text(json.dumps(metrics))
    with pytest.raises(RunError, match="is not a run's metrics"):
        leaderboard([folder.path])


def test_what_is_no_number_comes_last(finished, tmp_path):
    for name, loss in (("a", 2.0), ("b", math.nan), ("c", 1.0)):
        folder = finished(name, wrong=[0])
        metrics = json.loads(folder.metrics.read_text())
        metrics["splits"]["test"]["loss"] = loss
        folder.metrics.write_text(json.dumps(metrics))
    found = records(tmp_path, sort="test_loss")
    assert [row["run"][-1] for row in found] == ["c", "a", "b"]


def test_runs_that_a_search_pruned_are_not_called_unfinished(finished, tmp_path):
    for name in ("x/late", "x/given_up", "x/given_up_too"):
        (tmp_path / name / ".resume").mkdir(parents=True)
        (tmp_path / name / "config.yaml").touch()
    for name in ("x/given_up", "x/given_up_too"):
        (tmp_path / name / ".pruned").touch()
    told = leaderboard_text(leaderboard([tmp_path])).splitlines()
    assert told[1:] == [
        f"not finished: {tmp_path / 'x/late'}; the command that began a run resumes it",
        "pruned by a search: 2 runs",
    ]


def test_runs_that_can_go_on_are_told(finished, tmp_path):
    for name in ("x/late", "x/later"):
        (tmp_path / name / ".resume").mkdir(parents=True)
        (tmp_path / name / "config.yaml").touch()
    (tmp_path / "x/none").mkdir()
    said = (
        f"not finished: {tmp_path / 'x/late'} and 1 more; the command that began a run "
        "resumes it"
    )
    for text in (leaderboard_text, leaderboard_md):
        assert text(leaderboard([tmp_path])).splitlines()[-1] == said
    finished("a")
    assert leaderboard_text(leaderboard([tmp_path])).splitlines()[-1] == said
    assert leaderboard_md(leaderboard([tmp_path])).splitlines()[-1] == f"- {said}"
    assert len(json.loads(leaderboard_json(leaderboard([tmp_path])))) == 1


def test_data_of_one_title_that_are_not_the_same_are_not_ranked_together(
    finished, tmp_path
):
    for name, digest, wrong in [("a", "aa", 1), ("b", "bb", 2), ("c", "aa", 3)]:
        finished(name, title="crops", digest=digest, wrong=range(wrong), group="one")
    finished("d", title="crops", digest="cc", group="one", data="told")
    finished("e", title="crops", digest="cc", group="one", data="told", seed=2)
    found = records(tmp_path, each=True)
    assert [(row["run"][-1], row["dataset"], row["vs_best"]) for row in found] == [
        ("a", "crops", "best"),
        ("c", "crops", "tie"),
        ("b", "crops #2", "best"),
        ("d", "crops #3", "best"),
        ("e", "crops #3", "tie"),
    ]
    joined = records(tmp_path)
    assert [(row["dataset"], row["runs"]) for row in joined][-1] == ("crops #3", 2)
    assert records(tmp_path, dataset="crops", each=True) == found
    notes = leaderboard_text(leaderboard([tmp_path])).splitlines()
    assert "crops #3: valid was scored 2 times, at the end of training" in (notes)


def test_a_run_that_cannot_be_read_is_told_and_left_out(finished, tmp_path):
    finished("a")
    bad = finished("b").metrics
    bad.write_text("{")
    told = []
    board = leaderboard([tmp_path], warn=told.append)
    assert [line["run"] for line in json.loads(leaderboard_json(board))] == [
        str(tmp_path / "a")
    ]
    (line,) = told
    assert line.startswith(f"{bad} cannot be read: ")
    assert line.endswith("; the run is left out")
    with pytest.raises(RunError, match="cannot be read"):
        leaderboard([bad.parent])


def test_a_folders_name_does_not_drive_the_terminal(tmp_path):
    run = tmp_path / "a\x1b[31mred\nline"
    (run / ".resume").mkdir(parents=True)
    (run / "config.yaml").touch()
    text = leaderboard_text(leaderboard([tmp_path]))
    assert r"a\x1b[31mred\nline; the command that began a run resumes it" in text
    assert "\x1b" not in text


def test_trials_that_failed_are_told(finished, tmp_path):
    finished("s/rate-0.1/seed-1")
    record = {"reason": "the loss became nan", "config": "abc"}
    names = ["rate-1e30/seed-1", "rate-1e31/seed-1", "rate-0.1/seed-1"]
    (tmp_path / "s/failed.json").write_text(json.dumps(dict.fromkeys(names, record)))
    lines = leaderboard_text(leaderboard([tmp_path, tmp_path / "s"])).splitlines()
    assert lines[-1] == (
        f"failed: {tmp_path}/s/rate-1e30/seed-1 and 1 more; failed.json says why, "
        "--retry-failed tries again"
    )
    (tmp_path / "s/failed.json").write_text("[]")
    assert "\nfailed: " not in leaderboard_text(leaderboard([tmp_path]))


def test_seeds_do_not_hide_that_a_line_does_not_beat_its_baseline(finished, tmp_path):
    # Each run is right for 57 of 100: of the same examples, whatever the seed.
    labels = np.arange(100) % 2
    for seed in (1, 2, 3, 4):
        finished(f"x{seed}", wrong=range(43), group="x", seed=seed, labels=labels)
    text = leaderboard_text(leaderboard([tmp_path]))
    assert "even the best is not clearly better than always naming" in text
    one = leaderboard_text(leaderboard([tmp_path], each=True))
    assert "even the best is not clearly better than always naming" in one


def test_too_few_seeds_leave_a_difference_unclear(finished, tmp_path):
    for seed, errors in ((1, 10), (2, 90)):
        finished(f"x{seed}", wrong=range(errors), group="x", seed=seed)
    for seed in (1, 2):
        finished(f"y{seed}", wrong=[0], group="y", seed=seed)
    board = leaderboard([tmp_path])
    assert [verdict.word for _, verdict in board.rows] == ["best", "unclear"]
    assert "unclear: too few seeds to confirm the difference" in leaderboard_text(board)


def test_the_same_bytes_are_the_same_data_whatever_their_folder(finished, tmp_path):
    finished("a", title="crops", data="ab12", wrong=[0])
    finished("b", title="copy", data="ab12", wrong=range(60))
    finished("c", title="copy", data="cd34")
    found = [
        (row["run"][-1], row["dataset"], row["vs_best"]) for row in records(tmp_path)
    ]
    assert found == [
        ("c", "copy", "best"),
        ("a", "crops", "best"),
        ("b", "crops", "worse"),
    ]
    named = records(tmp_path, dataset="copy")
    assert sorted(row["run"][-1] for row in named) == ["a", "b", "c"]
