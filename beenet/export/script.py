"""Write a model as a plain TFLearn script, which does not need beenet."""

from dataclasses import dataclass

from beenet import __version__
from beenet.config import Config
from beenet.export.body import Body
from beenet.export.code import (
    bracketed,
    identifier,
    import_lines,
    in_docstring,
    literal,
)
from beenet.export.layer_code import Calls
from beenet.export.shims import shims
from beenet.registry import REGISTRY
from beenet.system.onednn import VARIABLE as KERNELS

_NOQA = "  # noqa: E402"


@dataclass(frozen=True)
class Subject:
    """The model for which a script is written."""

    config: Config
    dataset: str
    """The title of its training data."""
    shape: tuple[int, ...]
    """The shape of one example."""
    classes: tuple[str, ...]
    """The class names in one-hot order."""
    model: str
    """The name of its `.tfl`."""

    @property
    def name(self) -> str:
        """The config's name as a Python identifier."""
        return identifier(self.config.name)


def script(subject: Subject) -> str:
    """Return the script: functions to build and to load, and a small main program.

    Raises:
        ExportError: a layer cannot be written as a call of TFLearn.
    """
    calls = Calls()
    config, shape = subject.config, _input_shape(subject)
    body = Body(calls).network(
        config.layers, config.fed_shape(shape), config.preprocessing
    )
    build = [
        f"def build_{subject.name}():",
        '    """Build the network in the default graph; return its output."""',
        *body,
    ]
    text = "\n".join(build)
    mended = shims(text)
    lines = [
        *_docstring(subject),
        "",
        "import os",
        "import sys",
        "",
        "# The kernels that beenet computes with; some processors have them off.",
        f'os.environ.setdefault("{KERNELS}", "1")',
        "",
        "import numpy as np",
        "import PIL.Image",
        "import tensorflow.compat.v1 as tf",
        "from tensorflow.python.util import nest",
        "",
        "# TFLearn 0.5 knows these by names that TensorFlow and Pillow have given up.",
        "nest.is_sequence = nest.is_nested",
        "PIL.Image.ANTIALIAS = PIL.Image.LANCZOS",
        "",
        f"import tflearn{_NOQA}",
    ]
    for module, names in sorted(calls.imports.items()):
        lines += import_lines(module, sorted(names), _NOQA)
    lines += ["", "", *mended] if mended else []
    classes = bracketed("CLASSES = [", list(map(literal, subject.classes)), "]", 0)
    lines += ["", *classes, "", "", *build, "", "", *_load(subject), "", ""]
    lines += _main(subject)
    return "\n".join(lines) + "\n"


def _docstring(subject: Subject) -> list[str]:
    shape = ", ".join(map(str, _input_shape(subject)))
    model, dataset = in_docstring(subject.model), in_docstring(subject.dataset)
    return [
        f'"""{subject.config.name}: a network for plain TFLearn 0.5.',
        "",
        f"Written by beenet {__version__} for {model}, which was trained on",
        f"{dataset}.",
        "",
        f"input   float32 [n, {shape}], {_values(subject)}",
        f"output  float32 [n, {len(subject.classes)}], one number for each of CLASSES",
        "",
        "To print the class of each example of an array, and the numbers behind it:",
        "",
        f"    python {subject.name}.py {model} examples.npy",
        '"""',
    ]


def _values(subject: Subject) -> str:
    name = subject.config.dataset.name
    if name is None:
        return "values as in the training data"
    if REGISTRY[name].kind == "image":
        return "images with values from 0 to 1"
    return "amplitudes divided by the largest"


def _input_shape(subject: Subject) -> tuple[int, ...]:
    return subject.config.input_shape(subject.shape)


def _load(subject: Subject) -> list[str]:
    return [
        f"def load_{subject.name}(path):",
        '    """Return the network with the weights of a .tfl, in its own graph."""',
        "    with tf.Graph().as_default():",
        "        tflearn.config.init_training_mode()",
        f"        model = tflearn.DNN(build_{subject.name}())",
        "        model.load(path)",
        "    return model",
    ]


def _main(subject: Subject) -> list[str]:
    return [
        'if __name__ == "__main__":',
        "    if len(sys.argv) != 3:",
        "        sys.exit(__doc__)",
        "    examples = np.load(sys.argv[2])",
        "    if examples.dtype == np.uint8:",
        "        examples = examples / np.float32(255)",
        f"    examples = examples.reshape({literal([-1, *_input_shape(subject)])})",
        f"    for row in load_{subject.name}(sys.argv[1]).predict(examples):",
        '        print(CLASSES[np.argmax(row)], *(f"{p:.9g}" for p in row), sep="\\t")',
    ]
