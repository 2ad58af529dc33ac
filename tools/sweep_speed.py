"""Many trainings: a sweep beside the same with stock TFLearn one after another.

    python -m tools.sweep_speed --stock 1
    python -m tools.sweep_speed --between

Start-up, scoring and saving included: what a person waits for. Or what there is between
trials, by the times that their files tell.
"""

import argparse
import json
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

_SWEEP = """\
name: bench
base: {base}
set: {{training.epochs: 1}}
seeds: {runs}
"""

_STOCK = """\
# The lecture's program for MNIST, with what TFLearn needs to be imported today.
import sys
from beenet.compat import tflearn
import tensorflow.compat.v1 as tf
tf.disable_resource_variables()
tf.disable_control_flow_v2()
from tflearn.datasets import mnist
from tflearn.layers.conv import conv_2d, max_pool_2d
from tflearn.layers.core import fully_connected, input_data
from tflearn.layers.estimator import regression

tflearn.init_graph(seed=int(sys.argv[1]))
X, Y, testX, testY = mnist.load_data(one_hot=True, data_dir=sys.argv[2])
X, testX = X[:50000].reshape([-1, 28, 28, 1]), testX.reshape([-1, 28, 28, 1])
network = input_data(shape=[None, 28, 28, 1])
network = conv_2d(network, 20, 5, activation="sigmoid", name="conv_layer_1")
network = max_pool_2d(network, 2, name="pool_layer_1")
network = fully_connected(network, 100, activation="sigmoid", name="fc_layer_1")
network = fully_connected(network, 10, activation="softmax", name="fc_layer_2")
network = regression(network, optimizer="sgd", learning_rate=0.1,
                     loss="categorical_crossentropy")
model = tflearn.DNN(network, tensorboard_dir=sys.argv[2])
model.fit(X, Y[:50000], n_epoch=1, shuffle=True, batch_size=10, show_metric=True,
          validation_set=(testX, testY), run_id="bench")
model.save(sys.argv[2] + "/model.tfl")
"""


def main() -> None:
    """Measure, and print how many times sooner the sweep is done."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--runs", type=int, default=8, help="trainings [8]")
    parser.add_argument(
        "--stock", type=int, help="measure so many of TFLearn's, reckon the others"
    )
    parser.add_argument("--jobs", type=int, help="trials at a time [the cores]")
    parser.add_argument(
        "--between", action="store_true", help="measure what trials cost but for steps"
    )
    given = parser.parse_args()
    if given.between:
        with tempfile.TemporaryDirectory() as folder:
            _sweep(given.runs, 1, Path(folder))
            sys.stdout.write(between(Path(folder) / "runs" / "bench" / "base"))
        return
    measured = min(given.stock or given.runs, given.runs)
    with tempfile.TemporaryDirectory() as folder:
        stock = [_stock(seed, Path(folder)) for seed in range(1, measured + 1)]
        mine = _sweep(given.runs, given.jobs, Path(folder))
    whole = sum(stock) / measured * given.runs
    by = "" if measured == given.runs else f", reckoned from {measured}"
    sys.stdout.write(
        f"stock TFLearn, {given.runs} runs one after another: {whole:.1f} s{by}\n"
        f"beenet sweep, {given.runs} runs: {mine:.1f} s\n"
        f"{whole / mine:.2f} times sooner\n"
    )


def between(point: Path) -> str:
    """Say what the trials of a point cost but for their steps, the first left out.

    They must have been trained one at a time, seed by seed.
    """
    runs = sorted(point.iterdir(), key=lambda run: int(run.name.rpartition("-")[2]))
    ends = [(run / "metrics.json").stat().st_mtime for run in runs]
    own, all_else = [], []
    for run, before, end in zip(runs[1:], ends, ends[1:], strict=False):
        started = json.loads((run / "provenance.json").read_text())["started"]
        began = datetime.fromisoformat(started).timestamp()
        steps = json.loads((run / "metrics.json").read_text())["seconds"]
        own.append(began - before)
        all_else.append(end - began - steps)
    return (
        f"from a trial's end to the next one's beginning: {statistics.median(own):.2f} "
        "s\nbuilding, scoring, drawing and saving, as in any training: "
        f"{statistics.median(all_else):.2f} s\n"
    )


def _stock(seed: int, folder: Path) -> float:
    script = folder / "stock.py"
    script.write_text(_STOCK, encoding="utf-8")
    return _seconds([sys.executable, str(script), str(seed), str(folder)])


def _sweep(runs: int, jobs: int | None, folder: Path) -> float:
    base = Path("configs/mnist/tflearn_convnet1.yaml").resolve()
    file = folder / "bench.yaml"
    file.write_text(_SWEEP.format(base=base, runs=runs), encoding="utf-8")
    command = [sys.executable, "-m", "beenet", "sweep", str(file), "-q"]
    command += ["--runs", str(folder / "runs")]
    return _seconds([*command, "-j", str(jobs)] if jobs else command)


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{shlex.join(command)} failed:\n{done.stderr[-2000:]}")
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
