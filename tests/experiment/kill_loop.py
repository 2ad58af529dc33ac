"""Kills trainings with SIGKILL and has them go on: a program, see `main`.

TensorFlow is imported once; each training is a fork, so that a kill costs no more than
the training itself.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

from beenet.config import load_config
from beenet.engine import loop
from beenet.experiment import train
from beenet.experiment.verify import fingerprint
from beenet.progress import make_reporter
from beenet.runs.checkpoint import Checkpoints
from beenet.runs.folder import RunFolder

_WRITES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir")


def in_fork(body):
    """Start ``body`` in a child; return its process number."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            body()
            code = 0
        finally:
            os._exit(code)
    return child


def ended(child):
    """Wait for a child; return whether it was killed."""
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
        sys.exit("a training failed")
    return os.WIFSIGNALED(status)


def die_at_write(n, folder):
    """Have this process killed before its n-th change of the file system."""
    left = n

    def hook(event, arguments):
        nonlocal left
        writes = event in _WRITES or (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & 3
        )
        if writes and str(folder) in str(arguments[0]):
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def killed_at_write(train_into, folder, n):
    """Train in a process that dies at its n-th write; return whether it did."""

    def doomed():
        die_at_write(n, folder)
        train_into(folder)

    return ended(in_fork(doomed))


def at_every_write(train_into, root, stride):
    """Kill one training at its first write, one at its second and so on.

    Returns:
        How many were killed, and how many of those did not end with the same bytes.
    """
    whole, folder = root / "whole", root / "killed"
    ended(in_fork(lambda: train_into(whole)))
    expected = fingerprint(RunFolder(whole))
    kills = different = 0
    n = 1
    while True:
        if not killed_at_write(train_into, folder, n):
            return kills, different
        kills += 1
        ended(in_fork(lambda: train_into(folder)))
        different += fingerprint(RunFolder(folder)) != expected
        shutil.rmtree(folder)
        n += stride


def at_every_write_of_a_longer_one(train_short, train_into, root, stride):
    """Do the same to runs that make a finished one longer; none may be lost.

    Returns:
        How many were killed, and how many of those left neither the short run whole
        nor a checkpoint of the longer one, or ended with other bytes.
    """
    whole, short, folder = root / "whole", root / "short", root / "killed"
    ended(in_fork(lambda: train_into(whole)))
    ended(in_fork(lambda: train_short(short)))
    expected = {path: fingerprint(RunFolder(path)) for path in (whole, short)}
    kills = different = 0
    n = 1
    while True:
        shutil.copytree(short, folder)
        if not killed_at_write(train_into, folder, n):
            return kills, different
        kills += 1
        run = RunFolder(folder)
        run.settle()
        if run.state() == "unfinished":
            kept = Checkpoints(run, replaces=False).newest(sys.stderr.write)
            different += kept is None
        else:
            different += fingerprint(run) not in expected.values()
        ended(in_fork(lambda: train_into(folder)))
        different += fingerprint(run) != expected[whole]
        shutil.rmtree(folder)
        n += stride


def at_random_moments(train_into, root, seconds, seed):
    """Kill a training again and again until it is through all the same.

    Args:
        train_into: trains into a folder.
        root: where the folders are.
        seconds: the longest that the first one lives.
        seed: decides how long each lives.
    """
    whole, folder = root / "whole", root / "killed"
    ended(in_fork(lambda: train_into(whole)))
    rng, kills = random.Random(seed), 0
    while not (folder / "metrics.json").exists():
        child = in_fork(lambda: train_into(folder))
        time.sleep(rng.uniform(0, seconds))
        os.kill(child, signal.SIGKILL)
        kills += ended(child)
        seconds *= 1.05  # so that a slow machine comes through, too
    different = fingerprint(RunFolder(folder)) != fingerprint(RunFolder(whole))
    return kills, int(different)


def main():
    """CONFIG ROOT writes|longer STRIDE, or CONFIG ROOT moments SECONDS SEED."""
    config, root, how = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    loaded = load_config(config)
    loop._FIRST_CHUNK, loop._CHUNK_SECONDS = 1, 0  # every step can be the last

    def train_into(folder):
        train(loaded, folder, reporter=make_reporter(quiet=True))

    def train_short(folder):
        one_epoch = load_config(config, ["training.epochs=1"])
        train(one_epoch, folder, reporter=make_reporter(quiet=True))

    if how == "writes":
        kills, different = at_every_write(train_into, root, int(sys.argv[4]))
    elif how == "longer":
        kills, different = at_every_write_of_a_longer_one(
            train_short, train_into, root, int(sys.argv[4])
        )
    else:
        seconds, seed = float(sys.argv[4]), int(sys.argv[5])
        kills, different = at_random_moments(train_into, root, seconds, seed)
    sys.stdout.write(json.dumps({"kills": kills, "different": different}) + "\n")


if __name__ == "__main__":
    main()
