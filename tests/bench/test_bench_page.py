"""The page, from raw figures made up here."""

import json

from beenet.bench.__main__ import main
from beenet.bench.page import page


def contestant(ms, loss=None):
    seconds = [ms / 10, ms / 5, ms / 10]  # of 100 steps: the median is ms / 10
    return {
        "steps": 100,
        "seconds": seconds,
        "ms_per_step": ms,
        "loss": loss,
        "peak_bytes": 250e6,
    }


def verdict(**changed):
    return {
        "steps": 100,
        "identical": True,
        "arrays": 9,
        "numbers": 1234,
        "differing": [],
        "largest": 0.0,
        "loss": 0.5,
        "tflearn_repeats": None,
        **changed,
    }


def entry(net, **changed):
    return {
        "net": net,
        "dataset": "BEE1 (synthetic, scale 0.25)",
        "batch_size": 10,
        "round": "100 of the 1,000 steps of an epoch",
        "repeats": 3,
        "plan": {"intra": 1, "inter": 1},
        "ratio": 4.0,
        "dropout": False,
        "contestants": {
            "tflearn": contestant(4.0),
            "beenet": contestant(1.0, 0.5),
            "keras-jit-threads-2": contestant(2.0, 0.5005),
            "jax": contestant(1.5, 0.5),
        },
        "weights": verdict(),
        "floor": {
            "flops": {
                "forward": 10_000_000,
                "weights' gradient": 10_000_000,
                "input's gradient": 0,
                "step": 20_000_000,
            },
            "weights": 1000,
            "products": [
                {
                    "layer": 1,
                    "kind": "forward",
                    "size": [10, 5000, 100],
                    "flops": 10_000_000,
                    "ms": {"1": 0.2, "2": 0.1},
                }
            ],
            "update_bytes_per_second": 4e10,
            "ms": {
                "arithmetic": 0.1,
                "products": 0.3,
                "norm": 0.0,
                "update": 0.1,
                "floor": 0.4,
            },
        },
        **changed,
    }


FOUND = {
    "format": 1,
    "command": "make bench BENCH='--repeats 3'",
    "machine": {
        "processor": "A Processor",
        "cores": 2,
        "vectors": "avx2",
        "memory_bytes": None,
        "system": "Linux",
        "date": "2026-01-02",
        "versions": {"python": "3.11.7", "tensorflow": "2.21.0"},
    },
    "large": {"size": 1536, "flops_per_second": {"1": 7e10, "2": 1.2e11}},
    "scoring": {
        "net": "bee1/cnn",
        "dataset": "BEE1",
        "one_by_one": {"examples": 400, "us_per_example": 500.0},
        "batched": {"examples": 3528, "us_per_example": 20.0},
        "ratio": 25.0,
    },
    "nets": [entry("bee1/cnn")],
}


def test_the_page_says_what_the_figures_say():
    lines = page(FOUND).splitlines()
    assert "- Machine: A Processor, 2 cores, avx2, Linux" in lines
    assert "- Versions: python 3.11.7, tensorflow 2.21.0" in lines
    assert (
        "| bee1/cnn | 4.00 | **1.00** | **4.0** | JAX | 1.50 | **1.50** | to the bit |"
    ) in lines
    assert "**25 times** faster:" in lines
    assert any(line.startswith("at most 0.1%. Each rounds") for line in lines)
    assert any("70 GFLOP/s on 1 thread, 120 GFLOP/s on 2 threads" in x for x in lines)
    assert (
        "| bee1/cnn | 20.0 | 1,000 "
        "| 0.10 | 0.30 | 0.00 | 0.10 | 40 | 0.40 | 1.00 | 2.5 |"
    ) in lines
    assert "- Measured: 3 rounds, each of 100 of the 1,000 steps of an epoch" in lines
    assert (
        "- Weights after 100 steps of TFLearn's own train op and of beenet's loop: "
        "identical, bit for bit (9 variables, 1,234 numbers)"
    ) in lines
    order = [line.split("|")[1].strip() for line in lines if line.count("250 MB")]
    assert order == ["beenet", "JAX", "Keras 3, XLA, 2 threads", "TFLearn"]
    assert "| 1 | forward | 10 x 5000 x 100 | 10.00 | 0.200 | 0.100 | 100 |" in lines


def test_tables_are_whole():
    width = 0
    for line in page(FOUND).splitlines():
        bars = line.count("|")
        assert not width or bars in (0, width)
        width = bars


def test_what_is_not_identical_is_not_called_so():
    other = verdict(
        identical=False, differing=["fc/W"], largest=1e-7, tflearn_repeats=False
    )
    text = page({**FOUND, "nets": [entry("bee1/cnn", weights=other)]})
    assert "to the bit |" not in text
    assert "no: see below" in text
    assert "after 100 steps: NOT identical: fc/W differ by up to 1e-07" in text
    assert "TFLearn's own loop, done twice, differs from itself too" in text


def test_without_peers_there_is_nothing_to_compare_with():
    alone = {key: contestant(1.0, 0.5) for key in ("tflearn", "beenet")}
    text = page({**FOUND, "nets": [entry("bee1/cnn", contestants=alone)]})
    assert "| - | - | - |" in text


def test_dropout_makes_losses_differ(tmp_path):
    text = page({**FOUND, "nets": [entry("bee1/cnn", dropout=True)]})
    assert "contestant's differs" not in text


def test_a_page_can_be_written_again(tmp_path, capsys):
    (tmp_path / "benchmark.json").write_text(json.dumps(FOUND))
    assert main(["--page-only", "--out", str(tmp_path)]) == 0
    assert (tmp_path / "benchmark.md").read_text() == page(FOUND)
    assert capsys.readouterr().out == ""
