from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beenet.errors import RunError
from beenet.runs.history import Epoch, read_csv, to_csv

finite = st.floats(allow_nan=False, allow_infinity=False)
rows = st.builds(
    Epoch,
    dataset=st.sampled_from(["MNIST", "BEE1 (synthetic, scale 0.01)"]),
    epoch=st.integers(1, 10**6),
    step=st.integers(1, 10**9),
    train_loss=finite,
    train_accuracy=st.none() | finite,
    test_loss=finite,
    test_accuracy=finite,
    seconds=finite,
)


def of_one_run(history):
    """Give all rows the same columns, as a run does."""
    extra = {"train_top3": 0.5, "learning_rate": 1e-3}
    return [replace(row, extra=extra) for row in history]


@given(st.lists(rows, max_size=5) | st.lists(rows, max_size=5).map(of_one_run))
def test_a_history_reads_back_equal_to_the_bit(tmp_path_factory, history):
    path = tmp_path_factory.getbasetemp() / "history.csv"
    path.write_text(to_csv(history))
    assert read_csv(path) == history


def test_every_number_has_its_split_in_its_name():
    assert to_csv([]) == (
        "dataset,epoch,step,train_loss,train_accuracy,test_loss,test_accuracy,seconds\n"
    )


@pytest.mark.parametrize(
    "text",
    ["epoch,step\n1,2\n", to_csv([]) + "x,1,2,a,b,c,d,e\n", to_csv([]) + "x,1,2\n"],
)
def test_what_is_not_a_history_is_refused(tmp_path, text):
    path = tmp_path / "history.csv"
    path.write_text(text)
    with pytest.raises(RunError, match="is not a history"):
        read_csv(path)


def test_a_cell_without_end_is_no_history(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text("x" * 140_000)
    with pytest.raises(RunError, match="is not a history: field larger than"):
        read_csv(path)
