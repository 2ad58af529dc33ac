"""TFLearn 0.5.0 on today's TensorFlow: every shim, each with its reason.

TFLearn was last changed in 2020. It is imported and patched here, and provided to the
rest of beenet as ``tf`` and ``tflearn``; no other module patches either.
Importing this module takes the two to three seconds that TensorFlow needs to load.
"""

import contextlib
import functools
import gzip
import inspect
import math
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from beenet.datasets.idx import unpack
from beenet.errors import BeenetError
from beenet.system import files
from beenet.system.cores import native_threads
from beenet.system.importing import hide_packages, without_gc
from beenet.system.interrupts import defer_signals
from beenet.system.onednn import prefer_onednn
from beenet.system.streams import stderr_descriptor, stderr_into
from beenet.text.words import first_line


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Capture what C++ code writes to stderr; show it only if the body raises.

    TensorFlow logs messages about oneDNN and missing CUDA before its log levels take
    effect, so no environment variable suppresses them.
    """
    try:
        place = tempfile.TemporaryFile()  # noqa: SIM115 (closed by the with below)
    except OSError:  # no temporary file can be created: nothing is captured
        yield
        return
    with place as held:
        try:
            with stderr_into(held.fileno()):
                yield
        except BaseException:
            held.seek(0)
            with contextlib.suppress(OSError, ValueError):  # stderr is closed
                os.write(stderr_descriptor(), held.read())
            raise


def find_keras() -> None:
    """Make ``tensorflow.keras`` importable: TensorFlow did not find a hidden Keras."""
    legacy = os.environ.get("TF_USE_LEGACY_KERAS") in ("true", "True", "1")
    package = "tf_keras" if legacy else "keras"
    names = (f"{package}.api._v2.keras", "keras._tf_keras.keras")
    places = tensorflow.__path__
    for i, name in enumerate(names):
        places[i] = places[i] or module_util.get_parent_dir_for_name(name)


# TensorFlow's C++ messages below errors would disturb beenet's progress display; its
# warnings are either also raised as exceptions, or of no use to the user.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
prefer_onednn()

with (
    defer_signals(),
    quiet_stderr(),
    warnings.catch_warnings(),
    without_gc(),
):
    # TFLearn's sources contain escapes such as "\s", about which Python 3.12 warns.
    warnings.simplefilter("ignore")

    with hide_packages("keras", "jax"):
        try:
            import tensorflow
            import tensorflow.compat.v1 as tf
        except (ImportError, MemoryError) as error:
            raise BeenetError(
                f"TensorFlow cannot be loaded: {first_line(error)}; `beenet doctor` "
                "looks at what is installed, `ulimit -v` tells if memory is limited"
            ) from error
    from PIL import Image
    from tensorflow.python.tools import module_util
    from tensorflow.python.util import nest

    find_keras()

    tf.logging.set_verbosity(tf.logging.ERROR)

    # `nest.is_sequence` was renamed; tflearn.layers.recurrent imports it.
    nest.is_sequence = nest.is_nested

    # Pillow 10 removed this alias of LANCZOS; tflearn.data_utils uses it.
    setattr(Image, "ANTIALIAS", Image.Resampling.LANCZOS)  # noqa: B010 (new to mypy)

    # NumPy 2 has only np.pad; random crops use this name, in a thread: if that fails,
    # `fit` waits for it forever.
    setattr(np.lib, "pad", np.pad)  # noqa: B010 (new to mypy)

    import tflearn
    from scipy import ndimage
    from tflearn import data_augmentation, initializations, optimizers
    from tflearn.data_preprocessing import DataPreprocessing
    from tflearn.datasets import mnist

THREADS_AT_IMPORT = native_threads()
"""The number of TensorFlow's threads before any session."""

# Importing TFLearn switches to TensorFlow 1's behaviour. Two features of TensorFlow 2
# are needed: resource variables, whose handles a compiled loop can capture, and
# functional control flow, without which `tf.cond` cannot be inside a loop. Both must
# be enabled before a graph is made. Saved files are the same either way.
tf.enable_resource_variables()
tf.enable_control_flow_v2()

Initializer = Callable[..., Any]


def _variance_scaling(
    factor: float = 2.0,
    mode: str = "FAN_IN",
    uniform: bool = False,
    seed: int | None = None,
    dtype: Any = tf.float32,
) -> Initializer:
    """Return the initializer that TFLearn took from ``tf.contrib``, since removed.

    ``tf.compat.v1.variance_scaling_initializer`` divides the deviation by .8796 to
    compensate for truncation where contrib multiplied the variance by 1.3; this is
    contrib's formula, so that weights have TFLearn's own distribution.
    """

    def initialize(shape: Any, dtype: Any = dtype, partition_info: Any = None) -> Any:
        receptive_field = math.prod(int(n) for n in shape[:-2])
        fan_in = int(shape[-2] if len(shape) > 1 else shape[-1]) * receptive_field
        fan_out = int(shape[-1]) * receptive_field
        fans = {
            "FAN_IN": fan_in,
            "FAN_OUT": fan_out,
            "FAN_AVG": (fan_in + fan_out) / 2,
        }
        n = fans[mode]
        if uniform:
            limit = math.sqrt(3.0 * factor / n)
            return tf.random_uniform(shape, -limit, limit, dtype, seed=seed)
        stddev = math.sqrt(1.3 * factor / n)
        return tf.truncated_normal(shape, 0.0, stddev, dtype, seed=seed)

    return initialize


def _xavier(
    uniform: bool = True, seed: int | None = None, dtype: Any = tf.float32
) -> Initializer:
    """Return Glorot and Bengio's initializer, also formerly in ``tf.contrib``."""
    return _variance_scaling(1.0, "FAN_AVG", uniform, seed, dtype)


initializations.variance_scaling = _variance_scaling
initializations.xavier = _xavier


class _StepTensor:
    """A wrapper of a step variable, which has a truth value.

    Decaying optimizers test ``if not step_tensor``; a resource variable cannot be
    converted to a bool while the graph is being built.
    """

    def __init__(self, variable: Any) -> None:
        self.variable = variable


tf.register_tensor_conversion_function(
    _StepTensor,
    lambda step, dtype=None, name=None, as_ref=False: tf.convert_to_tensor(
        step.variable, dtype=dtype, name=name
    ),
)


def _mend_decay(optimizer: Any) -> None:
    build = optimizer.build

    def build_with_step(self: Any, step_tensor: Any = None) -> None:
        build(self, None if step_tensor is None else _StepTensor(step_tensor))

    optimizer.build = build_with_step


for _optimizer in (optimizers.SGD, optimizers.Momentum, optimizers.Nesterov):
    _mend_decay(_optimizer)


def _mend_layer(name: str, mend: Callable[[Any], Any]) -> None:
    """Replace a layer function by a patched one in every module that exports it."""
    modules = (tflearn, tflearn.layers, tflearn.layers.core, tflearn.layers.conv)
    homes = [module for module in modules if hasattr(module, name)]
    mended = mend(getattr(homes[-1], name))
    for module in homes:
        setattr(module, name, mended)


def _with_bias_init(layer: Any) -> Any:
    """Make a highway convolution accept an initializer with arguments.

    It calls its ``bias_init``, as it would a named function. A function that can be
    called without arguments, as in a script that works around this, stays as it is.
    """

    @functools.wraps(layer)
    def build(*args: Any, **arguments: Any) -> Any:
        given = arguments.get("bias_init", "zeros")
        if not isinstance(given, str) and _needs_arguments(given):
            arguments["bias_init"] = lambda: given
        return layer(*args, **arguments)

    return build


def _needs_arguments(function: Any) -> bool:
    try:
        inspect.signature(function).bind()
    except TypeError:
        return True
    return False


def _with_graph_seed(layer: Any) -> Any:
    """Make the initial weights of `single_unit` depend on the graph's seed.

    TFLearn draws them from NumPy's global generator, which the graph's seed does not
    affect. The seed includes the number of earlier operations, so that layers differ.
    """

    @functools.wraps(layer)
    def build(*args: Any, **arguments: Any) -> Any:
        graph = tf.get_default_graph()
        if graph.seed is None:
            return layer(*args, **arguments)
        state = np.random.get_state()
        place = len(graph.get_operations())
        np.random.seed(np.random.SeedSequence((graph.seed, place)).generate_state(4))
        try:
            return layer(*args, **arguments)
        finally:
            np.random.set_state(state)

    return build


_mend_layer("highway_conv_1d", _with_bias_init)
_mend_layer("highway_conv_2d", _with_bias_init)
_mend_layer("single_unit", _with_graph_seed)


def _mnist_file(filename: str, work_directory: str) -> str:
    """Write a file of MNIST where TFLearn expects it; its download URL is dead."""
    path = Path(work_directory, filename)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = unpack(filename.removesuffix(".gz"))
        files.write_bytes(path, gzip.compress(raw, compresslevel=1, mtime=0))
    return str(path)


mnist.maybe_download = _mnist_file


class _PersistentParameter(DataPreprocessing.PersistentParameter):  # type: ignore[misc]
    """A statistic of preprocessing, which may be a number, a vector or a matrix.

    TFLearn makes it a variable with the value 0. and assigns any value without checking
    the shape; a resource variable, and its initial value, must be declared with unknown
    shape. Assigned values are fed in place of the initial value: TFLearn puts them into
    the graph, which is limited to 2 GB.
    """

    def __init__(self, scope: str, name: str) -> None:
        self.is_required = False
        with tf.name_scope(scope), tf.device("/cpu:0"):
            self.var = tf.Variable(
                tf.placeholder_with_default(np.float32(0), None),
                trainable=False,
                name=name,
                validate_shape=False,
                shape=tf.TensorShape(None),
            )
            self.var_r = tf.Variable(False, trainable=False, name=f"{name}_r")
        self.restored = False
        self.value = None

    def assign(self, value: Any, session: Any) -> None:
        both = [self.var.initializer, self.var_r.initializer]
        value_in, known_in = (op.inputs[1] for op in both)
        session.run(both, {value_in: value, known_in: True})
        self.value = value
        self.restored = True


DataPreprocessing.PersistentParameter = _PersistentParameter

# Augmentation uses functions by names that NumPy 2 and SciPy 2 no longer have.
data_augmentation.np = SimpleNamespace(
    shape=np.shape,
    fliplr=np.fliplr,
    flipud=np.flipud,
    rot90=np.rot90,
    lib=SimpleNamespace(pad=np.pad),
)
data_augmentation.scipy = SimpleNamespace(
    ndimage=SimpleNamespace(interpolation=ndimage, filters=ndimage)
)

__all__ = ["THREADS_AT_IMPORT", "quiet_stderr", "tf", "tflearn"]
