import pytest

LAYERS = "dataset: MNIST\nlayers:\n  - "
TRAINING = "dataset: MNIST\nlayers: [flatten]\ntraining: "
WHOLE = "must be a whole number"


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("epochs", "0", "must be at least 1, got 0"),
        ("epochs", "2.0", f"{WHOLE}, got 2.0"),
        ("epochs", "'5'", f'{WHOLE}, got "5"'),
        ("epochs", "true", f"{WHOLE}, got true"),
        ("epochs", "null", f"{WHOLE}, got null"),
        ("epochs", ".inf", f"{WHOLE}, got .inf"),
        ("epochs", "9" * 5000, f"{WHOLE}, got .inf"),
        ("epochs", "2147483648", "must be at most 2147483647, got 2147483648"),
        ("batch_size", "[1]", f"{WHOLE}, got [1]"),
        ("shuffle", "yes", 'must be true or false, got "yes"'),
        ("shuffle", "1", "must be true or false, got 1"),
        ("seed", "-1", "must be at least 0, got -1"),
        ("device", "gpu0", 'must be auto, cpu, gpu or gpu:N, got "gpu0"'),
        ("device", "GPU", 'must be auto, cpu, gpu or gpu:N, got "GPU"'),
        ("threads", "0", "must be auto, or a whole number from 1 to 1,024, got 0"),
        (
            "threads",
            "5000",
            "must be auto, or a whole number from 1 to 1,024, got 5000",
        ),
        (
            "threads",
            "all",
            'must be auto, or a whole number from 1 to 1,024, got "all"',
        ),
        (
            "threads",
            "true",
            "must be auto, or a whole number from 1 to 1,024, got true",
        ),
        ("clip_gradients", "-1", "must be at least 0, got -1"),
        ("clip_gradients", ".nan", "must be a finite number, got .nan"),
        ("clip_gradients", "1e400", "must be a finite number, got .inf"),
        ("clip_gradients", "9" * 400, "must be a finite number, got .inf"),
    ],
)
def test_a_training_value_is_refused(refuse, key: str, value: str, rule: str) -> None:
    column = len("training: {") + len(key) + 3
    assert refuse(f"{TRAINING}{{{key}: {value}}}\n") == [
        f"c.yaml:3:{column}: training.{key}: {rule}"
    ]


@pytest.mark.parametrize(
    ("text", "threads"), [("auto", "auto"), ("1", 1), ("16", 16), ("'auto'", "auto")]
)
def test_threads_are_a_number_or_auto(load, text: str, threads: object) -> None:
    config = load(f"{TRAINING}{{threads: {text}}}\n").config
    assert config.training.threads == threads


@pytest.mark.parametrize("device", ["auto", "cpu", "gpu", "gpu:0", "gpu:12"])
def test_devices_are_read(load, device: str) -> None:
    config = load(f"{TRAINING}{{device: '{device}'}}\n").config
    assert config.training.device == device


def test_a_whole_number_may_stand_for_a_float(load) -> None:
    config = load(f"{TRAINING}{{clip_gradients: 0}}\n").config
    assert config.training.clip_gradients == 0.0


SIZE = "must be a whole number of 1 or more, or a list of two (height, width)"
BATCH = "must be a list of -1 (the batch) and then whole numbers of 1 or more"
NAME = "must be a name of letters, digits, '_', '.', '-' and '/'"


@pytest.mark.parametrize(
    ("layer", "key", "value", "rule"),
    [
        ("max_pool_2d", "kernel_size", "0", f"{SIZE}, got 0"),
        ("max_pool_2d", "kernel_size", "2.5", f"{SIZE}, got 2.5"),
        ("max_pool_2d", "kernel_size", "[2]", f"{SIZE}, got [2]"),
        ("max_pool_2d", "kernel_size", "[2, 0]", f"{SIZE}, got [2, 0]"),
        ("max_pool_2d", "kernel_size", "[1, 2, 2, 1]", f"{SIZE}, got [1, 2, 2, 1]"),
        ("max_pool_2d", "kernel_size", "true", f"{SIZE}, got true"),
        ("max_pool_2d", "kernel_size", "4294967296", f"{SIZE}, got 4294967296"),
        ("reshape", "new_shape", "784", f"{BATCH}, got 784"),
        ("reshape", "new_shape", "[28, 28]", f"{BATCH}, got [28, 28]"),
        ("reshape", "new_shape", "[-1]", f"{BATCH}, got [-1]"),
        ("reshape", "new_shape", "[-1, -1]", f"{BATCH}, got [-1, -1]"),
        ("dropout", "keep_prob", "0", "must be more than 0, got 0"),
        ("dropout", "keep_prob", "1.5", "must be at most 1, got 1.5"),
        ("dropout", "keep_prob", "50%", 'must be a number, got "50%"'),
        ("flatten", "name", "my flatten", f'{NAME}, got "my flatten"'),
        ("flatten", "name", "''", f'{NAME}, got ""'),
        ("flatten", "name", "1", f"{NAME}, got 1"),
    ],
)
def test_an_argument_is_refused(
    refuse, layer: str, key: str, value: str, rule: str
) -> None:
    column = len(f"  - {layer}: {{{key}: ") + 1
    assert refuse(f"{LAYERS}{layer}: {{{key}: {value}}}\n") == [
        f"c.yaml:3:{column}: layers[0].{layer}.{key}: {rule}"
    ]


def test_the_batch_of_an_input_may_be_written_as_tflearn_writes_it(load) -> None:
    for shape in ("[28, 28, 1]", "[null, 28, 28, 1]"):
        (node,) = load(f"{LAYERS}input_data: {{shape: {shape}}}\n").config.nodes
        assert node.layer.arguments()["shape"] == (28, 28, 1)


def test_an_input_needs_a_shape(refuse) -> None:
    rule = "must be a list of whole numbers of 1 or more (the shape of one example)"
    assert refuse(f"{LAYERS}input_data: {{shape: [null]}}\n") == [
        f"c.yaml:3:25: layers[0].input_data.shape: {rule}, got []"
    ]
