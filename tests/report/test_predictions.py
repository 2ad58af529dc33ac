"""Answers as a table."""

import numpy as np
import pytest

from beenet.experiment.predict import Answer, FileAnswers
from beenet.report.predictions import prediction_table


@pytest.mark.parametrize(
    ("start", "shown"),
    [(0.0, "0.0 s"), (2.0, "2.0 s"), (0.25, "0.25 s"), (1.75, "1.75 s"),
     (0.001, "0.001 s"), (3599.5, "3599.5 s")],
)  # fmt: skip
def test_a_window_begins_where_it_does(start, shown):
    answers = tuple(Answer(np.float32([0.25, 0.75]), at) for at in (start, start + 1))
    table = prediction_table(("BEE", "NOISE"), [FileAnswers("x.wav", answers)])
    assert f" {shown} " in table.splitlines()[1]
