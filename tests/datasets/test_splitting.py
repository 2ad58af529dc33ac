from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beenet.datasets.build import FRACTIONS
from beenet.datasets.splitting import draw_splits
from beenet.errors import DatasetError


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), min_size=3, max_size=80),
    st.integers(0, 5),
)
def test_no_group_is_in_two_splits_and_no_split_is_empty(examples, seed):
    groups = [f"g{group}" for group, _ in examples]
    labels = [label for _, label in examples]
    if len(set(groups)) < 3:
        with pytest.raises(DatasetError, match="need three groups or more"):
            draw_splits(groups, labels, FRACTIONS, seed)
        return
    splits = draw_splits(groups, labels, FRACTIONS, seed)
    assert len({*zip(groups, splits, strict=True)}) == len(set(groups))
    assert set(splits) == {"train", "test", "valid"}
    assert splits == draw_splits(groups, labels, FRACTIONS, seed)


def test_files_by_themselves_are_shared_out_exactly_class_by_class():
    labels = [0] * 200 + [1] * 40
    groups = [f"{i:03}" for i in range(240)]
    splits = draw_splits(groups, labels, FRACTIONS, 1)
    found = Counter(zip(splits, labels, strict=True))
    assert found == {
        ("train", 0): 140, ("test", 0): 30, ("valid", 0): 30,
        ("train", 1): 28, ("test", 1): 6, ("valid", 1): 6,
    }  # fmt: skip


@settings(max_examples=200)
@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=12).filter(lambda n: sum(n) > 2),
    st.sampled_from([0.02, 0.1, 0.15, 0.2, 1 / 3, 0.45]),
    st.integers(0, 5),
)
def test_of_single_files_test_and_valid_get_the_same_number_but_one(sizes, share, seed):
    labels = [label for label, n in enumerate(sizes) for _ in range(n)]
    fractions = {"train": 1 - 2 * share, "test": share, "valid": share}
    splits = draw_splits([f"{i}" for i in range(len(labels))], labels, fractions, seed)
    found = Counter(splits)
    assert abs(found["test"] - found["valid"]) <= 1
    of_class = Counter(zip(splits, labels, strict=True))
    for label, n in enumerate(sizes):
        each = [of_class[split, label] for split in ("train", "test", "valid")]
        assert abs(each[1] - each[2]) <= 1
        assert n < 3 or min(each) > 0


@pytest.mark.parametrize("seed", range(5))
def test_small_classes_share_what_is_left_over(seed):
    labels = [label for label in range(4) for _ in range(10)]
    splits = draw_splits([f"{i}" for i in range(40)], labels, FRACTIONS, seed)
    assert Counter(splits) == {"train": 28, "test": 6, "valid": 6}


def test_groups_of_uneven_size_come_close():
    groups, labels = [], []
    for i in range(40):
        groups += [f"hive{i}"] * (1 + i % 7)
        labels += [i % 2] * (1 + i % 7)
    splits = Counter(draw_splits(groups, labels, FRACTIONS, 3))
    for split, share in FRACTIONS.items():
        assert splits[split] / len(groups) == pytest.approx(share, abs=0.03)


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_rare_class_within_large_groups_comes_close_too(seed):
    groups, labels = [], []
    for i in range(30):
        common, rare = 20 + 37 * i % 40, 5 * i % 6
        groups += [f"{i:02}"] * (common + rare)
        labels += [0] * common + [1] * rare
    splits = draw_splits(groups, labels, FRACTIONS, seed)
    found, whole = Counter(zip(splits, labels, strict=True)), Counter(labels)
    for (split, label), n in found.items():
        assert n / whole[label] == pytest.approx(FRACTIONS[split], abs=0.04)


def test_another_seed_draws_others():
    groups = [str(i) for i in range(50)]
    a, b = (draw_splits(groups, [0] * 50, FRACTIONS, seed) for seed in (1, 2))
    assert a != b


@settings(max_examples=60)
@given(
    st.lists(
        st.lists(st.integers(1, 40), min_size=3, max_size=6), min_size=1, max_size=4
    ),
    st.integers(0, 5),
)
def test_three_groups_of_a_class_bring_it_into_each_split(sizes, seed):
    groups, labels = [], []
    for label, members in enumerate(sizes):
        for i, n in enumerate(members):
            groups += [f"{label}-{i}"] * n
            labels += [label] * n
    splits = draw_splits(groups, labels, FRACTIONS, seed)
    assert len({*zip(splits, labels, strict=True)}) == 3 * len(sizes)
    assert len({*zip(groups, splits, strict=True)}) == len(set(groups))


def test_the_smallest_group_moves_to_where_its_class_is_missing():
    files = {"a4": "A" * 4, "a9": "A" * 9, "a10": "A" * 10, "b13": "B" * 13,
             "b28": "B" * 28, "both": "AB"}  # fmt: skip
    groups = [group for group, labels in files.items() for _ in labels]
    labels = ["AB".index(label) for label in "".join(files.values())]
    found = dict(zip(groups, draw_splits(groups, labels, FRACTIONS, 1), strict=True))
    held_back = {group: split for group, split in found.items() if split != "train"}
    assert held_back == {"a4": "test", "b13": "test", "both": "valid"}
