"""What there is between trials, read off the files of a sweep."""

import json
import os

from beenet.text.moments import moment
from tools.sweep_speed import between


def test_the_first_trial_is_left_out_and_seeds_go_by_number(tmp_path):
    end = 1000.0
    for seed, (wait, steps, rest) in {
        1: (9, 9, 9), 2: (0.125, 4, 0.5), 10: (0.25, 5, 0.75), 11: (0.5, 6, 1.5),
    }.items():  # fmt: skip
        run = tmp_path / f"seed-{seed}"
        run.mkdir()
        started = {"started": moment(end + wait)}
        (run / "provenance.json").write_text(json.dumps(started))
        (run / "metrics.json").write_text(json.dumps({"seconds": steps}))
        end += wait + steps + rest
        os.utime(run / "metrics.json", (end, end))
    assert between(tmp_path) == (
        "from a trial's end to the next one's beginning: 0.25 s\n"
        "building, scoring, drawing and saving, as in any training: 0.75 s\n"
    )
