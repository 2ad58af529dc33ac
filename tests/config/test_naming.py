"""Names of points are names of folders."""

from beenet.config.naming import point_name, sweep_and_point, trial_name


def choices(n, label="0.1"):
    labels = {f"key{i}": f"{label}{i}" for i in range(n)}
    return labels, {key: f"layers-{key}" for key in labels}


def test_a_name_is_made_of_what_is_changed():
    assert point_name(*choices(2)) == "layers-key0-0.10_layers-key1-0.11"
    assert point_name(*choices(1), 7) == "0007_layers-key0-0.10"
    assert point_name({}, {}) == "base"


def test_a_long_name_ends_in_a_digest_of_the_whole():
    long, longer = point_name(*choices(20), 3), point_name(*choices(21), 3)
    assert len(long) == len(longer) == 200
    assert long.startswith("0003_layers-key0-0.10_")
    assert long[:187] == longer[:187]
    assert long != longer
    letters = point_name(*choices(20, "ä" * 9))
    assert 190 < len(letters.encode()) <= 200


def test_a_trials_name_tells_its_sweep_and_its_point():
    name = f"sweeps/mnist_lr/{trial_name('rate-0.1', 3)}"
    assert sweep_and_point(name) == ("sweeps/mnist_lr", "rate-0.1")
    assert sweep_and_point("mnist/convnet1") is None
    assert sweep_and_point(trial_name("alone", 3)) is None
